package table

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// Loss is something that a Salvager could not read.
type Loss struct {
	Entry
	Group  int    // of rows; -1 for the whole table
	Column string // that the rows lack; "" where the rows themselves are lost
	Rows   int    // how many rows it is about; -1 where nobody knows
	Err    error
}

// Salvager reads what is intact in the tables of a damaged file. Every value that
// it gives was sealed: what is not there may be lost, what is there is right.
type Salvager struct {
	ts    *Tables
	names *nameCache
	lost  func(Loss)
}

// NewSalvager returns a Salvager that tells of each loss once. The File of the
// tables gives an error for a key of which it does not know whether it is there.
func NewSalvager(ts *Tables, lost func(Loss)) *Salvager {
	return &Salvager{ts, newNameCache(ts), lost}
}

// Rebuild returns the directory of tables whose records were found.
func Rebuild(records []*Record) *Directory {
	d := NewDirectory()
	for _, r := range records {
		e := Entry{Name{Kind: r.Kind, Type: r.Type, Class: r.Class, From: r.From, To: r.To}, r.Number}
		if r.Kind == graph.EntityKind {
			d.Entities = append(d.Entities, e)
		} else {
			d.Edges = append(d.Edges, e)
		}
		d.next = max(d.next, r.Number+1)
	}
	d.sort()
	return d
}

// Table yields the objects of a table of the directory. The error is that of ctx.
func (s *Salvager) Table(ctx context.Context, e Entry) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		v, err := s.ts.View(e.Number)
		if err == nil {
			err = head(v.rec, e)
		}
		if err != nil {
			s.lost(Loss{Entry: e, Group: -1, Rows: -1, Err: err})
			return
		}
		t := &salvaging{Salvager: s, entry: e, view: v}
		if e.Kind == graph.RelationshipKind {
			if err := t.readEnds(); err != nil {
				s.lost(Loss{Entry: e, Group: -1, Rows: int(v.rec.Live), Err: err})
				return
			}
		}
		for g := range v.Groups() {
			if err := t.group(ctx, g, yield); err != nil {
				if !errors.Is(err, errEnoughRows) {
					yield(nil, err)
				}
				return
			}
		}
	}
}

// errEnoughRows says that whoever takes the objects wants no more.
var errEnoughRows = errors.New("stopped")

// salvaging is one table that is read.
type salvaging struct {
	*Salvager
	entry    Entry
	view     *View
	from, to *names // of edge tables
	ends     Ends
	known    []bool // whether the ends of a row are
	unknown  error  // why some are not
}

// readEnds finds the ends of relationships: outward, and where that is lost, inward.
func (t *salvaging) readEnds() error {
	var err error
	if t.from, err = t.names.of(t.view.rec.From); err != nil {
		return err
	}
	if t.to, err = t.names.of(t.view.rec.To); err != nil {
		return err
	}
	t.ends = Ends{make([]uint32, t.view.rec.Rows), make([]uint32, t.view.rec.Rows)}
	t.known = make([]bool, t.view.rec.Rows)
	if t.unknown = t.readSide(PartOut, t.from.view); t.unknown != nil {
		_ = t.readSide(PartIn, t.to.view)
	}
	return nil
}

// readSide reads one direction, and returns the first error.
func (t *salvaging) readSide(p Part, near *View) (first error) {
	for g := range near.Groups() {
		if err := t.readNear(p, g, uint32(g)*t.view.rec.groupRows()); err != nil {
			first = firstOf(first, err)
		}
	}
	return first
}

func (t *salvaging) readNear(p Part, g int, first uint32) error {
	n, err := t.view.fresh().near(p, g)
	if err != nil {
		return err
	}
	var l column.Lists
	if err := n.AppendTo(&l, true); err != nil {
		return err
	}
	for row := range l.Rows() {
		for i := l.Offsets[row]; i < l.Offsets[row+1]; i++ {
			edge, from, to := l.Edges[i], first+uint32(row), l.Neighbours[i]
			if p == PartIn {
				from, to = to, from
			}
			switch {
			case int(edge) >= len(t.known):
				return errEdge
			case !t.known[edge]:
				t.ends.From[edge], t.ends.To[edge], t.known[edge] = from, to, true
			}
		}
	}
	return nil
}

// salvaged is a column of a row group that can be read.
type salvaged struct {
	name   string
	column *column.Column
	values []graph.Value // of the rows at hand
}

// group yields the objects of a row group.
func (t *salvaging) group(ctx context.Context, g int, yield func(*graph.Image, error) bool) error {
	const atOnce = 1024
	v := t.view.fresh()
	loss := Loss{Entry: t.entry, Group: g, Rows: v.GroupLen(g)}
	alive, err := v.Alive(g)
	if err != nil {
		loss.Err = err
		t.lost(loss)
		return nil
	}
	loss.Rows = alive.Count()
	columns, ok := t.columns(v, g, loss)
	if !ok || loss.Rows == 0 {
		return nil
	}
	part := Loss{Entry: t.entry, Group: g}
	rows := alive.AppendRows(nil)
	for lo := 0; lo < len(rows); lo += atOnce {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := rows[lo:min(lo+atOnce, len(rows))]
		if !t.read(columns, some, &part) {
			continue
		}
		for i, row := range some {
			im, err := t.image(columns, i, uint32(g)*v.rec.groupRows()+row)
			if err != nil {
				part.Rows, part.Err = part.Rows+1, firstOf(part.Err, err)
				continue
			}
			if !yield(im, nil) {
				return errEnoughRows
			}
		}
	}
	if part.Rows > 0 {
		t.lost(part)
	}
	return nil
}

// columns opens the columns of a group; false tells that one is lost without which
// there are no objects.
func (t *salvaging) columns(v *View, g int, loss Loss) ([]*salvaged, bool) {
	var out []*salvaged
	for i, name := range v.rec.Columns {
		if name == ColumnTouched || name == ColumnParent || name == ColumnHash {
			continue
		}
		c, err := v.Column(g, Column(i))
		if err == nil {
			out = append(out, &salvaged{name: name, column: c})
			continue
		}
		loss.Err, loss.Column = err, name
		if isVital(name) {
			loss.Column = ""
			t.lost(loss)
			return nil, false
		}
		t.lost(loss)
	}
	return out, true
}

// isVital reports whether objects are none without a column.
func isVital(name string) bool {
	return name == ColumnKey || name == ColumnInstance || name == ColumnClass
}

// read reads the values of some rows. Where one cannot be read, the rows are lost.
func (t *salvaging) read(columns []*salvaged, rows []uint32, part *Loss) bool {
	for _, c := range columns {
		c.values = make([]graph.Value, len(rows)) // images keep them
		if err := c.column.Values(rows, c.values); err != nil {
			part.Rows, part.Err = part.Rows+len(rows), firstOf(part.Err, err)
			return false
		}
	}
	return true
}

// image puts an object together, of the i-th of the rows that were read.
func (t *salvaging) image(columns []*salvaged, i int, row uint32) (*graph.Image, error) {
	im := &graph.Image{Kind: t.entry.Kind, Type: t.entry.Type}
	var props []graph.Property
	for _, c := range columns {
		switch x := c.values[i]; {
		case x.Kind() == graph.Undefined:
		case IsEngine(c.name):
			setColumn(im, c.name, x)
		default:
			props = append(props, graph.Property{Name: c.name, Value: x})
		}
	}
	im.Props = graph.SortProperties(props)
	if t.entry.Kind == graph.RelationshipKind {
		if err := t.join(im, row); err != nil {
			return nil, err
		}
	}
	if im.Key == "" || im.Instance == "" {
		return nil, errNoKey
	}
	return im, nil
}

// join fills in what a relationship has from its ends.
func (t *salvaging) join(im *graph.Image, row uint32) (err error) {
	im.Class = []string{t.entry.Class}
	if !t.known[row] {
		return firstOf(t.unknown, errOnce)
	}
	if im.From, err = t.from.end(t.ends.From[row]); err != nil {
		return err
	}
	if im.To, err = t.to.end(t.ends.To[row]); err != nil {
		return err
	}
	if im.Key == "" {
		im.Key = DerivedKey(im.From.Key, t.entry.Class, im.To.Key)
	}
	return nil
}

// Intact reports whether a value of BucketTable, BucketBase or BucketPatch is what
// was stored under its key.
func Intact(bucket string, key, value []byte) bool {
	if bucket == BucketTable {
		if len(key) != 4 {
			return false
		}
		_, err := DecodeRecord(binary.BigEndian.Uint32(key), value)
		return err == nil
	}
	_, err := column.Unseal(value, place(bucket, key))
	return err == nil
}

// firstOf returns the first of two errors that is one.
func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
