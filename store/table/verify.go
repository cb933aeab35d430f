package table

import (
	"errors"
	"fmt"
	"maps"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// Verify reads everything that tables of the newest version hold and calls report
// with each thing that is wrong, until it returns false. KeyHash is that of
// EditorOptions.
func Verify(ts *Tables, keyHash func(graph.Identity) uint64, report func(error) bool) {
	v := &verifier{ts: ts, keyHash: keyHash, report: report}
	for i, name := range [...]IndexName{IndexKey, IndexID, IndexRelationship} {
		v.openIndex(i, name)
	}
	for _, list := range [...][]Entry{ts.dir.Entities, ts.dir.Edges} {
		for _, e := range list {
			if v.done {
				return
			}
			v.table(e)
		}
	}
	v.counts()
}

// verifier goes through all tables.
type verifier struct {
	ts      *Tables
	keyHash func(graph.Identity) uint64
	report  func(error) bool
	done    bool
	indexes [3]*Index // nil where it cannot be read
	living  [3]uint64 // rows that belong into each
}

// say reports what is wrong at a place, unless err is nil.
func (v *verifier) say(err error, format string, args ...any) {
	if err != nil && !v.done {
		v.done = !v.report(fmt.Errorf(format+": %w", append(args, err)...))
	}
}

func (v *verifier) openIndex(i int, name IndexName) {
	x, err := OpenIndex(v.ts.file, name)
	if err != nil {
		v.say(err, "open index")
		return
	}
	v.indexes[i] = x
	if x.count == 0 {
		return
	}
	entries := uint64(0)
	for n := range 1 << x.bits {
		s, err := x.shard(uint16(n))
		if err == nil && s != nil {
			entries += uint64(s.Len())
			err = x.verifyShard(s, uint16(n))
		}
		v.say(err, "index %c, shard %d", name, n)
	}
	if entries != x.count {
		v.say(fmt.Errorf("it has %d entries and counts %d", entries, x.count), "index %c", name)
	}
}

// verifyShard checks that the entries of a shard are in order and belong there.
func (x *Index) verifyShard(s *column.Index, n uint16) error {
	if err := s.Verify(); err != nil {
		return err
	}
	for at, err := range s.All() {
		if err != nil {
			return err
		}
		if x.shardOf(at.Hash) != n {
			return fmt.Errorf("an entry of row %d of table %d belongs to shard %d", at.Row, at.Table, x.shardOf(at.Hash))
		}
	}
	return nil
}

// counts compares the indexes with the rows that were found in them.
func (v *verifier) counts() {
	for _, x := range v.indexes {
		if x == nil {
			continue
		}
		i := map[IndexName]int{IndexKey: 0, IndexID: 1, IndexRelationship: 2}[x.name]
		if x.count != v.living[i] {
			v.say(fmt.Errorf("it has %d entries for %d objects", x.count, v.living[i]), "index %c", x.name)
		}
	}
}

// inspection is the verification of one table.
type inspection struct {
	*verifier
	view  *View
	name  string
	ends  *endCheck // of edge tables
	tally tally
	alive uint32
}

func (v *verifier) table(e Entry) {
	view, err := v.ts.View(e.Number)
	if err != nil {
		v.say(err, "table of %s", e.Type)
		return
	}
	t := &inspection{verifier: v, view: view, name: fmt.Sprintf("table %d of %s", e.Number, e.Type)}
	if err := t.head(e); err != nil {
		v.say(err, "%s", t.name)
		return
	}
	groups := view.Groups()
	if e.Kind == graph.RelationshipKind {
		from, to, err := view.ends()
		if err != nil {
			v.say(err, "%s", t.name)
			return
		}
		t.ends = newEndCheck(view.rec, from, to)
		groups = max(groups, from.Groups(), to.Groups())
		t.readEnds()
	}
	for g := range groups {
		if v.done {
			return
		}
		t.group(g)
	}
	t.tallies()
	_, err = ReadStatistics(v.ts.file, e.Number)
	v.say(err, "%s, statistics", t.name)
}

// head compares the record of a table with its entry in the directory.
func (t *inspection) head(e Entry) error {
	r := t.view.rec
	if (Name{Kind: r.Kind, Type: r.Type, Class: r.Class, From: r.From, To: r.To}) != e.Name {
		return errors.New("its record is that of another table")
	}
	if len(r.byName) != len(r.Columns) {
		return errors.New("two of its columns have one name")
	}
	return nil
}

// tallies compares what was counted with the record.
func (t *inspection) tallies() {
	r := t.view.rec
	if t.alive != r.Live {
		t.say(fmt.Errorf("%d rows are not empty, and it counts %d", t.alive, r.Live), "%s", t.name)
	}
	for what, pair := range map[string][2]map[string]uint32{
		"instances": {t.tally.instances.sums(), r.Instances}, "classes": {t.tally.classes.sums(), r.Classes},
	} {
		if !maps.Equal(pair[0], pair[1]) {
			t.say(fmt.Errorf("they are %v, and it counts %v", pair[0], pair[1]), "%s, %s", t.name, what)
		}
	}
}

// sums returns what was counted.
func (c *counter) sums() map[string]uint32 {
	m := make(map[string]uint32, len(c.counts))
	for name, n := range c.counts {
		m[name] = uint32(*n)
	}
	return m
}
