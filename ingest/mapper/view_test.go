package mapper_test

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store/graph"
)

// world is a graph in memory. It yields everything in an order of its own.
type world struct {
	images []*graph.Image
	mapped map[string][]*graph.Relationship
	more   []string // instances that supply nothing
	order  *rand.Rand
}

func (w *world) Instances() []graph.Instance {
	names := map[string]bool{}
	for _, n := range w.more {
		names[n] = true
	}
	for _, im := range w.images {
		names[im.Instance] = true
	}
	for n := range w.mapped {
		names[n] = true
	}
	var out []graph.Instance
	for n := range names {
		out = append(out, graph.Instance{Name: n, Provider: n})
	}
	return out
}

func (w *world) Entities(sel graph.Selection) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		images := slices.Clone(w.images)
		if w.order != nil {
			w.order.Shuffle(len(images), func(i, j int) { images[i], images[j] = images[j], images[i] })
		}
		for _, im := range images {
			picked := sel.Any() || slices.Contains(sel.Types, im.Type) ||
				slices.ContainsFunc(im.Class, func(c string) bool { return slices.Contains(sel.Classes, c) })
			if picked && !yield(im, nil) {
				return
			}
		}
	}
}

func (w *world) Entity(end graph.End) (*graph.Image, error) {
	for _, im := range w.images {
		if im.Instance == end.Instance && im.Key == end.Key {
			return im, nil
		}
	}
	return nil, nil
}

func (w *world) Mapped(instance string) iter.Seq2[*graph.Relationship, error] {
	return func(yield func(*graph.Relationship, error) bool) {
		rels := slices.Clone(w.mapped[instance])
		if w.order != nil {
			w.order.Shuffle(len(rels), func(i, j int) { rels[i], rels[j] = rels[j], rels[i] })
		}
		for _, r := range rels {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// props makes properties of pairs; a text with commas in brackets is a list.
func props(pairs ...any) graph.Properties {
	var ps graph.Properties
	for i := 0; i < len(pairs); i += 2 {
		v, ok := graph.ValueOf(pairs[i+1])
		if !ok {
			panic(fmt.Sprint("not a value: ", pairs[i+1]))
		}
		ps.Set(pairs[i].(string), v)
	}
	return ps
}

// add adds an entity named instance/key.
func (w *world) add(name, typ, class string, pairs ...any) *world {
	instance, key, _ := strings.Cut(name, "/")
	w.images = append(w.images, &graph.Image{Instance: instance, Key: key, Type: typ, Class: strings.Fields(class), Props: props(pairs...)})
	return w
}

// addMapped adds a mapped relationship from instance/key.
func (w *world) addMapped(name, source, verb string, m graph.Mapping, pairs ...any) *world {
	instance, key, _ := strings.Cut(name, "/")
	m.Source = graph.End{Key: source}
	if i, k, ok := strings.Cut(source, "/"); ok {
		m.Source = graph.End{Instance: i, Key: k}
	}
	r := &graph.Relationship{Object: graph.Object{Key: key, Type: "mapping_source_" + strings.ToLower(verb) + "_" + m.Target.Type, Props: props(pairs...)},
		Class: verb, Mapping: &m}
	if w.mapped == nil {
		w.mapped = map[string][]*graph.Relationship{}
	}
	w.mapped[instance] = append(w.mapped[instance], r)
	return w
}

func target(typ, class, key string, pairs ...any) graph.Entity {
	return graph.Entity{Object: graph.Object{Key: key, Type: typ, Props: props(pairs...)}, Class: strings.Fields(class)}
}

// made is what a derivation put.
type made struct {
	entities map[string]graph.Entity
	links    map[string]graph.Relationship
	report   *mapper.Report
}

func derive(t testing.TB, w *world, o mapper.Options) made {
	t.Helper()
	m := made{entities: map[string]graph.Entity{}, links: map[string]graph.Relationship{}}
	lastRank := -1
	report, err := mapper.Derive(t.Context(), w, o, func(b graph.Batch) error {
		if int(b.Rank) <= lastRank {
			t.Errorf("ranks do not ascend: %d after %d", b.Rank, lastRank)
		}
		lastRank = int(b.Rank) + len(b.Entities) + len(b.Relationships) - 1
		for _, e := range b.Entities {
			if _, twice := m.entities[e.Key]; twice {
				t.Errorf("entity %s is put twice", e.Key)
			}
			m.entities[e.Key] = e
		}
		for _, r := range b.Relationships {
			if _, twice := m.links[r.Key]; twice {
				t.Errorf("relationship %s is put twice", r.Key)
			}
			m.links[r.Key] = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m.report = report
	return m
}

func defaults(t testing.TB) mapper.Options {
	t.Helper()
	r, err := mapper.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	return mapper.Options{Rules: r}
}

func endText(e graph.End) string { return e.Instance + "/" + e.Key }

// text prints what was made, for people; keys of relationships are left out.
func (m made) text() string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(m.entities)) {
		e := m.entities[key]
		lines = append(lines, fmt.Sprintf("%s %s %v %s", key, e.Type, e.Class, e.Props.AppendJSON(nil)))
	}
	var links []string
	for _, r := range m.links {
		line := fmt.Sprintf("%s %s %s (%s)", endText(r.From), r.Class, endText(r.To), r.Type)
		rest := r.Props.Clone()
		rest.Set("displayName", graph.Value{})
		if len(rest) > 0 {
			line += " " + string(rest.AppendJSON(nil))
		}
		links = append(links, line)
	}
	slices.Sort(links)
	return strings.Join(append(lines, links...), "\n")
}
