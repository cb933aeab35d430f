package query_test

import (
	"context"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// arrays is a graph in plain arrays: what the hardware allows a source to be. It
// holds entities with a few properties and relationships with none.
type arrays struct {
	tables []*arrayTable // of entities; the i-th has number i+1
	joins  []*arrayJoin  // numbered after the tables
	byType map[string]int
	byName map[arrayJoinName]int
}

type arrayJoinName struct {
	verb     string
	from, to int
}

type arrayTable struct {
	number  uint32
	typ     string
	classes []string
	rows    int
	columns map[string]*arrayColumn
	keys    map[string]uint32
}

// arrayColumn is a column in codes of a dictionary.
type arrayColumn struct {
	codes  []uint32
	dict   []graph.Value
	number map[string]uint32
	texts  *arrayTexts // of texts that mostly occur once
}

// arrayJoin is the relationships of one verb between two tables, both ways.
type arrayJoin struct {
	number   uint32
	verb     string
	from, to int // indices of tables
	pairs    [][2]uint32
	out, in  arrayLists
	simple   bool // no two of one pair
	loops    bool // some are self-loops
}

type arrayLists struct{ offsets, neighbours, edges []uint32 }

func newArrays() *arrays { return &arrays{byType: map[string]int{}, byName: map[arrayJoinName]int{}} }

// table adds a table of entities; types are added in order of name.
func (a *arrays) table(typ string, classes ...string) *arrayTable {
	t := &arrayTable{
		number: uint32(len(a.tables) + 1), typ: typ, classes: classes,
		columns: map[string]*arrayColumn{}, keys: map[string]uint32{},
	}
	a.byType[typ] = len(a.tables)
	a.tables = append(a.tables, t)
	return t
}

// sortTables numbers the tables in the order of their names, before they have rows.
func (a *arrays) sortTables() {
	slices.SortFunc(a.tables, func(x, y *arrayTable) int { return strings.Compare(x.typ, y.typ) })
	for i, t := range a.tables {
		t.number, a.byType[t.typ] = uint32(i+1), i
	}
}

// add adds an entity. Every entity of a table has the same properties.
func (t *arrayTable) add(key string, props map[string]graph.Value) uint32 {
	row := uint32(t.rows)
	t.rows++
	t.keys[key] = row
	t.set("_key", graph.StringValue(key))
	t.set("_type", graph.StringValue(t.typ))
	for name, v := range props {
		t.set(name, v)
	}
	return row
}

func (t *arrayTable) set(name string, v graph.Value) {
	c := t.columns[name]
	if c == nil {
		c = &arrayColumn{number: map[string]uint32{}}
		t.columns[name] = c
	}
	text := v.Str()
	if v.Kind() != graph.String {
		text = "\x00" + v.String()
	}
	code, ok := c.number[text]
	if !ok {
		code = uint32(len(c.dict))
		c.number[text] = code
		c.dict = append(c.dict, v)
	}
	c.codes = append(c.codes, code)
}

// join adds a relationship.
func (a *arrays) join(from int, fromRow uint32, verb string, to int, toRow uint32) {
	name := arrayJoinName{verb, from, to}
	at, ok := a.byName[name]
	if !ok {
		at = len(a.joins)
		a.byName[name] = at
		a.joins = append(a.joins, &arrayJoin{verb: verb, from: from, to: to})
	}
	a.joins[at].pairs = append(a.joins[at].pairs, [2]uint32{fromRow, toRow})
}

// finish makes the adjacency of what was added.
func (a *arrays) finish() {
	for _, t := range a.tables {
		for _, c := range t.columns {
			if len(c.dict) > 64 {
				c.index()
			}
		}
	}
	for i, j := range a.joins {
		j.number = uint32(len(a.tables) + 1 + i)
		j.out = listsOf(j.pairs, 0, a.tables[j.from].rows)
		j.in = listsOf(j.pairs, 1, a.tables[j.to].rows)
		j.simple, j.loops = true, false
		seen := make([]uint32, a.tables[j.to].rows) // one more than the last row that had it
		for row := range uint32(a.tables[j.from].rows) {
			for _, n := range j.out.neighbours[j.out.offsets[row]:j.out.offsets[row+1]] {
				j.simple = j.simple && seen[n] != row+1
				j.loops = j.loops || j.from == j.to && n == row
				seen[n] = row + 1
			}
		}
	}
}

// used is the number of rows that have neighbours.
func (l *arrayLists) used() int {
	n := 0
	for i, end := range l.offsets[1:] {
		if end > l.offsets[i] {
			n++
		}
	}
	return n
}

func listsOf(pairs [][2]uint32, side, rows int) arrayLists {
	l := arrayLists{offsets: make([]uint32, rows+1), neighbours: make([]uint32, len(pairs)), edges: make([]uint32, len(pairs))}
	for _, p := range pairs {
		l.offsets[p[side]+1]++
	}
	for i := range rows {
		l.offsets[i+1] += l.offsets[i]
	}
	next := slices.Clone(l.offsets)
	for e, p := range pairs {
		at := next[p[side]]
		next[p[side]]++
		l.neighbours[at], l.edges[at] = p[1-side], uint32(e)
	}
	return l
}

func (t *arrayTable) fits(sel *graph.Selection) bool {
	return sel.Any() || slices.Contains(sel.Types, t.typ) ||
		slices.ContainsFunc(t.classes, func(c string) bool { return slices.Contains(sel.Classes, c) })
}

// rowTest decides a predicate row by row.
func (t *arrayTable) rowTest(p graph.Predicate) func(row uint32) bool {
	if p == nil {
		return nil
	}
	return func(row uint32) bool { return p.Eval(arrayRow{t, row}) }
}

// scanned decides a predicate for a row, of all at once.
func (t *arrayTable) scanned(p graph.Predicate) func(row uint32) bool {
	words := t.bits(p)
	return func(row uint32) bool { return words[row/64]>>(row%64)&1 > 0 }
}

// arrayRow is one row as a record.
type arrayRow struct {
	table *arrayTable
	row   uint32
}

// Get implements graph.Record.
func (r arrayRow) Get(name string) graph.Value {
	if c := r.table.columns[name]; c != nil {
		return c.dict[c.codes[r.row]]
	}
	return graph.Value{}
}

// All implements graph.Record.
func (r arrayRow) All() iter.Seq2[string, graph.Value] {
	return func(func(string, graph.Value) bool) {}
}

func (t *arrayTable) byKey(p graph.Predicate) (row uint32, found, keyed bool) {
	all, _ := p.(graph.And)
	if w, ok := p.(graph.Where); ok {
		all = graph.And{w}
	}
	for _, q := range all {
		if w, ok := q.(graph.Where); ok && w.Property == "_key" && w.Operator == graph.Eq && len(w.Operands) == 1 {
			row, found = t.keys[w.Operands[0].Value.Str()]
			return row, found, true
		}
	}
	return 0, false, false
}

const arrayBatch = 2048

// Scan implements exec.Source.
func (a *arrays) Scan(ctx context.Context, sel graph.Selection) iter.Seq2[[]graph.Ref, error] {
	return func(yield func([]graph.Ref, error) bool) {
		batch := make([]graph.Ref, 0, arrayBatch)
		for _, t := range a.tables {
			if !t.fits(&sel) {
				continue
			}
			first, end := uint32(0), uint32(t.rows)
			if row, found, keyed := t.byKey(sel.Where); keyed {
				if first, end = row, row+1; !found {
					continue
				}
			}
			test := t.rowTest(sel.Where)
			if test != nil && end-first > 1 {
				test = t.scanned(sel.Where)
			}
			for row := first; row < end; row++ {
				if test != nil && !test(row) {
					continue
				}
				batch = append(batch, graph.NewRef(t.number, row))
				if len(batch) == arrayBatch {
					if !yield(batch, ctx.Err()) {
						return
					}
					batch = batch[:0]
				}
			}
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}

// arrayWay is one join, one way, to a table that the target selects.
type arrayWay struct {
	lists  *arrayLists
	join   *arrayJoin
	number uint32
	to     *arrayTable
	test   func(uint32) bool
	loops  bool // taken on the way out already
}

// ways are the joins that a hop can take from a table.
func (a *arrays) ways(table int, hop *graph.Hop) []arrayWay {
	var out []arrayWay
	for _, j := range a.joins {
		if len(hop.Verbs) > 0 && !slices.Contains(hop.Verbs, j.verb) {
			continue
		}
		if to := a.tables[j.to]; j.from == table && hop.Direction != graph.Reverse && to.fits(&hop.Target) {
			out = append(out, arrayWay{&j.out, j, j.number, to, to.rowTest(hop.Target.Where), false})
		}
		if to := a.tables[j.from]; j.to == table && hop.Direction != graph.Forward && to.fits(&hop.Target) {
			out = append(out, arrayWay{&j.in, j, j.number, to, to.rowTest(hop.Target.Where), j.loops && hop.Direction == graph.Both})
		}
	}
	return out
}

// arraySteps is memory for the batches of Expand.
var arraySteps = sync.Pool{New: func() any {
	return &graph.Steps{
		Origin: make([]uint32, 0, arrayBatch), Edge: make([]graph.Ref, 0, arrayBatch), Node: make([]graph.Ref, 0, arrayBatch),
	}
}}

// Expand implements exec.Source.
func (a *arrays) Expand(ctx context.Context, from []graph.Ref, hop graph.Hop) iter.Seq2[graph.Steps, error] {
	return func(yield func(graph.Steps, error) bool) {
		known := map[uint32][]arrayWay{}
		kept := arraySteps.Get().(*graph.Steps)
		defer arraySteps.Put(kept)
		s := graph.Steps{Origin: kept.Origin[:0], Edge: kept.Edge[:0], Node: kept.Node[:0]}
		var ways []arrayWay
		for i, origin := range from {
			if i == 0 || origin.Table() != from[i-1].Table() {
				var ok bool
				if ways, ok = known[origin.Table()]; !ok {
					ways = a.ways(int(origin.Table())-1, &hop)
					known[origin.Table()] = ways
				}
			}
			for w := range ways {
				way := &ways[w]
				row := origin.Row()
				for at, end := way.lists.offsets[row], way.lists.offsets[row+1]; at < end; at++ {
					n := way.lists.neighbours[at]
					if way.test != nil && !way.test(n) || way.loops && way.to.number == origin.Table() && n == row {
						continue
					}
					s.Origin = append(s.Origin, uint32(i))
					s.Edge = append(s.Edge, graph.NewRef(way.number, way.lists.edges[at]))
					s.Node = append(s.Node, graph.NewRef(way.to.number, n))
					if s.Len() == arrayBatch {
						if !yield(s, ctx.Err()) {
							return
						}
						s = graph.Steps{Origin: s.Origin[:0], Edge: s.Edge[:0], Node: s.Node[:0]}
					}
				}
			}
		}
		if s.Len() > 0 {
			yield(s, nil)
		}
	}
}

// coded answers Fetch in codes, for refs of one table.
func (a *arrays) coded(refs []graph.Ref, name string, into *graph.Vector) bool {
	if len(refs) == 0 || refs[0].Table() == 0 || int(refs[0].Table()) > len(a.tables) {
		return false
	}
	number := refs[0].Table()
	c := a.tables[number-1].columns[name]
	if c == nil {
		return false
	}
	codes := into.Codes[:0]
	for _, ref := range refs {
		if ref.Table() != number {
			return false
		}
		codes = append(codes, c.codes[ref.Row()])
	}
	*into = graph.Vector{Codes: codes, Dict: c.dict}
	return true
}

// Fetch implements exec.Source.
func (a *arrays) Fetch(_ context.Context, refs []graph.Ref, props []string, into []graph.Vector) error {
	for p, name := range props {
		if a.coded(refs, name, &into[p]) {
			continue
		}
		values := into[p].Values[:0]
		for _, ref := range refs {
			v := graph.Value{}
			switch table := int(ref.Table()); {
			case table == 0:
			case table > len(a.tables):
				if name == "_class" {
					v = graph.StringValue(a.joins[table-len(a.tables)-1].verb)
				}
			default:
				if c := a.tables[table-1].columns[name]; c != nil {
					v = c.dict[c.codes[ref.Row()]]
				}
			}
			values = append(values, v)
		}
		into[p] = graph.Vector{Values: values}
	}
	return nil
}

// Images implements exec.Source.
func (a *arrays) Images(_ context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	out := make([]*graph.Image, len(refs))
	for i, ref := range refs {
		if t := int(ref.Table()); t > len(a.tables) {
			out[i] = &graph.Image{Kind: graph.RelationshipKind, Class: []string{a.joins[t-len(a.tables)-1].verb}}
		} else if t > 0 {
			table := a.tables[t-1]
			key := table.columns["_key"]
			out[i] = &graph.Image{Key: key.dict[key.codes[ref.Row()]].Str(), Type: table.typ, Class: table.classes}
		}
	}
	return out, nil
}

// Tables implements exec.Adjacent.
func (a *arrays) Tables(sel graph.Selection) []graph.Table {
	var out []graph.Table
	for _, t := range a.tables {
		if t.fits(&sel) {
			out = append(out, graph.Table{Number: t.number, Type: t.typ, Rows: uint32(t.rows), Live: uint32(t.rows)})
		}
	}
	return out
}

// Adjacency implements exec.Adjacent.
func (a *arrays) Adjacency(_ context.Context, table uint32, hop graph.Hop) ([]graph.Adjacency, bool, error) {
	var out []graph.Adjacency
	for _, w := range a.ways(int(table)-1, &hop) {
		if w.loops {
			return nil, false, nil
		}
		out = append(out, graph.Adjacency{
			From: table, To: w.to.number, Offsets: w.lists.offsets, Neighbours: w.lists.neighbours, Simple: w.join.simple,
		})
	}
	return out, true, nil
}

// Types implements plan.Catalog.
func (a *arrays) Types(context.Context) ([]graph.TypeStat, error) {
	var out []graph.TypeStat
	for _, t := range a.tables {
		out = append(out, graph.TypeStat{Kind: graph.EntityKind, Type: t.typ, Classes: t.classes, Count: t.rows, Instances: []string{"estate"}})
	}
	for _, j := range a.joins {
		out = append(out, graph.TypeStat{Kind: graph.RelationshipKind, Type: j.verb, Classes: []string{j.verb}, Count: len(j.pairs)})
	}
	return out, nil
}

// Relationships implements plan.Catalog.
func (a *arrays) Relationships(context.Context) ([]graph.RelationshipStat, error) {
	var out []graph.RelationshipStat
	for _, j := range a.joins {
		out = append(out, graph.RelationshipStat{
			Verb: j.verb, FromType: a.tables[j.from].typ, ToType: a.tables[j.to].typ, Count: len(j.pairs),
			FromDistinct: j.out.used(), ToDistinct: j.in.used(),
		})
	}
	return out, nil
}

// Properties implements plan.Catalog.
func (a *arrays) Properties(_ context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	at, ok := a.byType[typ]
	if kind != graph.EntityKind || !ok {
		return nil, nil
	}
	var out []graph.PropertyStat
	for name, c := range a.tables[at].columns {
		if name[0] != '_' {
			out = append(out, graph.PropertyStat{Name: name, Filled: a.tables[at].rows, Distinct: len(c.dict)})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
