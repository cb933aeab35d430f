package stage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Rekey computes every hash anew under another secret: that of a file which
// another process made in the meantime. A sealed Stage stays sealed. When ctx
// ends it, everything is as before; it takes as much memory again as the entries
// do while it works.
func (s *Stage) Rekey(ctx context.Context, secret [16]byte) error {
	s.use.Lock()
	defer s.use.Unlock()
	if err := s.blocks.failed(); err != nil {
		return err
	}
	h := NewHasher(secret)
	h.drop = s.hasher.drop
	s.collect()
	if err := s.rehash(ctx, h); err != nil {
		return fmt.Errorf("rekey stage: %w", err)
	}
	s.hasher = h
	s.lexicon.rekey(h)
	if s.sealed {
		return s.seal(ctx)
	}
	return nil
}

// rehash replaces the entries.
func (s *Stage) rehash(ctx context.Context, h Hasher) error {
	before := s.blocks.held.Load()
	shelf, old, err := s.rehashed(ctx, h)
	if err != nil {
		s.blocks.held.Store(before)
		return err
	}
	s.shelf = *shelf
	s.blocks.held.Add(-old)
	return nil
}

// rehashBatch is how many entries are rehashed at once, in the order of their
// records, so that what is on disk is read a few times and not once an entry.
const rehashBatch = 1 << 20

// rehashed returns the entries under h, not settled, and the size of the old ones.
func (s *Stage) rehashed(ctx context.Context, h Hasher) (shelf *shelving, old int64, err error) {
	digests := make([]uint64, len(s.lexicon.groups))
	for i, g := range s.lexicon.groups {
		digests[i] = h.group(g.Shelf, g.Type, g.Class)
	}
	shelf = new(shelving)
	r := s.Reader()
	var batch []Entry
	flush := func() error {
		slices.SortFunc(batch, func(a, b Entry) int { return cmp.Compare(a.at, b.at) })
		for _, e := range batch {
			e, err := r.rehash(e, h, digests[e.Group()])
			if err != nil {
				return err
			}
			sh := s.lexicon.groups[e.Group()].Shelf
			shelf[sh][Partition(e.Key)].add(e, &s.blocks.held)
		}
		batch = batch[:0]
		return ctx.Err()
	}
	for sh := range s.shelf {
		for p := range s.shelf[sh] {
			for _, c := range s.shelf[sh][p].chunks {
				old += int64(cap(c)) * entrySize
				batch = append(batch, c...)
			}
			if len(batch) >= rehashBatch {
				if err := flush(); err != nil {
					return nil, 0, err
				}
			}
		}
	}
	return shelf, old, flush()
}

// rehash returns an entry with its hashes under h.
func (r *Reader) rehash(e Entry, h Hasher, group uint64) (Entry, error) {
	rec, err := r.Record(e)
	if err != nil {
		return e, err
	}
	b := append(r.hashed[:0], keyPrefix(rec.Group.Shelf, r.stage.instance.Name)...)
	b = append(b, rec.Key()...)
	e.Key = h.key(b)
	if !e.Spared() {
		b = append(b[:0], rec.body...)
		names := cursor{b: rec.names}
		for range rec.count {
			b = append(b, r.stage.lexicon.names[names.uint()].coded...)
		}
		e.Content = h.content(b, rec.count, group)
	}
	r.hashed = b
	return e, nil
}
