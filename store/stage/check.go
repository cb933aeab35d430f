package stage

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// MaxRaw bounds the raw data of one object, in bytes.
const MaxRaw = 16 << 20

// reservedNames are the names that a supplier cannot use for properties: the
// engine's own, and those that say where a relationship ends.
func reservedNames(kind graph.Kind) map[string]bool {
	names := map[string]bool{}
	for _, n := range graph.Metadata(kind) {
		names[n] = true
	}
	if kind == graph.RelationshipKind {
		names["_fromEntityScope"] = true
		names["_toEntityScope"] = true
	}
	return names
}

// checkType refuses, beside what is no name, the types that the engine itself
// supplies and the one that stands for all.
func checkType(typ string) error {
	if err := graph.CheckName("type", typ); err != nil {
		return err
	}
	if typ == graph.AllTypes || strings.HasPrefix(typ, graph.ReservedPrefix+"_") {
		return fmt.Errorf("the type %q is reserved", typ)
	}
	return nil
}

// checkParent takes any key: whether there is such an object does not matter.
func checkParent(parent string) error {
	if parent == "" {
		return nil
	}
	if err := graph.CheckKey(parent); err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	return nil
}

func checkRaw(raw []byte) error {
	if len(raw) > MaxRaw {
		return fmt.Errorf("the raw data is %d bytes long, the limit is %d", len(raw), MaxRaw)
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

// checkEnd checks an end whose instance was filled in; what says which end it is.
func checkEnd(what string, e graph.End) error {
	if err := graph.CheckKey(e.Key); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := graph.CheckName("instance name", e.Instance); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// checkProperty says why a property cannot be stored, its name first.
func checkProperty(p *graph.Property) error {
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

// checkMapping checks all of a mapping but the properties of its target.
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
