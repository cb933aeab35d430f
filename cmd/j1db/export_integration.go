package main

import (
	"errors"
	"iter"
	"slices"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// integration writes a version of an instance as JupiterOne's folder.
func (e *exporting) integration(f *j1files.Folder) (j1files.Written, error) {
	return e.writeIntegration(f, e.images(), e.stale)
}

func (e *exporting) writeIntegration(f *j1files.Folder, images j1files.Images, partial []string) (j1files.Written, error) {
	raws, err := e.raws()
	if err != nil {
		return j1files.Written{}, err
	}
	return j1files.WriteIntegration(f, images, j1files.IntegrationOptions{Partial: partial, Time: e.version.Time, Raws: raws})
}

// integrationPart writes what leads an account from one version to another: what
// changed, and whole each type in which something was deleted, since absence is
// the only way to delete. All other types are partial.
func (e *exporting) integrationPart(f *j1files.Folder) (j1files.Written, error) {
	changed, lost := map[graph.Identity]bool{}, map[string]bool{}
	for c, err := range e.changes() {
		if err != nil {
			return j1files.Written{}, err
		}
		if c.After == nil {
			lost[c.Before.Type] = true
		} else {
			changed[c.After.Identity()] = true
		}
	}
	if err := e.findStale(); err != nil {
		return j1files.Written{}, err
	}
	for _, typ := range e.stale {
		delete(lost, typ)
	}
	partial := slices.Clone(e.stale)
	for _, version := range []uint64{e.from, e.upTo} {
		types, err := e.typesAt(version)
		if err != nil {
			return j1files.Written{}, err
		}
		partial = append(partial, types...)
	}
	partial = slices.DeleteFunc(partial, func(typ string) bool { return lost[typ] })
	var err error
	if e.version, err = e.db.Resolve(e.ctx, store.AtVersion(e.upTo)); err != nil {
		return j1files.Written{}, err
	}
	return e.writeIntegration(f, e.only(func(im *graph.Image) bool { return lost[im.Type] || changed[im.Identity()] }), partial)
}

// only yields some of the objects to export.
func (e *exporting) only(take func(*graph.Image) bool) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		for im, err := range e.images() {
			if (err != nil || take(im)) && !yield(im, err) {
				return
			}
		}
	}
}

// typesAt lists the types that the instance has in a version.
func (e *exporting) typesAt(version uint64) ([]string, error) {
	if version == 0 {
		return nil, nil
	}
	snap, err := e.db.Snapshot(e.ctx, store.AtVersion(version), store.SnapshotOptions{})
	if err != nil {
		return nil, err
	}
	stats, err := snap.Types(e.ctx)
	var out []string
	for _, t := range stats {
		if slices.Contains(t.Instances, e.instance) {
			out = append(out, t.Type)
		}
	}
	return out, errors.Join(err, snap.Close())
}

// raws returns what reads raw data. Only the newest are kept, so an older version
// goes without.
func (e *exporting) raws() (func([]graph.Identity) ([][]byte, error), error) {
	if e.salvage != nil {
		return nil, nil
	}
	newest, err := e.db.Resolve(e.ctx, store.Latest)
	if err != nil || e.version.Number != newest.Number {
		return nil, err
	}
	return func(ids []graph.Identity) ([][]byte, error) { return e.db.Raws(e.ctx, ids, rawBudget) }, nil
}
