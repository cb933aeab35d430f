package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/cmd/j1db/internal/estate"
	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

// benchRun is one estate on the disk and what must come of it.
type benchRun struct {
	*bencher
	dir    string
	suites [2][]estate.Question // by version
	// entities and relationships count those of the versions.
	entities, relationships   [2]int
	created, updated, deleted int // from the first to the second
}

// estate measures one estate, in a folder below root.
func (b *bencher) estate(ctx context.Context, root string) error {
	r := &benchRun{bencher: b, dir: filepath.Join(root, fmt.Sprintf("n=%d", b.size))}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	start := b.app.now()
	if err := r.write(ctx); err != nil {
		return err
	}
	b.app.notice("generated %d entities and %d relationships, seed %d, in %s", r.entities[0], r.relationships[0], b.seed,
		b.app.now().Sub(start).Round(time.Millisecond))
	for i := range b.count {
		if i > 0 {
			if err := os.Remove(r.database()); err != nil {
				return fmt.Errorf("begin anew: %w", err)
			}
		}
		if err := r.once(ctx); err != nil {
			return fmt.Errorf("estate of %d entities, seed %d: %w", b.size, b.seed, err)
		}
	}
	if b.keep == "" {
		return os.RemoveAll(r.dir)
	}
	return nil
}

// write writes the files. The estate itself is forgotten then, so that its memory
// is not taken for the engine's.
func (r *benchRun) write(ctx context.Context) error {
	e, err := estate.New(r.size, r.seed)
	if err != nil {
		return err
	}
	r.created, r.updated, r.deleted = e.Changes()
	for i := range 2 {
		v := e.Version(i + 1)
		r.suites[i] = v.Suite()
		if err := r.checkAsked(r.suites[i]); err != nil {
			return err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error {
			return writeNew(r.file("entities", i+1), func(w io.Writer) (err error) {
				r.entities[i], err = v.WriteEntities(ctx, w)
				return err
			})
		})
		group.Go(func() error {
			return writeNew(r.file("relationships", i+1), func(w io.Writer) (err error) {
				r.relationships[i], err = v.WriteRelationships(ctx, w)
				return err
			})
		})
		if err := group.Wait(); err != nil {
			return err
		}
	}
	for i := range r.count {
		if err := writeNew(r.file("patch", i+1), func(w io.Writer) error { return e.Version(2).WritePatch(w, i+1) }); err != nil {
			return err
		}
	}
	return nil
}

func (r *benchRun) file(what string, version int) string {
	return filepath.Join(r.dir, fmt.Sprintf("%s-%d.jsonl", what, version))
}

func (r *benchRun) database() string { return filepath.Join(r.dir, "graph.db") }

// writeNew makes a 0600 file.
func writeNew(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, mebi)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// once measures everything from an empty database on.
func (r *benchRun) once(ctx context.Context) error {
	db, err := store.Open(r.database(), store.Options{Now: r.app.now})
	if err != nil {
		return err
	}
	for _, step := range [...]func(context.Context, *store.DB) error{r.load, r.suite, r.next, r.delta, r.back, r.patches} {
		if err := step(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// load imports the first version.
func (r *benchRun) load(ctx context.Context, db *store.DB) error {
	start := r.app.now()
	var res store.Result
	peak, _, known, err := withPeak(func() (err error) {
		res, err = r.importFiles(ctx, db, true, r.file("entities", 1), r.file("relationships", 1))
		return err
	})
	took := r.app.now().Sub(start)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	objects := r.entities[0] + r.relationships[0]
	if got := total(res); got != (graph.Counts{Created: objects}) {
		return fmt.Errorf("load: %+v, but the estate has %d objects", got, objects)
	}
	st, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	metrics := []metric{{float64(took.Nanoseconds()), "ns/op"}, {float64(objects) / took.Seconds(), "objects/s"},
		{float64(st.FileBytes) / 1e6, "file-MB"}}
	if known {
		metrics = append(metrics, metric{peak, "peak-MiB"})
	}
	r.line("Load", 1, metrics...)
	return nil
}

// total sums the changes of a result.
func total(res store.Result) (n graph.Counts) {
	for _, c := range res.Changes {
		n = n.Plus(c.Counts)
	}
	return n
}

// suite asks the newest version, which is the first one.
func (r *benchRun) suite(ctx context.Context, db *store.DB) error {
	if err := r.atVersion(ctx, db, "", store.Latest, r.suites[0]); err != nil {
		return err
	}
	return r.coldOf(ctx, db, r.suites[0])
}

// next imports the second version.
func (r *benchRun) next(ctx context.Context, db *store.DB) error {
	before, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	start := r.app.now()
	res, err := r.importFiles(ctx, db, true, r.file("entities", 2), r.file("relationships", 2))
	took := r.app.now().Sub(start)
	if err != nil {
		return fmt.Errorf("next sync: %w", err)
	}
	if got, want := total(res), (graph.Counts{Created: r.created, Updated: r.updated, Deleted: r.deleted}); got != want {
		return fmt.Errorf("next sync: changed %+v, but the estate has %+v", got, want)
	}
	after, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	used := func(s store.Stats) float64 { return float64(s.FileBytes - s.FreeBytes) }
	r.line("NextSync", 1, metric{float64(took.Nanoseconds()), "ns/op"}, metric{float64(r.created + r.updated + r.deleted), "changes"},
		metric{100 * (used(after) - used(before)) / used(before), "growth-%"}, metric{float64(after.FileBytes) / 1e6, "file-MB"})
	return nil
}

// delta reads what changed between the two.
func (r *benchRun) delta(ctx context.Context, db *store.DB) error {
	want := graph.Counts{Created: r.created, Updated: r.updated, Deleted: r.deleted}
	t, err := r.repeat(r.rounds, func() error {
		var got graph.Counts
		for c, err := range delta.Between(ctx, db, 1, 2, delta.Options{}) {
			if err != nil {
				return err
			}
			got.Add(c.Op())
		}
		if got != want {
			return fmt.Errorf("%+v, but the estate has %+v", got, want)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("delta: %w", err)
	}
	r.line("Delta", t.runs, t.metrics(metric{float64(want.Total()), "changes"})...)
	return nil
}

// back asks the version before, and the newest one again: its answers must be of
// the second state, so they are only checked.
func (r *benchRun) back(ctx context.Context, db *store.DB) error {
	if err := r.atVersion(ctx, db, "Back", store.AtVersion(1), r.suites[0]); err != nil {
		return fmt.Errorf("one version back: %w", err)
	}
	snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	return errors.Join(r.checkSuite(ctx, r.suites[1], snap), snap.Close())
}

// patches changes ten objects, as often as --count says for benchstat's sake.
func (r *benchRun) patches(ctx context.Context, db *store.DB) error {
	for i := range r.count {
		start := r.app.now()
		res, err := r.importFiles(ctx, db, false, r.file("patch", i+1))
		took := r.app.now().Sub(start)
		if err != nil {
			return fmt.Errorf("patch: %w", err)
		}
		if got := total(res); got != (graph.Counts{Updated: estate.PatchSize}) {
			return fmt.Errorf("patch: changed %+v, but it is of %d objects", got, estate.PatchSize)
		}
		r.line("Patch", 1, metric{float64(took.Nanoseconds()), "ns/op"})
	}
	return nil
}

// importFiles does what j1db import does, with the rules about people off. A whole
// import deletes what is absent.
func (r *benchRun) importFiles(ctx context.Context, db *store.DB, whole bool, paths ...string) (store.Result, error) {
	sync, err := db.Begin(ctx, store.SyncOptions{
		Instance: graph.Instance{Name: "estate", Provider: "import", Source: graph.SourceImport, KeepRaw: true},
		Started:  r.app.now(), Memory: importMemory,
	})
	if err != nil {
		return store.Result{}, err
	}
	defer sync.Discard()
	var inputs []j1files.Input
	for _, path := range paths {
		inputs = append(inputs, j1files.File(path))
	}
	report, err := j1files.Read(ctx, inputs, sync, j1files.Options{})
	if err != nil {
		return store.Result{}, err
	}
	if whole {
		complete, partial := report.Scope()
		if err := sync.Put(ctx, graph.Batch{Complete: complete, Partial: partial}); err != nil {
			return store.Result{}, err
		}
	}
	return sync.Commit(ctx, store.Outcome{Outcome: graph.OK})
}

// importMemory is the default of j1db import --memory.
const importMemory = 384 << 20
