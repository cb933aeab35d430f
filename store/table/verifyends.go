package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/column"
)

var (
	errListed = errors.New("the lists of both directions do not have the same relationships")
	errGone   = errors.New("a relationship ends at a row that is empty")
	errOnce   = errors.New("a relationship is not listed once")
)

// endCheck finds out whether both directions of an edge table's adjacency say the
// same.
type endCheck struct {
	rec      *Record
	from, to *endRows
	ends     Ends
	seen     [2][]uint8 // how often each row is listed
}

// endRows are the rows of the table at one end.
type endRows struct {
	view  *View
	names *names
	alive []column.Bitmap // by group; nil where it cannot be read
}

func newEndCheck(r *Record, from, to *View, cache *nameCache) (*endCheck, error) {
	c := &endCheck{rec: r}
	c.ends = Ends{make([]uint32, r.Rows), make([]uint32, r.Rows)}
	c.seen = [2][]uint8{make([]uint8, r.Rows), make([]uint8, r.Rows)}
	var err error
	if c.from, err = newEndRows(from, cache); err != nil {
		return nil, err
	}
	c.to = c.from
	if to != from {
		c.to, err = newEndRows(to, cache)
	}
	return c, err
}

func newEndRows(v *View, cache *nameCache) (*endRows, error) {
	n, err := cache.of(v.rec.Number)
	if err != nil {
		return nil, err
	}
	e := &endRows{view: v, names: n, alive: make([]column.Bitmap, v.Groups())}
	for g := range e.alive {
		// What is wrong with it is told of the table itself.
		e.alive[g], _ = v.Alive(g)
	}
	return e, nil
}

// has reports whether a row is there and not empty.
func (e *endRows) has(row uint32) bool {
	if row >= e.view.rec.Rows {
		return false
	}
	g, at := e.view.split(row)
	return e.alive[g] != nil && e.alive[g].Has(at)
}

// readEnds reads the adjacency of an edge table and compares its directions.
func (t *inspection) readEnds(ctx context.Context, view *View, f *findings) {
	for i, p := range [...]Part{PartOut, PartIn} {
		end := [...]*View{t.ends.from.view, t.ends.to.view}[i]
		for g := range end.Groups() {
			if ctx.Err() != nil {
				return
			}
			v := view.fresh()
			err := v.verifyNear(p, g)
			if err == nil {
				err = t.ends.read(v, i, p, g)
			}
			f.say(err, "%s, group %d, part %d", t.title, g, p)
		}
	}
	for g := range view.Groups() {
		if ctx.Err() != nil {
			return
		}
		alive, err := view.fresh().Alive(g)
		if err == nil {
			err = t.ends.listed(alive, uint32(g)*view.rec.groupRows(), view.GroupLen(g))
		}
		f.say(err, "%s, group %d", t.title, g)
	}
}

// verifyNear checks the bytes of adjacency.
func (v *View) verifyNear(p Part, g int) error {
	base, patches, err := v.nearParts(p, g)
	if err != nil {
		return err
	}
	rows, err := v.nearRows(p, g)
	if err != nil {
		return err
	}
	if base != nil {
		if base.Rows() > rows {
			return errRows
		}
		if err := base.Verify(); err != nil {
			return err
		}
	}
	for _, patch := range patches {
		if err := patch.Verify(); err != nil {
			return fmt.Errorf("patch: %w", err)
		}
		for _, c := range append(patch.Removed(), patch.Added()...) {
			if int(c.Row) >= rows {
				return fmt.Errorf("patch: %w", errRows)
			}
		}
	}
	return nil
}

// read notes the lists of a group of one direction.
func (c *endCheck) read(v *View, end int, p Part, g int) error {
	near, err := v.near(p, g)
	if err != nil {
		return err
	}
	var l column.Lists
	if err := near.AppendTo(&l, true); err != nil {
		return err
	}
	first := uint32(g) * c.rec.groupRows()
	for row := range l.Rows() {
		for i := l.Offsets[row]; i < l.Offsets[row+1]; i++ {
			if err := c.note(end, first+uint32(row), l.Neighbours[i], l.Edges[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// note notes that a row lists a neighbour.
func (c *endCheck) note(end int, row, neighbour, edge uint32) error {
	if edge >= c.rec.Rows {
		return errEdge
	}
	if c.seen[end][edge]++; c.seen[end][edge] == 0 {
		c.seen[end][edge]-- // many is many
	}
	if end == 0 {
		c.ends.From[edge], c.ends.To[edge] = row, neighbour
		return nil
	}
	if c.ends.From[edge] != neighbour || c.ends.To[edge] != row {
		return fmt.Errorf("row %d: %w", edge, errListed)
	}
	return nil
}

// listed checks that the living rows of a group of n from first on, and no others,
// are listed once each way, at rows that live too.
func (c *endCheck) listed(alive column.Bitmap, first uint32, n int) error {
	for i := range n {
		row, want := first+uint32(i), uint8(0)
		if alive.Has(i) {
			want = 1
		}
		if c.seen[0][row] != want || c.seen[1][row] != want {
			return fmt.Errorf("row %d: %w", row, errOnce)
		}
		if want == 0 {
			continue
		}
		if !c.from.has(c.ends.From[row]) || !c.to.has(c.ends.To[row]) {
			return fmt.Errorf("row %d: %w", row, errGone)
		}
	}
	return nil
}

// key returns the key of a relationship that follows from its ends, which must be
// of its own instance.
func (c *endCheck) key(row uint32, instance string) (string, error) {
	from, err := c.from.names.end(c.ends.From[row])
	if err != nil {
		return "", err
	}
	to, err := c.to.names.end(c.ends.To[row])
	if err != nil {
		return "", err
	}
	if from.Instance != instance || to.Instance != instance {
		return "", errors.New("it has no key, and its ends are of other instances")
	}
	return DerivedKey(from.Key, c.rec.Class, to.Key), nil
}
