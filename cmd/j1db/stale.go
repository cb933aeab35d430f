package main

import (
	"context"
	"slices"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// noticeStale tells, beside an answer, which of the types that a query names were
// not read whole by the last run of their instance: what is missing there may be
// missing in the answer.
func (a *app) noticeStale(ctx context.Context, q *syntax.Query, snap *store.Snapshot) error {
	if a.flags.quiet {
		return nil
	}
	stale, err := snap.Stale(ctx)
	if err != nil || len(stale) == 0 {
		return err
	}
	types, err := snap.Types(ctx)
	if err != nil {
		return err
	}
	named := namedIn(q)
	var told []string
	for _, s := range stale {
		if !named.touches(s.Type, types) {
			continue
		}
		text := s.Type + " of " + s.Instance
		if s.Since != 0 {
			text += " (last read whole " + formatTime(s.Since) + ")"
		}
		if !slices.Contains(told, text) {
			told = append(told, text)
		}
	}
	if len(told) > 0 {
		a.notice("not read whole by the last run: %s", strings.Join(told, ", "))
	}
	return nil
}

// namedTypes are the types and classes that a query names.
type namedTypes struct {
	any   bool
	names []string
}

func namedIn(q *syntax.Query) namedTypes {
	var n namedTypes
	syntax.Walk(q, func(node syntax.Node) bool {
		if s, ok := node.(*syntax.Selector); ok {
			n.any = n.any || s.Any || s.Text != nil || len(s.Names) == 0
			for _, name := range s.Names {
				n.names = append(n.names, name.Text)
			}
		}
		return true
	})
	return n
}

// touches reports whether a query can come upon entities of a type. Relationships
// go by verbs, which several types share, and are left out.
func (n namedTypes) touches(typ string, types []graph.TypeStat) bool {
	i := slices.IndexFunc(types, func(t graph.TypeStat) bool { return t.Type == typ && t.Kind == graph.EntityKind })
	if i < 0 {
		return slices.Contains(n.names, typ)
	}
	return n.any || slices.Contains(n.names, typ) ||
		slices.ContainsFunc(types[i].Classes, func(c string) bool { return slices.Contains(n.names, c) })
}
