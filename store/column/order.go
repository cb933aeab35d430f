package column

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

var errTwice = errors.New("a row stands twice in an order")

// OrderedBytes is how many bytes of a text an Order sorts by.
const OrderedBytes = 16

const orderKey = OrderedBytes

// perFence is how many entries of an order share one stored key.
const perFence = 16

// OrderKey is a row with the first bytes of its text.
type OrderKey struct {
	high, low uint64
	row       uint32
}

// NewOrderKey returns the key of a row.
func NewOrderKey(row uint32, text []byte) OrderKey {
	var b [orderKey]byte
	copy(b[:], text)
	return OrderKey{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:]), row}
}

func (k OrderKey) compare(o OrderKey) int {
	switch {
	case k.high != o.high:
		return cmp.Compare(k.high, o.high)
	case k.low != o.low:
		return cmp.Compare(k.low, o.low)
	}
	return cmp.Compare(k.row, o.row)
}

// Order is rows in the order of the first 16 bytes of their texts: it finds those
// that begin with a prefix. Every sixteenth key is stored, so that a search needs
// no text; the entries beside the two keys that bound it are for the caller to
// look at.
type Order struct {
	n      int
	rows   packed
	fences []byte
}

// EncodeOrder appends an order to dst. It sorts keys.
func EncodeOrder(dst []byte, keys []OrderKey) []byte {
	slices.SortFunc(keys, OrderKey.compare)
	most := uint32(0)
	rows := make([]uint64, len(keys))
	for i, k := range keys {
		rows[i] = uint64(k.row)
		most = max(most, k.row)
	}
	width := widthFor(uint64(most))
	dst = binary.AppendUvarint(append(dst, formOrder), uint64(len(keys)))
	dst = append(dst, byte(width))
	for i := 0; i < len(keys); i += perFence {
		dst = binary.BigEndian.AppendUint64(dst, keys[i].high)
		dst = binary.BigEndian.AppendUint64(dst, keys[i].low)
	}
	return appendPacked(dst, rows, width, 0)
}

// OpenOrder reads the head of an order and where its parts lie.
func OpenOrder(data []byte) (*Order, error) {
	r := newReader(data)
	if form := r.Byte(); form != formOrder {
		r.Fail(fmt.Errorf("form %d is not an order", form))
	}
	o := &Order{n: r.count(MaxEntries)}
	width := uint(r.Byte())
	if width > 32 {
		r.Fail(errShape)
	}
	o.fences = r.take((o.n + perFence - 1) / perFence * orderKey)
	o.rows = r.packed(o.n, width)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("open order: %w", err)
	}
	return o, nil
}

// Len is the number of rows.
func (o *Order) Len() int { return o.n }

// Row returns the i-th row in order.
func (o *Order) Row(i int) uint32 { return uint32(o.rows.at(i)) }

// Span is a part of an order: the rows at Lo up to, not including, Hi may have the
// prefix, and those at SureLo up to SureHi have it.
type Span struct{ Lo, SureLo, SureHi, Hi int }

// Find returns where the rows are whose texts begin with prefix. Of a prefix
// longer than 16 bytes, or with a NUL at its end, no row is sure.
func (o *Order) Find(prefix string) Span {
	low := NewOrderKey(0, bytesOf(prefix))
	high := low
	exact := len(prefix) <= orderKey && (prefix == "" || prefix[len(prefix)-1] != 0)
	if len(prefix) < orderKey {
		var b [orderKey]byte
		for i := copy(b[:], prefix); i < orderKey; i++ {
			b[i] = 0xff
		}
		high = NewOrderKey(0, b[:])
	}
	high.row = math.MaxUint32
	// The first fence that is not below low, and the first that is above high.
	from := o.fence(func(k OrderKey) bool { return k.compare(low) >= 0 })
	to := o.fence(func(k OrderKey) bool { return k.high > high.high || k.high == high.high && k.low > high.low })
	s := Span{Lo: max(from-1, 0) * perFence, Hi: min(to*perFence, o.n)}
	s.SureLo, s.SureHi = min(from*perFence, s.Hi), min(max(to-1, 0)*perFence, o.n)
	if !exact || s.SureLo > s.SureHi {
		s.SureHi = s.SureLo
	}
	return s
}

// fence returns the number of the first fence for which found is true.
func (o *Order) fence(found func(k OrderKey) bool) int {
	return sort.Search(len(o.fences)/orderKey, func(i int) bool {
		return found(NewOrderKey(0, o.fences[i*orderKey:(i+1)*orderKey]))
	})
}

// Verify checks that each row stands once and that the fences are in order.
func (o *Order) Verify() error {
	rows := make([]uint32, o.n)
	for i := range rows {
		rows[i] = o.Row(i)
	}
	slices.Sort(rows)
	if !ascending(rows) {
		return errTwice
	}
	for i := orderKey; i < len(o.fences); i += orderKey {
		if string(o.fences[i-orderKey:i]) > string(o.fences[i:i+orderKey]) {
			return errSort
		}
	}
	return nil
}
