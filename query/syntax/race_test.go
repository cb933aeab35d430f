//go:build race

package syntax_test

// raced says that the race detector watches the tests.
const raced = true
