package j1files

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// maxShapes bounds the shapes that one scanner remembers, and maxShapeText the
// bytes of their names. Files whose objects are all alike need a few dozen.
const (
	maxShapes    = 1 << 15
	maxShapeText = 4 << 20
)

// shape is a node in the tree of member names that objects began with: the names
// on the way from the root, in the order of the file. Objects of one kind follow
// one path, so that a name is recognised by comparing it with the one that came
// last time, and what depends on the names alone is worked out once a path.
type shape struct {
	name   string
	quoted string // the name as it usually stands in the file: "name":
	field  field
	parent *shape
	slot   int // how many properties come before
	fields fieldSet
	hint   *shape // the child that was taken last
	kids   map[string]*shape
	end    *ending

	// term and classes are the value that came last, of a member whose values are
	// few.
	term    *term
	classes *classes
}

// term is a text of which there are few: a type, or the name of an instance.
type term struct {
	text   string
	quoted string // as it usually stands in the file
}

// ending is what is known of an object that ends at a shape.
type ending struct {
	ok      bool // the scanner can take such objects
	sort    sort
	props   []sorted // the properties by name
	ignored int
}

type sorted struct {
	name string
	slot int // its place in the file's order
}

// classes are what a `_class` means to an entity and to a relationship.
type classes struct {
	raw  string // as it stands in the file
	list []string
	verb string // "" unless there is exactly one
}

// A shape is found by its name among the children of the one before it, and most
// often is the one that was found there last time. That comparison takes in the
// quotes and the colon, so that one look settles three tokens.

// newShape adds a child to p. The name has no escape in it. It reports false for
// a name that only the other decoder can judge.
func newShape(p *shape, name string) (*shape, bool) {
	if !utf8.ValidString(name) || graph.CheckName("property name", name) != nil {
		return nil, false
	}
	c := &shape{
		name: name, quoted: name + `":`, field: fieldOf(name), parent: p,
		slot: p.slot, fields: p.fields,
	}
	if p.field <= fieldTag && p.parent != nil {
		c.slot++
	}
	c.fields = c.fields.with(c.field)
	if p.kids == nil {
		p.kids = map[string]*shape{}
	}
	p.kids[name] = c
	return c, c.field != fieldMapping
}

// finish works out what an object that ends at c is.
func (c *shape) finish() *ending {
	if c.end != nil {
		return c.end
	}
	e := &ending{ok: true}
	c.end = e
	var err error
	if e.sort, err = c.fields.sort(); err != nil {
		e.ok = false
		return e
	}
	names := map[string]bool{}
	for p := c; p.parent != nil; p = p.parent {
		e.ok = e.ok && !names[p.name] // two members with one name
		names[p.name] = true
		switch {
		case p.field <= fieldTag:
			e.props = append(e.props, sorted{p.name, p.slot})
		case e.sort.ignores(p.field):
			e.ignored++
		}
	}
	slices.SortFunc(e.props, func(a, b sorted) int { return strings.Compare(a.name, b.name) })
	e.ok = e.ok && len(e.props) <= graph.MaxProps
	return e
}
