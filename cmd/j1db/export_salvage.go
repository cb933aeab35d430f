package main

import (
	"context"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// runSalvage exports what can be read of a damaged database, and names what cannot.
func (a *app) runSalvage(ctx context.Context, format exportFormat, e *exporting) (err error) {
	if e.since != "" || e.to != "" {
		return usageErrorf("--salvage reads the newest version alone: it goes without --since and --to")
	}
	if e.salvage, err = e.db.Salvage(ctx); err != nil {
		return err
	}
	defer e.salvage.Close()
	// An upload must not delete what is merely lost.
	e.stale = e.salvage.Types()
	if err := a.writeExport(format, e, format.full); err != nil {
		return err
	}
	losses := e.salvage.Losses()
	for _, l := range losses {
		a.warn("lost: %s", l)
	}
	if len(losses) > 0 {
		return &partialError{fmt.Sprintf("%s is damaged: what could be read was written, without what is named above", e.db.Path())}
	}
	a.notice("all objects of %s could be read", e.db.Path())
	return nil
}

// salvaged yields the objects that can be read, entities first.
func (e *exporting) salvaged() iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		for _, kind := range []graph.Kind{graph.EntityKind, graph.RelationshipKind} {
			for im, err := range e.salvage.All(e.ctx, kind) {
				if err == nil && e.instance != "" && im.Instance != e.instance {
					continue
				}
				if !yield(im, err) || err != nil {
					return
				}
			}
		}
	}
}
