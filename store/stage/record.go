package stage

import (
	"errors"

	"github.com/j1db/j1db/store/graph"
)

var errDamaged = errors.New("the record is damaged")

// Record shows one staged object without copying it. It and everything that it
// gives, strings too, is valid until the Reader is next asked for something.
type Record struct {
	Group  *Group
	Origin string // where the supplier read it
	Parent string
	// From and To are of a plain relationship; Instance is never empty.
	From, To graph.End
	// Derived says that Key is from|verb|to of ends in the supplier's instance.
	Derived bool

	key     string
	verb    string
	texts   *texts
	names   []byte // varints
	count   int    // of properties
	values  []byte
	mapping []byte
	body    []byte
	raw     []byte
	lexicon *lexicon
}

// Key returns the object's key.
func (r *Record) Key() string {
	if r.Derived && r.key == "" {
		x, from := r.texts, len(r.texts.unpacked)
		x.unpacked = append(append(x.unpacked, r.From.Key...), '|')
		x.unpacked = append(append(x.unpacked, r.verb...), '|')
		x.unpacked = append(x.unpacked, r.To.Key...)
		r.key = view(x.unpacked[from:])
	}
	return r.key
}

// Len is the number of properties.
func (r *Record) Len() int { return r.count }

// Props yields the properties in the order of their names: the index of each in
// Stage.Names, and its value.
func (r *Record) Props(yield func(name int, v graph.Value) bool) {
	names, values := cursor{b: r.names}, cursor{b: r.values}
	for range r.count {
		if !yield(int(names.uint()), r.texts.value(&values)) {
			return
		}
	}
}

// Raw returns the raw data as the store keeps them, nil when none came.
func (r *Record) Raw() []byte { return r.raw }

// parse reads what a record begins with and checks all of the rest. head is the
// record without its length.
func (r *Record) parse(head []byte, own string) error {
	c := cursor{b: head}
	origin := c.uint()
	if origin&1 != 0 {
		c.uint()
	}
	if origin>>1 >= uint64(len(r.lexicon.origins)) {
		return errDamaged
	}
	r.Origin = r.lexicon.origins[origin>>1]
	r.parseNames(&c)
	r.body = c.b
	r.parseBody(&c, own)
	if c.damaged || len(c.b) != 0 && r.mapping == nil {
		return errDamaged
	}
	return nil
}

// parseNames passes the names, so that Props need not doubt them.
func (r *Record) parseNames(c *cursor) {
	n := c.uint()
	if n > graph.MaxProps {
		c.damage()
		return
	}
	from := c.b
	for range n {
		if c.uint() >= uint64(len(r.lexicon.names)) {
			c.damage()
			return
		}
	}
	r.count, r.names = int(n), from[:len(from)-len(c.b)]
}

// parseBody reads key, parent and ends, and passes the values.
func (r *Record) parseBody(c *cursor, own string) {
	flags := c.byte()
	if flags&^byte(flagAll) != 0 || !r.allows(flags) {
		c.damage()
		return
	}
	r.Derived = flags&flagDerived != 0
	if !r.Derived {
		r.key = r.texts.text(c)
	}
	if flags&flagParent != 0 {
		r.Parent = r.texts.text(c)
	}
	if flags&flagEnds != 0 {
		r.From = r.end(c, flags&flagFromElsewhere != 0, own)
		r.To = r.end(c, flags&flagToElsewhere != 0, own)
	}
	from := c.b
	for range r.count {
		c.skipValue(false)
	}
	r.values = from[:len(from)-len(c.b)]
	if flags&flagMapping != 0 && !c.damaged {
		r.mapping = c.b
	}
}

// allows reports whether a body of the record's group may have those flags.
func (r *Record) allows(flags byte) bool {
	const ends = flagEnds | flagFromElsewhere | flagToElsewhere | flagDerived
	switch {
	case r.Group.Type == "":
		return flags == 0
	case r.Group.Shelf == Relationships:
		return flags&flagEnds != 0 && flags&flagMapping == 0
	case r.Group.Shelf == Mapped:
		return flags&flagMapping != 0 && flags&ends == 0
	}
	return flags&(ends|flagMapping) == 0
}

func (r *Record) end(c *cursor, elsewhere bool, own string) graph.End {
	e := graph.End{Instance: own}
	if elsewhere {
		e.Instance = r.texts.text(c)
	}
	e.Key = r.texts.text(c)
	return e
}
