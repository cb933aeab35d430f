package plan

// Node is one operator of a plan: it makes batches of rows of those that its input
// makes. The types of this package are its only implementations.
type Node interface {
	// Input is the operator below, nil for a Scan.
	Input() Node
	// Describe is the operator's name and what it does, for EXPLAIN.
	Describe() (name, detail string)
	// Estimate is how many rows the planner expects, negative when it did not ask.
	Estimate() float64
	// Keep is the slots that the operators above look at: rows need carry no others.
	Keep() SlotSet
	base() *node
}

// node is what every operator has.
type node struct {
	input Node
	rows  float64
	keep  SlotSet
}

func (n *node) base() *node { return n }

// Keep is the slots that the operators above look at: rows need carry no others.
func (n *node) Keep() SlotSet { return n.keep }

// Input is the operator below, nil for a Scan.
func (n *node) Input() Node { return n.input }

// Estimate is how many rows the planner expects, negative when it did not ask.
func (n *node) Estimate() float64 { return n.rows }

// over is a node above an input of which it expects rows rows.
func over(input Node, rows float64) node { return node{input: input, rows: rows} }

// Scan makes a row of each entity of a selection, by table and row.
type Scan struct {
	node
	Out    Slot
	Select Select
	label  string
}

// Expand makes a row of each hop from each row, in order. Edge and To are None
// where nobody asks for them.
type Expand struct {
	node
	From, Edge, To Slot
	Hop            Hop
	label, to      string
}

// Visit makes a row of each entity that hops from some rows reach, once, by table and
// row: those rows, and what else they bind, are forgotten. With Count it stands for
// all paths to it.
type Visit struct {
	node
	From, To  Slot
	Hop       Hop
	Count     bool
	label, to string
}

// Reach keeps the rows at whose entity a pattern is found. With Count it makes a
// row stand for as many as there are ways.
type Reach struct {
	node
	On      Slot
	Pattern Pattern
	Count   bool
	// Ends makes a row stand for as many as there are different entities at the end of
	// the pattern's first hop.
	Ends bool
	// Bulk lets it work on whole adjacencies where the source has them.
	Bulk  bool
	label string
}

// Group lets rows skip optional groups, or pass them: a run of groups with no
// mandatory hop between them.
type Group struct {
	node
	From   Slot
	Groups []Branch
	// Current is bound to the entity at which the row stands after the run.
	Current Slot
	// Last says that nothing mandatory follows.
	Last bool
	// Tail must be found at Current; only a Last run has one.
	Tail Pattern
	// Subsume drops, of the rows that one incoming row makes, those that another
	// binds the same as and more. Without it, Subsume has to follow.
	Subsume bool
	label   string
}

// Branch is one optional group.
type Branch struct {
	Hops []Step
	// Tail must be found at the last entity of the hops; nil for nothing.
	Tail Pattern
	// Alias is bound to the entity after the group, None without.
	Alias Slot
}

// Step is one hop of a group.
type Step struct {
	Edge, To Slot
	Hop      Hop
}

// Subsume drops every row of which another binds the same and more. Slots are the
// places that count.
type Subsume struct {
	node
	Slots []Slot
}

// Filter keeps the rows for which a condition holds.
type Filter struct {
	node
	Cond Cond
	// Having says that the condition is on result columns.
	Having bool
}

// Dedup keeps the first of the rows that agree in some slots.
type Dedup struct {
	node
	Slots  []Slot
	labels []string
}

// Combine makes one row of those that agree in some slots, in the place of the
// first, to stand for them all.
type Combine struct {
	node
	Slots  []Slot
	labels []string
}

// Reorder sorts rows by table and row of their slots, in turn.
type Reorder struct {
	node
	Slots  []Slot
	labels []string
}

// Collect notes the objects in some slots of every row that passes, for a Tree.
type Collect struct {
	node
	Slots  []Slot
	labels []string
}

// Unwind makes a row of each element of a list: none of an empty list, and one of
// a missing value or of what is no list. It adds two columns, the element and its
// index in the list.
type Unwind struct {
	node
	List Expr
	// Each makes a row that stands for several be unwound as often: its elements
	// come in turn, as they do in rows.
	Each bool
}

// Project computes columns, after those that are there.
type Project struct {
	node
	Exprs []Expr
}

// Aggregate makes one row of each group of rows that agree in Keys, by first
// occurrence: the keys are its first columns, what Aggs compute the next. Without
// keys it makes one row whatever comes.
type Aggregate struct {
	node
	Keys []Expr
	Aggs []Agg
}

// Weigh makes a column of how many rows each row stands for, which from then on it
// does no more.
type Weigh struct{ node }

// Agg is one aggregate.
type Agg struct {
	Func AggFunc
	Arg  Expr // nil for CountRows
	// Per names the slots, and Cols the columns, whose combination stands for one
	// operand of Sum and Avg: each is taken once.
	Per  []Slot
	Cols []int
}

// AggFunc is what an aggregate computes.
type AggFunc uint8

// The aggregates.
const (
	CountRows     AggFunc = iota // rows
	CountDistinct                // different objects or values that are not missing
	Sum
	Avg
	Min
	Max
	First // the value at the group's first row
)

// String is the name of the function.
func (f AggFunc) String() string {
	return [...]string{"COUNT", "COUNT", "SUM", "AVG", "MIN", "MAX", "FIRST"}[f]
}

// Distinct keeps the first of the rows that agree in some columns.
type Distinct struct {
	node
	Cols []int
}

// Sort orders rows; ties keep their order. With a Limit it keeps only so many.
type Sort struct {
	node
	Keys  []SortKey
	Limit int64 // 0 is all
}

// SortKey is one key of an order.
type SortKey struct {
	Expr Expr
	Desc bool
}

// Slice drops the first Skip rows and keeps the next Limit (-1: all).
type Slice struct {
	node
	Skip, Limit int64
	// Stop ends the work below as soon as nothing more can come.
	Stop bool
}

// Output turns rows into the cells of the result.
type Output struct {
	node
	Items []OutputItem
}

// OutputItem is one column of the result, or with All one for each property that
// the objects of a slot or column have in the returned rows.
type OutputItem struct {
	Expr Expr
	Name string
	All  bool
}

// Subgraph turns what was collected into the result of a Tree.
type Subgraph struct{ node }
