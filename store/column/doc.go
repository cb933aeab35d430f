// Package column turns values into bytes and back: chunks of columns and of
// adjacency, patches over them, and the indexes beside them. It knows no file, no
// transaction and no query language; docs/format.md describes its bytes.
//
// A Builder collects the values of up to MaxRows rows of one property and encodes
// them by what they are: one constant, integers in a frame or along a line,
// numbers, a dictionary with packed codes, plain texts, texts taken apart into
// skeletons and numbers, lists, a mixture. Open reads such a Chunk in place, so
// that a memory map can be queried without decoding it: Value, Values and Gather
// fetch, Select decides a graph.Where for a Bitmap of rows, AddTerm finds a term
// of a full-text search. What a predicate means is graph's to say; this package
// asks it once per distinct value and takes shortcuts only where they are proven
// to agree.
//
// Every decoder takes any bytes: it returns values or an error, allocates no more
// than a fixed multiple of what the limits allow, and does not panic. Chunks carry
// no checksum of their own: Seal adds one that covers the place where a chunk is
// stored, Unseal checks it.
package column
