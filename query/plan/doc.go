// Package plan turns a query's tree into a plan: names resolved against what a
// graph holds, conditions placed where they filter first, an order of traversal
// chosen from statistics.
//
// It works in three steps. A draft is the statement with names made into slots, one
// for each place of the chain in the order of syntax.Scope, and with conditions and
// expressions that refer to slots. The rules, in the order of their list, note in
// the draft what may be done better than literally; each can be switched off, and
// no answer depends on any. A builder then makes the operators, from the scan
// upwards, as the rules allow.
//
// Three questions decide what is allowed, and each has one place: whether it shows
// how often a row is repeated (draft.bag), whether it shows in which order rows
// come (draft.ordered), and which slots are looked at above an operator
// (builder.findNeeded).
//
// A plan holds no values of a run: parameters, date.now and the results of
// sub-queries are filled in by the executor, so that one plan serves many runs.
package plan
