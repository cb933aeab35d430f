package store_test

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

var update = flag.Bool("update", false, "write the kept databases of this format that are missing, and what they show")

// formats holds a folder for each format. What is in it is not written again: only
// while a format is in no release may its files be deleted by hand, to be another.
const formats = "../testdata/format"

// TestFormats opens the kept databases of every format: they are sound, and show
// what they showed when they were written.
func TestFormats(t *testing.T) {
	if *update {
		writeMissing(t, filepath.Join(formats, fmt.Sprint(store.Format)))
	}
	files, err := fs.Glob(os.DirFS(formats), "*/*.db")
	if err != nil || len(files) < len(kept) {
		t.Fatalf("there are %d kept databases, and not at least %d: %v", len(files), len(kept), err)
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(formats, name)
			want, err := os.ReadFile(strings.TrimSuffix(path, ".db") + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			db := storetest.OpenAt(t, copied(t, path), store.Options{ReadOnly: true})
			if diff := cmp.Diff(string(want), abridged(dump(t, db))); diff != "" {
				t.Errorf("it shows something else (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFormatsGoOn writes into the kept databases.
func TestFormatsGoOn(t *testing.T) {
	for name := range kept {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(formats, fmt.Sprint(store.Format), name+".db")
			s := &teller{T: t, db: storetest.OpenAt(t, copied(t, path), store.Options{})}
			res := s.run("orchard", store.Outcome{}, changedHosts(), promoted(), people("Other"), graph.Batch{
				Complete: []graph.Complete{{Type: "orchard_team"}},
			})
			if res.Version == 0 {
				t.Error("the run made no version")
			}
			if _, err := s.db.Compact(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFormatsAreWritten makes the kept databases of this format again: they show
// the same, and two writings give the same records. Their pages differ: bbolt
// writes buckets in any order.
func TestFormatsAreWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: every kept file is written twice")
	}
	for name, tell := range kept {
		t.Run(name, func(t *testing.T) {
			once, twice := written(t, tell), written(t, tell)
			if diff := cmp.Diff(records(t, once), records(t, twice)); diff != "" {
				t.Errorf("two writings differ:\n%s", diff)
			}
			path := copied(t, filepath.Join(formats, fmt.Sprint(store.Format), name+".db"))
			was := dump(t, storetest.OpenAt(t, path, store.Options{ReadOnly: true}))
			is := dump(t, storetest.OpenAt(t, once, store.Options{ReadOnly: true}))
			if diff := cmp.Diff(was, is); diff != "" {
				t.Errorf("it shows something else (-kept +now):\n%s", diff)
			}
		})
	}
}

// writeMissing writes the kept databases that are not there, and what those show of
// which no text says it.
func writeMissing(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(path string, data func() []byte) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if err := os.WriteFile(path, data(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, tell := range kept {
		path := filepath.Join(folder, name)
		write(path+".db", func() []byte { return read(t, written(t, tell)) })
		write(path+".golden", func() []byte {
			db := storetest.OpenAt(t, copied(t, path+".db"), store.Options{ReadOnly: true})
			return []byte(abridged(dump(t, db)))
		})
	}
}

// written tells a database and returns a backup of it, which has no free pages.
func written(t *testing.T, tell func(*testing.T, *store.DB)) string {
	t.Helper()
	db := storetest.Open(t, store.Options{})
	secret := [16]byte([]byte("not very secret."))
	if err := store.Create(db, secret); err != nil {
		t.Fatal(err)
	}
	tell(t, db)
	if _, err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := db.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// copied copies a kept database, which nothing may change.
func copied(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "graph.db")
	if err := os.WriteFile(to, read(t, path), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// section is a part of what a database shows.
type section struct {
	Title string
	Lines []string
}

// dumper collects what a database shows.
type dumper struct {
	*testing.T
	db      *store.DB
	out     []section
	changed map[graph.Identity]bool // had a state before
}

func (d *dumper) begin(format string, args ...any) {
	d.out = append(d.out, section{Title: fmt.Sprintf(format, args...)})
}

func (d *dumper) line(format string, args ...any) {
	s := &d.out[len(d.out)-1]
	s.Lines = append(s.Lines, fmt.Sprintf(format, args...))
}

// dump returns all that can be asked of a database.
func dump(t *testing.T, db *store.DB) []section {
	t.Helper()
	d := &dumper{T: t, db: db, changed: map[graph.Identity]bool{}}
	d.records()
	versions, err := db.Versions(t.Context(), 0)
	d.must(err)
	slices.Reverse(versions)
	seen := map[graph.Identity]bool{}
	for i := range versions {
		v := &versions[i]
		d.begin("version %d", v.Number)
		d.line("%+v", *v)
		d.version(store.AtVersion(v.Number), store.SnapshotOptions{}, seen)
		if i > 0 {
			d.delta(versions[i-1].Number, v.Number)
			d.delta(v.Number, versions[i-1].Number)
		}
	}
	if len(versions) > 0 {
		d.version(store.Latest, store.SnapshotOptions{IncludeDeleted: true}, seen)
		d.delta(versions[0].Number, versions[len(versions)-1].Number)
	}
	d.objects(seen)
	return d.out
}

func (d *dumper) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// records are what a database holds beside the graph.
func (d *dumper) records() {
	ctx := d.Context()
	d.begin("records")
	instances, err := d.db.Instances(ctx)
	d.must(err)
	for _, in := range instances {
		d.line("instance %+v: %d entities, %d relationships", in.Instance, in.Entities, in.Relationships)
	}
	runs, err := d.db.Runs(ctx, "", 0)
	d.must(err)
	for i := range runs {
		d.line("run %+v", runs[i])
	}
	stale, err := d.db.Stale(ctx)
	d.must(err)
	cursors, err := d.db.Cursors(ctx)
	d.must(err)
	pins, err := d.db.Pins(ctx)
	d.must(err)
	d.line("stale %+v", stale)
	d.line("cursors %+v", cursors)
	d.line("pins %+v", pins)
	stats, err := d.db.Stats(ctx)
	d.must(err)
	d.line("format %d, versions %d to %d", stats.Format, stats.Oldest, stats.Newest)
	for _, t := range stats.Tables {
		// What a table takes may change; what it holds does not.
		d.line("table {Kind:%v Type:%s Class:%s Rows:%d Live:%d}", t.Kind, t.Type, t.Class, t.Rows, t.Live)
	}
	for _, r := range lastMapped(d.T, d.db) {
		d.line("mapped %s %s %s %s, %+v", r.Key, r.Type, r.Class, props(r.Props), *r.Mapping)
	}
}

// version adds the objects that a snapshot shows, and notes their names.
func (d *dumper) version(at store.At, opt store.SnapshotOptions, seen map[graph.Identity]bool) {
	s := storetest.Snapshot(d.T, d.db, at, opt)
	for _, kind := range [...]graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		d.begin("%v of %v, deleted ones %v", kind, at, opt.IncludeDeleted)
		for im := range s.All(kind) {
			seen[im.Identity()] = true
			d.line("%s", imageLine(im))
		}
	}
	d.must(s.Close())
}

func imageLine(im *graph.Image) string {
	if im == nil {
		return "nothing"
	}
	ends := ""
	if im.Kind == graph.RelationshipKind {
		ends = fmt.Sprintf(" from %v to %v", im.From, im.To)
	}
	return fmt.Sprintf("%s %s: %s %v%s %+v %s", im.Instance, im.Key, im.Type, im.Class, ends, im.Meta, props(im.Props))
}

// props prints properties, and of a long one how long it is.
func props(ps graph.Properties) string {
	var b strings.Builder
	for name, v := range ps.All() {
		text := string(v.AppendJSON(nil))
		if len(text) > 200 {
			text = fmt.Sprintf("%s... %d bytes, sha256 %x", text[:40], len(text), sha256.Sum256([]byte(text)))
		}
		fmt.Fprintf(&b, " %s=%s", name, text)
	}
	return b.String()
}

func (d *dumper) delta(from, to uint64) {
	d.begin("changes from %d to %d", from, to)
	for c, err := range delta.Between(d.Context(), d.db, from, to, delta.Options{}) {
		d.must(err)
		d.changed[c.Image().Identity()] = d.changed[c.Image().Identity()] || c.Before != nil
		d.line("%s", bytes.TrimSpace(delta.Append(nil, &c)))
	}
}

// objects adds the histories of the objects that changed, and all raw data.
func (d *dumper) objects(seen map[graph.Identity]bool) {
	ids := slices.SortedFunc(maps.Keys(seen), func(a, b graph.Identity) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	raws, err := d.db.Raws(d.Context(), ids, 1<<30)
	d.must(err)
	d.begin("raw data")
	for i, raw := range raws {
		if raw != nil {
			d.line("%v: %s", ids[i], raw)
		}
	}
	for _, id := range ids {
		if !d.changed[id] {
			continue
		}
		states, err := d.db.History(d.Context(), id)
		d.must(err)
		d.begin("history of %v", id)
		for i := range states {
			st := &states[i]
			d.line("version %d at %d, pruned %v: %s", st.Version, st.Time, st.Pruned, imageLine(st.Image))
		}
	}
}

// abridged prints sections: of a long one a few lines, and a digest of all.
func abridged(list []section) string {
	const few = 12
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "== %s\n", s.Title)
		shown := s.Lines
		if len(shown) > 5*few {
			shown = shown[:few]
		}
		for _, l := range shown {
			fmt.Fprintln(&b, l)
		}
		if len(shown) < len(s.Lines) {
			sum := sha256.Sum256([]byte(strings.Join(s.Lines, "\n")))
			fmt.Fprintf(&b, "... %d lines, sha256 %x\n", len(s.Lines), sum)
		}
	}
	return b.String()
}
