package column

import (
	"encoding/binary"
	"fmt"
)

const (
	rowsList byte = iota
	rowsWords
)

// EncodeRows appends a set of rows below n to dst: its words, or its rows where
// that is shorter.
func EncodeRows(dst []byte, m Bitmap, n int) []byte {
	m = m[:(n+63)/64]
	dst = binary.AppendUvarint(append(dst, formRows), uint64(n))
	list := binary.AppendUvarint(nil, uint64(m.Count()))
	list, _ = appendSeries32(list, m.AppendRows(nil), nil)
	if len(list) < len(m)*8 {
		return append(append(dst, rowsList), list...)
	}
	return appendBitmap(append(dst, rowsWords), m)
}

// DecodeRows returns the set that EncodeRows wrote, and n.
func DecodeRows(data []byte) (Bitmap, int, error) {
	r := newReader(data)
	if form := r.Byte(); form != formRows {
		r.Fail(fmt.Errorf("form %d is not a set of rows", form))
	}
	n := r.count(MaxElements)
	m := NewBitmap(n)
	switch mode := r.Byte(); mode {
	case rowsWords:
		r.bitmap(m)
		if m.anyBeyond(n) {
			r.Fail(errRow)
		}
	case rowsList:
		r.rowList(m, n)
	default:
		r.Fail(fmt.Errorf("mode %d of a set of rows is unknown", mode))
	}
	if err := r.Done(); err != nil {
		return nil, 0, fmt.Errorf("decode set of rows: %w", err)
	}
	return m, n, nil
}

func (r *reader) rowList(m Bitmap, n int) {
	count := r.count(n)
	list := r.series(count)
	for i := range count {
		if r.Err != nil {
			return
		}
		row := list.at(i)
		if row >= uint64(n) {
			r.Fail(errRow)
			return
		}
		m.Add(int(row))
	}
}
