package mapper

import (
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// directory finds people by what one of some properties says.
type directory map[string][]int32 // text to places in derivation.people, ascending

// directories are made when a rule first asks, one for each set of properties.
type directories struct {
	d    *derivation
	made map[string]directory
}

func (ds *directories) of(m *Match) directory {
	name := strings.Join(m.Person, "\x00")
	if m.Fold {
		name += "\x00\x00"
	}
	if dir, ok := ds.made[name]; ok {
		return dir
	}
	dir := directory{}
	for i, p := range ds.d.people {
		for _, property := range m.Person {
			for _, t := range texts(p.props.Get(property)) {
				t = m.normal(t)
				if at := dir[t]; len(at) == 0 || at[len(at)-1] != int32(i) {
					dir[t] = append(at, int32(i))
				}
			}
		}
	}
	ds.made[name] = dir
	return dir
}

// normal returns the text by which values are compared.
func (m *Match) normal(t string) string {
	if m.Fold {
		return strings.ToLower(strings.TrimSpace(t))
	}
	return t
}

// linkPeople applies the rules to everything that they start from.
func (d *derivation) linkPeople() {
	ds := &directories{d, map[string]directory{}}
	d.patterns = make([]graph.Relationship, len(d.rules.Links))
	for k := range d.rules.Links {
		d.patterns[k] = d.rules.Links[k].pattern()
	}
	d.relationships = slices.Grow(d.relationships, len(d.sources))
	slices.SortFunc(d.sources, func(a, b subject) int { return compareEnds(a.end, b.end) })
	for i := range d.sources {
		for k := range d.rules.Links {
			if rule := &d.rules.Links[k]; slices.Contains(d.sources[i].class, rule.Source) {
				d.linkOne(ds, rule, &d.patterns[k], &d.sources[i])
			}
		}
	}
}

// linkOne joins s to the people that the first match of the rule finds.
func (d *derivation) linkOne(ds *directories, rule *LinkRule, pattern *graph.Relationship, s *subject) {
	var unclear *Ambiguity
	for k := range rule.Match {
		m := &rule.Match[k]
		found, shared := m.find(ds.of(m), s)
		found = slices.DeleteFunc(found, func(p int32) bool { return d.people[p].end == s.end })
		if len(shared) > 0 && unclear == nil {
			unclear = d.ambiguity(ds, rule, m, s, shared)
		}
		if len(found) == 0 {
			continue
		}
		for _, p := range found {
			d.linkTo(rule, pattern, s.end, d.people[p].end)
		}
		return
	}
	if unclear != nil {
		d.report.Ambiguous++
		if len(d.report.Samples) < maxSamples {
			d.report.Samples = append(d.report.Samples, *unclear)
		}
	}
}

// find returns the places of the people whom s matches, ascending, and the values
// that are names of several.
func (m *Match) find(dir directory, s *subject) (found []int32, shared []string) {
	for _, property := range m.Source {
		for _, t := range texts(s.props.Get(property)) {
			t = m.normal(t)
			people := dir[t]
			if m.Unique && len(people) > 1 {
				shared = append(shared, t)
				continue
			}
			found = append(found, people...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), shared
}

func (d *derivation) ambiguity(ds *directories, rule *LinkRule, m *Match, s *subject, shared []string) *Ambiguity {
	a := &Ambiguity{Rule: rule.String(), Source: s.end, Names: shared}
	for _, t := range shared {
		for _, p := range ds.of(m)[t] {
			a.People = append(a.People, d.people[p].end)
		}
	}
	slices.SortFunc(a.People, compareEnds)
	a.People = slices.Compact(a.People)
	return a
}

// linkTo makes the relationship of a rule, unless something says the same.
func (d *derivation) linkTo(rule *LinkRule, pattern *graph.Relationship, source, person graph.End) {
	from, to := source, person
	if rule.reverse() {
		from, to = person, source
	}
	l := link{from, to, rule.Verb}
	if d.linked[l] {
		return
	}
	d.linked[l] = true
	d.report.Links++
	r := *pattern
	r.From, r.To = from, to
	r.Key = entityID(from) + pattern.Key + entityID(to)
	d.relationships = append(d.relationships, r)
}

// pattern is what all relationships of the rule share; its key is the middle of
// theirs.
func (l *LinkRule) pattern() graph.Relationship {
	r := graph.Relationship{Class: l.Verb}
	r.Type = "mapping_source_" + strings.ToLower(l.Verb) + "_" + personType
	r.Key = "|" + strings.ToLower(l.Verb) + "|"
	r.Props.Set(graph.PropDisplayName, graph.StringValue(l.Verb))
	return r
}

func entityID(end graph.End) string {
	return graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key}.ID().String()
}
