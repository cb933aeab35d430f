package stage

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// gather lists in e.kept the properties that are stored, by name, and counts
// those with names that are the engine's. Of equal names the last wins.
func (e *encoder) gather(ps graph.Properties, sh Shelf) (ignored int, err error) {
	e.kept = e.kept[:0]
	kind := sh.Kind()
	prev, sorted, defined := e.first[sh], true, true
	for i := range ps {
		p := &ps[i]
		n := prev.next
		if n == nil || n.text != p.Name {
			if n, err = e.follow(prev, p.Name); err != nil {
				return ignored, err
			}
		}
		if prev = n; n.ignored[kind] {
			ignored++
			continue
		}
		if err := checkValue(p); err != nil {
			return ignored, err
		}
		if last := len(e.kept) - 1; last >= 0 && e.kept[last].text >= n.text {
			sorted = false
		}
		defined = defined && p.Value.Kind() != graph.Undefined
		e.kept = append(e.kept, kept{n.name, i})
	}
	if !sorted {
		e.sortKept()
	}
	if !defined {
		e.kept = slices.DeleteFunc(e.kept, func(k kept) bool { return ps[k.at].Value.Kind() == graph.Undefined })
	}
	if len(e.kept) > graph.MaxProps {
		return ignored, fmt.Errorf("there are %d properties, the limit is %d", len(e.kept), graph.MaxProps)
	}
	return ignored, nil
}

// sortKept is for suppliers whose properties are not in order: it sorts what is
// kept by name and drops all but the last of each.
func (e *encoder) sortKept() {
	slices.SortStableFunc(e.kept, func(a, b kept) int { return strings.Compare(a.text, b.text) })
	out := e.kept[:0]
	for _, k := range e.kept {
		if n := len(out); n > 0 && out[n-1].name == k.name {
			out[n-1] = k
			continue
		}
		out = append(out, k)
	}
	e.kept = out
}

// follow looks a name up and remembers that it came after prev.
func (e *encoder) follow(prev *knownName, text string) (*knownName, error) {
	n := e.names[text]
	if n == nil {
		shared, err := e.lexicon.name(text)
		if err != nil {
			return nil, err
		}
		n = &knownName{name: shared}
		e.names[shared.text] = n
		e.blocks.held.Add(mapCost)
	}
	prev.next = n
	return n, nil
}

// checkValue is checkProperty of a property whose name is known, short for what
// is common.
func checkValue(p *graph.Property) error {
	switch p.Value.Kind() {
	case graph.Undefined, graph.Null, graph.Bool, graph.Int:
		return nil
	case graph.String:
		if s := p.Value.Str(); len(s) <= graph.MaxValue && utf8.ValidString(s) {
			return nil
		}
	default:
		if graph.CheckValue(p.Value) == nil && valueSize(p.Value) <= graph.MaxValue {
			return nil
		}
	}
	return checkProperty(p)
}
