package stage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// MaxSamples is how many findings of a sort are shown.
const MaxSamples = 20

// Found counts findings and shows the first of them, in the supplier's order.
type Found[T any] struct {
	Count   int
	Samples []T // at most MaxSamples
}

// Add counts one more finding.
func (f *Found[T]) Add(x T) {
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

// Rejection is an object that cannot be stored.
type Rejection struct {
	Kind     graph.Kind
	Instance string
	Key      string // as it came, possibly empty
	Type     string
	Origin   string
	Reason   string
}

// findings keeps the first samples of what is found in any order.
type findings[T any] struct {
	count int
	first []finding[T] // sorted
}

type finding[T any] struct {
	rank      uint64
	key, then string // break ties
	what      T
}

func (f finding[T]) compare(g finding[T]) int {
	return cmp.Or(cmp.Compare(f.rank, g.rank), strings.Compare(f.key, g.key), strings.Compare(f.then, g.then))
}

// wants reports whether a finding of that rank would be among the samples.
func (fs *findings[T]) wants(rank uint64) bool {
	return len(fs.first) < MaxSamples || rank <= fs.first[len(fs.first)-1].rank
}

// add takes a sample; whoever found it has counted it.
func (fs *findings[T]) add(f finding[T]) {
	i, _ := slices.BinarySearchFunc(fs.first, f, finding[T].compare)
	if i == MaxSamples {
		return
	}
	fs.first = slices.Insert(fs.first, i, f)
	fs.first = fs.first[:min(len(fs.first), MaxSamples)]
}

func (fs *findings[T]) merge(other *findings[T]) {
	fs.count += other.count
	for _, f := range other.first {
		fs.add(f)
	}
}

func (fs *findings[T]) found() Found[T] {
	out := Found[T]{Count: fs.count}
	for _, f := range fs.first {
		out.Samples = append(out.Samples, f.what)
	}
	return out
}
