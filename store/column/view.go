package column

import "unsafe"

// These two are where this package steps around the type system: nobody writes
// to a chunk after it was built, and the callers' contract says how long its
// memory lasts.

// view returns b as a string without copying it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf returns the bytes of s, which are not to be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
