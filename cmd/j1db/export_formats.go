package main

import (
	"bufio"
	"errors"
	"io"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/delta"
)

// exportWriter writes a file to w, or files into a folder.
type exportWriter func(e *exporting, w io.Writer, folder *j1files.Folder) (j1files.Written, error)

// exportFormat is one form of files that export writes.
type exportFormat struct {
	name, short, long string
	folder            bool // into a folder instead of one file
	perInstance       bool // keys alone name objects in it, so it holds one instance
	full, changes     exportWriter
}

func exportFormats() []exportFormat {
	return []exportFormat{
		{name: "jsonl", short: "JSON Lines: objects in JupiterOne's shape, or the changes since a version",
			long: "One JSON object a line, in the shape that imports take. With --since it writes the\nchanges instead, each with its properties before and after: import --mode delta\napplies them elsewhere.",
			full: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteJSONLines(w, e.images())
			},
			changes: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				b := bufio.NewWriter(w)
				return j1files.Written{}, errors.Join(delta.Encode(b, e.changes()), b.Flush())
			}},
		{name: "csv", short: "CSV: a file for each type", folder: true,
			long: "A folder with a file for each type of entities and of relationships. Cells that a\nspreadsheet would run begin with an apostrophe. With --since it holds what changed,\nwith what happened to it in the column _change.",
			full: func(e *exporting, _ io.Writer, f *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteCSV(f, e.images())
			},
			changes: func(e *exporting, _ io.Writer, f *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteCSVChanges(f, e.changes())
			}},
		{name: "j1-integration", short: "the folder of a JupiterOne integration, for JupiterOne's own tools", folder: true, perInstance: true,
			long: "A .j1-integration folder of one instance, with summary.json: what is stale here is\npartial there, so that an upload does not delete it. With --since it holds what\nchanged, and whole the types in which something was deleted, for an account that\nholds the version before.",
			full: func(e *exporting, _ io.Writer, f *j1files.Folder) (j1files.Written, error) {
				return e.integration(f)
			},
			changes: func(e *exporting, _ io.Writer, f *j1files.Folder) (j1files.Written, error) {
				return e.integrationPart(f)
			}},
		{name: "cypher", short: "Cypher statements, safe to run twice; with --since also deletions",
			long: "Statements for Neo4j 5 that merge entities, then relationships. With --since they\nbring a graph from that version to the other, deletions included.",
			full: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteCypher(w, e.images())
			},
			changes: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteCypherChanges(w, e.changes())
			}},
		{name: "graphml", short: "GraphML, for graph tools", long: "Nodes and edges with all properties as typed data. With --since those that\nchanged, with what happened to them as _change.",
			full: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteGraphML(w, e.images())
			},
			changes: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteGraphMLChanges(w, e.changes())
			}},
		{name: "dot", short: "DOT, to draw with Graphviz", long: "Names, types and verbs, without further properties. With --since what changed:\ncreated in green, updated in orange, deleted in red.",
			full: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteDOT(w, e.images())
			},
			changes: func(e *exporting, w io.Writer, _ *j1files.Folder) (j1files.Written, error) {
				return j1files.WriteDOTChanges(w, e.changes())
			}},
	}
}
