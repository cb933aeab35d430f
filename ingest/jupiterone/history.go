package jupiterone

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// history is what of a lane has to change at the account between the confirmed
// version and the one that is exported.
type history struct {
	lane     *lane
	from, to uint64
	patched  uint64 // entities that were there at from are as in this version, if it is not 0
	risk     map[graph.Identity]*risk
}

// risk is what the account may hold of an object instead of its confirmed state.
type risk struct {
	before *graph.Image // the confirmed state, nil for none
	types  set
	names  set // of properties
}

// change is one object that the account has to hold otherwise.
type change struct {
	before, after *graph.Image
	version       uint64
	// echo marks an object that is as it was confirmed but may have been disturbed
	// since: after restores it, and without after it is to go.
	echo bool
	was  *risk // nil when it was not disturbed
}

func (l *lane) history(ctx context.Context, p position, to uint64, purges []uint64) (*history, error) {
	h := &history{lane: l, from: p.version, to: to, patched: p.state.patched(), risk: map[graph.Identity]*risk{}}
	for _, d := range p.state.Disturbed {
		if err := h.disturb(ctx, d.Version, d.reaches); err != nil {
			return nil, err
		}
		if d.Sure {
			if err := h.settle(ctx, d.Version); err != nil {
				return nil, err
			}
		}
	}
	lost := func(c *graph.Change) bool { return c.After == nil }
	for _, version := range purges {
		if err := h.disturb(ctx, version, lost); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// reaches reports whether a job that went to the version of d may have touched
// the object of c.
func (d disturbance) reaches(c *graph.Change) bool {
	return d.Mode != Patch || patchable(c)
}

// patchable reports whether a PATCH can bring a change.
func patchable(c *graph.Change) bool {
	return c.Image().Kind == graph.EntityKind && c.Before != nil && c.After != nil
}

// disturb takes note of the objects of a version that the account may hold.
func (h *history) disturb(ctx context.Context, version uint64, reaches func(*graph.Change) bool) error {
	for c, err := range h.changes(ctx, version) {
		if err != nil {
			return err
		}
		if !reaches(&c) {
			continue
		}
		id := c.Image().Identity()
		r := h.risk[id]
		if r == nil {
			r = &risk{before: c.Before, types: set{}, names: set{}}
			h.risk[id] = r
		}
		if c.After != nil {
			r.types[c.After.Type] = true
			for name := range c.After.Props.All() {
				r.names[name] = true
			}
		}
	}
	return nil
}

// settle forgets the risks that a PATCH to a version took away: it brought every
// entity to its state there.
func (h *history) settle(ctx context.Context, version uint64) error {
	moved := map[graph.Identity]bool{}
	for c, err := range h.changes(ctx, version) {
		if err != nil {
			return err
		}
		moved[c.Image().Identity()] = true
	}
	maps.DeleteFunc(h.risk, func(id graph.Identity, r *risk) bool {
		return id.Kind == graph.EntityKind && r.before != nil && !moved[id]
	})
	return nil
}

// changes yields how the lane differs between the confirmed version and another,
// in the eyes of the API.
func (h *history) changes(ctx context.Context, version uint64) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		if version <= h.from {
			return
		}
		for c, err := range h.lane.e.graph.Changes(ctx, h.from, version, h.lane.instance) {
			if err != nil {
				yield(c, fmt.Errorf("read changes: %w", err))
				return
			}
			if !h.lane.has(c.Before) {
				c.Before = nil
			}
			if !h.lane.has(c.After) {
				c.After = nil
			}
			if !h.lane.same(c.Before, c.After) && !yield(c, nil) {
				return
			}
		}
	}
}

// each yields what has to change of one kind, each object once.
func (h *history) each(ctx context.Context, kind graph.Kind) iter.Seq2[change, error] {
	return func(yield func(change, error) bool) {
		seen := map[graph.Identity]bool{}
		for c, err := range h.changes(ctx, h.to) {
			if err != nil {
				yield(change{}, err)
				return
			}
			id := c.Image().Identity()
			if id.Kind != kind {
				continue
			}
			r := h.risk[id]
			if r != nil {
				seen[id] = true
			}
			if !yield(change{before: c.Before, after: c.After, version: c.Version, was: r}, nil) {
				return
			}
		}
		for _, c := range h.echoes(kind, seen) {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// echoes lists the disturbed objects that did not change otherwise.
func (h *history) echoes(kind graph.Kind, seen map[graph.Identity]bool) []change {
	var ids []graph.Identity
	for id := range h.risk {
		if id.Kind == kind && !seen[id] {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b graph.Identity) int {
		return cmp.Or(strings.Compare(a.Instance, b.Instance), strings.Compare(a.Key, b.Key))
	})
	out := make([]change, len(ids))
	for i, id := range ids {
		r := h.risk[id]
		out[i] = change{before: r.before, after: r.before, version: h.from, echo: true, was: r}
	}
	return out
}

// there reports whether a PATCH has brought a change already.
func (h *history) there(c *change) bool {
	return h.patched > 0 && !c.echo && c.version <= h.patched && c.patchable()
}

func (c *change) patchable() bool {
	return c.before != nil && c.after != nil && c.before.Kind == graph.EntityKind
}

// same reports whether two states of an object, nil where it is not there, look
// alike to the API: some properties it does not take.
func (l *lane) same(a, b *graph.Image) bool {
	if a == nil || b == nil {
		return a == b
	}
	e := l.encoder()
	return bytes.Equal(e.object(nil, a), e.object(nil, b))
}

// gone lists the properties that the account may hold and the object no longer
// has.
func (c *change) gone() []string {
	names := set{}
	for name := range c.before.Props.All() {
		names[name] = true
	}
	if c.was != nil {
		maps.Copy(names, c.was.names)
	}
	for name := range c.after.Props.All() {
		delete(names, name)
	}
	return names.sorted()
}

// lostTypes lists the types under which the account may hold an object that is to
// go.
func (c *change) lostTypes() []string {
	types := set{}
	if c.before != nil {
		types[c.before.Type] = true
	}
	if c.was != nil {
		maps.Copy(types, c.was.types)
	}
	return types.sorted()
}
