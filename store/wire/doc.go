// Package wire is how records are written: varints and length-prefixed texts,
// with a checksum over the key under which they stand. What the fields of a
// record are is its owner's to say.
package wire
