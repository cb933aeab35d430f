package graph

// TypeStat counts the entities of one type, or the relationships of one type
// whatever they join.
type TypeStat struct {
	Kind    Kind
	Type    string
	Classes []string // of its entities, sorted; the verbs of its relationships
	Count   int
	// Instances supply the type, sorted.
	Instances []string
}

// RelationshipStat counts the relationships of one type and verb between two
// types of entities.
type RelationshipStat struct {
	Type     string
	Verb     string
	FromType string
	ToType   string
	Count    int
	// FromDistinct and ToDistinct count the entities that have such a
	// relationship; MaxOut and MaxIn are the largest degrees. 0 is unknown.
	FromDistinct, ToDistinct int
	MaxOut, MaxIn            int
}

// PropertyStat describes the values of one property of one type.
type PropertyStat struct {
	Name     string
	Kinds    []ValueKind // that occur, ascending; Int and Float are one, Float
	Filled   int         // objects that have it, not null
	Distinct int         // distinct values, possibly an estimate
	Top      []ValueCount
}

// ValueCount counts one value of a property; a PropertyStat's are the commonest,
// most frequent first.
type ValueCount struct {
	Value Value
	Count int
}
