package store

import (
	"slices"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// origin says where a sheet has a property from: exactly one field is set, or, of a
// property that nobody has, constant alone, which is then undefined.
type origin struct {
	constant bool
	value    graph.Value // of every row, where it is constant
	column   string      // that holds it
	supplier bool        // it is the same for all objects of an instance
	derived  bool        // it follows from more than one column
}

// origin finds where a property, engine metadata among them, comes from. It must
// agree with graph.Image.Get.
func (s *sheet) origin(name string) origin {
	switch {
	case s.virtual:
		return origin{derived: true}
	case table.IsEngine(name):
		return origin{constant: true}
	case name == "" || name[0] != '_':
		return s.stores(name)
	}
	if s.kind == graph.RelationshipKind {
		switch name {
		case graph.PropClass:
			return origin{constant: true, value: graph.StringValue(s.class)}
		case graph.PropKey, graph.PropFromKey, graph.PropToKey, graph.PropFromID, graph.PropToID:
			return origin{derived: true}
		}
	}
	switch name {
	case graph.PropType:
		return origin{constant: true, value: graph.StringValue(s.typ)}
	case graph.PropID:
		return origin{derived: true}
	case graph.PropEndOn, graph.PropDeleted:
		return s.ending(name)
	case graph.PropSource, graph.PropInstanceID, graph.PropInstanceName, graph.PropIntegrationType, graph.PropIntegrationCls:
		return origin{supplier: true}
	case graph.PropKey:
		return origin{column: table.ColumnKey}
	case graph.PropClass:
		return origin{column: table.ColumnClass}
	case graph.PropVersion:
		return origin{column: table.ColumnVersion}
	case graph.PropCreatedOn:
		return origin{column: table.ColumnCreatedOn}
	case graph.PropBeginOn:
		return origin{column: table.ColumnBeginOn}
	}
	return s.stores(name)
}

func (s *sheet) stores(name string) origin {
	if v := s.read.Load(); v != nil {
		if _, ok := v.Record().Find(name); !ok {
			return origin{constant: true}
		}
	}
	return origin{column: name}
}

// ending tells deleted objects, which only some editions show.
func (s *sheet) ending(name string) origin {
	switch {
	case s.key.opt.IncludeDeleted:
		return origin{derived: true}
	case name == graph.PropDeleted:
		return origin{constant: true, value: graph.BoolValue(false)}
	}
	return origin{constant: true}
}

// gather fills into with a property of rows of a group.
func (s *sheet) gather(group int, name string, rows []uint32, into *graph.Vector) error {
	if !s.virtual {
		if _, err := s.view(); err != nil {
			return err
		}
	}
	o := s.origin(name)
	switch {
	case o.column != "":
		c, err := s.column(group, o.column)
		if err != nil {
			return err
		}
		if c != nil {
			return s.damage(c.Gather(rows, into))
		}
	case o.supplier:
		return s.gatherSupplier(group, name, rows, into)
	case o.derived:
		repeat(into, len(rows), graph.Value{})
		return s.derive(group, name, rows, into.Values)
	}
	repeat(into, len(rows), o.value)
	return nil
}

// repeat makes a vector of one value n times.
func repeat(into *graph.Vector, n int, v graph.Value) {
	into.Codes, into.Dict = nil, nil
	into.Values = slices.Grow(into.Values[:0], n)[:n]
	for i := range into.Values {
		into.Values[i] = v
	}
}

// gatherSupplier looks up what the instances of rows give to their objects.
func (s *sheet) gatherSupplier(group int, name string, rows []uint32, into *graph.Vector) error {
	c, err := s.column(group, table.ColumnInstance)
	if err != nil {
		return err
	}
	known, err := s.suppliers()
	if err != nil {
		return err
	}
	if c == nil {
		repeat(into, len(rows), graph.Value{})
		return nil
	}
	var in graph.Vector
	if err := c.Gather(rows, &in); err != nil {
		return s.damage(err)
	}
	if in.Dict == nil {
		repeat(into, len(rows), graph.Value{})
		for i, v := range in.Values {
			into.Values[i] = known.of(v.Str(), name)
		}
		return nil
	}
	into.Values, into.Codes, into.Dict = nil, in.Codes, make([]graph.Value, len(in.Dict))
	for i, v := range in.Dict {
		into.Dict[i] = known.of(v.Str(), name)
	}
	return nil
}

// of returns what an instance gives to all of its objects under a name.
func (k *suppliers) of(instance, name string) graph.Value {
	im := graph.Image{Instance: instance, Supplier: k.byName[instance]}
	return im.Get(name)
}

// derive fills out with a property that follows from several columns.
func (s *sheet) derive(group int, name string, rows []uint32, out []graph.Value) error {
	if s.virtual {
		runs, err := s.runImages()
		for i, row := range rows {
			if at := group*table.GroupRows + int(row); err == nil && at < len(runs) {
				out[i] = runs[at].Get(name)
			}
		}
		return err
	}
	first := uint32(group) * table.GroupRows
	var rest []uint32
	var at []int
	for i, row := range rows {
		if im := s.restored(first + row); im != nil {
			out[i] = im.Get(name)
		} else {
			rest, at = append(rest, row), append(at, i)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	values := make([]graph.Value, len(rest))
	err := s.deriveNewest(group, name, rest, values)
	for i, v := range values {
		out[at[i]] = v
	}
	return err
}

// deriveNewest is derive for rows that are as in the newest version.
func (s *sheet) deriveNewest(group int, name string, rows []uint32, out []graph.Value) error {
	switch name {
	case graph.PropEndOn:
		return nil
	case graph.PropDeleted:
		for i := range out {
			out[i] = graph.BoolValue(false)
		}
		return nil
	case graph.PropFromKey, graph.PropToKey, graph.PropFromID, graph.PropToID:
		return s.deriveEnds(group, name, rows, out)
	}
	keys, err := s.keysAt(group, rows)
	if err != nil || name == graph.PropKey {
		copy(out, keys)
		return err
	}
	in, err := s.valuesAt(group, table.ColumnInstance, rows)
	for i := range in {
		id := graph.Identity{Kind: s.kind, Instance: in[i].Str(), Key: keys[i].Str()}
		out[i] = graph.StringValue(id.ID().String())
	}
	return err
}

// valuesAt returns what rows of a group have in a column.
func (s *sheet) valuesAt(group int, name string, rows []uint32) ([]graph.Value, error) {
	out := make([]graph.Value, len(rows))
	c, err := s.column(group, name)
	if err != nil || c == nil {
		return out, err
	}
	return out, s.damage(c.Values(rows, out))
}

// keysAt returns the keys of rows of a group, those too that follow from the ends.
func (s *sheet) keysAt(group int, rows []uint32) ([]graph.Value, error) {
	keys, err := s.valuesAt(group, table.ColumnKey, rows)
	if err != nil || s.kind == graph.EntityKind {
		return keys, err
	}
	var lack []uint32
	var at []int
	for i, k := range keys {
		if k.Missing() {
			lack, at = append(lack, rows[i]), append(at, i)
		}
	}
	if len(lack) == 0 {
		return keys, nil
	}
	ends, err := s.endsAt(group, lack)
	for i, e := range ends {
		keys[at[i]] = graph.StringValue(table.DerivedKey(e[0].Key, s.class, e[1].Key))
	}
	return keys, err
}

func (s *sheet) deriveEnds(group int, name string, rows []uint32, out []graph.Value) error {
	ends, err := s.endsAt(group, rows)
	for i, e := range ends {
		im := graph.Image{Kind: graph.RelationshipKind, From: e[0], To: e[1]}
		out[i] = im.Get(name)
	}
	return err
}

// endsAt names the entities at both ends of relationships.
func (s *sheet) endsAt(group int, rows []uint32) ([][2]graph.End, error) {
	v, err := s.view()
	if err != nil {
		return nil, err
	}
	ends, err := v.Ends()
	if err != nil {
		return nil, s.damage(err)
	}
	out := make([][2]graph.End, len(rows))
	rec, first := v.Record(), uint32(group)*table.GroupRows
	for side, t := range [2]uint32{s.handle(rec.From), s.handle(rec.To)} {
		list := ends.From
		if side == 1 {
			list = ends.To
		}
		refs := make([]graph.Ref, len(rows))
		for i, row := range rows {
			if first+row >= uint32(len(list)) {
				return nil, s.noRow(first + row)
			}
			refs[i] = graph.NewRef(t, list[first+row])
		}
		named, err := s.endNames(refs)
		if err != nil {
			return nil, err
		}
		for i := range named {
			out[i][side] = named[i]
		}
	}
	return out, nil
}

// endNames names entities.
func (e *edition) endNames(refs []graph.Ref) ([]graph.End, error) {
	out := make([]graph.End, len(refs))
	for _, p := range partition(refs) {
		s := e.sheet(p.table)
		if s == nil {
			return nil, errNoHandle
		}
		keys, err := s.valuesAt(p.group, table.ColumnKey, p.rows)
		if err != nil {
			return nil, err
		}
		in, err := s.valuesAt(p.group, table.ColumnInstance, p.rows)
		if err != nil {
			return nil, err
		}
		for i, at := range p.at {
			out[at] = graph.End{Instance: in[i].Str(), Key: keys[i].Str()}
		}
	}
	return out, nil
}

// supplied turns a test of what objects have from their instances into one of the
// names of the instances.
func (s *sheet) supplied(name string, test *column.Test) (*column.Test, error) {
	known, err := s.suppliers()
	if err != nil {
		return nil, err
	}
	// Objects of instances that are not known have nothing from them.
	rule := test.Holds(graph.Value{})
	where := graph.Where{Operator: graph.Eq}
	if rule {
		where.Operator = graph.NotEq
	}
	for _, in := range known.names {
		if test.Holds(known.of(in, name)) != rule {
			where.Operands = append(where.Operands, graph.Operand{Value: graph.StringValue(in)})
		}
	}
	return column.NewTest(where), nil
}
