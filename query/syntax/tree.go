package syntax

import "strings"

// Node is one part of a statement. Nodes of a parsed statement must not be
// changed; a statement may also be built by hand from the exported fields, in
// which case spans are empty.
type Node interface {
	// Span says which bytes of the parsed text the node came from.
	Span() Span
	// String prints the node as J1QL on one line.
	String() string

	write(*printer)
}

// Span is a half-open range of byte offsets in the parsed text. The zero Span
// belongs to nodes that were not parsed.
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// place is what every node embeds to know its span.
type place struct{ span Span }

// Span says which bytes of the parsed text the node came from.
func (p *place) Span() Span { return p.span }

// Query is one J1QL statement, or one sub-query.
type Query struct {
	place

	// Unique is FIND UNIQUE: equal result rows are removed.
	Unique bool
	// Start is the head of the chain: a selector or, for full text, a string.
	Start *Selector
	// Steps are the hops and optional groups after Start, in the order written.
	Steps []Step
	// Where is nil without WHERE. Its properties name their selector.
	Where Filter
	// Return is nil without RETURN; the answer then is the start entities.
	Return *Return
	// Having is nil without HAVING. Its left sides are result columns.
	Having Filter
	// OrderBy holds the sort keys, the most significant first.
	OrderBy []*SortKey
	// Skip and Limit are nil when absent.
	Skip, Limit *RowCount
	// Comments are all comments inside the statement by offset; only the outermost
	// query has any. Equal ignores them, Format keeps them.
	Comments []*Comment

	source string // the text that was parsed; empty in sub-queries and built trees
	notes  []note // what the parser found odd
}

// Step is a part of the chain: a [*Hop] or an [*Optional].
type Step interface {
	Node
	step()
}

// Selector says which entities may stand at one place of the chain. Exactly one of
// these holds: Text is set; or Any; or Names is not empty; or none of them, with
// Smart set. Smart may also go with Any or Names and then narrows them.
type Selector struct {
	place

	// Text is a full-text search; only the start of a chain may be one.
	Text *String
	// Smart is `#Name`, nil without.
	Smart *SmartClass
	// Any is `*`.
	Any bool
	// Names are the alternative classes and types, in the order written.
	Names []*Name
	// With is nil without WITH. Its properties have no selector.
	With Filter
	// Alias is nil without AS.
	Alias *Alias
}

// Name is a class or a type in a selector.
type Name struct {
	place
	Text string
}

// IsClass tells a class from a type: the first letter of a class is a capital.
// There are classes that are all capitals (PR) and types of a single word (employee).
func (n *Name) IsClass() bool {
	first := strings.TrimLeft(n.Text, "_0123456789")
	return first != "" && first[0] >= 'A' && first[0] <= 'Z'
}

// SmartClass is `#Name` in a selector. Name is case-sensitive and without the `#`.
type SmartClass struct {
	place
	Name string
}

// Alias is the name that AS gives to an entity, a relationship, an optional group
// or a result column.
type Alias struct {
	place
	Name string
}

// Hop is THAT: one step over a relationship to a target entity.
type Hop struct {
	place

	// Negated is `!`: no such hop may exist. Everything that follows, up to the end
	// of the chain or of the enclosing optional group, is inside the negation.
	Negated bool
	// AnyVerb is RELATES TO: every relationship fits, and Verbs is empty.
	AnyVerb bool
	// Verbs are the alternatives, in the order written.
	Verbs []*Verb
	// Filler is the word TO after another verb than RELATES. It means nothing and is
	// kept only so that a formatted statement still reads as its author wrote it.
	Filler bool
	// Direction is the way in which the relationship must point.
	Direction Direction
	// Alias names the relationship; nil without AS.
	Alias *Alias
	// Target is the selector of the entity that is reached. It is never full text.
	Target *Selector
}

// Verb is one alternative of a hop's verb.
type Verb struct {
	place
	// Class is the relationship class that the verb matches, in capitals.
	Class string
}

// Direction is the way in which a relationship must point to be followed.
type Direction uint8

// The directions of a hop from entity a to entity b.
const (
	// Either accepts a relationship from a to b and one from b to a (no arrow).
	Either Direction = iota
	// Outward accepts only relationships from a to b (`>>`).
	Outward
	// Inward accepts only relationships from b to a (`<<`).
	Inward
)

// String is the arrow of the direction, empty for Either.
func (d Direction) String() string {
	switch d {
	case Outward:
		return ">>"
	case Inward:
		return "<<"
	default:
		return ""
	}
}

// Optional is a group of hops that rows may skip: `(THAT ... )?`. Groups do not
// nest.
type Optional struct {
	place
	// Hops holds at least one hop.
	Hops []*Hop
	// Alias is the name after `)?`, nil without. It stands for the last entity of the
	// group, or for the entity before the group in rows that skip it.
	Alias *Alias
}

// Return is the RETURN clause: TREE or a list of columns, never both.
type Return struct {
	place
	Tree  bool
	Items []*ReturnItem
}

// ReturnItem is one column of the result, or several for `selector.*`.
type ReturnItem struct {
	place
	Expr Expr
	// Alias is nil without AS. It may be any text: column names can be quoted.
	Alias *Alias

	text string // as the author wrote Expr, white space collapsed
}

// Column is the name of the result column: the alias, else the expression as the
// author wrote it with white space collapsed. For `selector.*` it is the heading of
// a family of columns and no column's name.
func (r *ReturnItem) Column() string {
	switch {
	case r.Alias != nil:
		return r.Alias.Name
	case r.text != "":
		return r.text
	default:
		return r.Expr.String()
	}
}

// SortKey is one key of ORDER BY. What its expression stands for is told by
// [Query.ColumnOf], else it is a selector's property.
type SortKey struct {
	place
	Expr Expr
	// Desc is DESC; without it a key sorts upwards.
	Desc bool
}

// RowCount is the number after SKIP or LIMIT.
type RowCount struct {
	place
	Rows int64
}

// Comment is `/* ... */`.
type Comment struct {
	place
	// Text is what stands between the marks.
	Text string
}

func (*Hop) step()      {}
func (*Optional) step() {}
