package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

var (
	errRows    = errors.New("it has more rows than the group")
	errUnknown = errors.New("it is of no part that there is")
	errNoKey   = errors.New("a row has no key or no instance")
	errStale   = errors.New("it does not agree with the columns")
)

// piece checks one row group.
func (t *inspection) piece(ctx context.Context, g int, f *findings) {
	at := fmt.Sprintf("%s, group %d", t.title, g)
	v := t.view.fresh()
	for _, bucket := range [...]string{BucketBase, BucketPatch} {
		if err := v.verifyPack(bucket, g); err != nil {
			f.say(err, "%s, pack of %s", at, bucket)
			t.parts[g].unread = true // nor can any other part be
		}
	}
	if v.GroupLen(g) == 0 || t.parts[g].unread {
		return
	}
	f.say(v.verifyDead(g), "%s, part %d", at, PartDead)
	for i, name := range v.rec.Columns {
		if ctx.Err() != nil {
			return
		}
		f.say(v.verifyColumn(g, Column(i)), "%s, column %q", at, name)
	}
	for _, p := range [...]Part{PartOrder, PartFilter, PartWeight} {
		if ctx.Err() != nil {
			return
		}
		f.say(v.verifySide(ctx, g, p), "%s, part %d", at, p)
	}
	err := t.rows(ctx, v, g, t.count)
	t.parts[g].unread = err != nil
	f.say(err, "%s", at)
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
func (v *View) verifySide(ctx context.Context, g int, p Part) error {
	have, err := v.Base(g, p)
	if err != nil {
		return err
	}
	var side beside
	for i, name := range v.rec.Columns {
		if err := ctx.Err(); err != nil {
			return err
		}
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

// seekFunc hears where a living row belongs: into which index, under which hash.
type seekFunc func(p *part, index int, hash uint64, at Place) error

// count is the seekFunc that counts what each index is to have.
func (t *inspection) count(p *part, index int, hash uint64, at Place) error {
	p.living[index].add(hash, at)
	return nil
}

// rows checks that every living row has a name, by which the indexes find it, and
// counts them.
func (t *inspection) rows(ctx context.Context, v *View, g int, seek seekFunc) error {
	alive, err := v.Alive(g)
	if err != nil {
		return err
	}
	columns, err := v.columns(g, ColumnKey, ColumnInstance, ColumnClass)
	if err != nil {
		return err
	}
	// A part of the rows at a time, so that the values stay in the processor's cache.
	const atOnce = 1024
	var values [3][]graph.Value
	for i := range values {
		values[i] = make([]graph.Value, atOnce)
	}
	for rows := range slices.Chunk(alive.AppendRows(nil), atOnce) {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, c := range columns {
			if err := c.Values(rows, values[i][:len(rows)]); err != nil {
				return err
			}
		}
		if err := t.named(g, rows, values, seek); err != nil {
			return err
		}
	}
	return nil
}

// named checks the names of rows, whose keys, instances and classes are given.
func (t *inspection) named(g int, rows []uint32, values [3][]graph.Value, seek seekFunc) error {
	part, first := &t.parts[g], uint32(g)*t.view.rec.groupRows()
	var classes []string
	for i, row := range rows {
		classes = classes[:0]
		for _, c := range values[2][i].List() {
			classes = append(classes, c.Str())
		}
		id := graph.Identity{Kind: t.view.rec.Kind, Instance: values[1][i].Str(), Key: values[0][i].Str()}
		part.tally.add(id.Instance, classes, 1)
		if err := t.row(part, first+row, id, seek); err != nil {
			return fmt.Errorf("row %d: %w", first+row, err)
		}
	}
	return nil
}

// row finds out under which hashes a row belongs into the indexes.
func (t *inspection) row(p *part, row uint32, id graph.Identity, seek seekFunc) error {
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
		return seek(p, 2, t.keyHash(id), at)
	}
	if err := seek(p, 0, t.keyHash(id), at); err != nil {
		return err
	}
	return seek(p, 1, idHash(id), at)
}
