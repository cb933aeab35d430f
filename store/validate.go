package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// maxRaw bounds the raw data of one object, in bytes.
const maxRaw = 16 << 20

// scopeEntity and scopeRelationship are the names that a supplier cannot use for
// properties: the engine's own, and those that say where a relationship ends.
var reserved = [2]map[string]bool{
	graph.EntityKind:       reservedNames(graph.EntityKind),
	graph.RelationshipKind: reservedNames(graph.RelationshipKind, "_fromEntityScope", "_toEntityScope"),
}

func reservedNames(kind graph.Kind, more ...string) map[string]bool {
	names := map[string]bool{}
	for _, n := range append(graph.Metadata(kind), more...) {
		names[n] = true
	}
	return names
}

// checkObject says why o cannot be stored.
func checkObject(o *graph.Object) error {
	if err := graph.CheckKey(o.Key); err != nil {
		return err
	}
	if err := graph.CheckName("type", o.Type); err != nil {
		return err
	}
	if o.Type == graph.AllTypes || strings.HasPrefix(o.Type, graph.ReservedPrefix+"_") {
		return fmt.Errorf("the type %q is reserved", o.Type)
	}
	if o.Parent != "" {
		if err := graph.CheckKey(o.Parent); err != nil {
			return fmt.Errorf("parent: %w", err)
		}
	}
	if len(o.Raw) > maxRaw {
		return fmt.Errorf("the raw data is %d bytes long, the limit is %d", len(o.Raw), maxRaw)
	}
	return nil
}

func checkClasses(classes []string) error {
	for _, c := range classes {
		if err := graph.CheckName("class", c); err != nil {
			return err
		}
	}
	return nil
}

func checkEnd(what string, e graph.End) error {
	if err := graph.CheckKey(e.Key); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := graph.CheckName("instance name", e.Instance); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// cleanProps returns a sorted copy of ps that shares no memory with it, without
// the names of skip, and how many of those there were.
func cleanProps(ps graph.Properties, skip map[string]bool) (graph.Properties, int, error) {
	out := make([]graph.Property, 0, len(ps))
	ignored := 0
	for _, p := range ps {
		if skip[p.Name] {
			ignored++
			continue
		}
		if err := checkProperty(p); err != nil {
			return nil, ignored, err
		}
		out = append(out, graph.Property{Name: strings.Clone(p.Name), Value: p.Value.Clone()})
	}
	clean := graph.SortProperties(out)
	if len(clean) > graph.MaxProps {
		return nil, ignored, fmt.Errorf("there are %d properties, the limit is %d", len(clean), graph.MaxProps)
	}
	if len(clean) == 0 {
		clean = nil
	}
	return clean, ignored, nil
}

func checkProperty(p graph.Property) error {
	if err := graph.CheckName("property name", p.Name); err != nil {
		return err
	}
	if err := graph.CheckValue(p.Value); err != nil {
		return fmt.Errorf("property %s: %w", p.Name, err)
	}
	if n := valueSize(p.Value); n > graph.MaxValue {
		return fmt.Errorf("property %s is %d bytes long, the limit is %d", p.Name, n, graph.MaxValue)
	}
	return nil
}

// valueSize is the bytes of text in v, and at least one for each element.
func valueSize(v graph.Value) int {
	n := len(v.Str())
	for _, e := range v.List() {
		n += 1 + len(e.Str())
	}
	return n
}

func checkMapping(m *graph.Mapping) error {
	if m.Direction != graph.Forward && m.Direction != graph.Reverse {
		return errors.New("the mapping has no direction")
	}
	if err := checkEnd("mapping source", m.Source); err != nil {
		return err
	}
	if len(m.Filters) == 0 {
		return errors.New("the mapping has no filter")
	}
	for _, f := range m.Filters {
		for _, name := range f {
			if err := graph.CheckName("mapping filter", name); err != nil {
				return err
			}
		}
	}
	return checkClasses(m.Target.Class)
}
