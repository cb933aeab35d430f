package graph

// Ref is a handle on one entity or relationship of one Source, valid as long as
// that Source. Its upper half numbers a table and its lower half a row of it:
// rows of one table are dense, so that a Source and those who know it may index
// arrays with them. The zero Ref is no object: an unbound selector.
type Ref uint64

// NewRef returns the handle of a row of a table; tables count from 1.
func NewRef(table, row uint32) Ref { return Ref(table)<<32 | Ref(row) }

// Table returns the number of the table that r belongs to.
func (r Ref) Table() uint32 { return uint32(r >> 32) }

// Row returns r's row in its table.
func (r Ref) Row() uint32 { return uint32(r) }

// Selection picks entities: those of the types or classes (of any, when both are
// empty) for which Where holds (all, when it is nil).
type Selection struct {
	Types, Classes []string
	Where          Predicate
}

// Any reports whether s names neither type nor class.
func (s *Selection) Any() bool { return len(s.Types) == 0 && len(s.Classes) == 0 }

// Hop says how to go from entities to their neighbours.
type Hop struct {
	Verbs     []string // relationship classes in upper case; none means any
	Direction Direction
	Where     Predicate // on the relationship; nil means all
	Target    Selection
}

// Steps are hops that were taken: the i-th goes from the Origin[i]-th entity of
// the batch that was expanded, by the relationship Edge[i], to the entity
// Node[i]. The three have one length. A self-loop is one step, in whatever
// direction.
type Steps struct {
	Origin []uint32
	Edge   []Ref
	Node   []Ref
}

// Len is the number of steps.
func (s *Steps) Len() int { return len(s.Origin) }

// Vector is a column of values of one property for a batch of handles: plain in
// Values, or, when Dict is set, as codes that index Dict. Its memory belongs to
// whoever filled it, until the next call that fills it.
type Vector struct {
	Values []Value
	Codes  []uint32
	Dict   []Value
}

// At returns the i-th value.
func (v *Vector) At(i int) Value {
	if v.Dict != nil {
		return v.Dict[v.Codes[i]]
	}
	return v.Values[i]
}

// Len is the number of values.
func (v *Vector) Len() int {
	if v.Dict != nil {
		return len(v.Codes)
	}
	return len(v.Values)
}

// Table is one table of entities, all of one type. A type that several classes
// of entities share is still one table.
type Table struct {
	Number uint32 // the upper half of its Refs
	Type   string
	Rows   uint32 // one more than the largest row ever used
	Live   uint32 // rows that are entities of this snapshot
}

// Adjacency is the whole neighbourhood of one table along one kind of
// relationship, in compressed-sparse-row form: the neighbours of row r are
// Neighbours[Offsets[r]:Offsets[r+1]], rows of table To. Rows that are not alive
// have none. The slices belong to the snapshot: do not write to them.
type Adjacency struct {
	From, To   uint32
	Offsets    []uint32 // one more than From has rows
	Neighbours []uint32
	// Simple is set when no neighbour occurs twice at a row: degrees then stand
	// for counts of distinct neighbours.
	Simple bool
}

// Degree is the number of neighbours of a row.
func (a *Adjacency) Degree(row uint32) uint32 { return a.Offsets[row+1] - a.Offsets[row] }

// Row returns the neighbours of a row.
func (a *Adjacency) Row(row uint32) []uint32 { return a.Neighbours[a.Offsets[row]:a.Offsets[row+1]] }
