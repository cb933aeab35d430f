package stage

import (
	"encoding/binary"
	"math/bits"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// A record is
//
//	length of what follows, without the raw data
//	twice the origin, plus one with raw data, and then their length
//	number of properties, and their names
//	body
//	raw data
//
// all numbers as varints. Origins and names are those of the lexicon.

// stage enters an object whose properties were gathered.
func (e *encoder) stage(in *graph.Object, o *subject, g *group, mapping *graph.Mapping, rank uint64) error {
	var raw []byte
	if in.Raw != nil && e.instance.KeepRaw {
		id := graph.Identity{Kind: o.shelf.Kind(), Instance: e.instance.Name, Key: o.key}
		raw = e.pack.pack(id, in.Raw)
		e.raws.Store(true)
	}
	b := e.head(raw)
	for i := range e.kept {
		if n := e.kept[i].number; n < 0x80 {
			b = append(b, byte(n))
		} else {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	head := len(b)
	b = o.append(b)
	for i := range e.kept {
		b = appendValue(b, &in.Props[e.kept[i].at].Value)
	}
	if mapping != nil {
		b = appendMapping(b, mapping)
	}
	record := len(b)
	for i := range e.kept {
		b = append(b, e.kept[i].coded...)
	}
	e.scratch = b
	content := e.hasher.content(b[head:], len(e.kept), g.digest)
	return e.enter(o, g, content, rank, b[:record], raw)
}

// head begins a record in scratch memory.
func (e *encoder) head(raw []byte) []byte {
	b := e.scratch[:0]
	if raw == nil {
		b = binary.AppendUvarint(b, uint64(e.origin)<<1)
	} else {
		b = binary.AppendUvarint(b, uint64(e.origin)<<1|1)
		b = binary.AppendUvarint(b, uint64(len(raw)))
	}
	return binary.AppendUvarint(b, uint64(len(e.kept)))
}

// enter writes a record and its entry.
func (e *encoder) enter(o *subject, g *group, content, rank uint64, record, raw []byte) error {
	at, err := e.write(record, raw)
	if err != nil {
		return err
	}
	b := append(e.scratch[:0], e.prefix[o.shelf]...)
	e.scratch = append(b, o.key...)
	key := e.hasher.key(e.scratch)
	e.lists[o.shelf][Partition(key)].add(newEntry(key, content, rank, g.number, at), &e.blocks.held)
	return nil
}

// write appends a record to the block in work, or begins another when it does
// not fit: a record never spans two.
func (e *encoder) write(record, raw []byte) (place, error) {
	need := uvarintLen(uint64(len(record))) + len(record) + len(raw)
	if cap(e.block)-len(e.block) < need {
		number, b, err := e.blocks.next(e.number, e.block, need)
		if err != nil {
			return 0, err
		}
		e.number, e.block = number, b
	}
	at := newPlace(e.number, len(e.block))
	b := binary.AppendUvarint(e.block, uint64(len(record)))
	e.block = append(append(b, record...), raw...)
	return at, nil
}

func uvarintLen(n uint64) int { return (bits.Len64(n|1) + 6) / 7 }

// reject reports an object that cannot be stored and remembers its key. An error
// is of the stage.
func (e *encoder) reject(in *graph.Object, sh Shelf, rank uint64, reason error) error {
	e.rejected.count++
	if e.rejected.wants(rank) {
		r := Rejection{
			Kind: sh.Kind(), Instance: e.instance.Name, Key: strings.Clone(in.Key), Type: strings.Clone(in.Type),
			Origin: strings.Clone(e.source), Reason: reason.Error(),
		}
		e.rejected.add(finding[Rejection]{rank, r.Key, r.Reason, r})
	}
	if graph.CheckKey(in.Key) != nil {
		return nil
	}
	o := &subject{shelf: sh, key: in.Key, spared: true}
	e.kept = e.kept[:0]
	b := o.append(e.head(nil))
	e.scratch = b
	return e.enter(o, &group{number: uint32(sh)}, 0, rank, b, nil)
}
