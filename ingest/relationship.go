package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// RelationshipTypeName returns the `_type` of relationships of a verb between
// two types of entities: the leading words that the target shares with the source
// are said once, but the target's last word always. The last word is counted by
// position: a target that the source begins with entirely leaves nothing.
func RelationshipTypeName(verb, source, target string) string {
	from, to := strings.Split(source, "_"), strings.Split(target, "_")
	n := 0
	for n < len(to) && n < len(from) && from[n] == to[n] {
		n++
	}
	if n == len(to) && n > 1 {
		n--
	}
	return source + "_" + strings.ToLower(verb) + "_" + strings.Join(to[n:], "_")
}

// NewRelationship makes a relationship as createDirectRelationship of
// JupiterOne's SDK does: key, type and displayName follow from the verb and the
// ends, unless props say otherwise with `_key` and `_type`. What is left out is
// told.
func NewRelationship(verb string, from, to Endpoint, props Props) (graph.Relationship, []Dropped) {
	verb = strings.ToUpper(verb)
	r := graph.Relationship{
		Object: graph.Object{
			Key:  from.Key + "|" + strings.ToLower(verb) + "|" + to.Key,
			Type: RelationshipTypeName(verb, from.Type, to.Type),
		},
		Class: verb,
		From:  graph.End{Instance: from.Instance, Key: from.Key},
		To:    graph.End{Instance: to.Instance, Key: to.Key},
	}
	if from.Key == "" || to.Key == "" {
		r.Key = "" // without both ends there is nothing to name
	}
	return r, finish(&r, props)
}

// finish sets what every relationship has.
func finish(r *graph.Relationship, props Props) []Dropped {
	var b builder
	b.set(graph.PropDisplayName, r.Class)
	b.assign(props, func(name string, x any) bool {
		text, ok := x.(string)
		switch {
		case ok && name == graph.PropKey:
			r.Key = text
		case ok && name == graph.PropType:
			r.Type = text
		default:
			return false
		}
		return true
	})
	r.Props = b.props
	slices.SortFunc(b.dropped, func(x, y Dropped) int { return strings.Compare(x.Property, y.Property) })
	return b.dropped
}

// NewMapped makes a mapped relationship as createMappedRelationship of
// JupiterOne's SDK does: `_type` is mapping_source_<verb>_<type of the target>,
// and the key names the source, the verb and the target's key, or all that it is
// looked up by.
func NewMapped(in MappedInput) (graph.Relationship, []Dropped, error) {
	verb := strings.ToUpper(in.Verb)
	m := &graph.Mapping{
		Direction: in.Direction, Source: graph.End{Instance: in.Source.Instance, Key: in.Source.Key},
		Filters: in.Filters, SkipCreation: in.SkipCreation,
	}
	if m.Direction == graph.Both {
		m.Direction = graph.Forward
	}
	if len(m.Filters) == 0 {
		m.Filters = [][]string{{graph.PropType, graph.PropKey}}
	}
	target, dropped := newTarget(in.Target)
	m.Target = target
	r := graph.Relationship{Class: verb, Mapping: m}
	r.Type = mappedTypeName(verb, target.Type)
	if in.Source.Key != "" {
		r.Key = in.Source.Key + "|" + strings.ToLower(verb) + "|" + mappedKey(m)
	}
	dropped = append(dropped, finish(&r, in.Props)...)
	if target.Type == "" && r.Type == mappedTypeName(verb, "") {
		return r, dropped, fmt.Errorf("map %s from %s %q: the target has no _type", verb, in.Source.Type, in.Source.Key)
	}
	return r, dropped, nil
}

// mappedTypeName returns the `_type` of mapped relationships of a verb to a type.
func mappedTypeName(verb, target string) string {
	return "mapping_source_" + strings.ToLower(verb) + "_" + target
}

// newTarget takes apart the description of a target.
func newTarget(props Props) (graph.Entity, []Dropped) {
	var e graph.Entity
	var b builder
	b.assign(props, func(name string, x any) bool {
		v, _ := graph.ValueOf(x)
		switch name {
		case graph.PropKey:
			e.Key = v.Text()
		case graph.PropType:
			e.Type = v.Text()
		case graph.PropClass:
			e.Class = classesOf(v)
		default:
			return false
		}
		return true
	})
	e.Props = b.props
	slices.SortFunc(b.dropped, func(x, y Dropped) int { return strings.Compare(x.Property, y.Property) })
	return e, b.dropped
}

func classesOf(v graph.Value) []string {
	if v.Kind() != graph.List {
		return []string{v.Text()}
	}
	var out []string
	for _, c := range v.List() {
		out = append(out, c.Text())
	}
	return out
}

// mappedKey names what a mapping looks for.
func mappedKey(m *graph.Mapping) string {
	if m.Target.Key != "" {
		return m.Target.Key
	}
	parts := []string{DirectionName(m.Direction)}
	for _, filter := range m.Filters {
		for _, name := range filter {
			parts = append(parts, name+"="+targetValue(&m.Target, name).Text())
		}
	}
	return strings.Join(parts, ":")
}

func targetValue(e *graph.Entity, name string) graph.Value {
	switch name {
	case graph.PropType:
		return graph.StringValue(e.Type)
	case graph.PropKey:
		return graph.StringValue(e.Key)
	case graph.PropClass:
		return graph.StringsValue(e.Class)
	}
	return e.Props.Get(name)
}

// DirectionName returns how JupiterOne writes the direction of a mapping.
func DirectionName(d graph.Direction) string {
	if d == graph.Reverse {
		return "REVERSE"
	}
	return "FORWARD"
}
