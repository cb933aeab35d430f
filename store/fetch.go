package store

import (
	"context"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Fetch fills into[p] with property props[p] of each of refs.
func (s *Snapshot) Fetch(ctx context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var parts []portion
	for p, name := range props {
		done, err := s.edition.fetchWhole(refs, name, &into[p])
		if err != nil {
			return err
		}
		if done {
			continue
		}
		if parts == nil {
			parts = partition(refs)
		}
		if err := s.edition.fetch(parts, len(refs), name, &into[p]); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// fetch fills into with a property of n handles, divided into parts. What is all of
// one row group keeps the codes that its column has.
func (e *edition) fetch(parts []portion, n int, name string, into *graph.Vector) error {
	if len(parts) == 1 && parts[0].whole(n) {
		s := e.sheet(parts[0].table)
		if s == nil {
			return errNoHandle
		}
		return s.gather(parts[0].group, name, parts[0].rows, into)
	}
	into.Codes, into.Dict = nil, nil
	into.Values = slices.Grow(into.Values[:0], n)[:n]
	clear(into.Values)
	var v graph.Vector
	for i := range parts {
		p := &parts[i]
		s := e.sheet(p.table)
		if s == nil {
			return errNoHandle
		}
		if err := s.gather(p.group, name, p.rows, &v); err != nil {
			return err
		}
		for k, at := range p.at {
			into.Values[at] = v.At(k)
		}
	}
	return nil
}
