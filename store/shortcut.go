package store

import (
	"cmp"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// shortcuts finds the changes of objects that the range wrote once and that stand
// where they stood, as nearly all do: neither an index nor a chain is asked, and
// rows are read group by group. Of the others sure is false.
func (n *newest) shortcuts(list []touch, from uint64) (out []graph.Change, sure []bool, err error) {
	out, sure = make([]graph.Change, len(list)), make([]bool, len(list))
	var seats []seat
	for i, t := range list {
		out[i].Version = t.version
		s, ok, err := n.seatOf(t, from, &out[i])
		switch {
		case err != nil:
			return nil, nil, err
		case ok && s.Table == 0:
			sure[i] = true
		case ok:
			seats = append(seats, seat{s, i})
		}
	}
	slices.SortFunc(seats, func(a, b seat) int {
		return cmp.Or(cmp.Compare(a.at.Table, b.at.Table), cmp.Compare(a.at.Row, b.at.Row))
	})
	var work errgroup.Group
	work.SetLimit(workers())
	for lo := 0; lo < len(seats); {
		hi := lo + 1
		for hi < len(seats) && seats[hi].group() == seats[lo].group() {
			hi++
		}
		part := seats[lo:hi]
		lo = hi
		work.Go(func() error { return n.sit(part, list, out, sure) })
	}
	return out, sure, work.Wait()
}

// seat is the row where the later state of the i-th object is looked for.
type seat struct {
	at table.Place
	i  int
}

// group names the row group of a seat.
func (s *seat) group() table.Place {
	return table.Place{Table: s.at.Table, Row: s.at.Row / table.GroupRows}
}

// seatOf fills in the earlier state of an object and returns the row where the
// later one is expected, the zero one when it was deleted. It reports false where
// the chain must be asked.
func (n *newest) seatOf(t touch, from uint64, c *graph.Change) (table.Place, bool, error) {
	if t.isNew {
		return t.at, t.at.Table != 0, nil
	}
	u, ok, err := n.undo(t.version, t.id)
	if err != nil || !ok || u.before == nil || u.previous > from {
		return table.Place{}, false, err
	}
	c.Before = &u.before.image
	g, gone, err := n.gone(t.id)
	if err != nil || gone {
		return table.Place{}, g.touched == t.version, err
	}
	return placeOf(u.before), true, nil
}

// sit reads the rows of one group. A row that another object has, or that was
// written later, is not sure.
func (n *newest) sit(part []seat, list []touch, out []graph.Change, sure []bool) error {
	g := part[0].group()
	v, err := n.view(g.Table)
	if err != nil {
		return err
	}
	alive, err := v.Alive(int(g.Row))
	if err != nil {
		return n.damaged(err, "table %d", g.Table)
	}
	var rows []uint32
	var there []seat
	for _, s := range part {
		if row := s.at.Row % table.GroupRows; alive.Has(int(row)) {
			rows, there = append(rows, row), append(there, s)
		}
	}
	loaded, err := v.Load(int(g.Row), rows)
	if err != nil {
		return n.damaged(err, "table %d", g.Table)
	}
	for i, s := range there {
		t := &list[s.i]
		if l := loaded[i]; l.Touched == t.version && l.Image.Identity() == t.id {
			out[s.i].After, sure[s.i] = l.Image, true
		}
	}
	return nil
}
