package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// index opens an index of the newest version.
func (e *edition) index(l *lazy[*table.Index], name table.IndexName) (*table.Index, error) {
	return l.get(func() (*table.Index, error) {
		x, err := table.OpenIndex(e.file, name)
		return x, e.wrong(err, "index of names")
	})
}

// names returns the index of the names of a kind.
func (e *edition) names(kind graph.Kind) (*table.Index, error) {
	if kind == graph.EntityKind {
		return e.index(&e.keys, table.IndexKey)
	}
	return e.index(&e.rels, table.IndexRelationship)
}

// find returns the handle of an object, zero when it is not there.
func (e *edition) find(id graph.Identity) (graph.Ref, error) {
	if id.Instance == graph.ReservedPrefix && id.Kind == graph.EntityKind {
		return e.findRun(id.Key)
	}
	x, err := e.names(id.Kind)
	if err != nil {
		return 0, err
	}
	var buf [4]column.Entry
	found, err := x.Look(buf[:0], e.hash.Key(id.Kind, id.Instance, id.Key))
	if err != nil {
		return 0, e.wrong(err, "index of names")
	}
	for _, at := range found {
		s := e.sheet(e.handle(at.Table))
		if s == nil {
			return 0, e.wrong(errNoTable, "index of names")
		}
		is, err := s.is(at.Row, &id)
		if err != nil {
			return 0, err
		}
		if is {
			return graph.NewRef(s.number, at.Row), nil
		}
	}
	return e.findRestored(id)
}

var errNoTable = fmt.Errorf("it names a table that does not exist")

// findRun returns the handle of a run record.
func (e *edition) findRun(key string) (graph.Ref, error) {
	text, ok := strings.CutPrefix(key, graph.RunType+":")
	if !ok {
		return 0, nil
	}
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return 0, nil
	}
	runs, err := e.runImages()
	for row, im := range runs {
		if im.Key == key {
			return graph.NewRef(uint32(e.runAt+1), uint32(row)), nil
		}
	}
	return 0, err
}

// naming is the columns of a row group that name its objects, nil for one that it
// has not.
type naming struct{ keys, instances *column.Column }

// naming returns the columns that name the objects of a row group, which are asked
// for more often than any others.
func (s *sheet) naming(group int) (*naming, error) {
	list, err := s.named.get(func() ([]atomic.Pointer[naming], error) {
		n, err := s.groups()
		return make([]atomic.Pointer[naming], n), err
	})
	if err != nil {
		return nil, err
	}
	if n := list[group].Load(); n != nil {
		return n, nil
	}
	n := &naming{}
	if n.keys, err = s.column(group, table.ColumnKey); err != nil {
		return nil, err
	}
	if n.instances, err = s.column(group, table.ColumnInstance); err != nil {
		return nil, err
	}
	list[group].Store(n)
	return n, nil
}

// is reports whether a row is the object of a name, and alive.
func (s *sheet) is(row uint32, id *graph.Identity) (bool, error) {
	alive, err := s.alive()
	if err != nil || !alive.Has(int(row)) {
		return false, err
	}
	group, at := int(row/table.GroupRows), int(row%table.GroupRows)
	n, err := s.naming(group)
	if err != nil || n.instances == nil {
		return false, err
	}
	if same, err := n.instances.HasText(at, id.Instance); err != nil || !same {
		return false, s.damage(err)
	}
	if s.kind == graph.RelationshipKind {
		keys, err := s.keysAt(group, []uint32{uint32(at)})
		return err == nil && keys[0].Str() == id.Key, err
	}
	if n.keys == nil {
		return false, nil
	}
	same, err := n.keys.HasText(at, id.Key)
	return same, s.damage(err)
}

// findKey returns the handles of the objects of a key in all instances, by instance.
func (e *edition) findKey(kind graph.Kind, key string) ([]graph.Ref, error) {
	known, err := e.suppliers()
	if err != nil {
		return nil, err
	}
	var out []graph.Ref
	names := known.names
	if kind == graph.EntityKind && strings.HasPrefix(key, graph.RunType) {
		i, _ := slices.BinarySearch(names, graph.ReservedPrefix)
		names = slices.Insert(slices.Clone(names), i, graph.ReservedPrefix)
	}
	for _, in := range names {
		ref, err := e.find(graph.Identity{Kind: kind, Instance: in, Key: key})
		if err != nil {
			return nil, err
		}
		if ref != 0 {
			out = append(out, ref)
		}
	}
	return out, nil
}

// findID returns the handle of the object of an `_id`, zero when it is not there.
func (e *edition) findID(id graph.ID) (graph.Ref, error) {
	if ref, err := e.findEntityID(id); ref != 0 || err != nil || id[6]>>4 != idVersion {
		return ref, err
	}
	return e.searchID(id)
}

// idVersion is the version of the UUIDs that identities have.
const idVersion = 5

// findEntityID is findID of entities alone.
func (e *edition) findEntityID(id graph.ID) (graph.Ref, error) {
	if id[6]>>4 != idVersion {
		return 0, nil
	}
	x, err := e.index(&e.ids, table.IndexID)
	if err != nil {
		return 0, err
	}
	var buf [4]column.Entry
	found, err := x.Look(buf[:0], binary.BigEndian.Uint64(id[:]))
	if err != nil {
		return 0, e.wrong(err, "index of IDs")
	}
	for _, at := range found {
		s := e.sheet(e.handle(at.Table))
		if s == nil {
			return 0, e.wrong(errNoTable, "index of IDs")
		}
		if ok, err := s.has(at.Row); err != nil || !ok {
			if err != nil {
				return 0, err
			}
			continue
		}
		name, err := s.identity(at.Row)
		if err != nil {
			return 0, err
		}
		if name.ID() == id {
			return graph.NewRef(s.number, at.Row), nil
		}
	}
	return e.findOtherID(id)
}

// identity names the object of a row.
func (s *sheet) identity(row uint32) (graph.Identity, error) {
	group, at := int(row/table.GroupRows), []uint32{row % table.GroupRows}
	keys, err := s.keysAt(group, at)
	if err != nil {
		return graph.Identity{}, err
	}
	in, err := s.valuesAt(group, table.ColumnInstance, at)
	return graph.Identity{Kind: s.kind, Instance: in[0].Str(), Key: keys[0].Str()}, err
}

// findOtherID looks among what the index of IDs lacks: run records and what the
// version has of objects that are elsewhere in the newest.
func (e *edition) findOtherID(id graph.ID) (graph.Ref, error) {
	runs, err := e.runImages()
	if err != nil {
		return 0, err
	}
	for _, im := range runs {
		if im.Identity().ID() == id {
			return e.find(im.Identity())
		}
	}
	return e.findRestoredID(id)
}

// searchID asks every relationship for its ID: no index has those.
func (e *edition) searchID(id graph.ID) (graph.Ref, error) {
	text := id.String()
	var v graph.Vector
	for _, s := range e.sheetsOf(graph.RelationshipKind) {
		all, err := s.alive()
		if err != nil {
			return 0, err
		}
		groups, err := s.groups()
		if err != nil {
			return 0, err
		}
		for g := range groups {
			for part := range batches(groupOf(all, g), atOnce) {
				if err := s.gather(g, graph.PropID, part, &v); err != nil {
					return 0, err
				}
				for i, row := range part {
					if v.At(i).Str() == text {
						return graph.NewRef(s.number, uint32(g)*table.GroupRows+row), nil
					}
				}
			}
		}
	}
	return 0, nil
}

// named returns, in order, the entities among which those are for which c holds,
// where it says which key or `_id` they have.
func (e *edition) named(c *condition) ([]graph.Ref, bool, error) {
	name, texts, ok := c.equality()
	if !ok {
		return nil, false, nil
	}
	var out []graph.Ref
	for _, text := range texts {
		var refs []graph.Ref
		var err error
		if name == graph.PropKey {
			refs, err = e.findKey(graph.EntityKind, text)
		} else if id, is := graph.ParseID(text); is {
			refs = make([]graph.Ref, 1)
			refs[0], err = e.findEntityID(id)
		}
		if err != nil {
			return nil, true, err
		}
		out = append(out, refs...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(ref graph.Ref) bool { return ref == 0 }), true, nil
}

// equality returns the property, key or `_id`, and the texts of which it must have
// one for c to hold.
func (c *condition) equality() (name string, texts []string, ok bool) {
	switch {
	case c == nil:
	case c.form == formAnd:
		for _, part := range c.parts {
			if name, texts, ok = part.equality(); ok {
				return name, texts, true
			}
		}
	case c.form == formTest && (c.name == graph.PropKey || c.name == graph.PropID):
		w := c.pred.(graph.Where)
		if w.Operator != graph.Eq || w.All && len(w.Operands) != 1 || len(w.Operands) > mostNames {
			return "", nil, false
		}
		for i := range w.Operands {
			o := &w.Operands[i]
			if o.Absent || o.Regex != nil {
				return "", nil, false
			}
			texts = appendTexts(texts, o.Value)
		}
		return c.name, texts, true
	}
	return "", nil, false
}

// mostNames is how many names are looked up one by one.
const mostNames = 4096

// appendTexts appends the text that v is, or those in it.
func appendTexts(dst []string, v graph.Value) []string {
	if v.Kind() == graph.String {
		return append(dst, v.Str())
	}
	for _, x := range v.List() {
		if x.Kind() == graph.String {
			dst = append(dst, x.Str())
		}
	}
	return dst
}
