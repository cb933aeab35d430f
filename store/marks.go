package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// marks returns how fresh every type of the instance is after the run.
func (c *commit) marks(w *working) (map[string]mark, error) {
	if c.removed {
		return nil, nil
	}
	out, err := w.marksOf(c.instance.Name)
	if err != nil {
		return nil, err
	}
	delete(out, c.forget)
	sc := c.stage.Scope()
	if !c.ran() || !sc.Declares() {
		return out, nil
	}
	types, err := c.knownTypes(w, out)
	if err != nil {
		return nil, err
	}
	for typ := range types {
		m := out[typ]
		if sc.Whole(typ) {
			m = mark{complete: c.res.Run.Finished}
		} else {
			m.stale, m.reason = true, sc.Why(typ)
		}
		out[typ] = m
	}
	return out, nil
}

// knownTypes lists the types that the instance holds, brought or spoke of.
func (c *commit) knownTypes(w *working, marked map[string]mark) (map[string]bool, error) {
	types := map[string]bool{}
	for t := range marked {
		types[t] = true
	}
	for _, t := range c.stage.Types() {
		types[t] = true
	}
	for _, t := range c.stage.Scope().Types() {
		types[t] = true
	}
	held, err := w.held(c.instance.Name)
	if err != nil {
		return nil, err
	}
	for t := range held {
		types[t.typ] = true
	}
	delete(types, graph.AllTypes)
	return types, nil
}

func (c *commit) publishMarks(w *working, p *publisher) error {
	before, err := w.marksOf(c.instance.Name)
	if err != nil {
		return err
	}
	after, err := c.marks(w)
	if err != nil {
		return err
	}
	for _, typ := range slices.Sorted(maps.Keys(after)) {
		if old, ok := before[typ]; !ok || old != after[typ] {
			p.mark(c.instance.Name, typ, after[typ])
		}
	}
	for typ := range before {
		if _, ok := after[typ]; !ok {
			p.delete(bucketMark, joinKey(nil, c.instance.Name, typ))
		}
	}
	return nil
}

// marksOf returns the freshness of the types of an instance.
func (r *reader) marksOf(instance string) (map[string]mark, error) {
	out := map[string]mark{}
	prefix := append([]byte(instance), 0)
	for k, v := range r.each(bucketMark, prefix) {
		m, err := decodeMark(k, v)
		if err != nil {
			return nil, r.damaged(err, "freshness %.80q", k)
		}
		out[string(k[len(prefix):])] = m
	}
	return out, nil
}

// staleOf lists the stale types among marks, by name.
func staleOf(instance string, marks map[string]mark) []Stale {
	var out []Stale
	for _, typ := range slices.Sorted(maps.Keys(marks)) {
		if m := marks[typ]; m.stale {
			out = append(out, Stale{Instance: instance, Type: typ, Since: m.complete, Reason: m.reason})
		}
	}
	return out
}

// Stale lists the types that the last runs of their instances did not read
// whole, by instance and type.
func (db *DB) Stale(ctx context.Context) ([]Stale, error) {
	var out []Stale
	err := db.view(ctx, func(r *reader) (err error) {
		out, err = r.stale()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read stale types: %w", err)
	}
	return out, nil
}

// Stale is DB.Stale for who has the file open: it is about the newest runs, whatever
// the version.
func (s *Snapshot) Stale(ctx context.Context) ([]Stale, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []Stale
	err := s.edition.file.read(func(r *reader) (err error) {
		out, err = r.stale()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read stale types: %w", err)
	}
	return out, nil
}

func (r *reader) stale() ([]Stale, error) {
	known, err := r.instances()
	if err != nil {
		return nil, err
	}
	var out []Stale
	for _, in := range known {
		marks, err := r.marksOf(in.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, staleOf(in.Name, marks)...)
	}
	return out, nil
}
