package store

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// batchSize is the most that Scan and Expand yield at once.
const batchSize = 2048

// entityTables returns the tables that can hold entities of a selection, without
// those that hold none.
func (e *edition) entityTables(sel *graph.Selection) ([]*sheet, error) {
	var out []*sheet
	for _, s := range e.candidates(sel) {
		n, err := s.live()
		if err != nil {
			return out, err
		}
		if n == 0 {
			continue
		}
		m, err := s.membership(sel)
		if err != nil {
			return out, err
		}
		if m != memberNone {
			out = append(out, s)
		}
	}
	return out, nil
}

// candidates returns the entity tables to be looked at for a selection: those of
// its types, unless it is about classes or anything too.
func (e *edition) candidates(sel *graph.Selection) []*sheet {
	var out []*sheet
	if len(sel.Types) == 0 || len(sel.Classes) > 0 {
		for n := 1; n <= e.entitySheets(); n++ {
			out = append(out, e.sheet(uint32(n)))
		}
		return out
	}
	var numbers []uint32
	for _, typ := range sel.Types {
		if typ == graph.RunType {
			numbers = append(numbers, uint32(e.runAt+1))
		}
		if n := e.typeNumber(typ); n != 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		out = append(out, e.sheet(n))
	}
	return out
}

// typeNumber returns the number of the stored table of a type, 0 if there is none.
func (e *edition) typeNumber(typ string) uint32 {
	i, ok := slices.BinarySearchFunc(e.dir.Entities, typ, compareType)
	if !ok {
		return 0
	}
	return e.entityHandle(i)
}

func compareType(t table.Entry, typ string) int { return strings.Compare(t.Type, typ) }

// Tables lists the tables that can hold entities of a selection, whatever its
// Where says.
func (s *Snapshot) Tables(sel graph.Selection) []graph.Table {
	list, err := s.edition.entityTables(&sel)
	s.note(err)
	var out []graph.Table
	for _, t := range list {
		rows, err := t.rows()
		s.note(err)
		live, err := t.live()
		s.note(err)
		out = append(out, graph.Table{Number: t.number, Type: t.typ, Rows: rows, Live: live})
	}
	return out
}

// Table describes one of the tables that Tables lists for any entity, false for others.
func (s *Snapshot) Table(number uint32) (graph.Table, bool) {
	t := s.edition.sheet(number)
	if t == nil || t.virtual || t.kind != graph.EntityKind {
		return graph.Table{}, false
	}
	rows, err := t.rows()
	s.note(err)
	live, err := t.live()
	s.note(err)
	return graph.Table{Number: t.number, Type: t.typ, Rows: rows, Live: live}, live > 0
}

// Scan yields the entities of a selection by table and row. A batch is valid
// until the next one.
func (s *Snapshot) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		c := &scan{edition: s.edition, ctx: ctx, where: newCondition(sel.Where), sel: &sel, yield: yield}
		err := c.run()
		if err == nil {
			err = c.flush()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// errStopped says that whoever takes the batches wants no more.
var errStopped = errors.New("stopped")

// scan collects the entities of a selection.
type scan struct {
	*edition
	ctx   context.Context
	sel   *graph.Selection
	where *condition
	yield func([]graph.Ref, error) bool
	batch []graph.Ref
}

func (c *scan) run() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if refs, ok, err := c.named(c.where); ok || err != nil {
		return c.among(refs, err)
	}
	list := c.candidates(c.sel)
	for _, s := range list {
		if n, err := s.live(); err != nil || n == 0 {
			if err != nil {
				return err
			}
			continue
		}
		where, ok, err := s.within(c.sel, c.where)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := c.table(s, where); err != nil {
			return err
		}
	}
	return nil
}

// among takes from some entities those of the selection.
func (c *scan) among(refs []graph.Ref, err error) error {
	if err != nil {
		return err
	}
	for _, ref := range refs {
		s := c.sheet(ref.Table())
		if s.kind != graph.EntityKind {
			continue
		}
		where, ok, err := s.within(c.sel, c.where)
		if err != nil {
			return err
		}
		keep := []bool{ok}
		if ok && where != nil {
			err = s.judge(where, int(ref.Row()/table.GroupRows), []uint32{ref.Row() % table.GroupRows}, keep)
		}
		if err == nil && keep[0] {
			err = c.add(ref)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// table adds those of a table.
func (c *scan) table(s *sheet, where *condition) error {
	groups, err := s.groups()
	if err != nil {
		return err
	}
	for g := range groups {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := c.group(s, where, g); err != nil {
			return err
		}
	}
	return nil
}

// group adds those of a row group.
func (c *scan) group(s *sheet, where *condition, group int) error {
	if rows, ok, err := s.begun(where, group); ok || err != nil {
		return cmp.Or(err, c.rows(s, group, rows))
	}
	found, err := s.chosen(where, group)
	if err != nil {
		return err
	}
	for part := range batches(found, batchSize) {
		if err := c.rows(s, group, part); err != nil {
			return err
		}
	}
	return nil
}

func (c *scan) rows(s *sheet, group int, rows []uint32) error {
	first := uint32(group) * table.GroupRows
	for _, row := range rows {
		if err := c.add(graph.NewRef(s.number, first+row)); err != nil {
			return err
		}
	}
	return nil
}

func (c *scan) add(ref graph.Ref) error {
	if c.batch == nil {
		c.batch = make([]graph.Ref, 0, batchSize)
	}
	if c.batch = append(c.batch, ref); len(c.batch) == batchSize {
		return c.flush()
	}
	return nil
}

func (c *scan) flush() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if len(c.batch) > 0 && !c.yield(c.batch, nil) {
		return errStopped
	}
	c.batch = c.batch[:0]
	return nil
}

// chosen returns the living rows of a group for which a condition holds; all of
// them, not to be written to, when it is nil.
func (s *sheet) chosen(where *condition, group int) (column.Bitmap, error) {
	all, err := s.alive()
	if err != nil {
		return nil, err
	}
	rows := groupOf(all, group)
	if where == nil {
		return rows, nil
	}
	rows = rows.Clone()
	return rows, s.filter(where, group, rows)
}

// Select returns the living rows of a table for which where holds, all of them when
// it is nil: bit r%64 of word r/64 stands for row r.
func (s *Snapshot) Select(ctx context.Context, number uint32, where graph.Predicate) ([]uint64, error) {
	t := s.edition.sheet(number)
	if t == nil {
		return nil, errNoHandle
	}
	all, err := t.alive()
	if err != nil || where == nil {
		return all, errors.Join(err, ctx.Err())
	}
	c := newCondition(where)
	if c.prefix() != "" {
		return t.selectBegun(ctx, c)
	}
	rows := all.Clone()
	groups, err := t.groups()
	for g := 0; g < groups && err == nil; g++ {
		if err = ctx.Err(); err == nil {
			err = t.filter(c, g, groupOf(rows, g))
		}
	}
	return rows, err
}
