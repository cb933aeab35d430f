package table

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// VerifyOptions say how Verify works.
type VerifyOptions struct {
	// KeyHash is that of EditorOptions.
	KeyHash func(graph.Identity) uint64
	// Workers is how many goroutines read at once; 0 means one.
	Workers int
	// Progress, unless it is nil, hears how much was read, of how much. Neither
	// number has a unit; done only grows. It is called by one goroutine at a time.
	Progress func(done, total int64)
}

// Verify reads everything that tables of the newest version hold and calls report
// with each thing that is wrong, in an order that does not depend on the workers,
// until it returns false. The error is that of ctx.
func Verify(ctx context.Context, ts *Tables, opt VerifyOptions, report func(error) bool) error {
	v := &verifier{ts: ts, keyHash: opt.KeyHash, workers: max(1, opt.Workers), names: newNameCache(ts)}
	var all []subject
	for i, name := range [...]IndexName{IndexKey, IndexID, IndexRelationship} {
		v.indexes[i] = &indexCheck{verifier: v, name: name}
		all = append(all, v.indexes[i])
	}
	var tables []*inspection
	for _, list := range [...][]Entry{ts.dir.Entities, ts.dir.Edges} {
		for _, e := range list {
			t := &inspection{verifier: v, entry: e}
			tables, all = append(tables, t), append(all, t)
		}
	}
	if goOn, err := v.run(ctx, all, opt.Progress, report); err != nil || !goOn {
		return err
	}
	return v.compare(ctx, tables, report)
}

// verifier goes through all tables.
type verifier struct {
	ts      *Tables
	keyHash func(graph.Identity) uint64
	workers int
	names   *nameCache
	indexes [3]*indexCheck
}

// findings are what is wrong, in the order in which it was found.
type findings []error

// say notes what is wrong at a place, unless err is nil. That somebody wants no
// more is not wrong.
func (f *findings) say(err error, format string, args ...any) {
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		*f = append(*f, fmt.Errorf(format+": %w", append(args, err)...))
	}
}

// compare compares the indexes with the rows that were found. Only where they
// differ each row is looked up.
func (v *verifier) compare(ctx context.Context, tables []*inspection, report func(error) bool) error {
	var living [3]census
	for _, t := range tables {
		if t.view == nil || t.unread {
			return nil
		}
		for i := range living {
			living[i].merge(t.living[i])
		}
	}
	var differ []*indexCheck
	for i, x := range v.indexes {
		if !x.broken && x.entries != living[i] {
			x.lost, differ = true, append(differ, x)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	var again []subject
	for _, t := range tables {
		again = append(again, &search{t})
	}
	if goOn, err := v.run(ctx, again, nil, report); err != nil || !goOn {
		return err
	}
	for _, x := range differ {
		i := slices.Index(v.indexes[:], x)
		if !report(fmt.Errorf("index %c: it has %d entries for %d objects, and not theirs alone", x.name, x.entries.n, living[i].n)) {
			return nil
		}
	}
	return nil
}

// inspection is the verification of one table; its pieces are the row groups.
type inspection struct {
	*verifier
	entry Entry
	view  *View // nil where the table cannot be read
	title string
	ends  *endCheck // of edge tables
	parts []part
	// unread says that some of its rows were not counted: what is wrong with them
	// was told, and that counts differ says nothing.
	unread bool

	living [3]census // rows that belong into each index
}

// part is what was counted in a row group.
type part struct {
	tally  tally
	living [3]census
	unread bool
}

func (t *inspection) size() int64 {
	if view, err := t.ts.View(t.entry.Number); err == nil {
		return int64(view.rec.Rows) + 1
	}
	return 1
}

func (t *inspection) begin(ctx context.Context, f *findings) int {
	view, err := t.ts.View(t.entry.Number)
	if err != nil {
		f.say(err, "table of %s", t.entry.Type)
		return 0
	}
	t.title = fmt.Sprintf("table %d of %s", t.entry.Number, t.entry.Type)
	if err := head(view.rec, t.entry); err != nil {
		f.say(err, "%s", t.title)
		return 0
	}
	groups := view.Groups()
	if t.entry.Kind == graph.RelationshipKind {
		from, to, err := view.ends()
		if err != nil {
			f.say(err, "%s", t.title)
			return 0
		}
		if t.ends, err = newEndCheck(view.rec, from, to, t.names); err != nil {
			f.say(err, "%s, ends", t.title)
			return 0
		}
		groups = max(groups, from.Groups(), to.Groups())
		t.readEnds(ctx, view, f)
	}
	t.view, t.parts = view, make([]part, groups)
	return groups
}

// head compares the record of a table with its entry in the directory.
func head(r *Record, e Entry) error {
	if (Name{Kind: r.Kind, Type: r.Type, Class: r.Class, From: r.From, To: r.To}) != e.Name {
		return errors.New("its record is that of another table")
	}
	if len(r.byName) != len(r.Columns) {
		return errors.New("two of its columns have one name")
	}
	return nil
}

// end compares what was counted with the record.
func (t *inspection) end(f *findings) {
	if t.view == nil {
		return
	}
	r := t.view.rec
	var all tally
	for i := range t.parts {
		p := &t.parts[i]
		t.unread = t.unread || p.unread
		all.live += p.tally.live
		all.instances.merge(&p.tally.instances)
		all.classes.merge(&p.tally.classes)
		for k := range t.living {
			t.living[k].merge(p.living[k])
		}
	}
	t.ends = nil
	if !t.unread {
		if all.live != int(r.Live) {
			f.say(fmt.Errorf("%d rows are not empty, and it counts %d", all.live, r.Live), "%s", t.title)
		}
		f.say(all.instances.against(r.Instances), "%s, instances", t.title)
		f.say(all.classes.against(r.Classes), "%s, classes", t.title)
	}
	_, err := ReadStatistics(t.ts.file, r.Number)
	f.say(err, "%s, statistics", t.title)
}

// merge adds what another one counted.
func (c *counter) merge(o *counter) {
	for name, n := range o.counts {
		c.add(name, *n)
	}
}

// against compares what was counted with a record.
func (c *counter) against(have map[string]uint32) error {
	same := len(c.counts) == len(have)
	sums := make(map[string]int, len(c.counts))
	for name, n := range c.counts {
		sums[name] = *n
		same = same && *n == int(have[name])
	}
	if !same {
		return fmt.Errorf("they are %v, and it counts %v", sums, have)
	}
	return nil
}
