package stage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/wire"
)

// dump prints all that a stage holds.
func dump(t *testing.T, s *stage.Stage) string {
	t.Helper()
	var lines []string
	r := s.Reader()
	for sh := range stage.Mapped + 1 {
		for p := range stage.Partitions {
			for e := range s.Entries(sh, p) {
				st, err := r.Object(e)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, fmt.Sprintf("%+v", *st))
			}
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("%s\n%+v\n%+v\n%d", strings.Join(lines, "\n"), s.Duplicates(), s.Rejected(), s.Ignored())
}

// Where suppliers give many objects one rank, origin and content decide.
func TestArrivalDecidesNothing(t *testing.T) {
	in := invent(7, 30, 40)
	for i, b := range in.batches {
		b.Rank = uint64(i % 2)
		for i := range b.Relationships {
			b.Relationships[i].Mapping = nil // is printed by address
		}
	}
	want := dump(t, stageOf(t, in, 1, 0, nil))
	for seed := range uint64(5) {
		if d := gocmp.Diff(want, dump(t, stageOf(t, in, seed+2, int64(seed%2), nil))); d != "" {
			t.Errorf("order %d (-want +got):\n%s", seed, d)
		}
	}
}

// Of two objects with one rank the first origin stays, whatever they hold.
func TestOriginDecides(t *testing.T) {
	batch := func(origin, value string) *graph.Batch {
		return &graph.Batch{Origin: origin, Entities: []graph.Entity{{Object: graph.Object{
			Key: "a", Type: "t", Props: graph.Properties{{Name: "n", Value: graph.StringValue(value)}},
		}}}}
	}
	for _, values := range [][2]string{{"x", "y"}, {"y", "x"}} {
		for _, origins := range [][2]string{{"one", "two"}, {"two", "one"}} {
			s := stage.New(stage.Options{})
			if err := errors.Join(s.Put(batch(origins[0], values[0])), s.Put(batch(origins[1], values[1])), s.Seal(t.Context())); err != nil {
				t.Fatal(err)
			}
			want := stage.Duplicate{Key: "a", Type: "t", Origin: "two", Kept: "one"}
			if got := s.Duplicates(); got.Count != 1 || got.Samples[0] != want {
				t.Errorf("duplicates are %+v, want %+v", got, want)
			}
		}
	}
}

func things(n, from int) *graph.Batch {
	b := &graph.Batch{Origin: "step", Rank: uint64(from)}
	for i := range n {
		b.Entities = append(b.Entities, graph.Entity{Object: graph.Object{
			Key: uuid(from + i), Type: "acme_thing",
			Props: graph.Properties{{Name: "displayName", Value: graph.StringValue(strings.Repeat("thing ", 30))}},
		}})
	}
	return b
}

func TestDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("SKIPPED: there is no /dev/full: a full disk is not tried")
	}
	link := filepath.Join(t.TempDir(), ".graph.db.tmp-1")
	if err := os.Symlink("/dev/full", link); err != nil {
		t.Fatal(err)
	}
	refuses(t, "no space left on device", func() (*os.File, error) { return os.OpenFile(link, os.O_WRONLY, 0) })
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
}

func TestNoTempFile(t *testing.T) {
	refuses(t, "no such luck", func() (*os.File, error) { return nil, errors.New("no such luck") })
}

// refuses fills a stage until it needs its file, and on.
func refuses(t *testing.T, want string, tempFile func() (*os.File, error)) {
	t.Helper()
	s := stage.New(stage.Options{Budget: 1, TempFile: tempFile})
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		err = s.Put(things(1000, i*1000))
	}
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "spill staged records") {
		t.Fatalf("put gave %v", err)
	}
	if again := s.Put(things(1, 0)); again == nil {
		t.Error("it takes more, though some was lost")
	}
	if err := s.Seal(t.Context()); err == nil {
		t.Error("it can be sealed, though some was lost")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAfterTheEnd(t *testing.T) {
	s := stage.New(stage.Options{})
	if err := s.Put(things(3, 0)); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Seal(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("seal gave %v", err)
	}
	if err := s.Rekey(cancelled, secret); !errors.Is(err, context.Canceled) {
		t.Errorf("rekey gave %v", err)
	}
	for range 2 {
		if err := s.Seal(t.Context()); err != nil || s.Len(stage.Entities) != 3 || s.Empty() {
			t.Errorf("sealed again: %v, %d objects", err, s.Len(stage.Entities))
		}
	}
	if err := s.Put(things(1, 9)); !errors.Is(err, stage.ErrSealed) {
		t.Errorf("put gave %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Seal(t.Context()); !errors.Is(err, stage.ErrClosed) {
		t.Errorf("seal gave %v", err)
	}
}

// A stage that learns its secret late goes on as if it had known it.
func TestRekeyBetween(t *testing.T) {
	s := stage.New(stage.Options{})
	if err := s.Put(things(500, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Rekey(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(things(500, 250)); err != nil {
		t.Fatal(err)
	}
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, d := s.Len(stage.Entities), s.Duplicates().Count; n != 750 || d != 250 {
		t.Errorf("%d objects and %d duplicates", n, d)
	}
	if h := stage.NewHasher(secret); h != s.Hasher() {
		t.Error("the secret is another")
	}
}

// Texts that look like packed ones come back as they were.
func TestTexts(t *testing.T) {
	const id = "00ab4daf-7c26-43f8-a491-a93ceba7804a"
	keys := []string{id, strings.ToUpper(id), id[:35], id + "0", strings.Repeat("k", 63), strings.Repeat("k", 64), strings.Repeat("ż", 2000)}
	for i := range id {
		for _, c := range []byte("-/0:`ag@fFo\x7f") {
			if key := id[:i] + string(c) + id[i+1:]; key != id && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	b := &graph.Batch{}
	for _, k := range keys {
		b.Entities = append(b.Entities, graph.Entity{Object: graph.Object{Key: k, Type: "t", Props: graph.Properties{{Name: "text", Value: graph.StringValue(k)}}}})
	}
	s := stage.New(stage.Options{Instance: graph.Instance{Name: "in"}})
	if err := errors.Join(s.Put(b), s.Seal(t.Context())); err != nil {
		t.Fatal(err)
	}
	r := s.Reader()
	for i, k := range keys {
		e, ok, err := r.Find(stage.Entities, k)
		if err != nil || !ok || e.Rank != uint64(i) {
			t.Fatalf("find %q: %v %v", k, ok, err)
		}
		if st, err := r.Object(e); err != nil || st.Image.Key != k || st.Image.Props.Get("text").Str() != k {
			t.Errorf("%q became %+v: %v", k, st, err)
		}
	}
}

func TestRaw(t *testing.T) {
	raw := bytes.Repeat([]byte(`{"login":"ada"}`), 50_000)
	b := func() *graph.Batch {
		return &graph.Batch{Entities: []graph.Entity{{Object: graph.Object{Key: "a", Type: "t", Raw: raw}}, {Object: graph.Object{Key: "b", Type: "t"}}}}
	}
	for _, keep := range []bool{true, false} {
		s := stage.New(stage.Options{Instance: graph.Instance{Name: "in", KeepRaw: keep}})
		if err := errors.Join(s.Put(b()), s.Seal(t.Context())); err != nil {
			t.Fatal(err)
		}
		r := s.Reader()
		for _, key := range []string{"a", "b"} {
			e, _, err := r.Find(stage.Entities, key)
			if err != nil {
				t.Fatal(err)
			}
			rec, err := r.Record(e)
			if err != nil {
				t.Fatal(err)
			}
			if got := unpackRaw(t, rec.Raw()); (string(got) == string(raw)) != (keep && key == "a") {
				t.Errorf("keep is %v: raw data of %s are %d bytes", keep, key, len(got))
			}
		}
	}
}

// unpackRaw reads the raw data of entity a of instance in, as the store does.
func unpackRaw(t *testing.T, record []byte) []byte {
	t.Helper()
	if record == nil {
		return nil
	}
	p := wire.Open([]byte("\x00in\x00a"), record, nil)
	hash := p.Uint()
	dec, err := zstd.NewReader(nil)
	if err != nil || p.Err != nil {
		t.Fatal(err, p.Err)
	}
	defer dec.Close()
	raw, err := dec.DecodeAll(p.B, nil)
	if err != nil || xxhash.Sum64(raw) != hash {
		t.Fatalf("the hash differs: %v", err)
	}
	return raw
}

// A record longer than a block has one to itself.
func TestLongRecords(t *testing.T) {
	dir := t.TempDir()
	s := stage.New(stage.Options{Budget: 1, TempFile: func() (*os.File, error) { return os.CreateTemp(dir, "x") }})
	defer s.Close()
	for i := range 40 {
		b := things(1, i)
		if i%3 == 0 {
			b.Entities[0].Props[0].Value = graph.StringValue(strings.Repeat("x", graph.MaxValue-i))
		}
		if err := s.Put(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := s.Reader()
	for i := range 40 {
		e, ok, err := r.Find(stage.Entities, uuid(i))
		if err != nil || !ok {
			t.Fatal(i, ok, err)
		}
		rec, err := r.Record(e)
		if err != nil {
			t.Fatal(err)
		}
		for n, v := range rec.Props {
			if long := len(v.Str()) == graph.MaxValue-i; long != (i%3 == 0) || s.Names()[n] != "displayName" {
				t.Errorf("object %d has %d bytes of %s", i, len(v.Str()), s.Names()[n])
			}
		}
	}
}

func TestLimits(t *testing.T) {
	many := make(graph.Properties, graph.MaxProps+1)
	for i := range many {
		many[i] = graph.Property{Name: fmt.Sprintf("p%04d", i), Value: graph.IntValue(1)}
	}
	object := func(o graph.Object) *graph.Batch { return &graph.Batch{Entities: []graph.Entity{{Object: o}}} }
	for want, b := range map[string]*graph.Batch{
		"there are 1001 properties, the limit is 1000": object(graph.Object{Key: "a", Type: "t", Props: many}),
		"property p is 1048577 bytes long, the limit is 1048576": object(graph.Object{Key: "a", Type: "t", Props: graph.Properties{
			{Name: "p", Value: graph.StringValue(strings.Repeat("x", graph.MaxValue+1))}}}),
		"property p: element 1 is a list in a list": object(graph.Object{Key: "a", Type: "t", Props: graph.Properties{
			{Name: "p", Value: graph.ListValue(graph.IntValue(1), graph.ListValue())}}}),
		"the raw data is 16777217 bytes long, the limit is 16777216": object(graph.Object{Key: "a", Type: "t", Raw: make([]byte, stage.MaxRaw+1)}),
		"mapping target: property p: NaN is not a number that can be stored": {Relationships: []graph.Relationship{{
			Object: graph.Object{Key: "a", Type: "t"}, Class: "IS", Mapping: &graph.Mapping{Target: graph.Entity{Object: graph.Object{Props: graph.Properties{
				{Name: "p", Value: nan()}}}}}}}},
		"from: the instance name contains a NUL": {Relationships: []graph.Relationship{{
			Object: graph.Object{Key: "a|has|b", Type: "t"}, Class: "HAS", From: graph.End{Instance: "x\x00", Key: "a"}, To: graph.End{Key: "b"}}}},
		"to: the key is empty": {Relationships: []graph.Relationship{{
			Object: graph.Object{Key: "a|has|", Type: "t"}, Class: "HAS", From: graph.End{Key: "a"}}}},
		"the mapping has no direction": {Relationships: []graph.Relationship{{Object: graph.Object{Key: "a", Type: "t"}, Class: "IS", Mapping: &graph.Mapping{}}}},
	} {
		s := stage.New(stage.Options{Instance: graph.Instance{Name: "in"}})
		if err := errors.Join(s.Put(b), s.Seal(t.Context())); err != nil {
			t.Fatal(err)
		}
		if bad := s.Rejected(); bad.Count != 1 || bad.Samples[0].Reason != want {
			t.Errorf("rejected are %+v, want %s", bad, want)
		}
	}
}
