package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// withSchema calls f with what the version holds.
func (s *session) withSchema(ctx context.Context, f func(a *app, snap *store.Snapshot, schema *schemaRecord) error) error {
	return s.printed(func(a *app) error {
		snap, _, err := a.snapshot(ctx, s.db, s.at.get(), store.SnapshotOptions{})
		if err != nil {
			return err
		}
		defer snap.Close()
		schema, err := readSchema(ctx, snap)
		if err != nil {
			return err
		}
		return f(a, snap, schema)
	})
}

// describe is \d [TYPE].
func (s *session) describe(ctx context.Context, name string) error {
	return s.withSchema(ctx, func(a *app, snap *store.Snapshot, schema *schemaRecord) error {
		w := bufio.NewWriter(a.stdout)
		if name == "" {
			schema.text(w)
			return w.Flush()
		}
		t, err := schema.find(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: %s of class %s, %d from %s\n", t.Type, t.Kind, strings.Join(t.Classes, ", "), t.Count, strings.Join(t.Instances, ", "))
		schema.joins(w, t.Type)
		if err := commonest(ctx, w, snap, t); err != nil {
			return err
		}
		return w.Flush()
	})
}

// find returns the type of a name.
func (s *schemaRecord) find(name string) (*typeRecord, error) {
	var names []string
	for i := range s.Types {
		if s.Types[i].Type == name {
			return &s.Types[i], nil
		}
		names = append(names, s.Types[i].Type)
	}
	return nil, &notFoundError{fmt.Sprintf("there is no type %q%s", name, didYouMean(name, names)), `\types lists them`}
}

// joins prints what joins a type to others, or what a type of relationships joins.
func (s *schemaRecord) joins(w *bufio.Writer, typ string) {
	c := newColumns(w)
	for _, r := range s.Relationships {
		if r.FromType == typ || r.ToType == typ || r.Type == typ {
			c.row("  "+r.FromType, r.Verb, r.ToType, fmt.Sprint(r.Count))
		}
	}
	c.flush()
}

// commonest prints the properties of a type with their commonest values.
func commonest(ctx context.Context, w *bufio.Writer, snap *store.Snapshot, t *typeRecord) error {
	kind := graph.EntityKind
	if t.Kind == graph.RelationshipKind.String() {
		kind = graph.RelationshipKind
	}
	props, err := snap.Properties(ctx, kind, t.Type)
	if err != nil || len(props) == 0 {
		return err
	}
	c := newColumns(w)
	c.row("PROPERTY", "KIND", "FILLED", "DISTINCT", "COMMONEST")
	for _, p := range props {
		c.row(p.Name, strings.Join(kindNames(p.Kinds), ", "), fmt.Sprintf("%d%%", p.Filled*100/max(1, t.Count)),
			fmt.Sprint(p.Distinct), topValues(p.Top))
	}
	c.flush()
	return nil
}

// topValues shows a few values where they tell something.
func topValues(top []graph.ValueCount) string {
	const most, longest = 3, 24
	var parts []string
	for _, v := range top {
		if len(parts) == most || v.Count < 2 {
			break
		}
		text := v.Value.String()
		if runes := []rune(text); len(runes) > longest {
			text = string(runes[:longest]) + "…"
			if v.Value.Kind() == graph.String {
				text += `"`
			}
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", text, v.Count))
	}
	return strings.Join(parts, ", ")
}

// listTypes is \types.
func (s *session) listTypes(ctx context.Context, _ string) error {
	return s.withSchema(ctx, func(a *app, _ *store.Snapshot, schema *schemaRecord) error {
		c := newColumns(a.stdout)
		c.row("TYPE", "CLASS", "COUNT")
		for _, t := range schema.Types {
			if t.Kind == graph.EntityKind.String() {
				c.row(t.Type, strings.Join(t.Classes, ", "), fmt.Sprint(t.Count))
			}
		}
		c.flush()
		return nil
	})
}

// listVerbs is \verbs [TYPE].
func (s *session) listVerbs(ctx context.Context, typ string) error {
	return s.withSchema(ctx, func(a *app, _ *store.Snapshot, schema *schemaRecord) error {
		if typ != "" {
			if _, err := schema.find(typ); err != nil {
				return err
			}
		}
		c := newColumns(a.stdout)
		c.row("FROM", "VERB", "TO", "COUNT")
		for _, r := range schema.Relationships {
			if typ == "" || r.FromType == typ || r.ToType == typ {
				c.row(r.FromType, r.Verb, r.ToType, fmt.Sprint(r.Count))
			}
		}
		c.flush()
		return nil
	})
}

// refresh is \refresh: what was prepared and remembered is dropped.
func (s *session) refresh(ctx context.Context, _ string) error {
	v, err := s.db.Resolve(ctx, store.Latest)
	if err != nil {
		return err
	}
	s.forget()
	s.at.set("")
	if v.Number == 0 {
		s.app.notice("%s is empty", s.db.Path())
		return nil
	}
	s.app.notice("version %d of %s", v.Number, formatTime(v.Time))
	return nil
}
