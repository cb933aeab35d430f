package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// tally counts by name.
type tally map[string]int

// byCount lists the names, the greatest first.
func (t tally) byCount() []string {
	type pair struct {
		name string
		n    int
	}
	pairs := make([]pair, 0, len(t))
	for name, n := range t {
		pairs = append(pairs, pair{name, n})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, len(pairs))
	for i, p := range pairs {
		names[i] = p.name
	}
	return names
}

// start adds the types and classes that there are.
func (s *sought) start(v *view) {
	s.add(v.allStarts()...)
	if len(v.entities) == 0 {
		s.note("the graph is empty")
	}
}

// allStarts are all types and classes, worked out once for a version.
func (v *view) allStarts() []Candidate {
	v.facts.mu.Lock()
	defer v.facts.mu.Unlock()
	if v.starts == nil {
		counts := tally{}
		for _, t := range v.entities {
			counts[t.Type] = t.Count
		}
		v.starts = selectors(v, counts, "")
	}
	return v.starts
}

// selectors are types with counts of something, and the classes that they have.
func selectors(v *view, counts tally, of string) (out []Candidate) {
	classes, classesOf := tally{}, map[string]string{}
	for _, t := range v.entities {
		n, ok := counts[t.Type]
		if !ok {
			continue
		}
		classesOf[t.Type] = strings.Join(t.Classes, ", ")
		for _, class := range t.Classes {
			classes[class] += n
		}
	}
	wide := max(counts.digits(), classes.digits())
	for _, typ := range counts.byCount() {
		out = append(out, Candidate{Text: typ, Kind: "type", Detail: counted(counts[typ], wide, of) + "  " + classesOf[typ], After: " "})
	}
	for _, class := range classes.byCount() {
		out = append(out, Candidate{Text: class, Kind: "class", Detail: counted(classes[class], wide, of), After: " "})
	}
	return out
}

// digits is how wide the greatest count is.
func (t tally) digits() int {
	most := 0
	for _, n := range t {
		most = max(most, n)
	}
	return len(strconv.Itoa(most))
}

// counted writes a count so that several stand one under the other.
func counted(n, wide int, of string) string {
	switch {
	case of == "":
		return fmt.Sprintf("%*d", wide, n)
	case n == 1:
		of = strings.TrimSuffix(of, "s") + " "
	}
	return fmt.Sprintf("%*d %s", wide, n, of)
}

// typesAt are the types that entities at a place can have; nil is any.
func (v *view) typesAt(entities []*syntax.Selector) map[string]bool {
	if len(entities) == 0 {
		return nil
	}
	types := map[string]bool{}
	for _, sel := range entities {
		if sel.Any || sel.Text != nil || len(sel.Names) == 0 {
			return nil
		}
		for _, t := range v.entities {
			for _, name := range sel.Names {
				if t.Type == name.Text || name.IsClass() && slices.Contains(t.Classes, name.Text) {
					types[t.Type] = true
				}
			}
		}
	}
	return types
}

func within(types map[string]bool, typ string) bool { return types == nil || types[typ] }

// verbs adds what leads away from a place, either way.
func (s *sought) verbs(v *view, at syntax.Place) {
	from := v.typesAt(at.Entities)
	counts, ways := tally{}, map[string]tally{}
	way := func(verb, text string, n int) {
		if ways[verb] == nil {
			ways[verb] = tally{}
		}
		ways[verb][text] += n
	}
	for _, j := range v.joins {
		out, in := within(from, j.FromType), within(from, j.ToType)
		if out || in {
			counts[j.Verb] += j.Count
		}
		if out {
			way(j.Verb, ">> "+j.ToType, j.Count)
		}
		if in && (!out || j.FromType != j.ToType) {
			way(j.Verb, "<< "+j.FromType, j.Count)
		}
	}
	wide := counts.digits()
	for _, verb := range counts.byCount() {
		s.add(Candidate{Text: verb, Kind: "verb", Detail: counted(counts[verb], wide, "relationships") + "  " + few(ways[verb].byCount()), After: " "})
	}
	if len(counts) == 0 {
		s.note("nothing is joined to that in the graph")
	}
}

// few shows the first of several names.
func few(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// targets adds what the hop reaches.
func (s *sought) targets(v *view, at syntax.Place) {
	counts := tally{}
	v.follow(at, func(_ *graph.RelationshipStat, reached string, n int) { counts[reached] += n })
	s.add(selectors(v, counts, "relationships")...)
	if len(counts) == 0 {
		s.note("no such relationship leads away from that in the graph")
	}
}

// follow calls visit for all that a hop from a place goes over, with the types
// that it reaches.
func (v *view) follow(at syntax.Place, visit func(j *graph.RelationshipStat, reached string, n int)) {
	from := v.typesAt(at.Entities)
	var target map[string]bool
	if t := at.Hop.Target; t != nil {
		target = v.typesAt([]*syntax.Selector{t})
	}
	for i := range v.joins {
		j := &v.joins[i]
		if !hasVerb(at.Hop, j.Verb) {
			continue
		}
		if at.Hop.Direction != syntax.Inward && within(from, j.FromType) && within(target, j.ToType) {
			visit(j, j.ToType, j.Count)
		}
		if at.Hop.Direction != syntax.Outward && within(from, j.ToType) && within(target, j.FromType) {
			visit(j, j.FromType, j.Count)
		}
	}
}

func hasVerb(hop *syntax.Hop, verb string) bool {
	return hop.AnyVerb || len(hop.Verbs) == 0 ||
		slices.ContainsFunc(hop.Verbs, func(v *syntax.Verb) bool { return v.Class == verb })
}

// kindsAt are the types of objects at a place.
func (v *view) kindsAt(at syntax.Place) (graph.Kind, []graph.TypeStat) {
	types, kind, all := v.typesAt(at.Entities), graph.EntityKind, v.entities
	if at.Hop != nil {
		types, kind, all = map[string]bool{}, graph.RelationshipKind, v.relations
		v.follow(at, func(j *graph.RelationshipStat, _ string, _ int) { types[j.Type] = true })
	}
	var out []graph.TypeStat
	for _, t := range all {
		if within(types, t.Type) {
			out = append(out, t)
		}
	}
	return kind, out
}
