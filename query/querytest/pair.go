package querytest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Pair is a graph and a request about it, made by a seed.
type Pair struct {
	Seed    uint64
	Graph   *Graph
	Request Request
}

// attempts is how many statements NewPair makes to find one that has an answer.
const attempts = 5

// NewPair makes the pair of a seed: the same one on every machine. Its statement
// parses and is valid, and mostly has an answer.
func NewPair(seed uint64) Pair {
	d := newDice(seed)
	p := Pair{Seed: seed, Graph: randomGraph(d)}
	for range attempts {
		p.Request = randomRequest(d, p.Graph)
		result, err := Naive{MaxRows: 2000}.Run(context.Background(), p.Graph, p.Request)
		if err == nil && len(result.Rows)+len(result.Vertices) > 0 {
			break
		}
	}
	return p
}

// randomRequest makes a valid statement about a graph, with all that it needs.
func randomRequest(d dice, g *Graph) Request {
	for {
		m := queryMaker{dice: d, params: map[string]graph.Value{}, held: held(g)}
		q := m.query()
		req := Request{Text: q.String(), Params: m.params, Now: randomNow, Deleted: d.chance(15), Smart: smartDefinitions()}
		if d.chance(20) {
			req.Text = q.Format()
		}
		if _, err := prepare(req.Text); err == nil {
			return req
		}
	}
}

// held lists the types and classes of a graph.
func held(g *Graph) []string {
	var names []string
	for _, im := range g.entities {
		names = append(append(names, im.Type), im.Class...)
	}
	return set(names)
}

// smartDefinitions are the settings of random requests.
func smartDefinitions() map[string]graph.Predicate {
	return map[string]graph.Predicate{
		"Odd": graph.And{graph.Equals("_class", graph.StringValue("Host")), graph.Equals("active", graph.BoolValue(true))},
	}
}

// String prints the pair so that it can be tried by hand.
func (p *Pair) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n-- graph --\n%s-- case --\n@now %s\n", p.Seed, p.Graph, p.Request.Now.Format("2006-01-02T15:04:05Z07:00"))
	if p.Request.Deleted {
		b.WriteString("@deleted\n")
	}
	for _, path := range slices.Sorted(maps.Keys(p.Request.Params)) {
		fmt.Fprintf(&b, "@param %s=%s\n", path, valueText(p.Request.Params[path]))
	}
	return b.String() + p.Request.Text + "\n"
}

// Disagreement runs a pair on two runners and says how the second one's answer
// differs from the first's; empty when it does not, or when there are too many rows
// for the first.
func (p *Pair) Disagreement(ctx context.Context, want, got Runner) string {
	w, err := want.Run(ctx, p.Graph, p.Request)
	if errors.Is(err, ErrTooManyRows) {
		return ""
	}
	return p.difference(ctx, w, err, got)
}

// difference runs a pair and compares the answer, or the error, with what is wanted.
func (p *Pair) difference(ctx context.Context, want *Result, wantErr error, r Runner) string {
	got, err := r.Run(ctx, p.Graph, p.Request)
	switch {
	case wantErr != nil && err != nil:
		return ""
	case err != nil:
		return "an error, want an answer: " + err.Error()
	case wantErr != nil:
		return "an answer, want the error: " + wantErr.Error()
	}
	if d := Difference(want, got); d != "" {
		return d
	}
	return OrderDifference(want, got)
}
