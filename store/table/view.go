package table

import (
	"fmt"
	"sync"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// View reads one table. What it returns belongs to it and is not to be written
// to. It may be used by several goroutines at once.
type View struct {
	ts   *Tables
	rec  *Record
	over *Overlay // nil for the newest version

	mu    sync.RWMutex   // guards parts
	parts map[partID]any // what was read, decoded
}

// partID names something that a View keeps once it was made.
type partID struct {
	group uint32
	part  Part
	sort  sort
}

// sort tells what a View keeps under one part.
type sort uint8

const (
	sortBase        sort = iota // *column.Chunk and the like: bytes of BucketBase
	sortPatch                   // bytes of BucketPatch
	sortColumn                  // *column.Column
	sortAlive                   // column.Bitmap
	sortNear                    // *column.Neighbourhood
	sortEnds                    // *Ends
	sortOrder                   // *column.Order
	sortFilter                  // *column.Filter
	sortChunk                   // *column.Chunk
	sortPatchedEnds             // map[uint32]Edge
)

// has reports whether something is kept already.
func (v *View) has(id partID) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.parts[id]
	return ok
}

// keep returns what make makes, making it once. Two goroutines may make it at
// the same time; one of the results is kept.
func keep[T any](v *View, id partID, make func() (T, error)) (T, error) {
	v.mu.RLock()
	x, ok := v.parts[id]
	v.mu.RUnlock()
	if ok {
		return x.(T), nil
	}
	made, err := make()
	if err != nil {
		return made, fmt.Errorf("table %d, group %d, part %d: %w", v.rec.Number, id.group, id.part, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if x, ok := v.parts[id]; ok {
		return x.(T), nil
	}
	v.parts[id] = made
	return made, nil
}

// fresh returns a view of the same that has read nothing yet.
func (v *View) fresh() *View {
	return &View{ts: v.ts, rec: v.rec, over: v.over, parts: map[partID]any{}}
}

// Record returns the table's record.
func (v *View) Record() *Record { return v.rec }

// Overlaid reports whether the view is of an older version that differs.
func (v *View) Overlaid() bool { return v.over != nil }

// Overlay returns what an older version shows instead, nil for the newest.
func (v *View) Overlay() *Overlay { return v.over }

// Groups is the number of row groups.
func (v *View) Groups() int { return v.rec.Groups() }

// GroupLen is the number of rows of a group, empty ones too.
func (v *View) GroupLen(group int) int {
	return v.rec.GroupLen(group)
}

// split returns the group of a row, and which row of the group it is.
func (v *View) split(row uint32) (group, at int) {
	size := v.rec.groupRows()
	return int(row / size), int(row % size)
}

// pack returns the small parts of a group in a bucket, nil if there are none.
func (v *View) pack(bucket string, group uint32) (*column.Pack, error) {
	return keep(v, partID{group, PartPack, sortOf(bucket)}, func() (*column.Pack, error) {
		b, err := get(v.ts.file, bucket, PartKey(v.rec.Number, group, PartPack))
		if err != nil || b == nil {
			return nil, err
		}
		return column.OpenPack(b)
	})
}

// bytes returns a part of a bucket, nil if there is none: from the pack of its
// group, or, where it is too large for that, from a place of its own.
func (v *View) bytes(bucket string, group uint32, p Part) ([]byte, error) {
	pack, err := v.pack(bucket, group)
	if err != nil {
		return nil, err
	}
	if pack != nil {
		if b, err := pack.Get(uint64(p)); b != nil || err != nil {
			return b, err
		}
	}
	return keep(v, partID{group, p, sortOf(bucket)}, func() ([]byte, error) {
		return get(v.ts.file, bucket, PartKey(v.rec.Number, group, p))
	})
}

// standsAlone reports whether a part is there and not in the pack of its group.
func (v *View) standsAlone(bucket string, group uint32, p Part) (bool, error) {
	pack, err := v.pack(bucket, group)
	if err != nil {
		return false, err
	}
	if pack != nil {
		if b, err := pack.Get(uint64(p)); b != nil || err != nil {
			return false, err
		}
	}
	b, err := v.bytes(bucket, group, p)
	return b != nil, err
}

func sortOf(bucket string) sort {
	if bucket == BucketPatch {
		return sortPatch
	}
	return sortBase
}

// Base returns the bytes of a part without its patch, nil if there is none.
func (v *View) Base(group int, p Part) ([]byte, error) {
	return v.bytes(BucketBase, uint32(group), p)
}

// Patch returns the bytes of the patch of a part, nil if there is none.
func (v *View) Patch(group int, p Part) ([]byte, error) {
	return v.bytes(BucketPatch, uint32(group), p)
}

// chunk returns the base of a column, nil if there is none. Of an alias it is
// the base of the other column.
func (v *View) chunk(group int, p Part) (*column.Chunk, error) {
	return keep(v, partID{uint32(group), p, sortChunk}, func() (*column.Chunk, error) {
		b, err := v.Base(group, p)
		if err != nil || b == nil {
			return nil, err
		}
		c, err := column.Open(b)
		if err != nil {
			return nil, err
		}
		name, ok := c.Alias()
		if !ok {
			return c, nil
		}
		other, ok := v.rec.Find(name)
		if !ok || other == p {
			return nil, fmt.Errorf("it is an alias of %q, which is no column", name)
		}
		if b, err = v.Base(group, other); err != nil || b == nil {
			return nil, err
		}
		c, err = column.Open(b)
		if err != nil {
			return nil, err
		}
		if _, twice := c.Alias(); twice {
			return nil, fmt.Errorf("it is an alias of %q, which is one too", name)
		}
		return c, nil
	})
}

// Column returns a column of a row group. A column that the group has no values
// of is undefined throughout.
func (v *View) Column(group int, p Part) (*column.Column, error) {
	return keep(v, partID{uint32(group), p, sortColumn}, func() (*column.Column, error) {
		base, err := v.chunk(group, p)
		if err != nil {
			return nil, err
		}
		var patches []*column.Patch
		b, err := v.Patch(group, p)
		if err != nil {
			return nil, err
		}
		if b != nil {
			patch, err := column.OpenPatch(b)
			if err != nil {
				return nil, err
			}
			patches = append(patches, patch)
		}
		if v.over != nil {
			lo := uint32(group) * v.rec.groupRows()
			patch, err := v.over.patch(v.rec.Columns[p-firstColumn], lo, lo+uint32(v.GroupLen(group)))
			if err != nil {
				return nil, err
			}
			if patch != nil {
				patches = append(patches, patch)
			}
		}
		return column.Layer(base, v.GroupLen(group), patches...)
	})
}

// Alive returns the rows of a group that are not empty.
func (v *View) Alive(group int) (column.Bitmap, error) {
	return keep(v, partID{uint32(group), PartDead, sortAlive}, func() (column.Bitmap, error) {
		alive := column.FullBitmap(v.GroupLen(group))
		dead, err := v.dead(group)
		if err != nil {
			return nil, err
		}
		alive.AndNot(dead)
		if v.over != nil {
			lo := uint32(group) * v.rec.groupRows()
			v.over.mask(alive, lo, lo+uint32(v.GroupLen(group)))
		}
		return alive, nil
	})
}

// dead returns the empty rows of a group in the newest version. The patch holds
// all of them, not only those since.
func (v *View) dead(group int) (column.Bitmap, error) {
	b, err := v.Patch(group, PartDead)
	if err == nil && b == nil {
		b, err = v.Base(group, PartDead)
	}
	if err != nil || b == nil {
		return nil, err
	}
	dead, _, err := column.DecodeRows(b)
	return dead, err
}

// IsAlive reports whether a row is there and not empty.
func (v *View) IsAlive(row uint32) (bool, error) {
	if row >= v.rec.Rows {
		return false, nil
	}
	group, at := v.split(row)
	alive, err := v.Alive(group)
	return err == nil && alive.Has(at), err
}

// Value returns what a row has in a column, undefined where the table has no
// such column.
func (v *View) Value(row uint32, name string) (graph.Value, error) {
	p, ok := v.rec.Find(name)
	if !ok || row >= v.rec.Rows {
		return graph.Value{}, nil
	}
	group, at := v.split(row)
	c, err := v.Column(group, p)
	if err != nil {
		return graph.Value{}, err
	}
	return c.Value(at)
}

// Order returns the rows of a group's base by displayName, nil if it has none.
func (v *View) Order(group int) (*column.Order, error) {
	return keep(v, partID{uint32(group), PartOrder, sortOrder}, func() (*column.Order, error) {
		b, err := v.Base(group, PartOrder)
		if err != nil || b == nil {
			return nil, err
		}
		return column.OpenOrder(b)
	})
}

// Filter returns the text filter of a group's base, nil if it has none.
func (v *View) Filter(group int) (*column.Filter, error) {
	return keep(v, partID{uint32(group), PartFilter, sortFilter}, func() (*column.Filter, error) {
		b, err := v.Base(group, PartFilter)
		if err != nil || b == nil {
			return nil, err
		}
		return column.OpenFilter(b)
	})
}
