package table

import (
	"github.com/j1db/j1db/store/graph"
)

// Row is the state of a row, to be written.
type Row struct {
	Image    *graph.Image
	Parent   string
	Touched  uint64 // the version that wrote it
	Hash     uint64 // of what the supplier said
	From, To uint32 // of a relationship: the rows of its ends
}

// engineColumns are the engine's columns in the order in which a table gets them.
var engineColumns = [...]string{
	ColumnKey, ColumnClass, ColumnInstance, ColumnVersion, ColumnCreatedOn, ColumnBeginOn, ColumnTouched, ColumnParent, ColumnHash,
}

// Where the engine's columns stand among them.
const (
	atKey = iota
	atClass
	atInstance
	atVersion
	atCreatedOn
	atBeginOn
	atTouched
	atParent
	atHash
)

// derived reports whether the key of im follows from its ends.
func derived(im *graph.Image) bool {
	return im.Kind == graph.RelationshipKind && len(im.Class) > 0 &&
		im.From.Instance == im.Instance && im.To.Instance == im.Instance &&
		im.Key == DerivedKey(im.From.Key, im.Class[0], im.To.Key)
}

// cell returns what r has in one of the engine's columns; nil has nothing.
func (r *Row) cell(name string) graph.Value {
	switch {
	case r == nil:
		return graph.Value{}
	case name == ColumnTouched:
		return graph.IntValue(int64(r.Touched))
	case name == ColumnHash:
		return graph.IntValue(int64(r.Hash))
	case name == ColumnParent && r.Parent != "":
		return graph.StringValue(r.Parent)
	case name == ColumnClass && r.Image.Kind == graph.RelationshipKind, name == ColumnKey && derived(r.Image):
		return graph.Value{}
	}
	return columnOf(r.Image, name)
}

// props returns the supplier's properties; nil has none.
func (r *Row) props() graph.Properties {
	if r == nil {
		return nil
	}
	return r.Image.Props
}

// differences calls set for every column in which r and before differ.
func (r *Row) differences(before *Row, set func(name string, v graph.Value)) {
	for _, name := range engineColumns {
		if v := r.cell(name); !graph.Equal(v, before.cell(name)) {
			set(name, v)
		}
	}
	old, props := before.props(), r.props()
	i, j := 0, 0
	for i < len(old) || j < len(props) {
		switch {
		case j == len(props) || i < len(old) && old[i].Name < props[j].Name:
			set(old[i].Name, graph.Value{})
			i++
		case i == len(old) || props[j].Name < old[i].Name:
			set(props[j].Name, props[j].Value)
			j++
		default:
			if !graph.Equal(old[i].Value, props[j].Value) {
				set(props[j].Name, props[j].Value)
			}
			i, j = i+1, j+1
		}
	}
}
