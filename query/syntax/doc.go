// Package syntax turns J1QL text into a tree and a tree into J1QL text.
//
// [Parse] reads one statement, [Validate] checks what can be checked without a
// graph, and [Format] prints a statement in the house style. The tree is sealed:
// every [Node] is defined here, knows the bytes that it came from, and prints
// itself as valid J1QL. A tree is read-only after Parse and may be shared by
// goroutines. [Query.Scope] and [Query.Columns] answer what several readers ask of it.
//
// [Expect] tells what may stand at a place of an unfinished statement. It and the error
// messages read the parser's own grammar, so there is one grammar and no second list of
// keywords.
//
// Errors are of two types, after the two stages of JupiterOne's service: [*Error]
// for text that is no J1QL, [*ValidationError] for a statement that is well formed
// but cannot mean anything. Both hold a position and know how to show it.
//
// Keywords are soft by position: `WITH limit = 5` tests a property. They are never
// aliases. Text is at most [MaxText] bytes and nesting at most [MaxDepth] levels.
package syntax
