package ingest

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Model is what a run asks of a version of JupiterOne's data model.
type Model interface {
	// HasClass reports whether entities may be of that class.
	HasClass(class string) bool
	// HasProperty reports whether the class or one that it extends defines the
	// property.
	HasProperty(class, property string) bool
	// HasVerb reports whether the vocabulary of relationships has the verb.
	HasVerb(verb string) bool
	// Check says what the model would not take about e.
	Check(e *graph.Entity) []Violation
}

// Violation is one thing that the data model does not take about an entity.
type Violation struct {
	Property string
	Message  string // without the value, so that equal mistakes read alike
}

// InvalidError is the failure of a step of a strict run.
type InvalidError struct {
	Type, Key string
	Property  string
	Message   string
}

// Error names the object and what is wrong with it.
func (e *InvalidError) Error() string {
	return fmt.Sprintf("validate %s %q: %s: %s", e.Type, e.Key, e.Property, e.Message)
}

// validate counts what is wrong with e; in a strict run the first such thing is
// the error of the step.
func (j *Job) validate(e *graph.Entity) error {
	for _, v := range j.step.run.model.Check(e) {
		if err := j.invalid(&e.Object, v); err != nil {
			return err
		}
	}
	return j.checkMixed(&e.Object)
}

// checkProps does the same for the properties of a relationship, for which the
// model has no classes.
func (j *Job) checkProps(o *graph.Object) error { return j.checkMixed(o) }

func (j *Job) checkMixed(o *graph.Object) error {
	for name, v := range o.Props.All() {
		if v.Mixed() {
			if err := j.invalid(o, Violation{name, "list of mixed kinds"}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *Job) invalid(o *graph.Object, v Violation) error {
	j.step.warn(Warning{Kind: WarnInvalid, Type: o.Type, Property: v.Property, Text: v.Message}, j.rank(), o.Key)
	if !j.step.run.strict {
		return nil
	}
	return j.step.fail(&InvalidError{o.Type, o.Key, v.Property, v.Message})
}
