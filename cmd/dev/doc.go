// Command dev runs the project's longer tasks, and its tests are the project's
// house rules: which room may import which, how long a file may be, that every
// package says what it is, and that the documents keep to the facts.
//
//	go run ./cmd/dev            lists the tasks
//	go run ./cmd/dev fuzz 10s   runs every fuzz target for ten seconds
//	go run ./cmd/dev bench main .   compares the working tree with a revision
//
// The rules are tests that read the files of the tree themselves, so that Go's
// test cache sees every change that could break one.
package main
