//go:build !race

package query_test

// raced says that the race detector watches the tests.
const raced = false
