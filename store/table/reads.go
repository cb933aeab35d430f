package table

import (
	"encoding/binary"

	"github.com/j1db/j1db/store/graph"
)

// Reads reports whether a key of one of the buckets is one at which tables of the
// newest version look: anything else was left over.
func (ts *Tables) Reads(bucket string, key []byte) (bool, error) {
	switch bucket {
	case BucketTable, BucketStat:
		return len(key) == 4 && ts.dir.has(binary.BigEndian.Uint32(key)), nil
	case BucketBase, BucketPatch:
		return ts.readsPart(bucket, key)
	case BucketIndex:
		return ts.readsShard(key)
	}
	return false, nil
}

// readsPart is Reads for a part of a row group.
func (ts *Tables) readsPart(bucket string, key []byte) (bool, error) {
	number, group, p, ok := SplitPartKey(key)
	if !ok || !ts.dir.has(number) {
		return false, nil
	}
	v, err := ts.View(number)
	if err != nil {
		return false, err
	}
	groups := v.Groups()
	if v.rec.Kind == graph.RelationshipKind {
		from, to, err := v.ends()
		if err != nil {
			return false, err
		}
		groups = max(groups, from.Groups(), to.Groups())
	}
	if int(group) >= groups || p != PartPack && !v.rec.known(p) {
		return false, nil
	}
	pack, err := v.fresh().pack(bucket, group)
	if err != nil || pack == nil || p == PartPack {
		return err == nil, err
	}
	b, err := pack.Get(uint64(p))
	return b == nil, err // the pack counts
}

// known reports whether a table may have a part.
func (r *Record) known(p Part) bool {
	return p > PartPack && p <= PartWeight || p >= firstColumn && p < Column(len(r.Columns))
}

// readsShard is Reads for a part of an index.
func (ts *Tables) readsShard(key []byte) (bool, error) {
	if len(key) != 1 && len(key) != 4 {
		return false, nil
	}
	name := IndexName(key[0])
	if name != IndexKey && name != IndexID && name != IndexRelationship {
		return false, nil
	}
	if len(key) == 1 {
		return true, nil
	}
	x, err := OpenIndex(ts.file, name)
	if err != nil {
		return false, err
	}
	return key[1] == x.bits && uint32(binary.BigEndian.Uint16(key[2:])) < 1<<x.bits, nil
}
