// Package graph is the vocabulary that every side of j1db shares: values and
// properties, entities and relationships as a collector supplies them and as a
// version holds them, batches and completeness, changes, predicates, handles
// and statistics.
//
// It imports nothing of this project and knows no file, no query text and no
// vendor. Three questions are answered here and nowhere else: how two values
// compare (Equal, Compare), whether a predicate holds (Predicate.Eval), and
// which identity an object has (Identity.ID).
package graph
