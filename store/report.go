package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// Result is what a commit did, or, in a dry run, would have done.
type Result struct {
	// Version and Time are of the version that was made, 0 when nothing changed.
	Version uint64
	Time    int64 // epoch milliseconds
	Run     graph.Run
	// Changes counts what changed, by kind, instance and type; other instances
	// are among them when relationships went with their ends or the mapper ran.
	Changes []TypeCounts
	// Duplicates are objects whose key came before in the supplier's order.
	Duplicates Found[Duplicate]
	// Dangling are relationships that were not stored for want of an end.
	Dangling Found[Dangling]
	// Rejected are objects that cannot be stored. What was stored under their
	// keys stays.
	Rejected Found[Rejection]
	// Cascaded are relationships that went because an entity went.
	Cascaded Found[graph.Identity]
	// Ignored counts properties with names that the engine keeps for itself.
	Ignored int
	// Stale lists the types of the instance that are stale after the run.
	Stale []Stale
}

// TypeCounts counts the changes of one type of one instance.
type TypeCounts struct {
	Kind     graph.Kind
	Instance string
	Type     string
	graph.Counts
}

// Found counts findings and shows the first of them.
type Found[T any] = stage.Found[T]

// MaxSamples is how many findings of a sort a Result shows.
const MaxSamples = stage.MaxSamples

// Duplicate is an object that was not stored because its key was taken.
type Duplicate = stage.Duplicate

// Rejection is an object that cannot be stored.
type Rejection = stage.Rejection

// Dangling is a relationship that lacks an end.
type Dangling struct {
	Instance string
	Key      string
	Type     string
	Origin   string
	Missing  graph.End
}

// Stale is a type of an instance that the last run did not read whole.
type Stale struct {
	Instance string
	Type     string
	Since    int64  // its last complete run, epoch milliseconds; 0 is never
	Reason   string // "" when the run did not ask for the type at all
}

// tally counts changes by type and keeps them in order.
type tally map[TypeCounts]*graph.Counts

func (t tally) add(im *graph.Image, op graph.Op) {
	k := TypeCounts{Kind: im.Kind, Instance: im.Instance, Type: im.Type}
	n, ok := t[k]
	if !ok {
		n = &graph.Counts{}
		t[k] = n
	}
	n.Add(op)
}

// addMany counts n creations.
func (t tally) addMany(k TypeCounts, n int) {
	c, ok := t[k]
	if !ok {
		c = &graph.Counts{}
		t[k] = c
	}
	c.Created += n
}

// report adds what was not staged.
func (res *Result) report(st *stage.Stage) {
	d, r := st.Duplicates(), st.Rejected()
	res.Duplicates, res.Rejected = merged(res.Duplicates, d), merged(res.Rejected, r)
	res.Ignored += st.Ignored()
}

// merged adds up findings.
func merged[T any](a, b Found[T]) Found[T] {
	a.Count += b.Count
	a.Samples = append(a.Samples, b.Samples...)
	a.Samples = a.Samples[:min(len(a.Samples), MaxSamples)]
	return a
}

func (t tally) sorted() []TypeCounts {
	out := make([]TypeCounts, 0, len(t))
	for k, n := range t {
		k.Counts = *n
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b TypeCounts) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Instance, b.Instance), strings.Compare(a.Type, b.Type))
	})
	return out
}
