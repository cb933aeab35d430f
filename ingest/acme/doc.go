// Package acme is the smallest whole collector: it reads Acme, a company that
// does not exist, from sample data of its own. It needs no network, so that it
// serves as a first test of an installation, and as the example of
// docs/writing-a-collector.md.
package acme
