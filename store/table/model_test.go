package table_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// model is what the tables should hold.
type model struct {
	t     *testing.T
	rnd   *rand.Rand
	group uint32
	file  memory
	dir   *table.Directory
	rows  map[uint32][]*table.Row // by table; nil for an empty row
	names map[uint32]table.Name
	next  int
	now   uint64

	edits []func(e *table.Editor) error // of the step at hand
}

func newModel(t *testing.T, seed uint64, group uint32) *model {
	return &model{
		t: t, rnd: rand.New(rand.NewPCG(seed, 7)), group: group, file: memory{}, dir: table.NewDirectory(),
		rows: map[uint32][]*table.Row{}, names: map[uint32]table.Name{},
	}
}

func TestEditorAgainstModel(t *testing.T) {
	for _, group := range []uint32{8, 40, 200, 640} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("group=%d/seed=%d", group, seed), func(t *testing.T) {
				m := newModel(t, seed, group)
				for range 12 {
					m.step()
					m.compare()
				}
			})
		}
	}
}

// step edits at random, twice: with one worker and with several.
func (m *model) step() {
	m.t.Helper()
	m.now++
	m.edits = nil
	m.addTables()
	for range m.rnd.IntN(6) + 1 {
		m.edit()
	}
	var first []table.Write
	for i, workers := range []int{1, 3} {
		e, err := table.NewEditor(open(m.file, m.dir, m.group), table.EditorOptions{KeyHash: keyHash, Workers: workers})
		if err != nil {
			m.t.Fatal(err)
		}
		for _, do := range m.edits {
			if err := do(e); err != nil {
				m.t.Fatal(err)
			}
		}
		writes, err := e.Writes(m.t.Context())
		if err != nil {
			m.t.Fatal(err)
		}
		if i == 0 {
			first = writes
			continue
		}
		if !slices.EqualFunc(first, writes, sameWrite) {
			m.t.Fatalf("the same edits give other writes (-one worker +several):\n%s", cmp.Diff(first, writes))
		}
		m.dir = e.Directory()
	}
	m.file.apply(m.t, first)
}

func sameWrite(a, b table.Write) bool {
	return a.Bucket == b.Bucket && bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Value, b.Value)
}

// addTables makes sure that there are tables; their numbers follow from the order.
func (m *model) addTables() {
	want := []table.Name{{Type: "apple"}, {Type: "pear"}, {Type: "quince"}}
	for _, ends := range [][2]uint32{{1, 2}, {2, 2}, {3, 1}} {
		for _, class := range []string{"HAS", "USES"} {
			want = append(want, table.Name{Kind: graph.RelationshipKind, Type: "link", Class: class, From: ends[0], To: ends[1]})
		}
	}
	m.edits = append(m.edits, func(e *table.Editor) error {
		for i, n := range want {
			number, err := e.Table(n)
			if err != nil {
				return err
			}
			if number != uint32(i+1) {
				return fmt.Errorf("table of %v is %d", n, number)
			}
		}
		return nil
	})
	for i, n := range want {
		m.names[uint32(i+1)] = n
	}
}

func (m *model) pick(lo, hi uint32) uint32 { return lo + m.rnd.Uint32N(hi-lo+1) }

func (m *model) edit() {
	switch k := m.rnd.IntN(10); {
	case k < 2:
		m.fill(m.pick(1, 3), m.size())
	case k < 4:
		m.fillEdges(m.pick(4, 9), m.size())
	case k < 5:
		m.reserve(m.pick(1, 9))
	case k < 8:
		m.change(m.pick(1, 9))
	case k < 9:
		m.removeEdges(m.pick(4, 9))
	default:
		m.remove(m.pick(1, 3))
	}
}

func (m *model) size() int {
	if m.rnd.IntN(3) == 0 {
		return m.rnd.IntN(4)
	}
	return m.rnd.IntN(int(m.group) * 2)
}

func (m *model) value() graph.Value {
	switch m.rnd.IntN(9) {
	case 0:
		return graph.NullValue()
	case 1:
		return graph.BoolValue(m.rnd.IntN(2) == 0)
	case 2:
		return graph.IntValue(m.rnd.Int64N(5))
	case 3:
		return graph.FloatValue(m.rnd.Float64())
	case 4:
		return graph.StringsValue([]string{"red", "ripe"}[:m.rnd.IntN(3)])
	}
	return graph.StringValue([]string{"red", "green", "ripe", "a long text that says nothing at all"}[m.rnd.IntN(4)])
}

// props are some properties; name is often the displayName, and another text never
// changes.
func (m *model) props() graph.Properties {
	shown := graph.StringValue(fmt.Sprintf("Tree %d", m.rnd.IntN(1000)))
	ps := []graph.Property{{Name: "displayName", Value: shown}, {Name: "name", Value: shown}}
	for _, name := range []string{"colour", "weight", "tags", "note", fmt.Sprintf("extra%d", m.now)} {
		if m.rnd.IntN(3) > 0 {
			ps = append(ps, graph.Property{Name: name, Value: m.value()})
		}
	}
	if m.rnd.IntN(4) == 0 {
		ps = ps[m.rnd.IntN(3):]
	}
	return graph.SortProperties(slices.Clone(ps))
}

// row makes a state for a row of a table; of edges it needs living ends.
func (m *model) row(number uint32) *table.Row {
	n := m.names[number]
	m.next++
	im := &graph.Image{
		Kind: n.Kind, Type: n.Type, Instance: []string{"north", "south"}[m.rnd.IntN(2)], Key: fmt.Sprintf("%s:%d", n.Type, m.next),
		Class: []string{"Tree", "Plant"}[:m.rnd.IntN(3)], Props: m.props(),
		Meta: graph.Meta{Version: uint64(m.rnd.IntN(4)), CreatedOn: int64(m.now), BeginOn: int64(m.now)},
	}
	if len(im.Class) == 0 {
		im.Class = nil
	}
	r := &table.Row{Image: im, Touched: m.now, Hash: m.rnd.Uint64()}
	if m.rnd.IntN(3) == 0 {
		r.Parent = "orchard"
	}
	if n.Kind == graph.RelationshipKind && !m.join(r, n) {
		return nil
	}
	return r
}

// join gives an edge living ends, and perhaps a key that follows from them.
func (m *model) join(r *table.Row, n table.Name) bool {
	from, ok := m.living(n.From)
	to, also := m.living(n.To)
	if !ok || !also {
		return false
	}
	r.From, r.To = from, to
	r.Image.Class = []string{n.Class}
	r.Image.From, r.Image.To = m.end(n.From, from), m.end(n.To, to)
	if m.rnd.IntN(3) > 0 && r.Image.From.Instance == r.Image.To.Instance && !m.linked(r) {
		r.Image.Instance = r.Image.From.Instance
		r.Image.Key = table.DerivedKey(r.Image.From.Key, n.Class, r.Image.To.Key)
	}
	return true
}

// linked reports whether there may be an edge of the key that follows from r.
func (m *model) linked(r *table.Row) bool {
	key := table.DerivedKey(r.Image.From.Key, r.Image.Class[0], r.Image.To.Key)
	for number := range m.rows {
		for _, o := range m.rows[number] {
			if o != nil && o.Image.Key == key {
				return true
			}
		}
	}
	return false
}

func (m *model) end(number, row uint32) graph.End {
	im := m.rows[number][row].Image
	return graph.End{Instance: im.Instance, Key: im.Key}
}

func (m *model) living(number uint32) (uint32, bool) {
	rows := m.rows[number]
	for range 20 {
		if len(rows) == 0 {
			return 0, false
		}
		if i := m.rnd.IntN(len(rows)); rows[i] != nil {
			return uint32(i), true
		}
	}
	return 0, false
}

func (m *model) fill(number uint32, n int) {
	rows := make([]*table.Row, n)
	for i := range rows {
		rows[i] = m.row(number)
	}
	m.pour(number, rows)
}

func (m *model) fillEdges(number uint32, n int) {
	first := len(m.rows[number])
	for range n {
		if r := m.row(number); r != nil {
			m.rows[number] = append(m.rows[number], r) // so that linked sees it
		}
	}
	rows := slices.Clone(m.rows[number][first:])
	m.rows[number] = m.rows[number][:first]
	slices.SortFunc(rows, func(a, b *table.Row) int {
		return int(int64(a.From)<<32|int64(a.To)) - int(int64(b.From)<<32|int64(b.To))
	})
	m.pour(number, rows)
}

// pour appends rows with Fill, sometimes in two parts.
func (m *model) pour(number uint32, rows []*table.Row) {
	first := uint32(len(m.rows[number]))
	m.rows[number] = append(m.rows[number], rows...)
	cut := len(rows)
	if m.rnd.IntN(3) == 0 {
		cut = m.rnd.IntN(len(rows) + 1)
	}
	m.edits = append(m.edits, func(e *table.Editor) error {
		if at, err := e.Reserve(number, uint32(len(rows))); err != nil || at != first {
			return fmt.Errorf("reserve: %d, %v; want %d", at, err, first)
		}
		if err := e.Fill(number, first+uint32(cut), filling(m.names[number], rows[cut:])); err != nil {
			return err
		}
		return e.Fill(number, first, filling(m.names[number], rows[:cut]))
	})
}

// filling is rows as a Filling.
func filling(n table.Name, rows []*table.Row) table.Filling {
	f := table.Filling{Len: len(rows), Columns: []string{"never"}}
	at := map[string]int{}
	for _, r := range rows {
		for _, p := range r.Image.Props {
			if _, ok := at[p.Name]; !ok {
				at[p.Name] = len(f.Columns)
				f.Columns = append(f.Columns, p.Name)
			}
		}
		if n.Kind == graph.RelationshipKind {
			f.Ends.From, f.Ends.To = append(f.Ends.From, r.From), append(f.Ends.To, r.To)
		}
	}
	f.Rows = func(lo, hi int, s *table.Sink) error {
		for _, r := range rows[lo:hi] {
			s.Begin(head(r))
			for _, p := range slices.Backward(r.Image.Props) {
				s.Set(at[p.Name], p.Value)
			}
		}
		return nil
	}
	return f
}

func head(r *table.Row) table.Head {
	im := r.Image
	h := table.Head{
		Key: im.Key, Instance: im.Instance, Class: im.Class, Parent: r.Parent, Version: im.Meta.Version,
		CreatedOn: im.Meta.CreatedOn, BeginOn: im.Meta.BeginOn, Touched: r.Touched, Hash: r.Hash, KeyHash: keyHash(im.Identity()),
	}
	if im.Kind == graph.RelationshipKind && im.From.Instance == im.Instance && im.To.Instance == im.Instance &&
		im.Key == table.DerivedKey(im.From.Key, im.Class[0], im.To.Key) {
		h.Key = ""
	}
	return h
}

// reserve appends rows one by one, of which some stay empty.
func (m *model) reserve(number uint32) {
	for range m.rnd.IntN(5) {
		r := m.row(number)
		if m.rnd.IntN(4) == 0 {
			r = nil
		}
		row := uint32(len(m.rows[number]))
		m.rows[number] = append(m.rows[number], r)
		m.edits = append(m.edits, func(e *table.Editor) error {
			if at, err := e.Reserve(number, 1); err != nil || at != row {
				return fmt.Errorf("reserve: %d, %v; want %d", at, err, row)
			}
			if r == nil {
				return nil
			}
			return e.Set(table.Place{Table: number, Row: row}, nil, r)
		})
	}
}

// old is the number of rows that a table has in the file.
func (m *model) old(number uint32) int {
	if !slices.ContainsFunc(m.dir.Entities, func(e table.Entry) bool { return e.Number == number }) &&
		!slices.ContainsFunc(m.dir.Edges, func(e table.Entry) bool { return e.Number == number }) {
		return 0
	}
	v, err := open(m.file, m.dir, m.group).View(number)
	if err != nil {
		m.t.Fatal(err)
	}
	return int(v.Record().Rows)
}

// change gives some rows of the file another state.
func (m *model) change(number uint32) {
	old := m.old(number)
	if old == 0 {
		return
	}
	for range m.rnd.IntN(1 + min(old, 12)) {
		row := m.rnd.IntN(old)
		before := m.rows[number][row]
		if before == nil {
			continue
		}
		after := *before
		im := *before.Image
		after.Image, after.Touched, after.Hash = &im, m.now, m.rnd.Uint64()
		im.Meta.Version++
		im.Props = m.props()
		if m.rnd.IntN(3) == 0 {
			im.Props = slices.Clone(before.Image.Props)
			im.Props.Set("colour", m.value())
		}
		if m.rnd.IntN(2) == 0 && m.names[number].Kind == graph.RelationshipKind && head(before).Key != "" {
			n := m.names[number]
			from, _ := m.living(n.From)
			to, ok := m.living(n.To)
			if ok && m.rows[n.From][from] != nil {
				after.From, after.To = from, to
				im.From, im.To = m.end(n.From, from), m.end(n.To, to)
			}
		}
		m.rows[number][row] = &after
		m.edits = append(m.edits, func(e *table.Editor) error {
			return e.Set(table.Place{Table: number, Row: uint32(row)}, before, &after)
		})
	}
}

func (m *model) drop(number uint32, row int) {
	before := m.rows[number][row]
	m.rows[number][row] = nil
	m.edits = append(m.edits, func(e *table.Editor) error {
		return e.Remove(table.Place{Table: number, Row: uint32(row)}, before)
	})
}

// removeEdges empties rows of the file, sometimes most of them.
func (m *model) removeEdges(number uint32) {
	old, share := m.old(number), 1+m.rnd.IntN(30)
	for row := range old {
		if m.rows[number][row] != nil && m.rnd.IntN(share) == 0 {
			m.drop(number, row)
		}
	}
}

// remove empties rows of entities of the file that no edge of this step needs.
func (m *model) remove(number uint32) {
	old, share := m.old(number), 1+m.rnd.IntN(30)
	for row := range old {
		if m.rows[number][row] == nil || m.rnd.IntN(share) > 0 || !m.release(number, uint32(row)) {
			continue
		}
		m.drop(number, row)
	}
}

// release removes the edges at an entity, unless one is too new.
func (m *model) release(number, row uint32) bool {
	type edge struct {
		table uint32
		row   int
	}
	var edges []edge
	for t := uint32(4); t <= 9; t++ {
		old := m.old(t)
		for i, r := range m.rows[t] {
			n := m.names[t]
			if r != nil && (n.From == number && r.From == row || n.To == number && r.To == row) {
				if i >= old {
					return false
				}
				edges = append(edges, edge{t, i})
			}
		}
	}
	for _, e := range edges {
		m.drop(e.table, e.row)
	}
	return true
}
