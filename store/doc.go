// Package store is the engine: one bbolt file that holds the newest version of
// a graph in columns and adjacency, the before-images that lead back to every
// older one, and the records beside them (runs, stale marks, raw data, export
// cursors and pins). docs/format.md describes its bytes.
//
// A DB names a file and holds no lock. Every call opens the file for as long as
// it needs: readers share it, a writer has it alone, and nobody keeps it while
// waiting for a network or a person. What a call returns is copied out of the
// file and stays valid after it.
//
// A Sync is one run of one instance: Put stages what it brings without touching
// the file, Commit merges it beside other readers and locks them out only to
// write, in one transaction, at most one version. A Snapshot is one version, to be
// queried; DB.Touched says what changed between two (package store/delta makes
// changes of that); DB.Check walks everything.
//
// Observed tells how far the keepers are (Check, Compact, Backup, Prune); Stats and
// Space measure the file; Salvage reads what is intact of a damaged one.
//
// The files fall into five groups. What opens: db, file, fault, vault, pages. What
// merges and writes: sync, commit, intake, merge, working, freshrows, placing,
// rows, publish, threshold, marks, derive. What shows a version: load, edition,
// sheet, past, and on them scan, find, expand, adjacency, codes, catalog, history,
// touched. What keeps the file: check, checkhistory, checkbeside, copy, prune, stats,
// progress, salvage, salvagepages. What knows the bytes of records: buckets, record,
// ledger. Columns and adjacency are package store/table's, what a run brought is package store/stage's.
package store
