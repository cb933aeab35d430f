package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// Check reads everything and yields what is wrong: records that do not decode,
// indexes, tables and ends that do not agree, a history that does not lead back
// to the oldest version or does not add up, and pages that bbolt misses. A sound
// file yields nothing. What stops the check itself (no file, a lock, the context)
// is yielded too, as the last error.
func (db *DB) Check(ctx context.Context) iter.Seq[error] {
	return func(yield func(error) bool) {
		stopped := false
		c := &checker{ctx: ctx, db: db, yield: func(err error) bool {
			stopped = stopped || !yield(err)
			return !stopped
		}}
		// A damage that ends the reading also ends the check; guard names it.
		if err := db.view(ctx, c.all); err != nil && !stopped {
			yield(fmt.Errorf("check database: %w", err))
		}
	}
}

// checker walks one transaction. Its steps report and go on; they return an
// error only when there is no going on.
type checker struct {
	ctx   context.Context
	db    *DB
	r     *reader
	yield func(error) bool
	found int

	base, newest uint64
	tables       map[uint32]*table
	states       map[graph.Identity]*object
	owners       map[place]graph.Identity
	instances    map[string]bool
	degree       map[graph.End]int // ends of relationships at an entity
}

// errEnough ends a check whose caller wants no more.
var errEnough = errors.New("stopped")

func (c *checker) report(where string, args ...any) error {
	c.found++
	err := &CorruptError{Path: c.db.path, Where: fmt.Sprintf(where, args...), Err: errors.New("it contradicts the rest")}
	return c.emit(err)
}

// broken reports an error that was found.
func (c *checker) broken(err error) error {
	c.found++
	return c.emit(err)
}

func (c *checker) emit(err error) error {
	if !c.yield(err) {
		return errEnough
	}
	return nil
}

func (c *checker) all(r *reader) error {
	c.r, c.states, c.owners = r, map[graph.Identity]*object{}, map[place]graph.Identity{}
	for _, step := range []func() error{
		c.records, c.objects, c.ends, c.indexes, c.deleted, c.beside, c.history, c.pages,
	} {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		err := step()
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// records reads what the other steps rely on: versions, tables, instances.
func (c *checker) records() (err error) {
	if c.base, err = c.r.base(); err != nil {
		return err
	}
	if c.newest, err = c.r.last(bucketVersion); err != nil {
		return err
	}
	if c.tables, err = c.r.tables(); err != nil {
		return err
	}
	list, err := c.r.instances()
	if err != nil {
		return err
	}
	c.instances = map[string]bool{}
	for _, in := range list {
		c.instances[in.Name] = true
	}
	want, last := max(c.base, 1), int64(0)
	for k := range c.r.each(bucketVersion, nil) {
		n, ok := numberOf(k)
		if !ok || n != want {
			return c.report("version %x, where %d was expected", k, want)
		}
		v, err := c.r.version(n)
		if err != nil {
			return err
		}
		if v.Time <= last {
			if err := c.report("time of version %d", n); err != nil {
				return err
			}
		}
		want, last = n+1, v.Time
	}
	if c.base > c.newest {
		return c.report("oldest version %d", c.base)
	}
	return nil
}

// objects reads the newest states and their places.
func (c *checker) objects() error {
	live := map[uint32]uint32{}
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		for o, err := range c.r.objects(kind) {
			if err != nil {
				return err
			}
			id := o.image.Identity()
			c.states[id] = o
			live[o.place.table]++
			if err := c.object(id, o); err != nil {
				return err
			}
		}
	}
	for n, t := range c.tables {
		if t.live != live[n] {
			if err := c.report("table %d of %s: it counts %d objects, there are %d", n, t.typ, t.live, live[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) object(id graph.Identity, o *object) error {
	if o.touched == 0 || o.touched > c.newest {
		if err := c.report("%s %s of %s, of version %d", id.Kind, id.Key, id.Instance, o.touched); err != nil {
			return err
		}
	}
	if !c.instances[id.Instance] {
		if err := c.report("instance %s of %s", id.Instance, id.Key); err != nil {
			return err
		}
	}
	return c.place(id, o)
}

// place checks that an object stands where its state says, and nobody else does
// or did: rows are never used twice.
func (c *checker) place(id graph.Identity, o *object) error {
	t := c.tables[o.place.table]
	fits := t != nil && t.kind == id.Kind && t.typ == o.image.Type && o.place.row < t.rows
	if fits && id.Kind == graph.RelationshipKind {
		fits = t.class == o.image.Class[0]
	}
	if owner, taken := c.owners[o.place]; taken && owner != id {
		fits = false
	}
	c.owners[o.place] = id
	if !fits {
		return c.report("row %d of table %d, which %s %s of %s names", o.place.row, o.place.table, id.Kind, id.Key, id.Instance)
	}
	return nil
}

// ends checks the relationships of the states at hand.
func (c *checker) ends() error {
	for id, o := range c.states {
		if id.Kind == graph.RelationshipKind {
			if err := c.joined(id, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// joined checks that a relationship has its ends and stands in their table.
func (c *checker) joined(id graph.Identity, o *object) error {
	t := c.tables[o.place.table]
	if t == nil {
		return nil // already reported
	}
	for _, e := range [...]struct {
		graph.End
		table uint32
	}{{o.image.From, t.from}, {o.image.To, t.to}} {
		end := c.states[graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}]
		if end == nil || end.place.table != e.table {
			return c.report("relationship %s of %s: its end %s of %s", id.Key, id.Instance, e.Key, e.Instance)
		}
	}
	return nil
}

// indexes checks that the indexes list what there is and nothing else.
func (c *checker) indexes() error {
	want := map[string]bool{}
	for _, o := range c.states {
		for _, e := range entries(o) {
			want[string(e.bucket)+"\x00"+string(e.key)] = true
		}
	}
	for _, bucket := range [...][]byte{bucketType, bucketEnd} {
		for k := range c.r.each(bucket, nil) {
			name := string(bucket) + "\x00" + string(k)
			if !want[name] {
				if err := c.report("entry %.80q of index %s", k, bucket); err != nil {
					return err
				}
			}
			delete(want, name)
		}
	}
	for name := range want {
		if err := c.report("missing entry %.80q of an index", name); err != nil {
			return err
		}
	}
	return nil
}
