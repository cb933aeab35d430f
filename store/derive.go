package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
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
	return v.all(graph.EntityKind, func(typ string, classes map[string]uint32) bool {
		return sel.Any() || slices.Contains(sel.Types, typ) ||
			slices.ContainsFunc(sel.Classes, func(c string) bool { return classes == nil || classes[c] > 0 })
	}, func(im *graph.Image) bool { return selects(&sel, im) })
}

// Entity returns one entity, nil when it is not there or the mapper's.
func (v *View) Entity(end graph.End) (*graph.Image, error) {
	im, err := v.w.entity(end)
	if err != nil || im == nil {
		return nil, err
	}
	return v.image(im), nil
}

// Relationships yields the relationships by instance and key, without those that
// end at an object of the mapper.
func (v *View) Relationships() iter.Seq2[*graph.Image, error] {
	return v.all(graph.RelationshipKind, nil, func(im *graph.Image) bool {
		return im.From.Instance != graph.MapperInstance && im.To.Instance != graph.MapperInstance
	})
}

// all yields the objects of a kind that are wanted, by instance and key: tables
// stand in an order that depends on the past, which must not matter. Tables are
// asked by type and class counts first, where those are known.
func (v *View) all(kind graph.Kind, may func(typ string, classes map[string]uint32) bool, want func(*graph.Image) bool) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		var found []*graph.Image
		for im, err := range v.w.images(kind, may) {
			if err != nil {
				yield(nil, err)
				return
			}
			if im = v.image(im); im != nil && want(im) {
				found = append(found, im)
			}
		}
		slices.SortFunc(found, func(a, b *graph.Image) int { return compareIdentity(a.Identity(), b.Identity()) })
		for _, im := range found {
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

// image gives im its supplier; nil when that is the mapper.
func (v *View) image(im *graph.Image) *graph.Image {
	if im.Instance == graph.MapperInstance {
		return nil
	}
	out := *im
	out.Supplier = v.suppliers[im.Instance]
	return &out
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

// derive runs d on the merged graph and merges what it puts. syncing is nil when the
// instance of m goes. m may lose relationships to objects that are not derived any
// more.
func (m *merge) derive(ctx context.Context, d Derive, syncing *graph.Instance) (*merge, error) {
	w := m.w
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
	delete(view.suppliers, m.instance())
	if syncing != nil {
		view.suppliers[syncing.Name] = syncing
	}
	st := stage.New(stage.Options{Instance: mapperInstance(), Secret: w.secretKey})
	w.stages = append(w.stages, st)
	if err := d(ctx, view, func(b graph.Batch) error { return st.Put(&b) }); err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	st.Overrule(graph.Complete{Type: graph.AllTypes})
	if err := st.Seal(ctx); err != nil {
		return nil, err
	}
	out, err := w.merge(st, m.res)
	if err != nil {
		return nil, err
	}
	if err := out.entities(ctx); err != nil {
		return nil, err
	}
	if err := out.relationships(ctx); err != nil {
		return nil, err
	}
	if err := out.retry(ctx); err != nil {
		return nil, err
	}
	m.res.report(st)
	return out, out.cascade(m, out)
}
