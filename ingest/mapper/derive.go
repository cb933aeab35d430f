package mapper

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// View is the merged graph that Derive reads. It leaves out what Derive made
// before. What it yields stays valid until Derive returns.
type View interface {
	// Instances lists what supplies the graph.
	Instances() []graph.Instance
	// Entities yields the entities of a selection, in any order.
	Entities(graph.Selection) iter.Seq2[*graph.Image, error]
	// Entity returns one entity, nil when it is not there.
	Entity(graph.End) (*graph.Image, error)
	// Mapped yields the mapped relationships of an instance, in any order.
	Mapped(instance string) iter.Seq2[*graph.Relationship, error]
}

// Options say what Derive does.
type Options struct {
	// Rules make and join people; nil leaves people alone.
	Rules *Rules
	// Persons tells whose entities the rules see; nil means every instance's.
	// Mapped relationships are resolved whatever it says.
	Persons func(*graph.Instance) bool
}

// Report counts what Derive made, and tells what it could not decide.
type Report struct {
	Persons int // entities made by the rules
	Links   int // relationships made by the rules
	Mapped  int // relationships made from mapped ones
	Created int // entities made as the far end of mapped ones
	// Unresolved counts mapped relationships whose far end was not found and not
	// to be made.
	Unresolved int
	// Ambiguous counts the entities that share their name with several people and
	// were joined to none; Samples shows the first.
	Ambiguous int
	Samples   []Ambiguity
}

// maxSamples is how many ambiguities a report shows.
const maxSamples = 20

// Ambiguity is an entity that may be any of several people.
type Ambiguity struct {
	Rule   string // "User IS Person"
	Source graph.End
	Names  []string    // the values that several people share
	People []graph.End // who share them
}

// The type and class of the people that the mapper makes.
const (
	personType  = "employee"
	personClass = "Person"
)

// Derive makes everything that the instance graph.MapperInstance holds: people,
// what joins entities to them, and the far ends of mapped relationships. It hands
// the objects to put in the order of their keys.
func Derive(ctx context.Context, v View, o Options, put func(graph.Batch) error) (*Report, error) {
	d := &derivation{rules: o.Rules, report: &Report{}, linked: map[link]bool{}, entities: map[string]graph.Entity{}}
	if d.rules == nil {
		d.rules = &Rules{}
	}
	d.plan(v, o)
	if err := d.readMapped(ctx, v); err != nil {
		return nil, fmt.Errorf("read mapped relationships: %w", err)
	}
	if err := d.readEntities(ctx, v); err != nil {
		return nil, fmt.Errorf("read entities: %w", err)
	}
	d.makePeople()
	if err := d.resolve(v); err != nil {
		return nil, fmt.Errorf("resolve mapped relationships: %w", err)
	}
	d.linkPeople()
	return d.report, d.supply(ctx, put)
}

// derivation is one run of Derive.
type derivation struct {
	rules  *Rules
	report *Report

	instances []string        // all, sorted
	visible   map[string]bool // to the rules
	wanted    map[string]bool // properties that the rules look at

	users   []user                 // that may be people
	sources []subject              // that rules start from
	people  []subject              // that rules lead to: real ones, then those made here
	known   map[string][]graph.End // real people by address

	mapped []mappedLink
	wants  *wants

	patterns      []graph.Relationship // one for each rule's links
	linked        map[link]bool
	entities      map[string]graph.Entity // made here, by key
	relationships []graph.Relationship
}

// subject is an entity as far as rules look at it.
type subject struct {
	end   graph.End
	class []string
	props graph.Properties
}

// link is what two relationships have in common that say the same.
type link struct {
	from, to graph.End
	verb     string
}

func compareEnds(a, b graph.End) int {
	return cmp.Or(strings.Compare(a.Instance, b.Instance), strings.Compare(a.Key, b.Key))
}

// plan notes what the rules look at.
func (d *derivation) plan(v View, o Options) {
	d.visible, d.wanted = map[string]bool{}, map[string]bool{"email": true, "active": true}
	for _, in := range v.Instances() {
		d.instances = append(d.instances, in.Name)
		d.visible[in.Name] = o.Persons == nil || o.Persons(&in)
	}
	slices.Sort(d.instances)
	want := func(names []string) {
		for _, n := range names {
			d.wanted[n] = true
		}
	}
	for _, p := range d.rules.Persons {
		for name := range p.Skip {
			d.wanted[name] = true
		}
	}
	for _, names := range d.rules.Transfer {
		want(names)
	}
	want(d.rules.FullName)
	want(d.rules.UserIDs)
	for _, l := range d.rules.Links {
		for _, m := range l.Match {
			want(m.Person)
			want(m.Source)
		}
	}
}

// selection picks the entities that anything here looks at.
func (d *derivation) selection() graph.Selection {
	if d.wants.any {
		return graph.Selection{}
	}
	sel := graph.Selection{Types: d.wants.types, Classes: d.wants.classes}
	if !d.seesAny() {
		return sel
	}
	for _, p := range d.rules.Persons {
		sel.Types = append(sel.Types, p.Type)
	}
	for _, l := range d.rules.Links {
		sel.Classes = append(sel.Classes, l.Source, personClass)
	}
	slices.Sort(sel.Types)
	slices.Sort(sel.Classes)
	sel.Types, sel.Classes = slices.Compact(sel.Types), slices.Compact(sel.Classes)
	return sel
}

// seesAny reports whether the rules see any instance: without one, a graph of a
// million entities need not be read.
func (d *derivation) seesAny() bool {
	for _, is := range d.visible {
		if is {
			return true
		}
	}
	return false
}

// readEntities sorts the entities by what they are to the rules.
func (d *derivation) readEntities(ctx context.Context, v View) error {
	sel := d.selection()
	if sel.Any() && !d.wants.any {
		return nil // an empty selection would be everything
	}
	n := 0
	for im, err := range v.Entities(sel) {
		if err != nil {
			return err
		}
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		d.wants.offer(graph.End{Instance: im.Instance, Key: im.Key}, im.Class, im.Get)
		if d.visible[im.Instance] {
			d.sort(im)
		}
	}
	slices.SortFunc(d.people, func(a, b subject) int { return compareEnds(a.end, b.end) })
	return ctx.Err()
}

// sort keeps of an entity what the rules need.
func (d *derivation) sort(im *graph.Image) {
	rule := slices.IndexFunc(d.rules.Persons, func(p PersonRule) bool { return p.Type == im.Type })
	source := slices.ContainsFunc(d.rules.Links, func(l LinkRule) bool { return slices.Contains(im.Class, l.Source) })
	person := slices.Contains(im.Class, personClass)
	if rule < 0 && !source && !person {
		return
	}
	s := subject{end: graph.End{Instance: im.Instance, Key: im.Key}, class: im.Class}
	for name, v := range im.Props.All() {
		if d.wanted[name] {
			s.props = append(s.props, graph.Property{Name: name, Value: v})
		}
	}
	if person {
		d.people = append(d.people, s)
	}
	if source {
		d.sources = append(d.sources, s)
	}
	if rule >= 0 && !person {
		d.users = append(d.users, user{s, rule})
	}
}

// batchSize is how many objects are put at a time.
const batchSize = 1024

// supply puts what was made, sorted by key.
func (d *derivation) supply(ctx context.Context, put func(graph.Batch) error) error {
	entities := make([]graph.Entity, 0, len(d.entities))
	for _, e := range d.entities {
		entities = append(entities, e)
	}
	slices.SortFunc(entities, func(a, b graph.Entity) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.relationships, func(a, b graph.Relationship) int { return strings.Compare(a.Key, b.Key) })
	rank := uint64(0)
	hand := func(b graph.Batch) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		b.Origin, b.Rank = graph.MapperInstance, rank
		rank += uint64(len(b.Entities) + len(b.Relationships))
		if err := put(b); err != nil {
			return fmt.Errorf("put what was derived: %w", err)
		}
		return nil
	}
	for part := range slices.Chunk(entities, batchSize) {
		if err := hand(graph.Batch{Entities: part}); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(d.relationships, batchSize) {
		if err := hand(graph.Batch{Relationships: part}); err != nil {
			return err
		}
	}
	return nil
}
