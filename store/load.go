package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// SnapshotOptions say what a Snapshot shows.
type SnapshotOptions struct {
	// IncludeDeleted adds the last image of every key that was deleted at or
	// before the version, back to the oldest version that is kept, and the
	// relationships among them.
	IncludeDeleted bool
}

// keptSnapshots is how many decoded versions a DB keeps: the newest and one to
// compare it with.
const keptSnapshots = 2

// identity of what a cached snapshot shows: the file, its last write, the
// version.
type cacheKey struct {
	file    os.FileInfo
	write   int // bbolt's number of the last transaction
	version uint64
	opt     SnapshotOptions
}

func (k *cacheKey) is(o *cacheKey) bool {
	return k.write == o.write && k.version == o.version && k.opt == o.opt && os.SameFile(k.file, o.file)
}

// Snapshot returns a version to be queried. Of Latest in a store without any
// version it is empty; a version that does not exist or is no longer kept is a
// *VersionError. The file is read at once and let go.
func (db *DB) Snapshot(ctx context.Context, at At, opt SnapshotOptions) (*Snapshot, error) {
	var s *Snapshot
	err := db.view(ctx, func(r *reader) error {
		v, err := r.resolve(at)
		if err != nil {
			return err
		}
		file, err := os.Stat(db.path)
		if err != nil {
			return err
		}
		key := cacheKey{file, r.tx.ID(), v.Number, opt}
		if s = db.cached(&key); s != nil {
			return nil
		}
		if s, err = r.load(ctx, v, opt); err == nil {
			s.key = key
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	db.keep(s)
	return s, nil
}

func (db *DB) cached(key *cacheKey) *Snapshot {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, s := range db.cache {
		if s.key.is(key) {
			return s
		}
	}
	return nil
}

// keep puts s at the head of the cache.
func (db *DB) keep(s *Snapshot) {
	db.mu.Lock()
	defer db.mu.Unlock()
	cache := []*Snapshot{s}
	for _, old := range db.cache {
		if old != s && len(cache) < keptSnapshots && old.key.write == s.key.write {
			cache = append(cache, old)
		}
	}
	db.cache = cache
}

// load decodes a whole version: the newest states, with the before-images of all
// later versions over them.
func (r *reader) load(ctx context.Context, v graph.Version, opt SnapshotOptions) (*Snapshot, error) {
	states := map[graph.Identity]*object{}
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		for o, err := range r.objects(kind) {
			if err != nil {
				return nil, err
			}
			states[o.image.Identity()] = o
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if err := r.rewind(ctx, states, v.Number); err != nil {
		return nil, err
	}
	if opt.IncludeDeleted {
		if err := r.exhume(ctx, states, v.Number); err != nil {
			return nil, err
		}
	}
	b := &builder{s: newSnapshot(v), tables: map[uint32][]*object{}}
	return b.build(ctx, r, states)
}

// rewind turns the newest states into those of version.
func (r *reader) rewind(ctx context.Context, states map[graph.Identity]*object, version uint64) error {
	newest, err := r.last(bucketVersion)
	if err != nil {
		return err
	}
	for n := newest; n > version; n-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		for u, err := range r.undos(n) {
			if err != nil {
				return err
			}
			if u.before == nil {
				delete(states, u.id)
			} else {
				states[u.id] = u.before
			}
		}
	}
	return nil
}

// exhume adds the last images of what was deleted up to version.
func (r *reader) exhume(ctx context.Context, states map[graph.Identity]*object, version uint64) error {
	base, err := r.base()
	if err != nil {
		return err
	}
	for n := version; n > base; n-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		v, err := r.version(n)
		if err != nil {
			return err
		}
		for u, err := range r.undos(n) {
			if err != nil {
				return err
			}
			if u.before == nil || states[u.id] != nil {
				continue
			}
			u.before.image.Meta.Deleted, u.before.image.Meta.EndOn = true, v.Time
			states[u.id] = u.before
		}
	}
	return nil
}

// builder makes the tables of a snapshot.
type builder struct {
	s      *Snapshot
	tables map[uint32][]*object // by number in the file
}

func (b *builder) build(ctx context.Context, r *reader, states map[graph.Identity]*object) (*Snapshot, error) {
	known, err := r.tables()
	if err != nil {
		return nil, err
	}
	if err := b.suppliers(r, states); err != nil {
		return nil, err
	}
	for id, o := range states {
		t := known[o.place.table]
		if t == nil || t.kind != id.Kind || o.place.row >= t.rows {
			return nil, r.damaged(errors.New("its table and row do not exist"), "%s %s of %s", id.Kind, id.Key, id.Instance)
		}
		b.tables[o.place.table] = append(b.tables[o.place.table], o)
	}
	runs, err := r.runImages(b.s.version)
	if err != nil {
		return nil, err
	}
	b.entities(known, runs)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return b.s, b.edges(r, known)
}

func (b *builder) suppliers(r *reader, states map[graph.Identity]*object) error {
	list, err := r.instances()
	if err != nil {
		return err
	}
	byName := map[string]*graph.Instance{}
	for _, in := range list {
		byName[in.Name] = &in.Instance
	}
	for _, o := range states {
		o.image.Supplier = byName[o.image.Instance]
	}
	return nil
}

// entities numbers the entity tables by name and fills them.
func (b *builder) entities(known map[uint32]*table, runs []*graph.Image) {
	for n, objects := range b.tables {
		if known[n].kind == graph.EntityKind {
			t := &entityTable{typ: known[n].typ}
			t.rows, t.live = rowsOf(objects)
			b.s.entities = append(b.s.entities, t)
		}
	}
	if len(runs) > 0 {
		b.s.runs = &entityTable{typ: graph.RunType, rows: runs, live: uint32(len(runs))}
		b.s.entities = append(b.s.entities, b.s.runs)
	}
	slices.SortFunc(b.s.entities, func(x, y *entityTable) int { return strings.Compare(x.typ, y.typ) })
	for i, t := range b.s.entities {
		t.number = uint32(i + 1)
		t.countClasses()
		for row, im := range t.rows {
			if im != nil {
				b.s.index[im.Identity()] = graph.NewRef(t.number, uint32(row))
			}
		}
	}
}

// rowsOf lays objects out by row.
func rowsOf(objects []*object) ([]*graph.Image, uint32) {
	last := uint32(0)
	for _, o := range objects {
		last = max(last, o.place.row)
	}
	rows := make([]*graph.Image, int(last)+1)
	for _, o := range objects {
		rows[o.place.row] = &o.image
	}
	return rows, uint32(len(objects))
}

// edges numbers the relationship tables after the entities' and joins their
// ends.
func (b *builder) edges(r *reader, known map[uint32]*table) error {
	for n, objects := range b.tables {
		if t := known[n]; t.kind == graph.RelationshipKind {
			from, to := known[t.from], known[t.to]
			if from == nil || to == nil {
				return r.damaged(errors.New("the tables of its ends do not exist"), "table %d", n)
			}
			e := &edgeTable{typ: t.typ, class: t.class, fromType: from.typ, toType: to.typ}
			e.rows, _ = rowsOf(objects)
			b.s.edges = append(b.s.edges, e)
		}
	}
	slices.SortFunc(b.s.edges, func(x, y *edgeTable) int {
		return cmp.Or(strings.Compare(x.typ, y.typ), strings.Compare(x.class, y.class),
			strings.Compare(x.fromType, y.fromType), strings.Compare(x.toType, y.toType))
	})
	for i, e := range b.s.edges {
		e.number = uint32(len(b.s.entities) + i + 1)
		if err := b.join(r, e); err != nil {
			return err
		}
	}
	return nil
}

// join finds the ends of a table's relationships and groups them by the tables
// that they join: one group, unless an end of a deleted one has moved since.
func (b *builder) join(r *reader, e *edgeTable) error {
	e.from, e.to = make([]graph.Ref, len(e.rows)), make([]graph.Ref, len(e.rows))
	groups := map[[2]uint32]*edgeGroup{}
	for row, im := range e.rows {
		if im == nil {
			continue
		}
		from := b.s.index[graph.Identity{Kind: graph.EntityKind, Instance: im.From.Instance, Key: im.From.Key}]
		to := b.s.index[graph.Identity{Kind: graph.EntityKind, Instance: im.To.Instance, Key: im.To.Key}]
		if from == 0 || to == 0 {
			return r.damaged(errors.New("it lacks an end"), "relationship %s of %s", im.Key, im.Instance)
		}
		e.from[row], e.to[row] = from, to
		b.s.index[im.Identity()] = graph.NewRef(e.number, uint32(row))
		tables := [2]uint32{from.Table(), to.Table()}
		g := groups[tables]
		if g == nil {
			g = &edgeGroup{edges: e, from: from.Table(), to: to.Table()}
			groups[tables] = g
		}
		g.rows = append(g.rows, uint32(row))
	}
	for _, g := range groups {
		b.s.out[g.from] = append(b.s.out[g.from], g)
		b.s.in[g.to] = append(b.s.in[g.to], g)
	}
	return nil
}
