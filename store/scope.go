package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// scope is what a run says it read whole, and what not.
type scope struct {
	complete map[graph.Complete]bool
	partial  map[string]string // type -> the first reason, in alphabetical order
}

func newScope() scope {
	return scope{map[graph.Complete]bool{}, map[string]string{}}
}

func (s scope) add(complete []graph.Complete, partial []graph.Partial) error {
	for _, c := range complete {
		if c.Type == "" {
			return errors.New("a Complete without a type")
		}
		s.complete[graph.Complete{Type: strings.Clone(c.Type), Parent: strings.Clone(c.Parent)}] = true
	}
	for _, p := range partial {
		if p.Type == "" {
			return fmt.Errorf("a Partial without a type (%s)", p.Reason)
		}
		if old, ok := s.partial[p.Type]; !ok || p.Reason < old {
			s.partial[strings.Clone(p.Type)] = strings.Clone(p.Reason)
		}
	}
	return nil
}

// declares reports whether the run says anything about completeness. One that
// does not is a patch: it neither deletes by absence nor makes anything stale.
func (s scope) declares() bool { return len(s.complete)+len(s.partial) > 0 }

// whole reports whether all of a type was read.
func (s scope) whole(typ string) bool {
	if _, ok := s.partial[typ]; ok {
		return false
	}
	if s.complete[graph.Complete{Type: typ}] {
		return true
	}
	_, partial := s.partial[graph.AllTypes]
	return !partial && s.complete[graph.Complete{Type: graph.AllTypes}]
}

// covers reports whether the list in which an object of a type and parent would
// have stood was read whole. A Partial of the type overrules what is said of all
// types, even under one parent, but not what is said of the type under it.
func (s scope) covers(typ, parent string) bool {
	if parent != "" && s.complete[graph.Complete{Type: typ, Parent: parent}] {
		return true
	}
	if _, ok := s.partial[typ]; ok {
		return false
	}
	if parent != "" && s.complete[graph.Complete{Type: graph.AllTypes, Parent: parent}] {
		return true
	}
	return s.whole(typ)
}

// why returns the reason for which a type is not whole, "" if none was given.
func (s scope) why(typ string) string {
	if r, ok := s.partial[typ]; ok {
		return r
	}
	return s.partial[graph.AllTypes]
}
