package shell_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/store/graph"
)

// estate is a catalogue of a million entities: types that differ in everything but
// their classes, joined at random, with properties of which many hold a value of
// their own for each entity.
type estate struct {
	types, joins int
	slow         time.Duration // that a question after properties takes
}

func (estate) Version() graph.Version { return graph.Version{Number: 1} }

func (e estate) name(i int) string { return fmt.Sprintf("provider_record_%05d", i%e.types) }

func (e estate) Types(context.Context) ([]graph.TypeStat, error) {
	var out []graph.TypeStat
	for i := range e.types {
		out = append(out, graph.TypeStat{Kind: graph.EntityKind, Type: e.name(i), Classes: []string{"Record", fmt.Sprint("Class", i%7)}, Count: 1_000_000 / e.types})
	}
	for i := range e.joins {
		out = append(out, graph.TypeStat{Kind: graph.RelationshipKind, Type: fmt.Sprint("relation_", i), Classes: []string{"HAS"}, Count: 3_000_000 / e.joins})
	}
	return out, nil
}

func (e estate) Relationships(context.Context) ([]graph.RelationshipStat, error) {
	var out []graph.RelationshipStat
	for i := range e.joins {
		out = append(out, graph.RelationshipStat{Type: fmt.Sprint("relation_", i), Verb: []string{"HAS", "USES", "OWNS"}[i%3],
			FromType: e.name(i), ToType: e.name(i*i + 1), Count: 3_000_000 / e.joins})
	}
	return out, nil
}

func (e estate) Properties(ctx context.Context, _ graph.Kind, typ string) ([]graph.PropertyStat, error) {
	if e.slow > 0 {
		select {
		case <-time.After(e.slow):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var out []graph.PropertyStat
	for i := range 40 {
		p := graph.PropertyStat{Name: fmt.Sprintf("property%02d", i), Kinds: []graph.ValueKind{graph.String}, Filled: 1000, Distinct: 1_000_000}
		for j := range 10 {
			p.Top = append(p.Top, graph.ValueCount{Value: graph.StringValue(fmt.Sprintf("%s of %s, the %dth", p.Name, typ, j)), Count: 10 - j})
		}
		out = append(out, p)
	}
	return out, nil
}

func (e estate) open(context.Context) (shell.Catalog, func(), error) { return e, func() {}, nil }

// asked are statements whose end is completed.
var asked = []string{
	"FIND ", "FIND provider_record_0", "FIND Record ", "FIND Record THAT ", "FIND Record THAT HAS ", "FIND Record WITH ",
	"FIND Record WITH property01 = ", `FIND Record AS r THAT HAS AS h Record AS s WHERE h.property02 = "pro`, "FIND * WITH property03 ~= ",
	"FIND Record AS r THAT HAS provider_record_00001\n  AS s RETURN r.", "FIND Record AS r RETURN ",
}

// TestCompletionIsQuick holds each TAB to 20 ms, once the facts are known; with more
// types than anybody has, to what a person does not wait for. A busy machine may
// take longer now and then, so the best of several counts.
func TestCompletionIsQuick(t *testing.T) {
	for name, e := range map[string]struct {
		estate
		bound time.Duration
	}{
		"eleven types":       {estate{types: 11, joins: 24}, 20 * time.Millisecond},
		"a thousand types":   {estate{types: 1000, joins: 5000}, 20 * time.Millisecond},
		"ten thousand types": {estate{types: 10_000, joins: 10_000}, 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			if underRace && e.types > 1000 {
				t.Skip("SKIPPED: too many types for the race detector, which sees the same code with fewer")
			}
			c := newCompleter(e.open)
			defer c.Close()
			for _, text := range asked {
				best, found := time.Hour, shell.Completion{}
				for range 8 {
					began := time.Now()
					found = c.Complete(text, len(text))
					shell.Listing(found, 100, 40)
					best = min(best, time.Since(began))
				}
				if len(found.Candidates) == 0 {
					t.Errorf("nothing is offered after %q", text)
				}
				if best > e.bound && !underRace {
					t.Errorf("%q: %v", text, best)
				}
			}
		})
	}
}

func BenchmarkComplete(b *testing.B) {
	c := newCompleter(estate{types: 11, joins: 24}.open)
	defer c.Close()
	for _, text := range asked {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				c.Complete(text, len(text))
			}
		})
	}
}

// TestCompletionDoesNotWait asks a graph that takes a minute to describe a type:
// TAB says so at once and offers what it knows, and everything once that has come.
func TestCompletionDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCompleter(estate{types: 11, joins: 24, slow: time.Minute}.open)
		defer c.Close()
		c.Warm()
		const text = "FIND provider_record_00002 WITH property01 = "
		began := time.Now()
		found := c.Complete(text, len(text))
		if took := time.Since(began); took > time.Second {
			t.Errorf("the first TAB took %v", took)
		}
		if notes := strings.Join(found.Notes, "\n"); !strings.Contains(notes, "press TAB again") {
			t.Errorf("the first TAB says %q", notes)
		}
		time.Sleep(2 * time.Minute) // of the test's own clock
		began = time.Now()
		found = c.Complete(text, len(text))
		if took := time.Since(began); took > 0 || len(found.Notes) > 0 || !strings.Contains(found.Candidates[0].Text, "property01") {
			t.Errorf("a later TAB took %v and offers %v, %q", took, found.Candidates, found.Notes)
		}
	})
}

// TestCompletionEnds leaves a shell while the graph is being asked.
func TestCompletionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCompleter(estate{types: 11, joins: 24, slow: time.Hour}.open)
		c.Warm()
		began := time.Now()
		c.Complete("FIND Record WITH ", 17)
		c.Close()
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v to leave", took)
		}
		c.Complete("FIND Record WITH ", 17) // a key that was typed too late
	})
}
