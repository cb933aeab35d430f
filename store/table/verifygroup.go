package table

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

var (
	errRows    = errors.New("it has more rows than the group")
	errUnknown = errors.New("it is of no part that there is")
	errNoKey   = errors.New("a row has no key or no instance")
	errStale   = errors.New("it does not agree with the columns")
)

// group checks one row group.
func (t *inspection) group(g int) {
	at := fmt.Sprintf("%s, group %d", t.name, g)
	v := t.view.fresh()
	for _, bucket := range [...]string{BucketBase, BucketPatch} {
		t.say(v.verifyPack(bucket, g), "%s, pack of %s", at, bucket)
	}
	n := v.GroupLen(g)
	if n == 0 {
		return
	}
	t.say(v.verifyDead(g), "%s, part %d", at, PartDead)
	for i, name := range v.rec.Columns {
		t.say(v.verifyColumn(g, Column(i)), "%s, column %q", at, name)
	}
	for _, p := range [...]Part{PartOrder, PartFilter, PartWeight} {
		t.say(v.verifySide(g, p), "%s, part %d", at, p)
	}
	t.say(t.rows(v, g), "%s", at)
}

// verifyPack checks that a pack holds parts that there are.
func (v *View) verifyPack(bucket string, g int) error {
	pack, err := v.pack(bucket, uint32(g))
	if err != nil || pack == nil {
		return err
	}
	for id := range pack.All() {
		if id > math.MaxUint32 || !v.rec.known(Part(id)) {
			return fmt.Errorf("part %d: %w", id, errUnknown)
		}
	}
	return pack.Verify()
}

// verifyDead checks the sets of empty rows.
func (v *View) verifyDead(g int) error {
	for _, read := range [...]func(int, Part) ([]byte, error){v.Base, v.Patch} {
		b, err := read(g, PartDead)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		m, n, err := column.DecodeRows(b)
		if err != nil {
			return err
		}
		if n > v.GroupLen(g) || m.Count() > n {
			return errRows
		}
	}
	return nil
}

// verifyColumn checks the base and the patch of a column.
func (v *View) verifyColumn(g int, p Part) error {
	b, err := v.Base(g, p)
	if err != nil {
		return err
	}
	if b != nil {
		c, err := v.chunk(g, p)
		if err != nil {
			return err
		}
		if c == nil {
			return errors.New("it is an alias of nothing")
		}
		if err := c.Verify(); err != nil {
			return err
		}
	}
	patch, err := v.openPatch(g, p)
	if err != nil {
		return err
	}
	if patch.Len() > 0 {
		if err := patch.Verify(); err != nil {
			return fmt.Errorf("patch: %w", err)
		}
	}
	c, err := v.Column(g, p) // checks the rows
	if err != nil {
		return err
	}
	_, err = c.Value(0)
	return err
}

// verifySide compares what is kept beside the columns of a base with what the
// columns give.
func (v *View) verifySide(g int, p Part) error {
	have, err := v.Base(g, p)
	if err != nil {
		return err
	}
	var side beside
	for i, name := range v.rec.Columns {
		b, err := v.Base(g, Column(i))
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if err := side.add(name, b, p); err != nil {
			return fmt.Errorf("column %q: %w", name, err)
		}
	}
	if want := side.encode(p); !bytes.Equal(have, want) {
		return errStale
	}
	return nil
}

// rows checks that every living row has a name, by which the indexes find it, and
// counts them.
func (t *inspection) rows(v *View, g int) error {
	alive, err := v.Alive(g)
	if err != nil {
		return err
	}
	rows := alive.AppendRows(nil)
	var columns [3][]graph.Value
	for i, name := range [...]string{ColumnKey, ColumnInstance, ColumnClass} {
		columns[i] = make([]graph.Value, len(rows))
		p, ok := v.rec.Find(name)
		if !ok {
			continue
		}
		c, err := v.Column(g, p)
		if err == nil {
			err = c.Values(rows, columns[i])
		}
		if err != nil {
			return err
		}
	}
	first := uint32(g) * v.rec.groupRows()
	var classes []string
	for i, row := range rows {
		classes = classes[:0]
		for _, c := range columns[2][i].List() {
			classes = append(classes, c.Str())
		}
		t.alive++
		t.tally.add(columns[1][i].Str(), classes, 1)
		id := graph.Identity{Kind: v.rec.Kind, Instance: columns[1][i].Str(), Key: columns[0][i].Str()}
		if err := t.row(first+row, id); err != nil {
			return fmt.Errorf("row %d: %w", first+row, err)
		}
	}
	return nil
}

// row checks that the indexes find a row by its name.
func (t *inspection) row(row uint32, id graph.Identity) error {
	if t.ends != nil && id.Key == "" && id.Instance != "" {
		var err error
		if id.Key, err = t.ends.key(row, id.Instance); err != nil {
			return err
		}
	}
	if id.Key == "" || id.Instance == "" {
		return errNoKey
	}
	at := Place{t.view.rec.Number, row}
	if id.Kind == graph.RelationshipKind {
		return t.placed(2, t.keyHash(id), at)
	}
	if err := t.placed(0, t.keyHash(id), at); err != nil {
		return err
	}
	return t.placed(1, idHash(id), at)
}

// placed checks that an index leads to a row.
func (t *inspection) placed(i int, hash uint64, at Place) error {
	t.living[i]++
	x := t.indexes[i]
	if x == nil {
		return nil
	}
	var room [4]column.Entry
	found, err := x.Look(room[:0], hash)
	if err != nil {
		return fmt.Errorf("index %c: %w", x.name, err)
	}
	for _, e := range found {
		if e.Table == at.Table && e.Row == at.Row {
			return nil
		}
	}
	return fmt.Errorf("index %c does not have it", x.name)
}
