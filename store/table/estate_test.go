package table_test

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// The measurements run on a generated estate, whose folder J1DB_BENCH_DIR names.
// It holds entities.jsonl and relationships.jsonl in JupiterOne's shape.
const estateVar = "J1DB_BENCH_DIR"

// estate is the generated data, taken apart by type.
type estate struct {
	entities []*entities
	types    map[string]*entities
	at       map[string]place // by key
	edges    []*edges
	links    map[string]*edges
}

type place struct {
	of  *entities
	row uint32
}

// entities are those of one type, by property.
type entities struct {
	name, class string
	keys        []string
	hashes      []uint64
	columns     []*prop
	byName      map[string]*prop
}

type prop struct {
	name   string
	chunks []*column.Builder
}

// edges are the relationships of one type.
type edges struct {
	name, class string
	from, to    *entities
	rows        []edge
}

type edge struct {
	from, to uint32
	hash     uint64
	created  int64 // 0 for none
}

var loadEstate = sync.OnceValues(func() (*estate, error) {
	e := &estate{types: map[string]*entities{}, at: map[string]place{}, links: map[string]*edges{}}
	if err := eachLine("entities.jsonl", e.addEntity); err != nil {
		return nil, err
	}
	if err := eachLine("relationships.jsonl", e.addRelationship); err != nil {
		return nil, err
	}
	for _, l := range e.edges {
		slices.SortStableFunc(l.rows, func(a, b edge) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	}
	return e, nil
})

func needEstate(t testing.TB) *estate {
	t.Helper()
	if os.Getenv(estateVar) == "" {
		t.Skipf("SKIPPED: %s is not set: it names the folder of a generated estate to measure on", estateVar)
	}
	e, err := loadEstate()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func eachLine(name string, do func(line []byte) error) error {
	f, err := os.Open(filepath.Join(os.Getenv(estateVar), name))
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(make([]byte, 1<<20), 1<<20)
	for s.Scan() {
		if err := do(s.Bytes()); err != nil {
			return fmt.Errorf("read %s: %w", s.Bytes(), err)
		}
	}
	return s.Err()
}

func (e *estate) addEntity(line []byte) error {
	typ := field(line, "_type")
	t := e.types[typ]
	if t == nil {
		_, class, _ := bytes.Cut(line, []byte(`"_class":["`))
		t = &entities{name: typ, class: string(class[:bytes.IndexByte(class, '"')]), byName: map[string]*prop{}}
		e.types[typ], e.entities = t, append(e.entities, t)
	}
	key, row := field(line, "_key"), len(t.keys)
	e.at[key] = place{t, uint32(row)}
	t.keys = append(t.keys, key)
	t.hashes = append(t.hashes, keyHash(graph.Identity{Instance: "acme", Key: key}))
	return eachField(line, func(name string, raw []byte) error {
		if name[0] == '_' {
			return nil
		}
		p := t.byName[name]
		if p == nil {
			p = &prop{name: name}
			t.byName[name], t.columns = p, append(t.columns, p)
		}
		for len(p.chunks) <= row/column.MaxRows {
			p.chunks = append(p.chunks, &column.Builder{})
		}
		b := p.chunks[row/column.MaxRows]
		b.AppendUndefined(row%column.MaxRows - b.Len())
		return appendRaw(b, raw)
	})
}

func appendRaw(b *column.Builder, raw []byte) error {
	switch c := raw[0]; c {
	case '"':
		b.AppendText(raw[1 : len(raw)-1])
	case 't', 'f':
		b.AppendBool(c == 't')
	case '[':
		b.OpenList()
		for part := range bytes.SplitSeq(raw[1:len(raw)-1], []byte(",")) {
			if len(part) > 0 {
				b.AppendText(part[1 : len(part)-1])
			}
		}
		b.CloseList()
	default:
		i, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return err
		}
		b.AppendInt(i)
	}
	return nil
}

func (e *estate) addRelationship(line []byte) error {
	typ, class := field(line, "_type"), field(line, "_class")
	fromKey, toKey := field(line, "_fromEntityKey"), field(line, "_toEntityKey")
	from, to := e.at[fromKey], e.at[toKey]
	if from.of == nil || to.of == nil {
		return fmt.Errorf("it lacks an end")
	}
	l := e.links[typ]
	if l == nil {
		l = &edges{name: typ, class: class, from: from.of, to: to.of}
		e.links[typ], e.edges = l, append(e.edges, l)
	}
	x := edge{from: from.row, to: to.row}
	x.hash = keyHash(graph.Identity{Kind: graph.RelationshipKind, Instance: "acme", Key: table.DerivedKey(fromKey, class, toKey)})
	if i := bytes.Index(line, []byte(`"createdOn":`)); i > 0 {
		x.created, _ = strconv.ParseInt(string(bytes.TrimRight(line[i+12:], "}")), 10, 64)
	}
	l.rows = append(l.rows, x)
	return nil
}

// field returns a text property of a line whose texts need no unescaping.
func field(line []byte, name string) string {
	_, rest, _ := bytes.Cut(line, []byte(`"`+name+`":"`))
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(value)
}

// eachField divides a flat object, whose texts need no unescaping.
func eachField(line []byte, do func(name string, raw []byte) error) error {
	rest := line[1:]
	for len(rest) > 1 {
		name, after, _ := bytes.Cut(rest[1:], []byte(`":`))
		end := 0
		switch after[0] {
		case '"':
			end = bytes.IndexByte(after[1:], '"') + 2
		case '[':
			end = bytes.IndexByte(after, ']') + 1
		default:
			end = bytes.IndexAny(after, ",}")
		}
		if err := do(string(name), after[:end]); err != nil {
			return err
		}
		rest = after[end+1:]
	}
	return nil
}

// fill puts the whole estate into an editor.
func (e *estate) fill(t testing.TB, ed *table.Editor) {
	t.Helper()
	numbers := map[*entities]uint32{}
	for _, x := range e.entities {
		number, err := ed.Table(table.Name{Type: x.name})
		if err != nil {
			t.Fatal(err)
		}
		numbers[x] = number
		reserve(t, ed, number, x.filling())
	}
	for _, l := range e.edges {
		n := table.Name{Kind: graph.RelationshipKind, Type: l.name, Class: l.class, From: numbers[l.from], To: numbers[l.to]}
		number, err := ed.Table(n)
		if err != nil {
			t.Fatal(err)
		}
		reserve(t, ed, number, l.filling())
	}
}

func reserve(t testing.TB, ed *table.Editor, number uint32, f table.Filling) {
	t.Helper()
	first, err := ed.Reserve(number, uint32(f.Len))
	if err == nil {
		err = ed.Fill(number, first, f)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (x *entities) filling() table.Filling {
	f := table.Filling{Len: len(x.keys)}
	for _, p := range x.columns {
		f.Columns = append(f.Columns, p.name)
	}
	f.Rows = func(lo, hi int, s *table.Sink) error {
		class := []string{x.class}
		for row := lo; row < hi; row++ {
			s.Begin(table.Head{
				Key: x.keys[row], Instance: "acme", Class: class, Version: 1, CreatedOn: 1700000000000, BeginOn: 1700000000000,
				Touched: 1, Hash: x.hashes[row] * 0x9e3779b97f4a7c15, KeyHash: x.hashes[row],
			})
			for i, p := range x.columns {
				if k := row / column.MaxRows; k < len(p.chunks) && row%column.MaxRows < p.chunks[k].Len() {
					s.Set(i, p.chunks[k].Value(row%column.MaxRows))
				}
			}
		}
		return nil
	}
	return f
}

func (l *edges) filling() table.Filling {
	f := table.Filling{Len: len(l.rows), Columns: []string{"displayName", "createdOn"}}
	for _, r := range l.rows {
		f.Ends.From, f.Ends.To = append(f.Ends.From, r.from), append(f.Ends.To, r.to)
	}
	f.Rows = func(lo, hi int, s *table.Sink) error {
		for _, r := range l.rows[lo:hi] {
			s.Begin(table.Head{
				Instance: "acme", Version: 1, CreatedOn: 1700000000000, BeginOn: 1700000000000,
				Touched: 1, Hash: r.hash * 0x9e3779b97f4a7c15, KeyHash: r.hash,
			})
			s.Set(0, graph.StringValue(l.class))
			if r.created != 0 {
				s.Set(1, graph.IntValue(r.created))
			}
		}
		return nil
	}
	return f
}
