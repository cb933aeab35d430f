//go:build race

package query_test

// raced says that the race detector watches the tests; it slows them down tenfold.
const raced = true
