package graph

// Batch is a part of what one run of one instance supplies. Batches arrive in
// any order; a relationship may come before its ends.
type Batch struct {
	// Origin names where the batch was read, for reports: a step or a file.
	Origin string
	// Rank is the position of the batch's first object in the supplier's order;
	// each further object is one higher, entities before relationships. Of two
	// objects with one key the lower rank wins, whatever arrived first.
	Rank          uint64
	Entities      []Entity
	Relationships []Relationship
	// Deletes names objects that are gone, where the supplier knows.
	Deletes []Deletion
	// Complete and Partial say what was read whole, and what was not.
	Complete []Complete
	Partial  []Partial
}

// Deletion names one object to delete.
type Deletion struct {
	Kind Kind
	Key  string
}

// AllTypes in Complete.Type stands for every type of the instance.
const AllTypes = "*"

// Complete says that a list was read whole: what the instance holds of Type
// (under Parent, unless that is empty) and did not bring in this run is gone, and
// so is what it held under an entity that is gone. Without it nothing is ever
// deleted by absence.
type Complete struct {
	Type   string // of entities or of relationships, or AllTypes
	Parent string // the Parent of the objects that were listed; "" for all of them
}

// Partial says that a type was not read whole, and why. It overrules a Complete
// of the same breadth or wider: the type's absent objects stay, but for those of
// parents that are complete on their own. The type is stale from then on.
type Partial struct {
	Type   string
	Reason string // for people: "fetch-teams: 403 forbidden"
}
