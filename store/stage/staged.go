package stage

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// Staged is one staged object in memory of its own.
type Staged struct {
	Shelf   Shelf
	Rank    uint64
	Origin  string
	Image   graph.Image // Meta and Supplier are zero; without ends on the shelf Mapped
	Parent  string
	Mapping *graph.Mapping // on the shelf Mapped
	Raw     []byte         // as the store keeps them, nil when none came
}

// Object reads all of an entry.
func (r *Reader) Object(e Entry) (*Staged, error) {
	rec, err := r.Record(e)
	if err != nil {
		return nil, err
	}
	st := &Staged{
		Shelf: rec.Group.Shelf, Rank: e.Rank, Origin: rec.Origin, Parent: strings.Clone(rec.Parent),
		Image: graph.Image{
			Kind: rec.Group.Shelf.Kind(), Instance: r.stage.instance.Name, Key: strings.Clone(rec.Key()),
			Type: rec.Group.Type, Class: slices.Clone(rec.Group.Class), From: ownedEnd(rec.From), To: ownedEnd(rec.To),
		},
		Raw: bytes.Clone(rec.raw),
	}
	if rec.count > 0 {
		st.Image.Props = make(graph.Properties, 0, rec.count)
	}
	for n, v := range rec.Props {
		st.Image.Props = append(st.Image.Props, graph.Property{Name: r.stage.lexicon.names[n].text, Value: v.Clone()})
	}
	if rec.mapping != nil {
		if st.Mapping, err = parseMapping(rec.mapping); err != nil {
			return nil, fmt.Errorf("read staged record %s: %w", e.place(), err)
		}
	}
	return st, nil
}

func ownedEnd(e graph.End) graph.End {
	return graph.End{Instance: strings.Clone(e.Instance), Key: strings.Clone(e.Key)}
}

// before orders two objects with one key. Suppliers give every object a rank of
// its own; where one did not, content decides, so that arrival never does.
func (st *Staged) before(other *Staged) bool {
	c := cmp.Or(cmp.Compare(st.Rank, other.Rank), strings.Compare(st.Origin, other.Origin))
	if c == 0 {
		c = bytes.Compare(st.content(), other.content())
	}
	if c == 0 {
		c = bytes.Compare(st.Raw, other.Raw)
	}
	return c < 0
}

// content is a state in bytes whose order is the same in every process, unlike
// that of keyed hashes.
func (st *Staged) content() []byte {
	var w wire.Writer
	w.Text(st.Image.Type)
	w.Texts(st.Image.Class)
	w.Props(st.Image.Props)
	for _, e := range [...]graph.End{st.Image.From, st.Image.To} {
		w.Text(e.Instance)
		w.Text(e.Key)
	}
	w.Text(st.Parent)
	if st.Mapping != nil {
		w.B = appendMapping(w.B, st.Mapping)
	}
	return w.B
}
