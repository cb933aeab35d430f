package exec

import "github.com/j1db/j1db/store/graph"

// Sets, keys and counts, as the tests of package exec_test see them.

// RefSet is a set of handles.
type RefSet struct{ set refSet }

// Add adds a handle and reports whether it is new.
func (s *RefSet) Add(ref graph.Ref) bool { return s.set.add(ref) }

// All lists the handles in order.
func (s *RefSet) All() []graph.Ref { return s.set.all() }

// AddTuple and HasTuple return the functions of a new set of tuples of a width.
func AddTuple(width int) (add func([]graph.Ref) (int, bool), has func([]graph.Ref) bool) {
	t := newTuples(width)
	return t.add, t.has
}

// AddText returns the function of a new set of texts.
func AddText() func([]byte) (int, bool) { return newTexts().add }

// AddPair returns the function of a new set of groups and objects.
func AddPair() func(group int, ref graph.Ref) bool { return new(groupSet).add }

// Seconds returns the functions of a new set of what is paired with one object.
func Seconds() (begin func(), add func(graph.Ref) bool) {
	s := new(seconds)
	return s.begin, s.add
}

// Key is the text that equal values share.
func Key(v graph.Value) string { return string(appendKey(nil, v)) }

// Times and Plus compute with counts.
var (
	Times = times
	Plus  = plus
)
