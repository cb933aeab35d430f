// Package stage holds what one run of one instance brought until it is merged:
// checked, encoded, hashed, and written to a temporary file where it exceeds the
// memory budget.
//
// A Stage is filled by Put, from any number of goroutines and in any order, and
// closed to more by Seal, which finds the objects that came twice. What it holds
// afterwards does not depend on the order in which batches came: of two objects
// with one key the lower rank stays.
//
// Every object is an Entry, 32 bytes that are always in memory, and a record,
// which may be on disk. Entries carry keyed hashes of the key and of the content,
// so that most of a merge needs no record at all; they stand in partitions by the
// first bits of the key's hash, sorted by it, as the indexes of the store do.
// Records are read back through a Reader, one for each goroutine.
//
// The package knows nothing of files, versions or tables. It is given a maker of
// temporary files and removes what it was given when it is closed.
package stage
