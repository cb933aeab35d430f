package mapper

import (
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// wants is what mapped relationships look for, arranged so that one pass over the
// entities finds all of it: memory grows with what is looked for, not with the
// graph.
type wants struct {
	filters        map[string]*filter
	types, classes []string // that an entity must have to be wanted, one of them
	any            bool     // some want names neither
}

// filter is one set of properties that are looked at together.
type filter struct {
	names   []string           // sorted, without _class
	byValue map[string][]*want // by the values of names
}

// want is one target that is looked for, by however many relationships.
type want struct {
	classes []string // all of which the entity has
	found   []graph.End
}

func newWants() *wants { return &wants{filters: map[string]*filter{}} }

// add notes a target described by the properties called names, and returns nil
// when the target lacks one of them: that alternative then finds nothing.
func (w *wants) add(names []string, target *graph.Entity) *want {
	var classes []string
	if slices.Contains(names, graph.PropClass) {
		classes = target.Class
	}
	plain := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == graph.PropClass })
	slices.Sort(plain)
	plain = slices.Compact(plain)
	if len(plain)+len(classes) == 0 || len(classes) == 0 && slices.Contains(names, graph.PropClass) {
		return nil
	}
	values, ok := valuesOf(plain, func(name string) graph.Value { return propertyOf(target, name) })
	if !ok {
		return nil
	}
	key := strings.Join(plain, "\x00")
	f := w.filters[key]
	if f == nil {
		f = &filter{names: plain, byValue: map[string][]*want{}}
		w.filters[key] = f
	}
	for _, known := range f.byValue[values] {
		if graph.SameClass(known.classes, classes) {
			return known
		}
	}
	w.narrow(plain, classes, target)
	n := &want{classes: classes}
	f.byValue[values] = append(f.byValue[values], n)
	return n
}

// narrow notes which entities may be wanted at all.
func (w *wants) narrow(names, classes []string, target *graph.Entity) {
	switch {
	case slices.Contains(names, graph.PropType):
		w.types = append(w.types, target.Type)
	case len(classes) > 0:
		w.classes = append(w.classes, classes[0])
	default:
		w.any = true
	}
}

// offer shows an entity to all that is looked for.
func (w *wants) offer(end graph.End, classes []string, get func(name string) graph.Value) {
	for _, f := range w.filters {
		values, ok := valuesOf(f.names, get)
		if !ok {
			continue
		}
		for _, n := range f.byValue[values] {
			if hasAll(classes, n.classes) {
				n.found = append(n.found, end)
			}
		}
	}
}

func hasAll(have, asked []string) bool {
	for _, c := range asked {
		if !slices.Contains(have, c) {
			return false
		}
	}
	return true
}

// valuesOf joins values so that equal lists of them read alike, and reports false
// when one is missing.
func valuesOf(names []string, get func(name string) graph.Value) (string, bool) {
	var b []byte
	for _, name := range names {
		v := get(name)
		if v.Missing() {
			return "", false
		}
		b = append(v.AppendJSON(b), 0)
	}
	return string(b), true
}

// propertyOf returns a property of an entity that is not in the graph yet.
func propertyOf(e *graph.Entity, name string) graph.Value {
	switch name {
	case graph.PropKey:
		return text(e.Key)
	case graph.PropType:
		return text(e.Type)
	}
	return e.Props.Get(name)
}

// text is undefined for "".
func text(s string) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.StringValue(s)
}
