package ingest

import (
	"context"

	"github.com/j1db/j1db/store/graph"
)

// Props are properties by name, as a step writes them down: a value is a
// graph.Value, nil (null), a bool, a string, a number, json.Number, or a list of
// those. An undefined graph.Value leaves the property out, whatever the source
// says. Anything nested is dropped and counted.
type Props map[string]any

// EntityInput is what an entity is made from: the API's object, and what a step
// has to say beyond it.
type EntityInput struct {
	Key   string
	Type  string
	Class []string
	// Source is the API's object. The properties that the data model knows for
	// Class are copied from it, and all of it is kept as raw data.
	Source Source
	// Assign overrides what was copied.
	Assign Props
	// TagProperties are tags, beside classification, owner and email, that become
	// properties of their own.
	TagProperties []string
	// Parent is the key of the object under whose list this one was read, the
	// scope of Job.Complete; within Job.Each it is set already (see List.Shared).
	// Leave it empty for objects that several lists may hold.
	Parent string
	// Raw is raw data beyond Source, which is called "default".
	Raw []RawData
}

// RawData is a named piece of raw data: anything that encodes as JSON.
type RawData struct {
	Name string
	Data any
}

// Endpoint names an entity at an end of a relationship.
type Endpoint struct {
	Type, Key string
	// Instance supplies the entity; "" is the one that this run is for.
	Instance string
}

// EndpointOf returns e as an end.
func EndpointOf(e graph.Entity) Endpoint { return Endpoint{Type: e.Type, Key: e.Key} }

// MappedInput is what a mapped relationship is made from.
type MappedInput struct {
	Verb   string
	Source Endpoint // the end that is known
	// Direction is Forward (source to target) unless Reverse is given.
	Direction graph.Direction
	// Filters name alternatives, in order, of what a target must equal; by default
	// its `_type` and `_key`.
	Filters [][]string
	// Target describes the far end: properties, and among them `_type`, `_class`
	// and `_key` where known.
	Target Props
	// SkipCreation makes no entity when none matches.
	SkipCreation bool
	Props        Props // of the relationship; may override `_key` and `_type`
}

// Known is an entity that an earlier step of the run supplied, as far as it was
// kept: see Use.
type Known struct {
	Type, Key string
	Parent    string
	Props     graph.Properties
}

// Endpoint returns k as an end.
func (k Known) Endpoint() Endpoint { return Endpoint{Type: k.Type, Key: k.Key} }

// List says what Job.Each reads under every parent.
type List struct {
	// Types are the types of which a parent's list is complete when it was read
	// without error; all types that the step declares, when it is empty.
	Types []string
	// Shared are the types among them of which several parents may list one and the
	// same object, such as a member of two accounts. Those get no Parent, and only
	// all lists together are complete: otherwise an object would be deleted because
	// one of its parents let go of it while another could not be read.
	Shared []string
	// Scope, when it is set, is the Parent of the objects of Shared types. It is
	// complete when all lists were, of all parents that there are: what moves from
	// one of them to another is not lost. Where other steps supply the type as well,
	// they must have read it whole, unless they are disabled, or optional and
	// forbidden: what is gone from here may be there. It begins with a slash, as no key does.
	Scope string
	// Gone asks the API whether parent is gone. It is called after a 404, which
	// means an empty list only then; without it a 404 is a failure.
	Gone func(ctx context.Context, parent Known) (bool, error)
	// Only, when it is set, picks the parents that have such a list; of the others
	// the list is complete and empty.
	Only func(parent Known) bool
}
