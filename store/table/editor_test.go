package table_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

func tree(key string) *table.Row {
	return &table.Row{Image: &graph.Image{Type: "apple", Instance: "north", Key: key}}
}

// newEditor returns an editor of a file with one row of apples.
func newEditor(t *testing.T) *table.Editor {
	t.Helper()
	file := memory{}
	e, err := table.NewEditor(open(file, table.NewDirectory(), 8), table.EditorOptions{KeyHash: keyHash})
	if err != nil {
		t.Fatal(err)
	}
	number, err := e.Table(table.Name{Type: "apple"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Reserve(number, 1); err != nil {
		t.Fatal(err)
	}
	if err := e.Set(table.Place{Table: number}, nil, tree("a")); err != nil {
		t.Fatal(err)
	}
	writes, err := e.Writes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file.apply(t, writes)
	if e, err = table.NewEditor(open(file, e.Directory(), 8), table.EditorOptions{KeyHash: keyHash}); err != nil {
		t.Fatal(err)
	}
	return e
}

// rowsOf is a Filling of n rows with the same head.
func rowsOf(n int, h table.Head, do func(s *table.Sink)) table.Filling {
	return table.Filling{Len: n, Columns: []string{"colour"}, Rows: func(lo, hi int, s *table.Sink) error {
		for range hi - lo {
			s.Begin(h)
			do(s)
		}
		return nil
	}}
}

func TestEditorRefuses(t *testing.T) {
	north := table.Head{Instance: "north", Key: "k"}
	nothing := func(*table.Sink) {}
	fill := func(f table.Filling) func(e *table.Editor) error {
		return func(e *table.Editor) error {
			first, err := e.Reserve(1, 3)
			if err == nil {
				err = e.Fill(1, first, f)
			}
			return err
		}
	}
	for _, test := range []struct {
		name, want string
		do         func(e *table.Editor) error
	}{
		{"a row beyond the end", "beyond the end", func(e *table.Editor) error { return e.Set(table.Place{Table: 1, Row: 1}, nil, tree("b")) }},
		{"a row that had a state", "not reserved", func(e *table.Editor) error { return e.Set(table.Place{Table: 1}, nil, tree("b")) }},
		{"no state", "no state", func(e *table.Editor) error { return e.Set(table.Place{Table: 1}, tree("a"), nil) }},
		{"a table that is not there", "table 7", func(e *table.Editor) error { _, err := e.Reserve(7, 1); return err }},
		{"an edge table without ends", "no tables", func(e *table.Editor) error {
			_, err := e.Table(table.Name{Kind: graph.RelationshipKind, Type: "link", Class: "HAS", From: 1, To: 9})
			return err
		}},
		{"another kind", "another kind", func(e *table.Editor) error {
			r := tree("a")
			r.Image.Kind = graph.RelationshipKind
			return e.Set(table.Place{Table: 1}, r, r)
		}},
		{"rows that are not reserved", "beyond the end", func(e *table.Editor) error { return e.Fill(1, 1, rowsOf(1, north, nothing)) }},
		{"rows that had a state", "not reserved", func(e *table.Editor) error { return e.Fill(1, 0, rowsOf(1, north, nothing)) }},
		{"rows filled twice", "filled already", func(e *table.Editor) error {
			return errors.Join(fill(rowsOf(3, north, nothing))(e), e.Fill(1, 2, rowsOf(1, north, nothing)))
		}},
		{"ends of an entity", "ends", fill(table.Filling{Len: 1, Ends: table.Ends{From: []uint32{1}, To: []uint32{1}}})},
		{"too few rows", "fewer rows", fill(table.Filling{Len: 2, Rows: func(int, int, *table.Sink) error { return nil }})},
		{"too many rows", "more rows", fill(rowsOf(3, north, func(s *table.Sink) { s.Begin(north) }))},
		{"a row without a name", "no name", fill(rowsOf(1, table.Head{Instance: "north"}, nothing))},
		{"a property twice", "set twice", fill(rowsOf(1, north, func(s *table.Sink) {
			s.Set(0, graph.IntValue(1))
			s.Set(0, graph.IntValue(2))
		}))},
		{"a property that is not named", "not one of those", fill(rowsOf(1, north, func(s *table.Sink) { s.Set(1, graph.IntValue(1)) }))},
		{"a filling that fails", "no more apples", fill(table.Filling{Len: 1, Rows: func(int, int, *table.Sink) error { return errors.New("no more apples") }})},
		{"a row gone that the index does not have", "not there", func(e *table.Editor) error { return e.Remove(table.Place{Table: 1}, tree("other")) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEditor(t)
			err := test.do(e)
			if err == nil {
				_, err = e.Writes(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestOnlyTheNewestVersionIsEdited(t *testing.T) {
	ts := table.NewTables(memory{}, table.NewDirectory(), map[uint32]*table.Overlay{1: {}})
	if _, err := table.NewEditor(ts, table.EditorOptions{}); err == nil {
		t.Fatal("an older version was to be edited")
	}
}

func TestWritesCanBeInterrupted(t *testing.T) {
	e := newEditor(t)
	first, err := e.Reserve(1, 100)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	f := rowsOf(100, table.Head{Instance: "north", Key: "k"}, func(*table.Sink) { cancel() })
	if err := e.Fill(1, first, f); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Writes(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
}
