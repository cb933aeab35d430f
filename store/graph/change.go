package graph

// Op says what happened to an object between two versions.
type Op uint8

// The kinds of change.
const (
	Create Op = iota
	Update
	Delete
)

// String returns "create", "update" or "delete".
func (op Op) String() string {
	return [...]string{"create", "update", "delete"}[op]
}

// Change is one object's difference between two versions. Its images share no
// memory with a snapshot and may be kept.
type Change struct {
	Version uint64 // the version that brought the later state
	Before  *Image // nil when the object was created
	After   *Image // nil when it was deleted
}

// Op tells from the images what happened.
func (c *Change) Op() Op {
	switch {
	case c.Before == nil:
		return Create
	case c.After == nil:
		return Delete
	}
	return Update
}

// Image returns the state that names the object: after, or before a deletion.
func (c *Change) Image() *Image {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// Changed lists, sorted, what differs in an update: property names, and `_type`,
// `_class`, `_fromEntityKey` and `_toEntityKey` where those moved. It is empty
// for a creation and a deletion.
func (c *Change) Changed() []string {
	if c.Before == nil || c.After == nil {
		return nil
	}
	var names []string
	if !SameClass(c.Before.Class, c.After.Class) {
		names = append(names, PropClass)
	}
	if c.Before.From != c.After.From {
		names = append(names, PropFromKey)
	}
	if c.Before.To != c.After.To {
		names = append(names, PropToKey)
	}
	if c.Before.Type != c.After.Type {
		names = append(names, PropType)
	}
	return append(names, c.Before.Props.Changed(c.After.Props)...)
}

// Counts counts changes by Op.
type Counts struct {
	Created, Updated, Deleted int
}

// Add counts one more change.
func (n *Counts) Add(op Op) {
	switch op {
	case Create:
		n.Created++
	case Update:
		n.Updated++
	case Delete:
		n.Deleted++
	}
}

// Total is the number of changes.
func (n Counts) Total() int { return n.Created + n.Updated + n.Deleted }

// Plus adds two counts.
func (n Counts) Plus(m Counts) Counts {
	return Counts{n.Created + m.Created, n.Updated + m.Updated, n.Deleted + m.Deleted}
}
