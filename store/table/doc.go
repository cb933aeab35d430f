// Package table keeps a graph as tables of columns and adjacency in the buckets
// of one file: an entity table for each type, an edge table for each type and
// class of relationships between two entity tables. Rows are numbered from 0 in
// the order in which they came and are never used twice; what is deleted leaves
// an empty row. Rows are cut into row groups of GroupRows.
//
// A View reads a table, of the newest version or, with an Overlay, of an older
// one. An Editor turns changes of rows into writes. Index finds rows by hashed
// names. The package knows the keys of its buckets, which docs/format.md
// describes, but no transaction and no lock: it sees the file as a File.
package table
