package column_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/j1db/j1db/store/column"
)

// The measurements run on a generated estate, whose folder J1DB_BENCH_DIR names.
// It holds entities.jsonl and relationships.jsonl in JupiterOne's shape.
const estateVar = "J1DB_BENCH_DIR"

// estate is the generated data, taken apart by type.
type estate struct {
	tables []*table
	edges  []*edges
	types  map[string]*table
	rows   map[string]place // by key
}

type place struct {
	table *table
	row   uint32
}

// table is the entities of one type: a builder for each property and chunk.
type table struct {
	name    string
	rows    int
	columns []*prop
	byName  map[string]*prop
}

type prop struct {
	name   string
	chunks []*column.Builder
}

// edges are the relationships of one type, in the order of the file.
type edges struct {
	name     string
	from, to *table
	near     []uint32
	far      []uint32
	created  []int64 // 0 for none
}

var loadEntities = sync.OnceValues(func() (*estate, error) {
	e := &estate{types: map[string]*table{}, rows: map[string]place{}}
	return e, eachLine("entities.jsonl", e.addEntity)
})

var loadEstate = sync.OnceValues(func() (*estate, error) {
	e, err := loadEntities()
	if err != nil {
		return nil, err
	}
	byType := map[string]*edges{}
	return e, eachLine("relationships.jsonl", func(line []byte) error { return e.addRelationship(byType, line) })
})

// needEstate returns what load loads, or skips.
func needEstate(t testing.TB, load func() (*estate, error)) *estate {
	t.Helper()
	if os.Getenv(estateVar) == "" {
		t.Skipf("SKIPPED: %s is not set: it names the folder of a generated estate to measure on", estateVar)
	}
	e, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// eachLine reads a file of the estate.
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
		t = &table{name: typ, byName: map[string]*prop{}}
		e.types[typ], e.tables = t, append(e.tables, t)
	}
	e.rows[field(line, "_key")] = place{t, uint32(t.rows)}
	err := eachField(line, func(name string, raw []byte) error {
		p := t.byName[name]
		if p == nil {
			p = &prop{name: name}
			t.byName[name], t.columns = p, append(t.columns, p)
		}
		return appendRaw(p.at(t.rows), raw)
	})
	t.rows++
	return err
}

// at returns the builder that takes the given row next.
func (p *prop) at(row int) *column.Builder {
	for len(p.chunks) <= row/column.MaxRows {
		p.chunks = append(p.chunks, &column.Builder{})
	}
	b := p.chunks[row/column.MaxRows]
	b.AppendUndefined(row%column.MaxRows - b.Len())
	return b
}

func appendRaw(b *column.Builder, raw []byte) error {
	switch c := raw[0]; {
	case c == '"':
		b.AppendText(raw[1 : len(raw)-1])
	case c == 't', c == 'f':
		b.AppendBool(c == 't')
	case c == '[':
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

func (e *estate) addRelationship(byType map[string]*edges, line []byte) error {
	typ := field(line, "_type")
	from, ok1 := e.rows[field(line, "_fromEntityKey")]
	to, ok2 := e.rows[field(line, "_toEntityKey")]
	if !ok1 || !ok2 {
		return fmt.Errorf("it lacks an end")
	}
	r := byType[typ]
	if r == nil {
		r = &edges{name: typ, from: from.table, to: to.table}
		byType[typ], e.edges = r, append(e.edges, r)
	}
	r.near, r.far = append(r.near, from.row), append(r.far, to.row)
	created := int64(0)
	if i := bytes.Index(line, []byte(`"createdOn":`)); i > 0 {
		created, _ = strconv.ParseInt(string(bytes.TrimRight(line[i+12:], "}")), 10, 64)
	}
	r.created = append(r.created, created)
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

// forward returns the relationships by near row.
func (r *edges) forward() (offsets, far, order []uint32) {
	return group(r.from.rows, r.near, r.far)
}

// group lists far by near: counted, then each list in order.
func group(rows int, near, far []uint32) (offsets, neighbours, order []uint32) {
	offsets = make([]uint32, rows+1)
	for _, n := range near {
		offsets[n+1]++
	}
	for i := range rows {
		offsets[i+1] += offsets[i]
	}
	next := slices.Clone(offsets)
	order = make([]uint32, len(near))
	for i, n := range near {
		order[next[n]] = uint32(i)
		next[n]++
	}
	for i := range rows {
		slices.SortStableFunc(order[offsets[i]:offsets[i+1]], func(a, b uint32) int { return int(far[a]) - int(far[b]) })
	}
	neighbours = make([]uint32, len(far))
	for i, o := range order {
		neighbours[i] = far[o]
	}
	return offsets, neighbours, order
}
