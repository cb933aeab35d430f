package graph

import (
	"slices"
	"strings"
)

// Object is what a supplier says of an entity and of a relationship alike.
type Object struct {
	Key   string
	Type  string
	Props Properties // displayName is one of them
	// Parent names the object under whose list this one was read ("" for a list
	// of its own). It is the scope of Complete, and no property: two objects that
	// differ in it alone are equal. Where it is the key of an entity of the same
	// instance, what has it for a parent goes with that entity, unless it is brought.
	Parent string
	// Raw is the API's answer as JSON, kept beside the graph and never queried;
	// nil keeps what is there.
	Raw []byte
}

// Entity is an entity as a collector or an import supplies it.
type Entity struct {
	Object
	Class []string // a set; its order is kept for display
}

// Relationship is a relationship as a collector or an import supplies it.
type Relationship struct {
	Object
	Class string // the verb, upper case
	// From and To are its ends. An empty Instance means the supplier's own.
	From, To End
	// Mapping is set on a mapped relationship, whose other end the mapper finds;
	// From and To are then empty.
	Mapping *Mapping
}

// Direction is the way in which a relationship is followed or mapped.
type Direction uint8

// The directions of a hop, seen from where it starts. A mapped relationship is
// Forward from its source to its target, or Reverse.
const (
	Both Direction = iota
	Forward
	Reverse
)

// Mapping says how the far end of a mapped relationship is found, after the
// `_mapping` of JupiterOne's SDK.
type Mapping struct {
	Direction Direction // Forward: source to target
	Source    End       // the known end
	// Filters are alternatives in order of preference; the names of one must all
	// equal Target's values (`_class`: every class asked for is there).
	Filters      [][]string
	Target       Entity // what to match, and to create where nothing matches
	SkipCreation bool   // match only
}

// Image is the state of one object in one version.
type Image struct {
	Kind     Kind
	Instance string
	Key      string
	Type     string
	Class    []string // a relationship has exactly one, its verb
	Props    Properties
	From, To End // of a relationship; Instance is never empty
	Meta     Meta
	Supplier *Instance // what is known of Instance; nil in a Change read from a file
}

// Meta is what the engine itself knows of an object. Times are epoch
// milliseconds.
type Meta struct {
	Version   uint64 // counts changes of properties, class, type or ends; 1 is new
	CreatedOn int64  // the time of the version that first held the key
	BeginOn   int64  // the time of the version that began this state
	EndOn     int64  // the time of the version that deleted it; 0 while it lives
	Deleted   bool
}

// Identity returns the name of the object that im is a state of.
func (im *Image) Identity() Identity { return Identity{im.Kind, im.Instance, im.Key} }

// DisplayName returns the displayName of im, or its key where it has none.
func (im *Image) DisplayName() string {
	if s := im.Props.Get("displayName").Str(); s != "" {
		return s
	}
	return im.Key
}

// SameState reports whether a and b agree in type, class (as a set), ends and
// properties: all that a change of version is about. Both may be nil.
func SameState(a, b *Image) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && a.From == b.From && a.To == b.To &&
		SameClass(a.Class, b.Class) && a.Props.Equal(b.Props)
}

// SameClass compares two class lists as sets.
func SameClass(a, b []string) bool {
	if slices.Equal(a, b) {
		return true
	}
	return slices.Equal(classSet(a), classSet(b))
}

func classSet(c []string) []string {
	s := slices.Clone(c)
	slices.Sort(s)
	return slices.Compact(s)
}

// Clone returns a copy of im that shares no memory with it.
func (im *Image) Clone() *Image {
	c := *im
	c.Instance, c.Key, c.Type = strings.Clone(im.Instance), strings.Clone(im.Key), strings.Clone(im.Type)
	c.Class = make([]string, len(im.Class))
	for i, s := range im.Class {
		c.Class[i] = strings.Clone(s)
	}
	c.From = End{strings.Clone(im.From.Instance), strings.Clone(im.From.Key)}
	c.To = End{strings.Clone(im.To.Instance), strings.Clone(im.To.Key)}
	c.Props = im.Props.Clone()
	return &c
}
