package stage

import (
	"github.com/j1db/j1db/store/graph"
	"sync/atomic"
)

// encoder turns the objects of one batch after another into entries and records.
// One call of Put at a time has it, and nothing that it does often is locked.
type encoder struct {
	instance graph.Instance
	hasher   Hasher
	lexicon  *lexicon
	blocks   *blocks
	raws     *atomic.Bool
	prefix   [shelves]string // of hashed keys

	block  []byte // in work
	number uint32
	lists  [shelves][Partitions]list

	names  map[string]*knownName
	groups map[string]*group
	last   [shelves]*group
	first  [shelves]*knownName // a root: what follows it came first last time

	origin   uint32
	source   string // the text of origin
	scratch  []byte
	kept     []kept
	pack     packer
	ignored  int
	rejected findings[Rejection]
}

// knownName is a name with a guess at which one follows: objects of a type are
// alike, and a comparison costs less than looking a name up.
type knownName struct {
	*name
	next *knownName
}

// kept is a property that is stored.
type kept struct {
	*name
	at int // in the object's properties
}

// newEncoder returns an encoder that knows nothing yet. It holds no block until
// the first object comes, so that small runs stay small.
func newEncoder(s *Stage) *encoder {
	e := &encoder{
		instance: s.instance, hasher: s.hasher, lexicon: s.lexicon, blocks: &s.blocks, raws: &s.raws,
		names: map[string]*knownName{}, groups: map[string]*group{},
	}
	for sh := range Shelf(shelves) {
		e.prefix[sh] = keyPrefix(sh, s.instance.Name)
		e.first[sh] = &knownName{name: &name{}}
	}
	return e
}

// put stages the objects of a batch. An error is of the stage, not of an object.
func (e *encoder) put(b *graph.Batch) error {
	e.source = b.Origin
	e.origin = e.lexicon.originOf(b.Origin)
	for i := range b.Entities {
		if err := e.entity(&b.Entities[i], b.Rank+uint64(i)); err != nil {
			return err
		}
	}
	first := b.Rank + uint64(len(b.Entities))
	for i := range b.Relationships {
		if err := e.relationship(&b.Relationships[i], first+uint64(i)); err != nil {
			return err
		}
	}
	return nil
}

// entity stages an entity, or reports it. What is wrong is looked for in a fixed
// order, because the reason that is reported must not depend on what came before.
func (e *encoder) entity(en *graph.Entity, rank uint64) error {
	o := &subject{shelf: Entities, instance: e.instance.Name, key: en.Key, parent: en.Parent}
	g := e.known(Entities, en.Type, en.Class)
	err := e.check(&en.Object, o, g)
	if err == nil && g == nil {
		if err = checkClasses(en.Class); err == nil {
			g, err = e.group(Entities, en.Type, en.Class)
		}
	}
	if err != nil {
		return e.reject(&en.Object, Entities, rank, err)
	}
	return e.stage(&en.Object, o, g, nil, rank)
}

// relationship stages a relationship, mapped or not, or reports it.
func (e *encoder) relationship(r *graph.Relationship, rank uint64) error {
	o := &subject{shelf: Relationships, instance: e.instance.Name, key: r.Key, parent: r.Parent}
	if r.Mapping != nil {
		o.shelf = Mapped
	}
	class := [1]string{r.Class}
	g := e.known(o.shelf, r.Type, class[:])
	err := e.check(&r.Object, o, g)
	if err == nil && g == nil {
		if err = graph.CheckName("class", r.Class); err == nil {
			g, err = e.group(o.shelf, r.Type, class[:])
		}
	}
	var mapping *graph.Mapping
	if err == nil {
		mapping, err = e.ends(r, o, g)
	}
	if err != nil {
		return e.reject(&r.Object, o.shelf, rank, err)
	}
	return e.stage(&r.Object, o, g, mapping, rank)
}

// ends fills in what only relationships have.
func (e *encoder) ends(r *graph.Relationship, o *subject, g *group) (*graph.Mapping, error) {
	if r.Mapping != nil {
		m, ignored, err := cleanMapping(r.Mapping, e.instance.Name, e.lexicon.reserved[graph.EntityKind])
		e.ignored += ignored
		return m, err
	}
	o.from, o.to = ownEnd(r.From, e.instance.Name), ownEnd(r.To, e.instance.Name)
	if o.isDerived(g.verb) && o.from.Key != "" && o.to.Key != "" {
		o.derived = true // parts of a valid key are valid
		return nil, nil
	}
	if err := checkEnd("from", o.from); err != nil {
		return nil, err
	}
	return nil, checkEnd("to", o.to)
}

// ownEnd fills in the supplier's own instance.
func ownEnd(e graph.End, own string) graph.End {
	if e.Instance == "" {
		e.Instance = own
	}
	return e
}

// check says why an object cannot be stored and gathers its properties. What g
// was made of is known to be valid.
func (e *encoder) check(o *graph.Object, s *subject, g *group) error {
	if err := graph.CheckKey(o.Key); err != nil {
		return err
	}
	if g == nil {
		if err := checkType(o.Type); err != nil {
			return err
		}
	}
	if err := checkParent(o.Parent); err != nil {
		return err
	}
	if err := checkRaw(o.Raw); err != nil {
		return err
	}
	ignored, err := e.gather(o.Props, s.shelf)
	if err == nil {
		e.ignored += ignored
	}
	return err
}

// known returns the group of an object, nil when it is new.
func (e *encoder) known(sh Shelf, typ string, class []string) *group {
	if g := e.last[sh]; g != nil && g.is(typ, class) {
		return g
	}
	e.scratch = groupKey(e.scratch[:0], sh, typ, class)
	g := e.groups[string(e.scratch)]
	if g != nil {
		e.last[sh] = g
	}
	return g
}

// group makes a group known; its type and classes are valid.
func (e *encoder) group(sh Shelf, typ string, class []string) (*group, error) {
	g, err := e.lexicon.group(sh, typ, class)
	if err != nil {
		return nil, err
	}
	e.last[sh] = g
	e.groups[string(groupKey(nil, sh, typ, class))] = g
	e.blocks.held.Add(int64(mapCost + len(typ)))
	return g, nil
}
