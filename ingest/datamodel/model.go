package datamodel

import (
	"embed"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// The versions of the data model. Their differences matter: what is a string in
// one may have to be a list in the other.
const (
	V0550 = "0.55.0"
	V0642 = "0.64.2"
	// Default is the version whose output the collectors keep to.
	Default = V0550
)

//go:embed data/*.model
var files embed.FS

// Versions lists what Load knows, oldest first.
func Versions() []string { return []string{V0550, V0642} }

// Model is one version of the data model.
type Model struct {
	version string
	classes map[string]*Class
	names   []string // of classes, sorted
	verbs   []string // in the source's order
}

// Load returns the model of version.
func Load(version string) (*Model, error) {
	if !slices.Contains(Versions(), version) {
		return nil, fmt.Errorf("load data model: version %q is not one of %s", version, strings.Join(Versions(), ", "))
	}
	text, err := files.ReadFile("data/" + version + ".model")
	if err != nil {
		return nil, fmt.Errorf("load data model: %w", err)
	}
	m, err := parseModel(string(text))
	if err != nil {
		return nil, fmt.Errorf("load data model %s: %w", version, err)
	}
	if m.version != version {
		return nil, fmt.Errorf("load data model %s: the file is of version %s", version, m.version)
	}
	return m, nil
}

// Version returns the version, such as "0.55.0".
func (m *Model) Version() string { return m.version }

// Class returns the class of that name; names are case-sensitive.
func (m *Model) Class(name string) (*Class, bool) {
	c, ok := m.classes[name]
	return c, ok
}

// Classes lists the names of all classes, sorted.
func (m *Model) Classes() []string { return slices.Clone(m.names) }

// Verbs lists the vocabulary of relationship classes, upper case.
func (m *Model) Verbs() []string { return slices.Clone(m.verbs) }

// IsVerb reports whether verb, upper case, is in the vocabulary. Graphs hold
// others too: JupiterOne's mapper uses HAD and EMPLOYS, which are not.
func (m *Model) IsVerb(verb string) bool { return slices.Contains(m.verbs, verb) }

// Class is one class with what it inherits.
type Class struct {
	name     string
	parent   *Class // nil at GraphObject
	required []string
	own      []Property // in the source's order
	byName   map[string]*Property
}

// Property is a property that a class defines.
type Property struct {
	Name   string
	Schema Schema
}

// Name returns the name, such as "UserGroup".
func (c *Class) Name() string { return c.name }

// Ancestors lists the classes that c extends, nearest first.
func (c *Class) Ancestors() []string {
	var names []string
	for p := c.parent; p != nil; p = p.parent {
		names = append(names, p.name)
	}
	return names
}

// Required lists the properties that c and its ancestors require, the farthest
// ancestor's first. A null satisfies a requirement, absence does not.
func (c *Class) Required() []string {
	var names []string
	for _, p := range c.lineage() {
		for _, name := range p.required {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Properties yields what c and its ancestors define, the farthest ancestor's
// first, each name once with the nearest definition.
func (c *Class) Properties() iter.Seq[Property] {
	return func(yield func(Property) bool) {
		seen := map[string]bool{}
		for _, p := range c.lineage() {
			for _, property := range p.own {
				if seen[property.Name] {
					continue
				}
				seen[property.Name] = true
				nearest, _ := c.Property(property.Name)
				if !yield(nearest) {
					return
				}
			}
		}
	}
}

// Property returns the nearest definition of a property in c or an ancestor.
func (c *Class) Property(name string) (Property, bool) {
	for p := c; p != nil; p = p.parent {
		if property, ok := p.byName[name]; ok {
			return *property, true
		}
	}
	return Property{}, false
}

// lineage lists the farthest ancestor first and c last.
func (c *Class) lineage() []*Class {
	var line []*Class
	for p := c; p != nil; p = p.parent {
		line = append(line, p)
	}
	slices.Reverse(line)
	return line
}
