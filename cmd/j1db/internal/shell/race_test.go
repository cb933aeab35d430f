//go:build race

package shell_test

// underRace is true under the race detector, which slows everything down.
const underRace = true
