package store

import (
	"bytes"
	"errors"

	"github.com/j1db/j1db/store/graph"
)

// deleted checks what is kept of deleted keys: each is really gone, and its
// deletion is in the history that is kept.
func (c *checker) deleted() error {
	for k, v := range c.r.each(bucketGone, nil) {
		if err := c.step(); err != nil {
			return err
		}
		id, ok := identityOf(c.r.names, k)
		if !ok {
			return c.r.damaged(errKey, "deleted key %.80q", k)
		}
		g, err := decodeGone(k, v)
		if err != nil {
			return c.r.damaged(err, "deleted key %.80q", k)
		}
		_, alive, err := c.n.find(id)
		if err != nil {
			return err
		}
		if alive || g.touched <= c.base || g.touched > c.newest {
			if err := c.report("deleted %s %s of %s", id.Kind, id.Key, id.Instance); err != nil {
				return err
			}
			continue
		}
		u, found, err := c.r.undo(g.touched, id)
		if err != nil {
			return err
		}
		if !found || u.before == nil || u.before.image.Meta.Version != g.version {
			if err := c.report("last image of %s %s of %s", id.Kind, id.Key, id.Instance); err != nil {
				return err
			}
		}
	}
	return nil
}

// beside checks the records that are no objects. Each is decoded; a failure is
// reported and the next is read.
func (c *checker) beside() error {
	for _, step := range []func() error{c.runs, c.raws, c.mapped, c.marks, c.holds} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) runs() error {
	want := uint64(1)
	for k, v := range c.r.each(bucketRun, nil) {
		if err := c.step(); err != nil {
			return err
		}
		run, err := decodeRun(k, v, want)
		if err == nil && (!bytes.Equal(k, numberKey(want)) || run.Version > c.newest) {
			err = errors.New("its number or version is impossible")
		}
		if err != nil {
			if err := c.broken(c.r.damaged(err, "run %d", want)); err != nil {
				return err
			}
		}
		want++
	}
	return nil
}

func (c *checker) raws() error {
	for k, v := range c.r.each(bucketRaw, nil) {
		if err := c.step(); err != nil {
			return err
		}
		id, ok := identityOf(c.r.names, k)
		_, err := unpack(k, v)
		if !ok {
			err = errKey
		}
		if err == nil {
			err = c.there(id)
		}
		if err != nil {
			if err := c.broken(c.r.damaged(err, "raw data of %s of %s", id.Key, id.Instance)); err != nil {
				return err
			}
		}
	}
	return nil
}

// there says whether an object is alive.
func (c *checker) there(id graph.Identity) error {
	_, alive, err := c.n.find(id)
	if err == nil && !alive {
		err = errors.New("there is no such object")
	}
	return err
}

func (c *checker) mapped() error {
	for k, v := range c.r.each(bucketMapped, nil) {
		if err := c.step(); err != nil {
			return err
		}
		parts, ok := splitKey(k, 2)
		err := errKey
		if ok {
			_, err = decodeMapped(k, v, parts[1])
		}
		if err == nil && !c.instances[parts[0]] {
			err = errors.New("there is no such instance")
		}
		if err != nil {
			if err := c.broken(c.r.damaged(err, "mapped relationship %.80q", k)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) marks() error {
	for k, v := range c.r.each(bucketMark, nil) {
		if err := c.step(); err != nil {
			return err
		}
		_, err := decodeMark(k, v)
		if _, ok := splitKey(k, 2); !ok {
			err = errKey
		}
		if err != nil {
			if err := c.broken(c.r.damaged(err, "freshness %.80q", k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds checks that cursors and pins hold versions that are kept.
func (c *checker) holds() error {
	cursors, err := c.r.cursors()
	if err != nil {
		return err
	}
	for _, cur := range cursors {
		if cur.Version != 0 && (cur.Version < c.base || cur.Version > c.newest) {
			if err := c.report("cursor of %s for %s, at version %d", cur.Destination, cur.Instance, cur.Version); err != nil {
				return err
			}
		}
	}
	pins, err := c.r.pins()
	if err != nil {
		return err
	}
	for _, p := range pins {
		if p.Version < c.base || p.Version > c.newest {
			if err := c.report("pin %s, at version %d", p.Name, p.Version); err != nil {
				return err
			}
		}
	}
	return nil
}
