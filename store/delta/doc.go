// Package delta says what changed between two versions of a graph, from what a
// store's log holds of them alone, and writes such changes to a file and reads
// them back.
//
// Between yields graph.Changes: created, updated and deleted objects, each once,
// whatever happened to it in between. An Encoder writes them as JSON Lines, one
// change a line, from which a Decoder makes the same changes again; Apply-ing
// them elsewhere gives an equal graph but for the engine's metadata and raw data.
package delta
