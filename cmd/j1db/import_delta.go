package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

// deltaBatch is how many changes make a batch.
const deltaBatch = 1000

// deltas applies files of changes. Every instance that they name is a sync of its
// own; what the mapper made is left to the mapper here.
func (im *importing) deltas(ctx context.Context, paths []string) error {
	d := &applying{importing: im, syncs: map[string]*store.Sync{}, batches: map[string]*graph.Batch{}, late: map[string]*graph.Batch{}}
	defer d.discard()
	for _, path := range paths {
		if err := d.file(ctx, path); err != nil {
			return err
		}
	}
	return d.commit(ctx)
}

// applying is a delta on its way into the instances that it names.
type applying struct {
	*importing
	order   []string // instances, as they first came
	syncs   map[string]*store.Sync
	batches map[string]*graph.Batch
	// late are relationships into other instances: their ends may come later.
	late    map[string]*graph.Batch
	rank    uint64
	derived int
}

func (d *applying) discard() {
	for _, s := range d.syncs {
		s.Discard()
	}
}

func (d *applying) file(ctx context.Context, path string) error {
	r := d.app.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		defer f.Close()
		r = io.Reader(f)
	}
	for c, err := range delta.Decode(r) {
		if err != nil {
			return fmt.Errorf("import %s: %w", path, err)
		}
		if err := d.apply(ctx, path, &c); err != nil {
			return err
		}
	}
	return nil
}

// apply adds one change to the batch of its instance.
func (d *applying) apply(ctx context.Context, origin string, c *graph.Change) error {
	im := c.Image()
	if im.Instance == graph.MapperInstance {
		d.derived++
		return nil
	}
	if d.instance != "" && im.Instance != d.instance {
		return nil
	}
	b, err := d.batch(ctx, im.Instance)
	if err != nil {
		return err
	}
	if c.After != nil && im.Kind == graph.RelationshipKind && (im.From.Instance != im.Instance || im.To.Instance != im.Instance) {
		if d.late[im.Instance] == nil {
			d.late[im.Instance] = &graph.Batch{}
		}
		b = d.late[im.Instance]
	}
	b.Origin = origin
	addChange(b, c)
	if b = d.batches[im.Instance]; len(b.Entities)+len(b.Relationships)+len(b.Deletes) >= deltaBatch {
		return d.put(ctx, im.Instance)
	}
	return nil
}

func addChange(b *graph.Batch, c *graph.Change) {
	im := c.Image()
	object := graph.Object{Key: im.Key, Type: im.Type, Props: im.Props}
	switch {
	case c.After == nil:
		b.Deletes = append(b.Deletes, graph.Deletion{Kind: im.Kind, Key: im.Key})
	case im.Kind == graph.EntityKind:
		b.Entities = append(b.Entities, graph.Entity{Object: object, Class: im.Class})
	default:
		b.Relationships = append(b.Relationships, graph.Relationship{Object: object, Class: im.Class[0], From: im.From, To: im.To})
	}
}

// batch returns the open batch of an instance, and begins its sync when it is new.
func (d *applying) batch(ctx context.Context, instance string) (*graph.Batch, error) {
	if b := d.batches[instance]; b != nil {
		return b, nil
	}
	if err := graph.CheckInstance(instance); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	sync, err := d.begin(ctx, instance)
	if err != nil {
		return nil, err
	}
	d.order = append(d.order, instance)
	d.syncs[instance], d.batches[instance] = sync, &graph.Batch{}
	return d.batches[instance], nil
}

func (d *applying) put(ctx context.Context, instance string) error {
	b := d.batches[instance]
	b.Rank = d.rank
	d.rank += deltaBatch
	err := d.syncs[instance].Put(ctx, *b)
	d.batches[instance] = &graph.Batch{}
	return err
}

// commit commits instance by instance, in the order in which they came, and then
// what joins instances.
func (d *applying) commit(ctx context.Context) error {
	lost := 0
	for _, instance := range d.order {
		if err := d.put(ctx, instance); err != nil {
			return err
		}
		n, err := d.commitOne(ctx, instance, d.syncs[instance])
		if err != nil {
			return err
		}
		lost += n
	}
	for _, instance := range sortedKeys(d.late) {
		sync, err := d.begin(ctx, instance)
		if err != nil {
			return err
		}
		d.syncs[instance] = sync
		if err := sync.Put(ctx, *d.late[instance]); err != nil {
			return err
		}
		n, err := d.commitOne(ctx, instance, sync)
		if err != nil {
			return err
		}
		lost += n
	}
	if d.derived > 0 {
		d.app.notice("%d changes of the mapper's own objects were left to the mapper", d.derived)
	}
	if lost > 0 {
		return &partialError{fmt.Sprintf("%d changes could not be applied", lost)}
	}
	return nil
}

// commitOne returns how many objects could not be stored.
func (d *applying) commitOne(ctx context.Context, instance string, sync *store.Sync) (int, error) {
	res, err := sync.Commit(ctx, store.Outcome{})
	if err != nil {
		return 0, fmt.Errorf("import into instance %s: %w", instance, err)
	}
	d.app.printMapping(d.mapped)
	d.app.printResult(instance, res, d.dryRun)
	return res.Rejected.Count + res.Dangling.Count, nil
}
