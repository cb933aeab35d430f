// Package ingesttest is the kit for tests of collectors: a Provider that runs one
// and holds it to what is true of all; Expected and Vectors to compare with; a
// Graph that keeps what runs supply as a store would, and deletes what they found
// to be gone; the text of a run for golden files; a Fake provider whose lists and
// failures a test writes down; a Transport that answers requests from a handler;
// and a proxy and a server with a certificate of its own, for what lies between.
package ingesttest
