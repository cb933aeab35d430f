// Package exec runs plans over a Source of graph data and yields rows in
// batches. It knows neither query text nor storage.
//
// Operators push: each one runs its input with a function that takes a batch, and
// gives what it makes of it to the function that it was run with. So a batch is
// worked on while it is in the cache, an operator that needs no more rows stops
// all below it by returning an error. Goroutines beside the caller's run only where
// there is much to do, within one operator (tasks) or below the output (handover), and
// have ended when it returns; rows come in the same order with and without. A batch
// belongs to who made it and is valid until the next one: who needs it longer copies
// it (see store).
//
// A row binds slots to handles; the values behind them are fetched where they are
// looked at, a batch and all properties of a slot at a time (see loader). A row may
// stand for several equal ones: its weight. Rows come in the order of the chain,
// or Reorder has put them into it, and every operator keeps the order that it finds.
//
// What holds for one value is decided by graph.Test, and for one object by the
// Source that was given a graph.Predicate. Operators that keep rows account for
// them (env.keep), and between any two batches the context is looked at (meter).
package exec
