package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// Check reads everything and yields what is wrong: records that do not decode,
// indexes, tables and ends that do not agree, a history that does not lead back
// to the oldest version or does not add up, and pages that bbolt misses. A sound
// file yields nothing. What stops the check itself (no file, a lock, the context)
// is yielded too, as the last error.
func (db *DB) Check(ctx context.Context) iter.Seq[error] {
	return func(yield func(error) bool) {
		stopped := false
		c := &checker{ctx: ctx, db: db, progress: db.progress().share(0, allDone), yield: func(err error) bool {
			stopped = stopped || !yield(err)
			return !stopped
		}}
		// A damage that ends the reading also ends the check; guard names it.
		if err := db.view(ctx, c.all); err != nil && !stopped {
			yield(fmt.Errorf("check database: %w", err))
		}
	}
}

// checker walks one transaction. Its steps report and go on; they return an
// error only when there is no going on.
type checker struct {
	ctx   context.Context
	db    *DB
	r     *reader
	n     *newest
	yield func(error) bool
	found int
	// progress hears how far the check is.
	progress func(done, total int64)

	steps int // since the context was looked at

	base, newest uint64
	instances    map[string]bool
	// born is, for each row of a table, the version that appended it; 0 is before
	// the oldest that is kept.
	born map[uint32][]uint64
}

// errEnough ends a check whose caller wants no more.
var errEnough = errors.New("stopped")

func (c *checker) report(where string, args ...any) error {
	err := &CorruptError{Path: c.db.path, Where: fmt.Sprintf(where, args...), Err: errors.New("it contradicts the rest")}
	return c.broken(err)
}

// step is called for each thing that is read, and ends a check that nobody waits
// for.
func (c *checker) step() error {
	const often = 256
	if c.steps++; c.steps%often != 0 {
		return nil
	}
	return c.ctx.Err()
}

// broken reports an error that was found.
func (c *checker) broken(err error) error {
	c.found++
	if !c.yield(err) {
		return errEnough
	}
	return nil
}

func (c *checker) all(r *reader) error {
	c.r = r
	for _, step := range []func() error{
		c.records, c.rows, c.births, c.deleted, c.beside, c.history, c.pages,
	} {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		err := step()
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	c.progress(1, 1)
	return nil
}

// records reads what the other steps rely on: versions, tables, instances.
func (c *checker) records() (err error) {
	if c.base, err = c.r.base(); err != nil {
		return err
	}
	if c.newest, err = c.r.last(bucketVersion); err != nil {
		return err
	}
	if c.n, err = c.db.newest(c.r); err != nil {
		return err
	}
	list, err := c.r.instances()
	if err != nil {
		return err
	}
	c.instances = map[string]bool{}
	for _, in := range list {
		c.instances[in.Name] = true
	}
	want, last := max(c.base, 1), int64(0)
	for k := range c.r.each(bucketVersion, nil) {
		n, ok := numberOf(k)
		if !ok || n != want {
			return c.report("version %x, where %d was expected", k, want)
		}
		v, err := c.r.version(n)
		if err != nil {
			return err
		}
		if v.Time <= last {
			if err := c.report("time of version %d", n); err != nil {
				return err
			}
		}
		want, last = n+1, v.Time
	}
	if c.base > c.newest {
		return c.report("oldest version %d", c.base)
	}
	return nil
}

// rows reads all tables and indexes, and checks what the tables cannot know: that
// versions and instances exist.
func (c *checker) rows() error {
	stopped := false
	opt := table.VerifyOptions{KeyHash: c.n.nameHash, Workers: workers(), Progress: func(done, total int64) {
		c.progress(min(done, total-1), total+total/16) // what follows is less
	}}
	err := table.Verify(c.ctx, c.n.tables, opt, func(err error) bool {
		stopped = c.broken(c.r.damaged(err, "tables")) != nil
		return !stopped
	})
	if err != nil {
		return err
	}
	if stopped {
		return errEnough
	}
	for _, list := range [...][]table.Entry{c.n.dir.Entities, c.n.dir.Edges} {
		for _, e := range list {
			v, err := c.n.view(e.Number)
			if err != nil {
				return err
			}
			for name := range v.Record().Instances {
				if !c.instances[name] {
					if err := c.report("instance %s, which table %d names", name, e.Number); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// births finds out which version appended each row, and checks that no relationship
// was last written before the rows of its ends were there.
func (c *checker) births() error {
	c.born = map[uint32][]uint64{}
	for _, list := range [...][]table.Entry{c.n.dir.Entities, c.n.dir.Edges} {
		for _, e := range list {
			v, err := c.n.view(e.Number)
			if err != nil {
				return err
			}
			c.born[e.Number] = make([]uint64, v.Record().Rows)
		}
	}
	for k := range c.r.each(bucketCreated, nil) {
		if len(k) < 8 || binary.BigEndian.Uint64(k) <= c.base || binary.BigEndian.Uint64(k) > c.newest {
			return c.report("rows %x that a version appended", k)
		}
	}
	for n := c.base + 1; n <= c.newest; n++ {
		for rows, err := range c.r.createdIn(n) {
			if err != nil {
				return err
			}
			if err := c.ctx.Err(); err != nil {
				return err
			}
			born := c.born[rows.table]
			if uint64(rows.first)+uint64(rows.count) > uint64(len(born)) {
				return c.report("rows of table %d that version %d appended", rows.table, n)
			}
			for i := rows.first; i < rows.first+rows.count; i++ {
				if born[i] != 0 {
					return c.report("row %d of table %d: versions %d and %d appended it", i, rows.table, born[i], n)
				}
				born[i] = n
			}
		}
	}
	for _, e := range c.n.dir.Edges {
		if err := c.olderThanEnds(e); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) olderThanEnds(e table.Entry) error {
	v, err := c.n.view(e.Number)
	if err != nil {
		return err
	}
	ends, err := v.Ends()
	if err != nil {
		return c.r.damaged(err, "ends of table %d", e.Number)
	}
	for group := range v.Groups() {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		alive, err := v.Alive(group)
		if err != nil {
			return c.r.damaged(err, "table %d", e.Number)
		}
		rows := alive.AppendRows(nil)
		touched := make([]graph.Value, len(rows))
		if err := c.touched(v, group, rows, touched); err != nil {
			return err
		}
		for i, r := range rows {
			row := uint32(group)*table.GroupRows + r
			n, _ := touched[i].Int()
			if !c.older(e.From, ends.From[row], uint64(n)) || !c.older(e.To, ends.To[row], uint64(n)) {
				if err := c.report("row %d of table %d: it is older than its ends", row, e.Number); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// touched reads which versions wrote rows of a group last.
func (c *checker) touched(v *table.View, group int, rows []uint32, out []graph.Value) error {
	part, ok := v.Record().Find(table.ColumnTouched)
	if !ok {
		return nil
	}
	col, err := v.Column(group, part)
	if err == nil {
		err = col.Values(rows, out)
	}
	if err != nil {
		return c.r.damaged(err, "table %d", v.Record().Number)
	}
	return nil
}

// older reports whether a row exists and was not appended after a version.
func (c *checker) older(number, row uint32, version uint64) bool {
	born := c.born[number]
	return int(row) < len(born) && born[row] <= version
}
