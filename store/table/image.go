package table

import (
	"errors"
	"fmt"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

var errUnnamed = errors.New("it has no name")

// Image returns the object of a row, which must be alive. It may be kept.
func (v *View) Image(row uint32) (*graph.Image, error) {
	if v.over != nil {
		if im := v.over.Images[row]; im != nil {
			return im, nil
		}
	}
	im := &graph.Image{Kind: v.rec.Kind, Type: v.rec.Type}
	var props []graph.Property
	for _, name := range v.rec.Columns {
		x, err := v.Value(row, name)
		if err != nil {
			return nil, err
		}
		if x.Kind() == graph.Undefined {
			continue
		}
		if IsEngine(name) {
			setColumn(im, name, x)
		} else {
			props = append(props, graph.Property{Name: name, Value: x})
		}
	}
	im.Props = graph.SortProperties(props)
	if im.Kind == graph.RelationshipKind {
		if err := v.joinImage(im, row); err != nil {
			return nil, err
		}
	}
	if im.Key == "" || im.Instance == "" {
		return nil, fmt.Errorf("table %d, row %d: %w", v.rec.Number, row, errUnnamed)
	}
	return im, nil
}

// setColumn is the reverse of columnOf.
func setColumn(im *graph.Image, name string, x graph.Value) {
	switch name {
	case ColumnKey:
		im.Key = x.Str()
	case ColumnClass:
		for _, c := range x.List() {
			im.Class = append(im.Class, c.Str())
		}
	case ColumnInstance:
		im.Instance = x.Str()
	case ColumnVersion:
		n, _ := x.Int()
		im.Meta.Version = uint64(n)
	case ColumnCreatedOn:
		im.Meta.CreatedOn, _ = x.Int()
	case ColumnBeginOn:
		im.Meta.BeginOn, _ = x.Int()
	}
}

// joinImage fills in what a relationship has from its ends.
func (v *View) joinImage(im *graph.Image, row uint32) error {
	im.Class = []string{v.rec.Class}
	ends, err := v.EndsOf(row)
	if err != nil {
		return err
	}
	from, to, err := v.ends()
	if err != nil {
		return err
	}
	if im.From, err = from.End(ends.From); err != nil {
		return err
	}
	if im.To, err = to.End(ends.To); err != nil {
		return err
	}
	if im.Key == "" {
		im.Key = DerivedKey(im.From.Key, v.rec.Class, im.To.Key)
	}
	return nil
}

// End names the entity of a row.
func (v *View) End(row uint32) (graph.End, error) {
	key, err := v.Value(row, ColumnKey)
	if err != nil {
		return graph.End{}, err
	}
	in, err := v.Value(row, ColumnInstance)
	return graph.End{Instance: in.Str(), Key: key.Str()}, err
}

// DerivedKey is the key that a relationship has when it brings none of its own;
// it is not stored.
func DerivedKey(from, class, to string) string {
	return from + "|" + strings.ToLower(class) + "|" + to
}

// Identity names the object of a row.
func (v *View) Identity(row uint32) (graph.Identity, error) {
	end, err := v.End(row)
	if err != nil {
		return graph.Identity{}, err
	}
	id := graph.Identity{Kind: v.rec.Kind, Instance: end.Instance, Key: end.Key}
	if v.rec.Kind != graph.RelationshipKind || id.Key != "" {
		return id, nil
	}
	im := &graph.Image{}
	err = v.joinImage(im, row)
	id.Key = im.Key
	return id, err
}
