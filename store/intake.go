package store

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// fate is what a merge makes of a staged object.
type fate uint8

const (
	fateUnknown   fate = iota
	fateUnchanged      // stored, and the same: nothing to do
	fateChanged        // stored in another state, or known to history: a change
	fateFresh          // nothing of the name is known: appended without a change
	fateSpared         // it came and cannot be stored
)

// ref names a staged object by partition and place in it.
type ref uint32

const refBits = 24

func newRef(partition, i int) ref { return ref(partition)<<refBits | ref(i) }

func (r ref) partition() int { return int(r >> refBits) }
func (r ref) index() int     { return int(r & (1<<refBits - 1)) }

// intake is a sealed stage and what the merge found out about its objects.
type intake struct {
	st    *stage.Stage
	fates [2][stage.Partitions][]fate // of entities and relationships
	// places of entities that are stored unchanged or fresh.
	places [stage.Partitions][]table.Place
	seats  *seats // the same by hash, where it pays
	// seen are the stored rows of the instance that the run brought, by table.
	seen map[uint32]column.Bitmap
	// changed lists what is to be merged object by object, by rank.
	changed [2][]ref
}

// newIntake prepares for the objects of st.
func newIntake(n *newest, st *stage.Stage) (*intake, error) {
	in := &intake{st: st, seen: map[uint32]column.Bitmap{}}
	for _, list := range [...][]table.Entry{n.dir.Entities, n.dir.Edges} {
		for _, e := range list {
			v, err := n.view(e.Number)
			if err != nil {
				return nil, err
			}
			if v.Record().Instances[st.Instance().Name] > 0 {
				in.seen[e.Number] = column.NewBitmap(int(v.Record().Rows))
			}
		}
	}
	return in, nil
}

// entry returns a staged object.
func (in *intake) entry(sh stage.Shelf, r ref) stage.Entry {
	return in.st.At(sh, r.partition(), r.index())
}

func (in *intake) fate(sh stage.Shelf, r ref) *fate { return &in.fates[sh][r.partition()][r.index()] }

// saw notes that the run brought the object of a row. Several goroutines may.
func (in *intake) saw(at table.Place) {
	if rows, ok := in.seen[at.Table]; ok {
		atomic.OrUint64(&rows[at.Row/64], 1<<(at.Row%64))
	}
}

// brought reports whether the run brought what stands at a stored row.
func (in *intake) brought(at table.Place) bool {
	rows, ok := in.seen[at.Table]
	return ok && rows.Has(int(at.Row))
}

// classify finds the fate of every object of a shelf.
func (in *intake) classify(ctx context.Context, n *newest, sh stage.Shelf) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers())
	hashes := newHashes(n, in.st.Len(sh))
	returns := n.remembers()
	for p := range stage.Partitions {
		g.Go(func() error {
			c := &classifier{in: in, n: n, hashes: hashes, read: in.st.Reader(), shelf: sh, returns: returns}
			return c.partition(ctx, p)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	in.list(sh)
	return nil
}

// list collects what changed, by the supplier's order.
func (in *intake) list(sh stage.Shelf) {
	in.changed[sh] = in.of(sh, fateChanged)
	in.sortByRank(sh, in.changed[sh])
}

// of lists the objects of a fate, by hash.
func (in *intake) of(sh stage.Shelf, f fate) []ref {
	var out []ref
	for p := range stage.Partitions {
		for i, is := range in.fates[sh][p] {
			if is == f {
				out = append(out, newRef(p, i))
			}
		}
	}
	return out
}

// classifier finds the fates of partitions.
type classifier struct {
	in      *intake
	n       *newest
	hashes  *hashes
	read    *stage.Reader
	shelf   stage.Shelf
	returns bool // deleted names are kept
	found   []column.Entry
}

func (c *classifier) partition(ctx context.Context, p int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := c.in.st.Size(c.shelf, p)
	if n >= 1<<refBits {
		return fmt.Errorf("a run of more than %d objects", stage.Partitions<<refBits)
	}
	fates := make([]fate, n)
	c.in.fates[c.shelf][p] = fates
	var places []table.Place
	if c.shelf == stage.Entities {
		places = make([]table.Place, n)
		c.in.places[p] = places
	}
	for i := range n {
		f, at, err := c.one(c.in.st.At(c.shelf, p, i))
		if err != nil {
			return err
		}
		fates[i] = f
		if places != nil {
			places[i] = at
		}
	}
	return nil
}

// one finds the fate of one object and, of one that is stored, its place.
func (c *classifier) one(e stage.Entry) (fate, table.Place, error) {
	var err error
	if c.found, err = c.n.index(c.shelf.Kind()).Look(c.found[:0], e.Key); err != nil {
		return 0, table.Place{}, c.n.damaged(err, "index of names")
	}
	for _, f := range c.found {
		at := table.Place{Table: f.Table, Row: f.Row}
		content, err := c.hashes.at(at)
		if err != nil {
			return 0, at, err
		}
		if content == e.Content && !e.Spared() {
			c.in.saw(at)
			return fateUnchanged, at, nil
		}
	}
	return c.slow(e)
}

// slow compares names where the contents differ.
func (c *classifier) slow(e stage.Entry) (fate, table.Place, error) {
	if len(c.found) == 0 && !c.returns {
		if e.Spared() {
			return fateSpared, table.Place{}, nil
		}
		return fateFresh, table.Place{}, nil
	}
	rec, err := c.read.Record(e)
	if err != nil {
		return 0, table.Place{}, err
	}
	id := graph.Identity{Kind: c.shelf.Kind(), Instance: c.in.st.Instance().Name, Key: rec.Key()}
	for _, f := range c.found {
		at := table.Place{Table: f.Table, Row: f.Row}
		is, err := c.n.is(at, id)
		if err != nil {
			return 0, at, err
		}
		if is {
			c.in.saw(at)
			return c.known(e), at, nil
		}
	}
	if e.Spared() {
		return fateSpared, table.Place{}, nil
	}
	if c.returns {
		if was, err := c.n.wasAlive(id); err != nil || was {
			return fateChanged, table.Place{}, err
		}
	}
	return fateFresh, table.Place{}, nil
}

func (c *classifier) known(e stage.Entry) fate {
	if e.Spared() {
		return fateSpared
	}
	return fateChanged
}

// remembers reports whether names of deleted objects are kept.
func (r *reader) remembers() bool {
	for range r.each(bucketGone, nil) {
		return true
	}
	return false
}

// find returns a staged entity or plain relationship by key, spared ones too.
func (in *intake) find(sh stage.Shelf, key string) (ref, bool, error) {
	hash := in.st.Hasher().Key(sh.Kind(), in.st.Instance().Name, key)
	p, first := stage.Partition(hash), in.st.Search(sh, hash)
	entries, last := in.st.Partition(sh, p), first
	for last < len(entries) && entries[last].Key == hash {
		last++
	}
	if last-first < 2 {
		return newRef(p, first), last > first, nil
	}
	// Two names share a hash: once in the life of the universe, but the tests
	// shorten it.
	read := in.st.Reader()
	for i := first; i < last; i++ {
		rec, err := read.Record(entries[i])
		if err != nil {
			return 0, false, err
		}
		if rec.Key() == key {
			return newRef(p, i), true, nil
		}
	}
	return 0, false, nil
}
