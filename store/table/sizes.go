package table

import "github.com/j1db/j1db/store/column"

// Sizes calls add with the parts that a value of BucketBase or BucketPatch holds,
// and how many bytes each takes. What belongs to no part is counted as PartPack.
func Sizes(key, value []byte, add func(number uint32, p Part, bytes int)) error {
	number, _, p, ok := SplitPartKey(key)
	if !ok {
		return errUnknown
	}
	if p != PartPack {
		add(number, p, len(value))
		return nil
	}
	chunk, err := column.Peel(value)
	if err != nil {
		return err
	}
	pack, err := column.OpenPack(chunk)
	if err != nil {
		return err
	}
	rest := len(value)
	for id, part := range pack.All() {
		add(number, Part(id), len(part))
		rest -= len(part)
	}
	add(number, PartPack, rest)
	return nil
}

// ColumnAt returns the number of a column, and whether a part is one.
func (r *Record) ColumnAt(p Part) (int, bool) {
	n := int(p) - int(firstColumn)
	return n, n >= 0 && n < len(r.Columns)
}
