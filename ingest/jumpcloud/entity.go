package jumpcloud

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

const console = "https://console.jumpcloud.com"

// idOf returns the id of an object, which version 1 calls _id.
func idOf(s ingest.Source) string {
	if id := s.Str("id"); id != "" {
		return id
	}
	return s.Str("_id")
}

// entity starts the conversion of an object.
func entity(t ingest.EntityType, s ingest.Source, assign ingest.Props) ingest.EntityInput {
	id := idOf(s)
	assign["id"] = text(id)
	return ingest.EntityInput{Key: id, Type: t.Type, Class: t.Class, Source: s, Assign: assign}
}

// relate supplies a relationship between the objects of two keys.
func relate(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, from, to string, props ingest.Props) error {
	source, target := ingest.Endpoint{Type: t.Source, Key: from}, ingest.Endpoint{Type: t.Target, Key: to}
	_, err := job.Relationship(ctx, t.Class, source, target, props)
	return err
}

// supply supplies an entity and the relationship that leads to it from the object
// that it belongs to.
func supply(ctx context.Context, job *ingest.Job, in ingest.EntityInput, t ingest.RelationshipType, from string) error {
	ok, err := job.Entity(ctx, in)
	if err != nil || !ok {
		return err
	}
	return relate(ctx, job, t, from, in.Key, nil)
}

// text leaves an empty text out.
func text(s string) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.StringValue(s)
}

// given leaves null out, which is not valid where the data model wants a text or
// a boolean, and keeps an empty text.
func given(v graph.Value) graph.Value {
	if v.Missing() {
		return graph.Value{}
	}
	return v
}

// orNull turns a value that is not there into null, for properties that
// JupiterOne requires and lets be null.
func orNull(v graph.Value) graph.Value {
	if v.Missing() {
		return graph.NullValue()
	}
	return v
}

// jsonText writes what is nested as text, members by name; undefined for null.
func jsonText(x any) graph.Value {
	if x == nil {
		return graph.Value{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(x) != nil {
		return graph.Value{}
	}
	return graph.StringValue(string(bytes.TrimSpace(b.Bytes())))
}
