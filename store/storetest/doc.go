// Package storetest tests stores: Open gives one that is checked when its test
// ends, a Model is what a store must be like, kept as plain maps, one per version,
// and a Generator makes runs at random to try both with.
//
// The Model knows nothing of how the store works. Where the two differ, either
// may be wrong.
package storetest
