// Command j1db keeps versions of an estate's graph in one local file: it collects
// from Heroku, JumpCloud and others, answers J1QL over any version, shows what
// changed and exports it.
//
// This package is wiring, one file a command: it alone reads flags, environment
// and clock, prints and exits. What the commands promise is in docs/cli.md.
package main
