package table

import (
	"fmt"
	"slices"
	"strings"
)

// tally counts rows that came, less those that went: all of them, by instance
// and by class.
type tally struct {
	live               int
	instances, classes counter
}

// counter counts names.
type counter struct {
	counts map[string]*int
	last   string // counted last, and where
	at     *int
}

func (c *counter) add(name string, n int) {
	if c.at == nil || c.last != name {
		if c.counts == nil {
			c.counts = map[string]*int{}
		}
		at, ok := c.counts[name]
		if !ok {
			name, at = strings.Clone(name), new(int)
			c.counts[name] = at
		} else {
			name = strings.Clone(name)
		}
		c.last, c.at = name, at
	}
	*c.at += n
}

// add counts n objects of an instance, with each of their classes once.
func (t *tally) add(instance string, classes []string, n int) {
	t.live += n
	t.instances.add(instance, n)
	for i, class := range classes {
		if !slices.Contains(classes[:i], class) {
			t.classes.add(class, n)
		}
	}
}

// addRow counts the state of a row.
func (t *tally) addRow(r *Row, n int) {
	if r == nil {
		return
	}
	classes := r.Image.Class
	if r.Image.Kind != 0 {
		classes = nil
	}
	t.add(r.Image.Instance, classes, n)
}

// apply adds t to the counts of a record.
func (t *tally) apply(r *Record) error {
	live := int(r.Live) + t.live
	if live < 0 || live > int(r.Rows) {
		return fmt.Errorf("count rows of table %d: it would have %d of %d", r.Number, live, r.Rows)
	}
	r.Live = uint32(live)
	if err := t.instances.apply(r.Instances); err != nil {
		return fmt.Errorf("count rows of table %d: %w", r.Number, err)
	}
	if err := t.classes.apply(r.Classes); err != nil {
		return fmt.Errorf("count rows of table %d: %w", r.Number, err)
	}
	return nil
}

func (c *counter) apply(m map[string]uint32) error {
	for name, n := range c.counts {
		sum := int(m[name]) + *n
		switch {
		case sum < 0:
			return fmt.Errorf("there are fewer of %q than are gone", name)
		case sum == 0:
			delete(m, name)
		default:
			m[name] = uint32(sum)
		}
	}
	return nil
}
