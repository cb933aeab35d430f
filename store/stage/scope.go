package stage

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Scope is what a run says it read whole, and what not.
type Scope struct {
	complete map[graph.Complete]bool
	partial  map[string]string // type -> the first reason, in alphabetical order
}

// NewScope returns the scope that says nothing but what is complete.
func NewScope(complete ...graph.Complete) Scope {
	sc := Scope{map[graph.Complete]bool{}, map[string]string{}}
	for _, c := range complete {
		sc.complete[c] = true
	}
	return sc
}

func checkScope(complete []graph.Complete, partial []graph.Partial) error {
	for _, c := range complete {
		if c.Type == "" {
			return errors.New("a Complete without a type")
		}
	}
	for _, p := range partial {
		if p.Type == "" {
			return fmt.Errorf("a Partial without a type (%s)", p.Reason)
		}
	}
	return nil
}

// add takes what was checked and returns about how many bytes it keeps of it.
func (sc Scope) add(complete []graph.Complete, partial []graph.Partial) (kept int) {
	for _, c := range complete {
		if !sc.complete[c] {
			sc.complete[graph.Complete{Type: strings.Clone(c.Type), Parent: strings.Clone(c.Parent)}] = true
			kept += mapCost + len(c.Type) + len(c.Parent)
		}
	}
	for _, p := range partial {
		if old, ok := sc.partial[p.Type]; !ok || p.Reason < old {
			sc.partial[strings.Clone(p.Type)] = strings.Clone(p.Reason)
			kept += mapCost + len(p.Type) + len(p.Reason)
		}
	}
	return kept
}

// Declares reports whether the run says anything about completeness. One that
// does not is a patch: it neither deletes by absence nor makes anything stale.
func (sc Scope) Declares() bool { return len(sc.complete)+len(sc.partial) > 0 }

// DeclaresComplete reports whether anything was read whole: without it nothing
// is deleted by absence.
func (sc Scope) DeclaresComplete() bool { return len(sc.complete) > 0 }

// Whole reports whether all of a type was read.
func (sc Scope) Whole(typ string) bool {
	if _, ok := sc.partial[typ]; ok {
		return false
	}
	if sc.complete[graph.Complete{Type: typ}] {
		return true
	}
	_, partial := sc.partial[graph.AllTypes]
	return !partial && sc.complete[graph.Complete{Type: graph.AllTypes}]
}

// Covers reports whether the list in which an object of a type and parent would
// have stood was read whole. A Partial of the type overrules what is said of all
// types, even under one parent, but not what is said of the type under it.
func (sc Scope) Covers(typ, parent string) bool {
	if parent != "" && sc.complete[graph.Complete{Type: typ, Parent: parent}] {
		return true
	}
	if _, ok := sc.partial[typ]; ok {
		return false
	}
	if parent != "" && sc.complete[graph.Complete{Type: graph.AllTypes, Parent: parent}] {
		return true
	}
	return sc.Whole(typ)
}

// Why returns the reason for which a type is not whole, "" if none was given.
func (sc Scope) Why(typ string) string {
	if r, ok := sc.partial[typ]; ok {
		return r
	}
	return sc.partial[graph.AllTypes]
}

// Types lists the types that the run spoke of as a whole, by name, without
// graph.AllTypes.
func (sc Scope) Types() []string {
	types := map[string]bool{}
	for t := range sc.partial {
		types[t] = true
	}
	for c := range sc.complete {
		if c.Parent == "" {
			types[c.Type] = true
		}
	}
	delete(types, graph.AllTypes)
	return slices.Sorted(maps.Keys(types))
}

// Parents yields, in no order, the lists under one parent that were read whole.
func (sc Scope) Parents() iter.Seq[graph.Complete] {
	return func(yield func(graph.Complete) bool) {
		for c := range sc.complete {
			if c.Parent != "" && !yield(c) {
				return
			}
		}
	}
}
