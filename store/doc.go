// Package store is the engine: one bbolt file that holds the newest version of
// a graph, the before-images that lead back to every older one, and the records
// beside them (runs, stale marks, raw data, export cursors and pins).
//
// A DB names a file and holds no lock. Every call opens the file for as long as
// it needs: readers share it, a writer has it alone, and nobody keeps it while
// waiting for a network or a person. What a call returns is copied out of the
// file and stays valid after it.
//
// A Sync is one run of one instance: Put stages what it brings without touching
// the file, Commit merges it in one transaction and makes at most one version. A
// Snapshot is one version, to be queried; DB.Touched says what changed between
// two (package store/delta makes changes of that); DB.Check walks everything.
//
// The files of this package fall into three groups. What decides: stage, scope,
// merge, cascade, derive, threshold. What knows bytes: wire, record, ledger,
// buckets, reader, publish. What shows a version: load, snapshot, expand,
// adjacency, catalog, history.
package store
