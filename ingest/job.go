package ingest

import (
	"context"
	"errors"
	"iter"

	"github.com/j1db/j1db/store/graph"
)

// Job is what a step works with while it runs: it takes what the step read and
// tells what earlier steps supplied. It is good for one goroutine and until Run
// returns; Each gives every parent a Job of its own.
//
// The methods that add return whether the graph will hold the object, and an
// error that the step must return at once: the run was cancelled, the sink
// failed, the type is not declared, or a strict run met something invalid. An
// object that cannot be stored (no key, over a limit) is not an error: it is
// counted, reported, and nothing that the step reads there is whole any more. A key
// that came before is accepted: the sink keeps the first and reports the rest.
type Job struct {
	step    *stepRun
	parent  Known  // whose list is read, within Each
	within  bool   // whether parent is set
	list    *List  // that is read, within Each
	section uint64 // orders the objects of this Job among those of the step
	next    uint64 // position of the next object in the section
	batch   graph.Batch
	size    int  // bytes in batch, roughly
	gaps    gaps // the types that this Job found not to be whole
	done    []graph.Complete
	leaned  string // a type that is not whole and was relied on to be
}

// Step returns the row of the table that is running.
func (j *Job) Step() *Step { return j.step.Step }

// Entity normalises in and adds the result.
func (j *Job) Entity(ctx context.Context, in EntityInput) (bool, error) {
	if len(in.Class) == 0 {
		in.Class = j.step.classOf(in.Type)
	}
	e, dropped, err := NewEntity(j.step.run.model, in)
	if err != nil {
		return false, j.step.fail(err)
	}
	j.note(e.Type, e.Key, dropped)
	return j.AddEntity(ctx, e)
}

// AddEntity adds e as it is.
func (j *Job) AddEntity(ctx context.Context, e graph.Entity) (bool, error) {
	if err := j.ready(ctx, e.Type, j.step.entities); err != nil {
		return false, err
	}
	j.inherit(&e.Object)
	if err := checkEntity(&e); err != nil {
		return false, j.reject(&e.Object, err)
	}
	if err := j.validate(&e); err != nil {
		return false, err
	}
	j.step.keepEntity(&e, j.rank())
	j.batch.Entities = append(j.batch.Entities, e)
	return true, j.added(ctx, &e.Object)
}

// Relationship adds the relationship of that verb between two entities; see
// NewRelationship.
func (j *Job) Relationship(ctx context.Context, verb string, from, to Endpoint, props Props) (bool, error) {
	r, dropped := NewRelationship(verb, from, to, props)
	j.note(r.Type, r.Key, dropped)
	return j.AddRelationship(ctx, r)
}

// Mapped adds a relationship whose far end the mapper finds; see NewMapped.
func (j *Job) Mapped(ctx context.Context, in MappedInput) (bool, error) {
	r, dropped, err := NewMapped(in)
	if err != nil {
		return false, j.step.fail(err)
	}
	j.note(r.Type, r.Key, dropped)
	return j.AddRelationship(ctx, r)
}

// AddRelationship adds r as it is.
func (j *Job) AddRelationship(ctx context.Context, r graph.Relationship) (bool, error) {
	if err := j.ready(ctx, r.Type, j.step.relationships); err != nil {
		return false, err
	}
	j.inherit(&r.Object)
	if err := checkRelationship(&r); err != nil {
		return false, j.reject(&r.Object, err)
	}
	if err := j.checkMixed(&r.Object); err != nil {
		return false, err
	}
	j.batch.Relationships = append(j.batch.Relationships, r)
	return true, j.added(ctx, &r.Object)
}

// Reject reports an object of a type that the API sent and that nothing can be
// made of, such as one that is null. Nothing that the step reads there is whole
// any more.
func (j *Job) Reject(typ, reason string) {
	_ = j.reject(&graph.Object{Type: typ}, errors.New(reason))
}

// Warn reports something noteworthy about an object that is supplied all the
// same. Equal texts for one type are one warning with a count, so text must not
// name the object: key does.
func (j *Job) Warn(typ, key, text string) {
	j.step.warn(Warning{Kind: WarnNote, Type: typ, Text: text}, j.rank(), key)
}

// Complete says that everything of typ under the object parent was read. A step
// that reads lists without Each says it after each list; of a step that returns
// without an error and needs only what was read whole, it is said anyway.
func (j *Job) Complete(typ, parent string) {
	j.done = append(j.done, graph.Complete{Type: typ, Parent: parent})
}

// Partial says that typ was not read whole, and why, in a few words for people.
// Within Each it concerns the parent's list alone.
func (j *Job) Partial(typ, reason string) {
	j.gaps.add(typ, newGap(j, reason, nil))
}

// Whole reports whether nothing of typ was found to be missing in what this Job
// read so far, for steps that leave a part of it to another one.
func (j *Job) Whole(typ string) bool {
	_, open := j.gaps[typ]
	return !open && j.leaned == ""
}

// Entities yields the entities of typ that earlier steps supplied, in the order
// of their steps and of the API, each key once. The step must declare in Uses
// that it looks at typ. Where typ was not read whole, the step's own lists are
// taken to be incomplete as well.
func (j *Job) Entities(typ string) iter.Seq[Known] {
	if j.uses(typ) && !j.step.sawWhole(typ) {
		j.leaned = typ
	}
	return j.step.knownEntities(typ)
}

// Find returns the entity of that type and key that an earlier step supplied. The
// step must declare in Uses that it looks at typ. To miss an entity of a type
// that was not read whole makes the step's own lists incomplete; MayHave does not.
func (j *Job) Find(typ, key string) (Known, bool) {
	if !j.uses(typ) {
		return Known{}, false
	}
	k, ok := j.step.findEntity(typ, key)
	if !ok && !j.step.sawWhole(typ) {
		j.leaned = typ
	}
	return k, ok
}

// HasKey reports whether Find finds an entity.
func (j *Job) HasKey(typ, key string) bool {
	_, ok := j.Find(typ, key)
	return ok
}

// Saw reports whether an earlier step supplied an entity. Unlike Find it claims
// nothing of what was not read: it is for rows that another step brings as well.
func (j *Job) Saw(typ, key string) bool {
	if !j.uses(typ) {
		return false
	}
	_, ok := j.step.findEntity(typ, key)
	return ok
}

// MayHave reports whether the graph may hold an entity: an earlier step supplied
// it, or its type was not read whole. It is the question to ask before supplying
// a relationship to it, because a relationship without an end is only dropped.
func (j *Job) MayHave(typ, key string) bool {
	return j.Saw(typ, key) || !j.step.sawWhole(typ)
}

// Missed reports whether some of typ, which earlier steps supply, was not read this
// time and may be the next. Where a step is optional and forbidden, nothing was
// missed. It is the question to ask before an object is said to be under a list
// that holds what is nowhere else.
func (j *Job) Missed(typ string) bool { return j.uses(typ) && j.step.missed(typ) }
