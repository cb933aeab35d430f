package query_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// TestPublicQueries asks the queries of the public collection of graphs that are
// made of their own words, so that they mostly have answers, and compares those
// with the naive evaluator's.
func TestPublicQueries(t *testing.T) {
	compared, answered := 0, 0
	for i, text := range publicQueries(t) {
		q, err := syntax.Parse(text)
		if err != nil || syntax.Validate(q) != nil {
			continue // package syntax answers for that
		}
		dice := rand.New(rand.NewPCG(*seed, uint64(i)))
		g := graphFor(t, q, dice)
		pair := querytest.Pair{Seed: uint64(i), Graph: g, Request: querytest.Request{
			Text: text, Now: time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC), Params: paramsFor(q),
		}}
		variant := engine{source: querytest.SourceOptions{Batch: 16, Dict: i%2 == 0, NoAdjacency: i%3 == 0}, batch: 8}
		if d := pair.Disagreement(t.Context(), querytest.Naive{MaxRows: 20_000}, variant); d != "" {
			t.Errorf("%s\n%s", d, &pair)
		}
		compared++
		if got, err := variant.Run(t.Context(), g, pair.Request); err == nil && len(got.Rows)+len(got.Vertices) > 0 {
			answered++
		}
	}
	t.Logf("%d queries compared, %d have an answer", compared, answered)
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// publicQueries reads the collection beside the repository; without one it skips
// the test.
func publicQueries(t *testing.T) (texts []string) {
	t.Helper()
	f, err := os.Open("../../shared/data/j1ql/corpus.jsonl")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("SKIPPED: the collection of public queries, ../shared/data/j1ql/corpus.jsonl, is not there")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct{ Query string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, placeholder.ReplaceAllString(row.Query, "x"))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

func paramsFor(q *syntax.Query) map[string]graph.Value {
	params := map[string]graph.Value{}
	syntax.Walk(q, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.Parameter); ok {
			params[p.Path] = graph.ListValue(graph.StringValue("x"), graph.IntValue(1))
		}
		return true
	})
	return params
}

// words is what a query can be asked of: names of classes, types and verbs,
// properties, and the values that they are compared with.
type words struct {
	dice     *rand.Rand
	props    []string
	values   []graph.Value
	entities []*graph.Image
	joins    []*graph.Image
}

// graphFor makes a graph in which the chains of a query and of its sub-queries are
// likely to be found.
func graphFor(t *testing.T, q *syntax.Query, dice *rand.Rand) *querytest.Graph {
	t.Helper()
	w := &words{dice: dice, values: []graph.Value{graph.IntValue(1), graph.StringValue("x"), graph.BoolValue(true), graph.NullValue()}}
	syntax.Walk(q, func(n syntax.Node) bool {
		w.learn(n)
		return true
	})
	syntax.Walk(q, func(n syntax.Node) bool {
		if q, ok := n.(*syntax.Query); ok {
			w.chain(q)
		}
		return true
	})
	g, err := querytest.NewGraph(w.entities, w.joins)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// learn notes the properties and values of a query.
func (w *words) learn(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Property:
		if n.Name[0] != '_' {
			w.props = append(w.props, n.Name)
		}
	case *syntax.String:
		w.values = append(w.values, graph.StringValue(n.Value), graph.ListValue(graph.StringValue(n.Value), graph.StringValue("y")))
	case *syntax.Number:
		w.values = append(w.values, graph.FloatValue(n.Value()), graph.FloatValue(n.Value()+1))
	case *syntax.DateNow, *syntax.Date:
		w.values = append(w.values, graph.IntValue(1711880000000), graph.IntValue(1))
	case *syntax.Regex:
		w.values = append(w.values, graph.StringValue(n.Pattern))
	case *syntax.SmartClass:
		w.props = append(w.props, "tags")
		w.values = append(w.values, graph.StringValue(n.Name))
	}
}

// chain makes entities for every place of a query's chain, and relationships
// between those of neighbours.
func (w *words) chain(q *syntax.Query) {
	at := w.place(q.Start)
	for _, step := range q.Steps {
		hops := []*syntax.Hop{}
		switch step := step.(type) {
		case *syntax.Hop:
			hops = append(hops, step)
		case *syntax.Optional:
			hops = step.Hops
		}
		for _, h := range hops {
			next := w.place(h.Target)
			w.join(at, h, next)
			at = append(next, at[w.dice.IntN(len(at))])
		}
	}
}

func (w *words) place(s *syntax.Selector) []*graph.Image {
	var out []*graph.Image
	for range 2 + w.dice.IntN(3) {
		im := &graph.Image{Kind: graph.EntityKind, Instance: "test", Key: fmt.Sprint("e", len(w.entities)), Type: "thing", Class: []string{"Record"}}
		if len(s.Names) > 0 {
			n := s.Names[w.dice.IntN(len(s.Names))]
			if n.IsClass() {
				im.Class, im.Type = []string{n.Text}, "a_"+strings.ToLower(n.Text)
			} else {
				im.Type = n.Text
			}
		}
		im.Props = w.properties()
		w.entities = append(w.entities, im)
		out = append(out, im)
	}
	return out
}

func (w *words) properties() graph.Properties {
	var props graph.Properties
	for _, name := range w.props {
		if w.dice.IntN(4) > 0 {
			props.Set(name, w.values[w.dice.IntN(len(w.values))])
		}
	}
	return props
}

func (w *words) join(from []*graph.Image, h *syntax.Hop, to []*graph.Image) {
	for range 3 + w.dice.IntN(3) {
		a, b := from[w.dice.IntN(len(from))], to[w.dice.IntN(len(to))]
		if h.Direction == syntax.Inward || h.Direction == syntax.Either && w.dice.IntN(2) == 0 {
			a, b = b, a
		}
		verb := "HAS"
		if len(h.Verbs) > 0 {
			verb = h.Verbs[w.dice.IntN(len(h.Verbs))].Class
		}
		w.joins = append(w.joins, &graph.Image{
			Kind: graph.RelationshipKind, Instance: "test", Key: fmt.Sprint("r", len(w.joins)), Type: "thing_" + strings.ToLower(verb), Class: []string{verb},
			From: graph.End{Instance: "test", Key: a.Key}, To: graph.End{Instance: "test", Key: b.Key}, Props: w.properties(),
		})
	}
}
