package querytest_test

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"testing"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store/graph"
)

// faulty is a source that breaks one promise.
type faulty struct {
	*querytest.Source
	scan   func([]graph.Ref) []graph.Ref
	hop    func(*graph.Hop)
	steps  func(*graph.Steps)
	vector func(*graph.Vector)
	image  func([]*graph.Image)
	tables func([]graph.Table) []graph.Table
	lists  func([]graph.Adjacency)
	types  func([]graph.TypeStat)
	joins  func([]graph.RelationshipStat)
	props  func([]graph.PropertyStat)
	rows   func([]uint64)
	codes  func(*graph.Vector)
	deaf   bool // to the context
}

func (f faulty) context(ctx context.Context) context.Context {
	if f.deaf {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (f faulty) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		for refs, err := range f.Source.Scan(f.context(ctx), sel) {
			if f.scan != nil {
				refs = f.scan(refs)
			}
			if !yield(refs, err) {
				return
			}
		}
	}
}

func (f faulty) Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error] {
	if f.hop != nil {
		f.hop(&hop)
	}
	return func(yield func(graph.Steps, error) bool) {
		for steps, err := range f.Source.Expand(f.context(ctx), from, hop) {
			if f.steps != nil && err == nil {
				f.steps(&steps)
			}
			if !yield(steps, err) {
				return
			}
		}
	}
}

func (f faulty) Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	err := f.Source.Fetch(ctx, refs, props, into)
	for i := range into {
		if f.vector != nil && into[i].Len() > 0 {
			f.vector(&into[i])
		}
	}
	return err
}

func (f faulty) Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	images, err := f.Source.Images(ctx, refs)
	if f.image != nil {
		f.image(images)
	}
	return images, err
}

func (f faulty) Tables(sel graph.Selection) []graph.Table {
	tables := f.Source.Tables(sel)
	if f.tables != nil {
		tables = f.tables(tables)
	}
	return tables
}

func (f faulty) Adjacency(ctx context.Context, table uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	lists, ok, err := f.Source.Adjacency(ctx, table, hop)
	if f.lists != nil {
		f.lists(lists)
	}
	return lists, ok, err
}

func (f faulty) Types(ctx context.Context) ([]graph.TypeStat, error) {
	types, err := f.Source.Types(ctx)
	if f.types != nil {
		f.types(types)
	}
	return types, err
}

func (f faulty) Relationships(ctx context.Context) ([]graph.RelationshipStat, error) {
	joins, err := f.Source.Relationships(ctx)
	if f.joins != nil {
		f.joins(joins)
	}
	return joins, err
}

func (f faulty) Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	props, err := f.Source.Properties(ctx, kind, typ)
	if f.props != nil {
		f.props(props)
	}
	return props, err
}

func (f faulty) Select(ctx context.Context, table uint32, where graph.Predicate) ([]uint64, error) {
	if f.rows == nil {
		return f.Source.Select(ctx, table, where)
	}
	words, err := f.Source.Select(ctx, table, where)
	f.rows(words)
	return words, err
}

func (f faulty) Codes(ctx context.Context, table uint32, prop string) (graph.Vector, bool, error) {
	v, ok, err := f.Source.Codes(ctx, table, prop)
	if f.codes != nil && ok {
		f.codes(&v)
	}
	return v, ok, err
}

// witness is a testing.TB that only notes a failure.
type witness struct {
	testing.TB
	failed bool
}

func (w *witness) Helper() {}

func (w *witness) Fatalf(string, ...any) {
	w.failed = true
	runtime.Goexit()
}

func (w *witness) Fatal(...any) { w.Fatalf("") }

// TestConformFindsFaults breaks one promise after the other: a suite that does not
// notice says nothing of those who pass it.
func TestConformFindsFaults(t *testing.T) {
	graphs := []*querytest.Graph{querytest.RandomGraph(3), querytest.RandomGraph(5), querytest.HubGraph(60)}
	for name, f := range map[string]faulty{
		"scan in another order": {scan: func(r []graph.Ref) []graph.Ref { slices.Reverse(r); return r }},
		"scan lacks one":        {scan: func(r []graph.Ref) []graph.Ref { return r[min(1, len(r)):] }},
		"scan has one twice":    {scan: func(r []graph.Ref) []graph.Ref { return append(r, r[:min(1, len(r))]...) }},
		"any direction":         {hop: func(h *graph.Hop) { h.Direction = graph.Both }},
		"any verb":              {hop: func(h *graph.Hop) { h.Verbs = nil }},
		"any relationship":      {hop: func(h *graph.Hop) { h.Where = nil }},
		"any target":            {hop: func(h *graph.Hop) { h.Target = graph.Selection{} }},
		"target by type alone":  {hop: func(h *graph.Hop) { h.Target.Where = nil }},
		"wrong origin":          {steps: func(s *graph.Steps) { s.Origin[0]++ }},
		"steps in another order": {steps: func(s *graph.Steps) {
			slices.Reverse(s.Origin)
			slices.Reverse(s.Edge)
			slices.Reverse(s.Node)
		}},
		"edges in another order": {steps: func(s *graph.Steps) {
			if s.Len() > 1 && s.Origin[0] == s.Origin[1] {
				s.Edge[0], s.Edge[1] = s.Edge[1], s.Edge[0]
				s.Node[0], s.Node[1] = s.Node[1], s.Node[0]
			}
		}},
		"a null of nothing":      {vector: func(v *graph.Vector) { swap(v, graph.Value{}, graph.NullValue()) }},
		"numbers as text":        {vector: func(v *graph.Vector) { swap(v, graph.IntValue(1), graph.StringValue("1")) }},
		"a value too many":       {vector: func(v *graph.Vector) { v.Values = append(v.Values, graph.Value{}) }},
		"another image":          {image: func(ims []*graph.Image) { ims[0] = ims[len(ims)-1] }},
		"a table too few":        {tables: func(ts []graph.Table) []graph.Table { return ts[:len(ts)/2] }},
		"dead rows alive":        {tables: func(ts []graph.Table) []graph.Table { return each(ts, func(t *graph.Table) { t.Live++ }) }},
		"simple without being":   {lists: func(ls []graph.Adjacency) { each(ls, func(a *graph.Adjacency) { a.Simple = true }) }},
		"another neighbour":      {lists: func(ls []graph.Adjacency) { each(ls, func(a *graph.Adjacency) { a.To++ }) }},
		"a type counted wrong":   {types: func(ts []graph.TypeStat) { each(ts, func(t *graph.TypeStat) { t.Count++ }) }},
		"a class forgotten":      {types: func(ts []graph.TypeStat) { each(ts, func(t *graph.TypeStat) { t.Classes = nil }) }},
		"a join counted wrong":   {joins: func(js []graph.RelationshipStat) { each(js, func(j *graph.RelationshipStat) { j.Count-- }) }},
		"a degree counted wrong": {joins: func(js []graph.RelationshipStat) { each(js, func(j *graph.RelationshipStat) { j.MaxIn++ }) }},
		"null counted as filled": {props: func(ps []graph.PropertyStat) { each(ps, func(p *graph.PropertyStat) { p.Filled++ }) }},
		"a commonest value":      {props: func(ps []graph.PropertyStat) { each(ps, func(p *graph.PropertyStat) { slices.Reverse(p.Top) }) }},
		"a row not selected":     {rows: func(ws []uint64) { ws[0] &^= 1 }},
		"a row beyond the last":  {rows: func(ws []uint64) { ws[len(ws)-1] |= 1 << 63 }},
		"another code":           {codes: func(v *graph.Vector) { slices.Reverse(v.Codes) }},
		"a code too few":         {codes: func(v *graph.Vector) { v.Codes = v.Codes[1:] }},
		"deaf to the context":    {deaf: true},
	} {
		t.Run(name, func(t *testing.T) {
			found := false
			for i, g := range graphs {
				f.Source = g.Source(querytest.SourceOptions{Batch: 16, Deleted: true, MaxCodes: 100})
				w := &witness{TB: t}
				done := make(chan struct{})
				go func() {
					defer close(done)
					querytest.Conform(w, f, g, querytest.ConformOptions{Deleted: true, Seed: uint64(i)})
				}()
				<-done
				found = found || w.failed
			}
			if !found {
				t.Error("nobody notices")
			}
		})
	}
}

func swap(v *graph.Vector, a, b graph.Value) {
	for i := range v.Values {
		if graph.Equal(v.Values[i], a) {
			v.Values[i] = b
		}
	}
}

// each changes every element of a list.
func each[T any](list []T, change func(*T)) []T {
	for i := range list {
		change(&list[i])
	}
	return list
}
