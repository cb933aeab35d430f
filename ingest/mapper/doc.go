// Package mapper joins what different instances say about the same things: it
// makes people of the users of identity providers, links the users of every
// provider to them, and finds the far ends of mapped relationships.
//
// Derive does all of it, over the merged graph and inside the commit that merges
// it. Its result is a function of that graph and of the rules alone: nothing that
// it derived before plays a part, so deriving again gives the same objects.
// The rules are data, in rules.yaml, where they are explained; users may add to
// them. Everything is looked up in hash tables, so the time grows with the graph
// and not with its square.
package mapper
