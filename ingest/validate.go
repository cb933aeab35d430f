package ingest

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// InvalidError is the failure of a step of a strict run: an object that
// JupiterOne's data model would not take.
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
	for _, issue := range j.step.run.model.Validate(e) {
		if err := j.invalid(&e.Object, issue.Property, issue.Message); err != nil {
			return err
		}
	}
	return j.checkMixed(&e.Object)
}

// checkMixed reports lists of mixed kinds, which are kept and cannot be exported.
// It is all that there is to check about a relationship.
func (j *Job) checkMixed(o *graph.Object) error {
	for name, v := range o.Props.All() {
		if v.Mixed() {
			if err := j.invalid(o, name, "is a list of mixed kinds"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *Job) invalid(o *graph.Object, property, message string) error {
	j.step.warn(Warning{Kind: WarnInvalid, Type: o.Type, Property: property, Text: message}, j.rank(), o.Key)
	if !j.step.run.strict {
		return nil
	}
	return j.step.fail(&InvalidError{o.Type, o.Key, property, message})
}
