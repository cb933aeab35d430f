package store

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// shelf tells the three sorts of staged objects apart. A mapped relationship has
// a key of its own, beside a plain one with the same.
type shelf uint8

const (
	shelfEntity shelf = iota
	shelfRelationship
	shelfMapped
)

func (s shelf) kind() graph.Kind {
	if s == shelfEntity {
		return graph.EntityKind
	}
	return graph.RelationshipKind
}

// staged is one object that a run brought.
type staged struct {
	shelf  shelf
	rank   uint64
	origin string
	image  graph.Image
	parent string
	raw    []byte // a raw record, nil when none came
	mapped *mapped
}

type stageKey struct {
	shelf shelf
	key   string
}

// loss is an object that lost its key to another.
type loss struct {
	stageKey
	typ, origin string
	rank        uint64
}

type rejection struct {
	rank uint64
	Rejection
}

// stage holds what one run brought, deduplicated. Which objects it holds does
// not depend on the order in which they came.
type stage struct {
	instance graph.Instance
	objects  map[stageKey]*staged
	spared   map[stageKey]bool // came, but cannot be stored: what is there stays
	deletes  map[graph.Deletion]bool
	scope    scope
	lost     []loss
	rejected []rejection
	ignored  int
	pack     *packer
}

func newStage(in graph.Instance) *stage {
	return &stage{
		instance: in, objects: map[stageKey]*staged{}, spared: map[stageKey]bool{},
		deletes: map[graph.Deletion]bool{}, scope: newScope(), pack: &packer{},
	}
}

// put stages a batch, keeping nothing of it.
func (s *stage) put(b *graph.Batch) error {
	if err := s.scope.add(b.Complete, b.Partial); err != nil {
		return fmt.Errorf("put batch of %s: %w", b.Origin, err)
	}
	origin := strings.Clone(b.Origin)
	for i := range b.Entities {
		s.entity(&b.Entities[i], b.Rank+uint64(i), origin)
	}
	first := b.Rank + uint64(len(b.Entities))
	for i := range b.Relationships {
		s.relationship(&b.Relationships[i], first+uint64(i), origin)
	}
	for _, d := range b.Deletes {
		s.deletes[graph.Deletion{Kind: d.Kind, Key: strings.Clone(d.Key)}] = true
	}
	return nil
}

func (s *stage) entity(e *graph.Entity, rank uint64, origin string) {
	st, err := s.object(&e.Object, shelfEntity, rank, origin)
	if err == nil {
		err = checkClasses(e.Class)
	}
	if err != nil {
		s.reject(&e.Object, shelfEntity, rank, origin, err)
		return
	}
	st.image.Class = cloneTexts(e.Class)
	s.shelve(st)
}

func (s *stage) relationship(r *graph.Relationship, rank uint64, origin string) {
	sh := shelfRelationship
	if r.Mapping != nil {
		sh = shelfMapped
	}
	st, err := s.object(&r.Object, sh, rank, origin)
	if err == nil {
		err = s.ends(r, st)
	}
	if err != nil {
		s.reject(&r.Object, sh, rank, origin, err)
		return
	}
	s.shelve(st)
}

// ends fills in what only relationships have.
func (s *stage) ends(r *graph.Relationship, st *staged) error {
	if err := graph.CheckName("class", r.Class); err != nil {
		return err
	}
	st.image.Class = []string{strings.Clone(r.Class)}
	if r.Mapping != nil {
		m, err := s.mapping(r, st)
		st.mapped = m
		return err
	}
	st.image.From, st.image.To = s.end(r.From), s.end(r.To)
	if err := checkEnd("from", st.image.From); err != nil {
		return err
	}
	return checkEnd("to", st.image.To)
}

// end fills in the supplier's own instance.
func (s *stage) end(e graph.End) graph.End {
	if e.Instance == "" {
		e.Instance = s.instance.Name
	}
	return graph.End{Instance: strings.Clone(e.Instance), Key: strings.Clone(e.Key)}
}

func (s *stage) mapping(r *graph.Relationship, st *staged) (*mapped, error) {
	m := &graph.Mapping{Direction: r.Mapping.Direction, Source: s.end(r.Mapping.Source), SkipCreation: r.Mapping.SkipCreation}
	for _, f := range r.Mapping.Filters {
		m.Filters = append(m.Filters, cloneTexts(f))
	}
	t := &r.Mapping.Target
	props, ignored, err := cleanProps(t.Props, reserved[graph.EntityKind])
	if err != nil {
		return nil, fmt.Errorf("mapping target: %w", err)
	}
	s.ignored += ignored
	m.Target = graph.Entity{
		Object: graph.Object{Key: strings.Clone(t.Key), Type: strings.Clone(t.Type), Props: props},
		Class:  cloneTexts(t.Class),
	}
	if err := checkMapping(m); err != nil {
		return nil, err
	}
	return &mapped{rel: graph.Relationship{
		Object: graph.Object{Key: st.image.Key, Type: st.image.Type, Props: st.image.Props, Parent: st.parent},
		Class:  st.image.Class[0], Mapping: m,
	}}, nil
}

func (s *stage) object(o *graph.Object, sh shelf, rank uint64, origin string) (*staged, error) {
	if err := checkObject(o); err != nil {
		return nil, err
	}
	props, ignored, err := cleanProps(o.Props, reserved[sh.kind()])
	if err != nil {
		return nil, err
	}
	s.ignored += ignored
	st := &staged{
		shelf: sh, rank: rank, origin: origin, parent: strings.Clone(o.Parent),
		image: graph.Image{
			Kind: sh.kind(), Instance: s.instance.Name,
			Key: strings.Clone(o.Key), Type: strings.Clone(o.Type), Props: props,
		},
	}
	if o.Raw != nil && s.instance.KeepRaw {
		st.raw = s.pack.pack(objectKey(st.image.Identity()), o.Raw)
	}
	return st, nil
}

func (s *stage) reject(o *graph.Object, sh shelf, rank uint64, origin string, err error) {
	if graph.CheckKey(o.Key) == nil {
		s.spared[stageKey{sh, strings.Clone(o.Key)}] = true
	}
	s.rejected = append(s.rejected, rejection{rank, Rejection{
		Kind: sh.kind(), Instance: s.instance.Name, Key: strings.Clone(o.Key), Type: strings.Clone(o.Type),
		Origin: origin, Reason: err.Error(),
	}})
}

// shelve keeps the first of two objects with one key, by rank.
func (s *stage) shelve(st *staged) {
	k := stageKey{st.shelf, st.image.Key}
	other, ok := s.objects[k]
	if !ok {
		s.objects[k] = st
		return
	}
	if st.before(other) {
		st, other = other, st
		s.objects[k] = other
	}
	s.lost = append(s.lost, loss{k, st.image.Type, st.origin, st.rank})
}

// before orders two objects with one key. Suppliers give every object a rank of
// its own; where one did not, content decides, so that arrival never does.
func (st *staged) before(other *staged) bool {
	if c := cmp.Or(cmp.Compare(st.rank, other.rank), strings.Compare(st.origin, other.origin)); c != 0 {
		return c < 0
	}
	return bytes.Compare(st.content(), other.content()) < 0
}

func (st *staged) content() []byte {
	if st.mapped != nil {
		return encodeMapped(nil, st.mapped)
	}
	return encodeObject(nil, &object{image: st.image, parent: st.parent})
}

// ordered returns the objects of a shelf by rank.
func (s *stage) ordered(sh shelf) []*staged {
	var out []*staged
	for k, st := range s.objects {
		if k.shelf == sh {
			out = append(out, st)
		}
	}
	slices.SortFunc(out, func(a, b *staged) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.image.Key, b.image.Key))
	})
	return out
}

// brought reports whether the run brought an object, storable or not.
func (s *stage) brought(sh shelf, key string) bool {
	k := stageKey{sh, key}
	return s.objects[k] != nil || s.spared[k]
}

// report adds what was not staged to a result.
func (s *stage) report(res *Result) {
	slices.SortFunc(s.lost, func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.key, b.key), strings.Compare(a.origin, b.origin))
	})
	for _, l := range s.lost {
		res.Duplicates.add(Duplicate{
			Kind: l.shelf.kind(), Instance: s.instance.Name, Key: l.key, Type: l.typ,
			Origin: l.origin, Kept: s.objects[l.stageKey].origin,
		})
	}
	slices.SortFunc(s.rejected, func(a, b rejection) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.Key, b.Key), strings.Compare(a.Reason, b.Reason))
	})
	for _, r := range s.rejected {
		res.Rejected.add(r.Rejection)
	}
	res.Ignored += s.ignored
}

func cloneTexts(ss []string) []string {
	if len(ss) == 0 {
		return nil
	}
	out := make([]string, len(ss))
	for i, t := range ss {
		out[i] = strings.Clone(t)
	}
	return out
}
