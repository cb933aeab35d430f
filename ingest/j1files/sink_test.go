package j1files_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// shelf keeps what is put, as a store does: copied, because the memory of a batch
// is used again.
type shelf struct {
	mu    sync.Mutex
	items []item
	puts  int
}

type item struct {
	rank   uint64
	origin string
	entity *graph.Entity
	rel    *graph.Relationship
}

func (s *shelf) Put(_ context.Context, b graph.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	origin := strings.Clone(b.Origin)
	rank := b.Rank
	for i := range b.Entities {
		e := b.Entities[i]
		e.Object, e.Class = cloneObject(e.Object), cloneTexts(e.Class)
		s.items = append(s.items, item{rank, origin, &e, nil})
		rank++
	}
	for i := range b.Relationships {
		r := b.Relationships[i]
		r.Object, r.Class = cloneObject(r.Object), strings.Clone(r.Class)
		r.From, r.To = cloneEnd(r.From), cloneEnd(r.To)
		s.items = append(s.items, item{rank, origin, nil, &r})
		rank++
	}
	return nil
}

func cloneObject(o graph.Object) graph.Object {
	return graph.Object{
		Key: strings.Clone(o.Key), Type: strings.Clone(o.Type), Props: o.Props.Clone(),
		Parent: strings.Clone(o.Parent), Raw: bytes.Clone(o.Raw),
	}
}

func cloneTexts(ss []string) []string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = strings.Clone(s)
	}
	return out
}

func cloneEnd(e graph.End) graph.End {
	return graph.End{Instance: strings.Clone(e.Instance), Key: strings.Clone(e.Key)}
}

// print lists what was put by rank, one object a line.
func (s *shelf) print() string {
	slices.SortStableFunc(s.items, func(a, b item) int {
		if a.rank < b.rank {
			return -1
		}
		if a.rank > b.rank {
			return 1
		}
		return 0
	})
	var b strings.Builder
	for _, it := range s.items {
		fmt.Fprintln(&b, it)
	}
	return b.String()
}

func (it item) String() string {
	if e := it.entity; e != nil {
		return it.origin + ": entity " + printObject(&e.Object, e.Class)
	}
	r := it.rel
	text := it.origin + ": relationship " + printObject(&r.Object, []string{r.Class})
	if m := r.Mapping; m != nil {
		return fmt.Sprintf("%s mapping %d from %q by %q skip=%t to %s", text, m.Direction, m.Source.Key, m.Filters, m.SkipCreation,
			printObject(&m.Target.Object, m.Target.Class))
	}
	return fmt.Sprintf("%s from %s:%s to %s:%s", text, r.From.Instance, r.From.Key, r.To.Instance, r.To.Key)
}

func printObject(o *graph.Object, class []string) string {
	text := fmt.Sprintf("%s %s %v %s", o.Key, o.Type, class, o.Props.AppendJSON(nil))
	if o.Raw != nil {
		text += " raw=" + string(o.Raw)
	}
	return text
}

// printReport lists what a report says, without what is zero.
func printReport(r *j1files.Report, err error) string {
	var b strings.Builder
	for _, n := range []struct {
		name  string
		count int
	}{
		{"entities", r.Entities}, {"relationships", r.Relationships}, {"mapped", r.Mapped}, {"ignored", r.Ignored},
		{"nested", r.Nested}, {"doubled", r.Doubled}, {"bad", r.BadCount}, {"links", r.Links},
	} {
		if n.count != 0 {
			fmt.Fprintf(&b, "%s %d\n", n.name, n.count)
		}
	}
	for _, o := range r.Bad {
		fmt.Fprintf(&b, "bad %v [%s]\n", o, o.Type)
	}
	complete, partial := r.Scope()
	for _, c := range complete {
		fmt.Fprintf(&b, "complete %s\n", c.Type)
	}
	for _, p := range partial {
		fmt.Fprintf(&b, "partial %s: %s\n", p.Type, p.Reason)
	}
	if err != nil {
		fmt.Fprintf(&b, "error %v\n", err)
	}
	return b.String()
}

// input is a file in memory.
func input(name, text string) j1files.Input {
	return j1files.Input{Name: name, Open: opener(strings.NewReader(text))}
}

func read(t *testing.T, opt j1files.Options, inputs ...j1files.Input) (*shelf, *j1files.Report, error) {
	t.Helper()
	s := &shelf{}
	r, err := j1files.Read(t.Context(), inputs, s, opt)
	return s, r, err
}
