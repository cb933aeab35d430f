package ingest

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// checkObject says why an object cannot be stored.
func checkObject(o *graph.Object) error {
	if o.Key == "" {
		return errors.New("the API gave no id to name it by")
	}
	if err := graph.CheckKey(o.Key); err != nil {
		return err
	}
	if err := graph.CheckName("type", o.Type); err != nil {
		return err
	}
	if len(o.Props) > graph.MaxProps {
		return fmt.Errorf("it has more than %d properties", graph.MaxProps)
	}
	for name, v := range o.Props.All() {
		if err := graph.CheckName("property name", name); err != nil {
			return err
		}
		if err := graph.CheckValue(v); err != nil {
			return fmt.Errorf("property %q: %w", name, err)
		}
		if valueSize(v) > graph.MaxValue {
			return fmt.Errorf("property %q is larger than %d bytes", name, graph.MaxValue)
		}
	}
	return nil
}

func valueSize(v graph.Value) int {
	n := len(v.Str())
	for _, e := range v.List() {
		n += len(e.Str())
	}
	return n + 8*(1+len(v.List()))
}

// checkEntity says why e cannot be stored.
func checkEntity(e *graph.Entity) error {
	if err := checkObject(&e.Object); err != nil {
		return err
	}
	if len(e.Class) == 0 {
		return errors.New("it has no class")
	}
	for _, class := range e.Class {
		if err := graph.CheckName("class", class); err != nil {
			return err
		}
	}
	return nil
}

// checkRelationship says why r cannot be stored.
func checkRelationship(r *graph.Relationship) error {
	if r.Mapping != nil {
		if r.Mapping.Source.Key == "" {
			return errors.New("the API gave no id to name its source by")
		}
		if err := graph.CheckKey(r.Mapping.Source.Key); err != nil {
			return fmt.Errorf("its source: %w", err)
		}
	} else {
		if r.From.Key == "" || r.To.Key == "" {
			return errors.New("the API gave no id to name one of its ends by")
		}
		for _, key := range []string{r.From.Key, r.To.Key} {
			if err := graph.CheckKey(key); err != nil {
				return fmt.Errorf("its ends: %w", err)
			}
		}
	}
	if err := checkObject(&r.Object); err != nil {
		return err
	}
	return graph.CheckName("verb", r.Class)
}
