package store

import (
	"encoding/binary"
	"iter"

	"github.com/j1db/j1db/store/table"
)

// created is a range of rows that a version appended to a table. An object at one
// of them was new, unless a before-image of the same version says otherwise.
type created struct {
	table, first, count uint32
}

func (c *created) holds(at table.Place) bool {
	return at.Table == c.table && at.Row >= c.first && at.Row-c.first < c.count
}

func createdKey(version uint64, table, first uint32) []byte {
	k := binary.BigEndian.AppendUint32(numberKey(version), table)
	return binary.BigEndian.AppendUint32(k, first)
}

// createdIn yields the rows that a version appended, by table.
func (r *reader) createdIn(version uint64) iter.Seq2[created, error] {
	return func(yield func(created, error) bool) {
		for k, v := range r.each(bucketCreated, numberKey(version)) {
			if len(k) != 16 {
				yield(created{}, r.damaged(errKey, "rows of version %d", version))
				return
			}
			n, err := openNumber(k, v)
			c := created{binary.BigEndian.Uint32(k[8:]), binary.BigEndian.Uint32(k[12:]), uint32(n)}
			if err == nil && (n == 0 || n > 1<<32-1-uint64(c.first)) {
				err = errKey
			}
			if err != nil {
				yield(created{}, r.damaged(err, "rows of table %d that version %d appended", c.table, version))
				return
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// appended reports whether a version appended a row.
func (r *reader) appended(version uint64, at table.Place) (bool, error) {
	for c, err := range r.createdIn(version) {
		if err != nil || c.holds(at) {
			return err == nil, err
		}
	}
	return false, nil
}
