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
//
// How a file becomes batches: chunks reads it in order, under a lock, and cuts it
// where an object ends (lines, document). Workers decode chunks at the same time
// and put what they hold. A batch's texts lie in its chunk and its properties in
// slabs, and both are used again for the next chunk: a sink copies what it keeps,
// and reading a million objects allocates as much as reading a thousand. Which
// line a bad object stands in is worked out in the end, from the line ends that
// each worker counted.
//
// # Writing
//
// Writers take images or changes as iterators, gather little of them in memory, and
// write equal bytes for equal input. Text of the outside is only ever data in what
// they write: formulas, quotes, escapes, markup and file names of the format's own
// kind are made harmless, in the one function of each format that appends text.
// What a format cannot hold is left out and told in Written, never silently.
package j1files
