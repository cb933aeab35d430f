package table_test

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// compare reads everything back.
func (m *model) compare() {
	m.t.Helper()
	ts := open(m.file, m.dir, m.group)
	_ = table.Verify(m.t.Context(), ts, table.VerifyOptions{KeyHash: keyHash, Workers: 2}, func(err error) bool {
		m.t.Errorf("verify: %v", err)
		return true
	})
	m.compareKeys(ts)
	for number, rows := range m.rows {
		m.compareRows(ts, number, rows)
		if m.names[number].Kind == graph.RelationshipKind {
			m.compareNear(ts, number, rows)
		}
		m.compareStatistics(ts, number, rows)
	}
	if m.t.Failed() {
		m.t.FailNow()
	}
}

// compareKeys checks that nothing is stored that nobody reads.
func (m *model) compareKeys(ts *table.Tables) {
	m.t.Helper()
	for key := range m.file {
		bucket, key, _ := strings.Cut(key, "/")
		if ok, err := ts.Reads(bucket, []byte(key)); err != nil || !ok {
			m.t.Errorf("%s %x is left over: %v", bucket, key, err)
		}
	}
	for _, key := range []string{"", "k\x11\x00\x00", "x", "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x07", "\x7f\x00\x00\x00"} {
		for _, bucket := range append(table.Buckets(), "other") {
			if ok, err := ts.Reads(bucket, []byte(key)); err != nil || ok {
				m.t.Errorf("%s %x would be read: %v", bucket, key, err)
			}
		}
	}
}

func (m *model) compareRows(ts *table.Tables, number uint32, rows []*table.Row) {
	m.t.Helper()
	v, err := ts.View(number)
	if err != nil {
		m.t.Fatal(err)
	}
	if got := int(v.Record().Rows); got != len(rows) {
		m.t.Fatalf("table %d has %d rows, want %d", number, got, len(rows))
	}
	for row, want := range rows {
		alive, err := v.IsAlive(uint32(row))
		if err != nil || alive != (want != nil) {
			m.t.Fatalf("table %d, row %d: alive %v, %v", number, row, alive, err)
		}
		if want == nil {
			continue
		}
		im, err := v.Image(uint32(row))
		if err != nil {
			m.t.Fatal(err)
		}
		if want := want.Image; !graph.SameState(want, im) || want.Identity() != im.Identity() || want.Meta != im.Meta ||
			!slices.Equal(want.Class, im.Class) {
			m.t.Fatalf("table %d, row %d (-want +got):\n%s", number, row, cmp.Diff(want, im, cmp.Comparer(graph.Equal)))
		}
		for name, value := range map[string]graph.Value{
			table.ColumnTouched: graph.IntValue(int64(want.Touched)), table.ColumnHash: graph.IntValue(int64(want.Hash)),
		} {
			if got, err := v.Value(uint32(row), name); err != nil || !graph.Equal(got, value) {
				m.t.Fatalf("table %d, row %d, %q: %v, %v; want %v", number, row, name, got, err, value)
			}
		}
		if got, err := v.Value(uint32(row), table.ColumnParent); err != nil || got.Str() != want.Parent {
			m.t.Fatalf("table %d, row %d: parent %v, %v; want %q", number, row, got, err, want.Parent)
		}
		id, err := v.Identity(uint32(row))
		if err != nil || id != want.Image.Identity() {
			m.t.Fatalf("table %d, row %d: %v, %v", number, row, id, err)
		}
	}
}

func (m *model) compareNear(ts *table.Tables, number uint32, rows []*table.Row) {
	m.t.Helper()
	v, err := ts.View(number)
	if err != nil {
		m.t.Fatal(err)
	}
	n := m.names[number]
	for _, p := range []table.Part{table.PartOut, table.PartIn} {
		end := n.From
		if p == table.PartIn {
			end = n.To
		}
		want := make([][][2]uint32, len(m.rows[end]))
		for row, r := range rows {
			if r == nil {
				continue
			}
			near, far := r.From, r.To
			if p == table.PartIn {
				near, far = far, near
			}
			want[near] = append(want[near], [2]uint32{far, uint32(row)})
		}
		for row := range want {
			near, err := v.Near(p, row/int(m.group))
			if err != nil {
				m.t.Fatal(err)
			}
			var l column.Lists
			if err := near.AppendRow(&l, row%int(m.group)); err != nil {
				m.t.Fatal(err)
			}
			var got [][2]uint32
			for i := range l.Neighbours {
				got = append(got, [2]uint32{l.Neighbours[i], l.Edges[i]})
			}
			if !slices.Equal(got, want[row]) {
				m.t.Fatalf("table %d, part %d, row %d: %v, want %v", number, p, row, got, want[row])
			}
			twice := map[uint32]bool{}
			for _, x := range want[row] {
				if twice[x[0]] && near.Simple() {
					m.t.Fatalf("table %d, part %d, row %d: %v is not simple", number, p, row, got)
				}
				twice[x[0]] = true
			}
		}
	}
}

func (m *model) compareStatistics(ts *table.Tables, number uint32, rows []*table.Row) {
	m.t.Helper()
	v, err := ts.View(number)
	if err != nil {
		m.t.Fatal(err)
	}
	s, err := table.ReadStatistics(m.file, number)
	if err != nil {
		m.t.Fatal(err)
	}
	if s == nil || v.Record().Stale > 0 {
		if s == nil && len(rows) > 0 {
			m.t.Fatalf("table %d has no statistics", number)
		}
		return
	}
	counts := map[string]map[string]uint32{}
	live := uint32(0)
	for _, r := range rows {
		if r == nil {
			continue
		}
		live++
		for _, p := range r.Image.Props {
			if counts[p.Name] == nil {
				counts[p.Name] = map[string]uint32{}
			}
			counts[p.Name][p.Value.String()]++
		}
	}
	if s.Live != live || len(s.Properties) != len(counts) {
		m.t.Fatalf("table %d: statistics of %d rows, %d properties; want %d, %d", number, s.Live, len(s.Properties), live, len(counts))
	}
	for name, values := range counts {
		p, ok := s.Find(name)
		if !ok {
			m.t.Fatalf("table %d: no statistics of %s", number, name)
		}
		nulls, filled := values["null"], uint32(0)
		delete(values, "null")
		for _, n := range values {
			filled += n
		}
		if p.Filled != filled || p.Nulls != nulls || !p.Exact || int(p.Distinct) != len(values) {
			m.t.Fatalf("table %d, %s: %+v; want %d filled, %d nulls, %d distinct", number, name, p, filled, nulls, len(values))
		}
		for _, c := range p.Common {
			if values[c.Value.String()] != c.Count {
				m.t.Fatalf("table %d, %s: %v %d times, want %d", number, name, c.Value, c.Count, values[c.Value.String()])
			}
		}
	}
}
