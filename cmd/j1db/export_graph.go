package main

import (
	"context"
	"iter"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

// exportGraph and exportCursors fit the store to what the exporter asks for.
var (
	_ jupiterone.Graph   = (*exportGraph)(nil)
	_ jupiterone.Cursors = exportCursors{}
)

type exportGraph struct{ db *store.DB }

// Objects implements jupiterone.Graph.
func (g *exportGraph) Objects(ctx context.Context, version uint64, kind graph.Kind, instance string) iter.Seq2[*graph.Image, error] {
	return g.db.Objects(ctx, version, kind, instance)
}

// Changes implements jupiterone.Graph.
func (g *exportGraph) Changes(ctx context.Context, from, to uint64, instance string) iter.Seq2[graph.Change, error] {
	return delta.Between(ctx, g.db, from, to, delta.Options{Instances: []string{instance}})
}

// Stale implements jupiterone.Graph.
func (g *exportGraph) Stale(ctx context.Context, instance string) ([]string, error) {
	all, err := g.db.Stale(ctx)
	var types []string
	for _, s := range all {
		if s.Instance == instance {
			types = append(types, s.Type)
		}
	}
	return types, err
}

// rawBudget is how many bytes of raw data are in memory at once.
const rawBudget = 4 << 20

// Raws implements jupiterone.Graph.
func (g *exportGraph) Raws(ctx context.Context, ids []graph.Identity) ([][]byte, error) {
	return g.db.Raws(ctx, ids, rawBudget)
}

type exportCursors struct{ db *store.DB }

// Cursor implements jupiterone.Cursors.
func (c exportCursors) Cursor(ctx context.Context, destination, instance string) (jupiterone.Cursor, error) {
	all, err := c.db.Cursors(ctx)
	for _, k := range all {
		if k.Destination == destination && k.Instance == instance {
			return jupiterone.Cursor(k), nil
		}
	}
	return jupiterone.Cursor{Destination: destination, Instance: instance}, err
}

// SetCursor implements jupiterone.Cursors.
func (c exportCursors) SetCursor(ctx context.Context, k jupiterone.Cursor) error {
	return c.db.SetCursor(ctx, store.Cursor(k))
}

// DeleteCursor implements jupiterone.Cursors.
func (c exportCursors) DeleteCursor(ctx context.Context, destination, instance string) error {
	return c.db.DeleteCursor(ctx, destination, instance)
}
