package ingest

import (
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/httpx"
)

// gap is why a type was not read whole.
type gap struct {
	reason string
	// excusable gaps are no news in an optional step: the provider forbade it, or
	// an earlier step left the gap.
	excusable bool
	section   uint64 // of the Job that met it
}

// gaps are why types were not read whole, by type.
type gaps map[string]gap

// add notes a gap. Of several in one type the first that is not excusable is
// kept, in the order of the table and the API: not of time.
func (g *gaps) add(typ string, n gap) {
	if *g == nil {
		*g = gaps{}
	}
	old, again := (*g)[typ]
	if !again || old.excusable && !n.excusable || old.excusable == n.excusable && n.section < old.section {
		(*g)[typ] = n
	}
}

// explain notes a gap that says more about types than those before it.
func (g *gaps) explain(types []string, n gap) {
	for _, typ := range types {
		if old, ok := (*g)[typ]; !ok || old.excusable || !n.excusable {
			delete(*g, typ)
			g.add(typ, n)
		}
	}
}

// excusable reports whether all of them are.
func (g gaps) excusable() bool {
	for _, x := range g {
		if !x.excusable {
			return false
		}
	}
	return true
}

// types lists the types that have a gap, sorted.
func (g gaps) types() []string { return slices.Sorted(maps.Keys(g)) }

// newGap is a gap that j met because of err, or without one.
func newGap(j *Job, reason string, err error) gap {
	return gap{oneLine(reason), httpx.IsForbidden(err), j.section}
}

// oneLine makes a text of one line, for lists of outcomes.
func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBreak), "; ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// failed notes that the list of types ended with err.
func (j *Job) failed(types []string, err error) {
	for _, typ := range types {
		j.gaps.add(typ, newGap(j, err.Error(), err))
	}
}

// partial notes that types were not read whole.
func (j *Job) partial(types []string, reason string) {
	for _, typ := range types {
		j.gaps.add(typ, newGap(j, reason, nil))
	}
}
