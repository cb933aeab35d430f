// Package j1files reads and writes entities and relationships as files.
//
// Read takes JSON Lines and JSON documents in JupiterOne's shape, and
// ReadIntegration the `.j1-integration` folder that JupiterOne's integrations
// leave behind; both hand over graph.Batches. Writers turn the images of one
// version into JSON Lines, such a folder, CSV, Cypher, GraphML or DOT, and the
// changes between two versions into Cypher. Nothing here knows a store.
//
// # Reading
//
// Which object is an entity and which a relationship is told by its fields: one
// with `_mapping` is a mapped relationship, one with `_fromEntityKey` or
// `_toEntityKey` a relationship, any other an entity. What JupiterOne's server
// keeps of an object (`_id`, `_version`, ...) is ignored, values that are objects
// or lists of such are dropped, and of two members with one name the last wins;
// each of the three is counted. One value is converted, as JupiterOne's SDK does
// it: a text "true" or "false", in any case, of a property whose name begins with
// `tag.` becomes a boolean. Everything else stays as it is.
//
// Two decoders give the same result: a scanner made for flat objects, which takes
// nearly all of them, and encoding/json for whatever the scanner does not expect,
// which also words what is wrong.
package j1files
