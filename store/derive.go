package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Derive makes objects of the instance `mapper` from the merged graph of all
// instances. What it puts replaces everything that the instance held; put keeps
// nothing of the batch. It runs inside a commit, while the file is locked: it
// must not call the DB, nor keep anything of view.
type Derive func(ctx context.Context, view *View, put func(graph.Batch) error) error

// View is the merged graph as Derive sees it: all instances but the mapper's, so
// that what is derived depends on nothing that was derived before. Its images
// are not to be written to.
type View struct {
	w         *working
	suppliers map[string]*graph.Instance
}

// Instances returns what supplies the graph, by name.
func (v *View) Instances() []graph.Instance {
	out := make([]graph.Instance, 0, len(v.suppliers))
	for _, in := range v.suppliers {
		out = append(out, *in)
	}
	slices.SortFunc(out, func(a, b graph.Instance) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Entities yields the entities of a selection by instance and key.
func (v *View) Entities(sel graph.Selection) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		for o, err := range v.w.all(graph.EntityKind) {
			if err != nil {
				yield(nil, err)
				return
			}
			im := v.image(o)
			if im != nil && selects(&sel, im) && !yield(im, nil) {
				return
			}
		}
	}
}

// Entity returns one entity, nil when it is not there or the mapper's.
func (v *View) Entity(end graph.End) (*graph.Image, error) {
	o, err := v.w.get(graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key})
	if err != nil || o == nil {
		return nil, err
	}
	return v.image(o), nil
}

// Relationships yields the relationships by instance and key, without those that
// end at an object of the mapper.
func (v *View) Relationships() iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		for o, err := range v.w.all(graph.RelationshipKind) {
			if err != nil {
				yield(nil, err)
				return
			}
			im := v.image(o)
			if im == nil || im.From.Instance == graph.MapperInstance || im.To.Instance == graph.MapperInstance {
				continue
			}
			if !yield(im, nil) {
				return
			}
		}
	}
}

// Mapped yields the mapped relationships of an instance by key.
func (v *View) Mapped(instance string) iter.Seq2[*graph.Relationship, error] {
	return func(yield func(*graph.Relationship, error) bool) {
		for m, err := range v.w.allMapped(instance) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(&m.rel, nil) {
				return
			}
		}
	}
}

// image shows o with its supplier, nil when that is the mapper.
func (v *View) image(o *object) *graph.Image {
	if o.image.Instance == graph.MapperInstance {
		return nil
	}
	im := o.image
	im.Supplier = v.suppliers[im.Instance]
	return &im
}

// selects reports whether an entity is one of a selection.
func selects(sel *graph.Selection, im *graph.Image) bool {
	if !sel.Any() && !slices.Contains(sel.Types, im.Type) && !hasClass(im, sel.Classes) {
		return false
	}
	return sel.Where == nil || sel.Where.Eval(im)
}

func hasClass(im *graph.Image, classes []string) bool {
	return slices.ContainsFunc(classes, func(c string) bool { return slices.Contains(im.Class, c) })
}

// mapperInstance is the supplier of what is derived.
func mapperInstance() graph.Instance {
	return graph.Instance{Name: graph.MapperInstance, Provider: graph.MapperInstance, Source: graph.SourceMapper}
}

// derive runs d on the merged graph and merges what it puts.
func (w *working) derive(ctx context.Context, d Derive, syncing *graph.Instance, res *Result) (*merge, error) {
	view := &View{w: w, suppliers: map[string]*graph.Instance{}}
	known, err := w.instances()
	if err != nil {
		return nil, err
	}
	for _, in := range known {
		if !in.removed && in.Name != graph.MapperInstance {
			view.suppliers[in.Name] = &in.Instance
		}
	}
	if syncing != nil {
		view.suppliers[syncing.Name] = syncing
	}
	st := newStage(mapperInstance())
	if err := d(ctx, view, func(b graph.Batch) error { return st.put(&b) }); err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	st.scope = newScope()
	st.scope.complete[graph.Complete{Type: graph.AllTypes}] = true
	m := newMerge(w, st, res)
	if err := m.entities(ctx); err != nil {
		return nil, err
	}
	if err := m.relationships(ctx); err != nil {
		return nil, err
	}
	if err := m.retry(ctx); err != nil {
		return nil, err
	}
	st.report(res)
	return m, m.cascade()
}
