package ingesttest

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/graph"
)

// Expected is what a run must supply, worked out without the collector: entities
// and relationships by key.
type Expected struct {
	Entities map[string]graph.Properties
	Links    map[string]graph.Properties
	Types    map[string]string // of each key
}

// NewExpected expects nothing yet.
func NewExpected() *Expected {
	return &Expected{Entities: map[string]graph.Properties{}, Links: map[string]graph.Properties{}, Types: map[string]string{}}
}

// Entity expects an entity with properties in pairs of name and value.
func (x *Expected) Entity(typ, key string, props ...any) {
	x.Entities[key], x.Types[key] = Properties(props...), typ
}

// Link expects a relationship with the key FROM|VERB|TO.
func (x *Expected) Link(typ, from, verb, to string, props ...any) {
	key := from + "|" + verb + "|" + to
	x.Links[key], x.Types[key] = Properties(append(props, "displayName", strings.ToUpper(verb))...), typ
}

// Properties makes properties of pairs of name and value; an undefined value is
// left out. It panics at what is no value.
func Properties(pairs ...any) graph.Properties {
	var ps graph.Properties
	for i := 0; i < len(pairs); i += 2 {
		v, ok := graph.ValueOf(pairs[i+1])
		if !ok {
			panic(fmt.Sprintf("%v is no value", pairs[i+1]))
		}
		ps.Set(pairs[i].(string), v)
	}
	return ps
}

// Compare checks that the stage holds what is expected, property by property.
func (x *Expected) Compare(t testing.TB, s *Stage) {
	t.Helper()
	for key, props := range x.Entities {
		got, ok := s.Entity(key)
		x.compare(t, key, props, &got.Object, ok)
	}
	for key, props := range x.Links {
		got, ok := s.Relationship(key)
		x.compare(t, key, props, &got.Object, ok)
	}
}

func (x *Expected) compare(t testing.TB, key string, props graph.Properties, got *graph.Object, ok bool) {
	t.Helper()
	if diff := gocmp.Diff(props, got.Props); !ok || got.Type != x.Types[key] || diff != "" {
		t.Errorf("%s %s (there: %v): -want +got\n%s", x.Types[key], key, ok, diff)
	}
}

// Unexpected lists the keys of the expected types, with the type before each, that
// the stage holds and nobody expects.
func (x *Expected) Unexpected(s *Stage) [][2]string {
	ours := map[string]bool{}
	for _, typ := range x.Types {
		ours[typ] = true
	}
	var found [][2]string
	for line := range strings.Lines(s.Text()) {
		word := strings.Fields(line)
		if len(word) < 3 || word[0] != "entity" && word[0] != "relationship" || !ours[word[1]] {
			continue
		}
		if _, ok := x.Types[word[2]]; !ok {
			found = append(found, [2]string{word[1], word[2]})
		}
	}
	return found
}

// RawText is the raw data of all entities of the stage.
func (s *Stage) RawText() string {
	var b strings.Builder
	for line := range strings.Lines(s.Text()) {
		if word := strings.Fields(line); word[0] == "entity" {
			e, _ := s.Entity(word[2])
			b.Write(e.Raw)
		}
	}
	return b.String()
}
