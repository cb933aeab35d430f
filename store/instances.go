package store

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// InstanceInfo describes an instance that supplies objects of the newest version
// or did so once.
type InstanceInfo struct {
	graph.Instance
	Entities, Relationships int
	// Run is its last run, nil when none is recorded: of the mapper, the run of
	// another instance that it last followed.
	Run *graph.Run
}

// Instances lists the instances, the mapper among them, by name; removed ones
// are not there.
func (db *DB) Instances(ctx context.Context) ([]InstanceInfo, error) {
	var out []InstanceInfo
	err := db.view(ctx, func(r *reader) error {
		known, err := r.instances()
		if err != nil {
			return err
		}
		n, err := db.newest(r)
		if err != nil {
			return err
		}
		out = nil
		for _, in := range known {
			if in.removed {
				continue
			}
			info, err := n.describe(in)
			if err != nil {
				return err
			}
			out = append(out, info)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list instances: %w", err)
	}
	return out, nil
}

func (r *newest) describe(in *instance) (InstanceInfo, error) {
	info := InstanceInfo{Instance: in.Instance}
	held, err := r.held(in.Name)
	if err != nil {
		return info, err
	}
	for t, n := range held {
		if t.kind == graph.EntityKind {
			info.Entities += n
		} else {
			info.Relationships += n
		}
	}
	if in.lastRun == 0 {
		return info, nil
	}
	run, err := r.run(in.lastRun)
	info.Run = &run
	return info, err
}

// RemovalOptions say how an instance or a type is removed.
type RemovalOptions struct {
	Derive Derive // see SyncOptions
	DryRun bool
}

// RemoveInstance deletes all that an instance holds, as a new version; history
// keeps it. The error is an *InstanceError when there is no such instance.
func (db *DB) RemoveInstance(ctx context.Context, name string, opt RemovalOptions) (Result, error) {
	return db.remove(ctx, name, "", opt)
}

// Forget deletes what an instance holds of one type of entities or
// relationships, as a new version: of a type that is no longer collected. The
// error is an *InstanceError when it holds none.
func (db *DB) Forget(ctx context.Context, name, typ string, opt RemovalOptions) (Result, error) {
	return db.remove(ctx, name, typ, opt)
}

func (db *DB) remove(ctx context.Context, name, typ string, opt RemovalOptions) (Result, error) {
	in, err := db.removable(ctx, name, typ)
	if err != nil {
		return Result{}, fmt.Errorf("remove: %w", err)
	}
	st := stage.New(stage.Options{Instance: *in})
	defer st.Close()
	c := &commit{
		db: db, instance: *in, stage: st, removed: typ == "", forget: typ,
		opt: SyncOptions{Instance: *in, AllowDeletes: true, Derive: opt.Derive, DryRun: opt.DryRun, Note: "remove instance"},
	}
	whole := graph.Complete{Type: graph.AllTypes}
	if typ != "" {
		c.opt.Note, whole.Type = "forget "+typ, typ
	}
	st.Overrule(whole)
	if err := c.execute(ctx); err != nil {
		return Result{}, fmt.Errorf("remove: %w", err)
	}
	c.res.Run = graph.Run{}
	return c.res, nil
}

// removable returns the instance of that name, if it holds the type.
func (db *DB) removable(ctx context.Context, name, typ string) (*graph.Instance, error) {
	var found *graph.Instance
	err := db.view(ctx, func(r *reader) error {
		in, err := r.instance(name)
		if err != nil {
			return err
		}
		if in == nil || in.removed || name == graph.MapperInstance {
			return &InstanceError{Name: name}
		}
		found = &in.Instance
		if typ == "" {
			return nil
		}
		n, err := db.newest(r)
		if err != nil {
			return err
		}
		ok, err := n.holds(name, typ)
		if err == nil && !ok {
			err = &InstanceError{Name: name, Type: typ}
		}
		return err
	})
	return found, err
}

// holds reports whether anything of a type, or a mark of it, is stored.
func (n *newest) holds(instance, typ string) (bool, error) {
	held, err := n.held(instance)
	if err != nil {
		return false, err
	}
	for t := range held {
		if t.typ == typ {
			return true, nil
		}
	}
	for m, err := range n.mappedOf(instance) {
		if err != nil || m.rel.Type == typ {
			return true, err
		}
	}
	return n.get(bucketMark, joinKey(nil, instance, typ)) != nil, nil
}
