package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
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

// Found counts findings and shows the first of them, in the supplier's order.
type Found[T any] struct {
	Count   int
	Samples []T // at most MaxSamples
}

// MaxSamples is how many findings of a sort a Result shows.
const MaxSamples = 20

func (f *Found[T]) add(x T) {
	f.Count++
	if len(f.Samples) < MaxSamples {
		f.Samples = append(f.Samples, x)
	}
}

// Duplicate is an object that was not stored because its key was taken.
type Duplicate struct {
	Kind         graph.Kind
	Instance     string
	Key          string
	Type         string
	Origin, Kept string // where it was read, and where the one that was kept
}

// Dangling is a relationship that lacks an end.
type Dangling struct {
	Instance string
	Key      string
	Type     string
	Origin   string
	Missing  graph.End
}

// Rejection is an object that cannot be stored.
type Rejection struct {
	Kind     graph.Kind
	Instance string
	Key      string // as it came, possibly empty
	Type     string
	Origin   string
	Reason   string
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
