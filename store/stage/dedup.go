package stage

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
)

// deduper settles one partition after another.
type deduper struct {
	reader  *Reader
	scratch []Entry
	lost    findings[Duplicate] // of the partition in work
}

// keeper is an object that keeps its key.
type keeper struct {
	entry Entry
	key   string
	lost  []Entry // those that may be samples, by rank
}

// settle sorts a partition and drops what lost its key, all in the memory that
// the partition already has.
func (d *deduper) settle(p *partition, held *atomic.Int64) error {
	d.lost = findings[Duplicate]{}
	d.scratch = gatherSorted(d.scratch, &p.list)
	es := d.scratch
	n := 0
	for i := 0; i < len(es); {
		j := i + 1
		for j < len(es) && es[j].Key == es[i].Key {
			j++
		}
		kept := es[i:j]
		if j-i > 1 {
			var err error
			if kept, err = d.resolve(kept); err != nil {
				return err
			}
		}
		n += copy(es[n:], kept)
		i = j
	}
	p.replace(es[:n], held)
	p.settled = true
	return nil
}

// resolve decides which of the entries with one hash stay: of each key the first
// object, or the place of one that cannot be stored. It reuses run.
func (d *deduper) resolve(run []Entry) ([]Entry, error) {
	slices.SortFunc(run, func(a, b Entry) int {
		return cmp.Or(compareBools(a.Spared(), b.Spared()), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Content, b.Content), cmp.Compare(a.at, b.at))
	})
	var keepers []*keeper
	for _, e := range run {
		k, err := d.keeperOf(keepers, e)
		if err != nil {
			return nil, err
		}
		if k == nil {
			keepers = append(keepers, &keeper{entry: e})
			continue
		}
		if err := d.lose(k, e); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(keepers, func(a, b *keeper) int {
		return cmp.Or(cmp.Compare(a.entry.Rank, b.entry.Rank), cmp.Compare(a.entry.Content, b.entry.Content))
	})
	out := run[:0]
	for _, k := range keepers {
		if err := d.report(k); err != nil {
			return nil, err
		}
		out = append(out, k.entry)
	}
	return out, nil
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// keeperOf finds who has the key of e. Equal contents, of which the key is a
// part, need not be read.
func (d *deduper) keeperOf(keepers []*keeper, e Entry) (*keeper, error) {
	for _, k := range keepers {
		if k.entry.Content == e.Content && !e.Spared() && !k.entry.Spared() {
			return k, nil
		}
	}
	key := ""
	for _, k := range keepers {
		if key == "" {
			var err error
			if key, err = d.key(e); err != nil {
				return nil, err
			}
		}
		if k.key == "" {
			var err error
			if k.key, err = d.key(k.entry); err != nil {
				return nil, err
			}
		}
		if k.key == key {
			return k, nil
		}
	}
	return nil, nil
}

func (d *deduper) key(e Entry) (string, error) {
	rec, err := d.reader.Record(e)
	if err != nil {
		return "", err
	}
	return strings.Clone(rec.Key()), nil
}

// lose takes the key from e, or from its keeper where both have one rank and e
// comes first by what it holds.
func (d *deduper) lose(k *keeper, e Entry) error {
	if e.Spared() {
		return nil
	}
	if e.Rank == k.entry.Rank {
		first, err := d.before(e, k.entry)
		if err != nil {
			return err
		}
		if first {
			k.entry, e = e, k.entry
		}
	}
	d.lost.count++
	if n := len(k.lost); n < MaxSamples || e.Rank <= k.lost[MaxSamples-1].Rank {
		k.lost = append(k.lost, e)
	}
	return nil
}

// before decides between objects of one rank, which must be read for that.
func (d *deduper) before(a, b Entry) (bool, error) {
	x, err := d.reader.Object(a)
	if err != nil {
		return false, err
	}
	y, err := d.reader.Object(b)
	if err != nil {
		return false, err
	}
	return x.before(y), nil
}

// report makes samples of what lost its key to k.
func (d *deduper) report(k *keeper) error {
	if len(k.lost) == 0 {
		return nil
	}
	rec, err := d.reader.Record(k.entry)
	if err != nil {
		return err
	}
	kept := rec.Origin // of the lexicon: it outlives the record
	for _, e := range k.lost {
		if !d.lost.wants(e.Rank) {
			continue
		}
		rec, err := d.reader.Record(e)
		if err != nil {
			return err
		}
		dup := Duplicate{
			Kind: rec.Group.Shelf.Kind(), Instance: d.reader.stage.instance.Name,
			Key: strings.Clone(rec.Key()), Type: rec.Group.Type, Origin: rec.Origin, Kept: kept,
		}
		d.lost.add(finding[Duplicate]{e.Rank, dup.Key, dup.Origin, dup})
	}
	return nil
}
