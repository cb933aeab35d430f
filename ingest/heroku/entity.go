package heroku

import (
	"context"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// entity starts the conversion of an object whose key is its id.
func entity(t ingest.EntityType, s ingest.Source, assign ingest.Props) ingest.EntityInput {
	return ingest.EntityInput{Key: s.Str("id"), Type: t.Type, Class: t.Class, Source: s, Assign: assign}
}

// stamped adds the two times that most objects of the API carry.
func stamped(s ingest.Source, p ingest.Props) ingest.Props {
	p["createdOn"], p["updatedOn"] = s.Time("created_at"), s.Time("updated_at")
	return p
}

// person gives what the API tells of a user wherever it names one.
func person(user ingest.Source) ingest.Props {
	email := user.Text("email")
	return ingest.Props{
		"id": user.Text("id"), "username": email, "name": email, "displayName": email, "email": email,
	}
}

// relate supplies a relationship between the objects of two keys.
func relate(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, from, to string, props ingest.Props) error {
	source, target := ingest.Endpoint{Type: t.Source, Key: from}, ingest.Endpoint{Type: t.Target, Key: to}
	_, err := job.Relationship(ctx, t.Class, source, target, props)
	return err
}

// relateUnder supplies a relationship that belongs to the list under a parent: it
// goes when that list, read whole, has it no more.
func relateUnder(ctx context.Context, job *ingest.Job, t ingest.RelationshipType, from, to, parent string, props ingest.Props) error {
	source, target := ingest.Endpoint{Type: t.Source, Key: from}, ingest.Endpoint{Type: t.Target, Key: to}
	r, _ := ingest.NewRelationship(t.Class, source, target, props)
	r.Parent = parent
	_, err := job.AddRelationship(ctx, r)
	return err
}

// supply supplies an entity and the relationship that leads to it from the object
// under which it was listed.
func supply(ctx context.Context, job *ingest.Job, in ingest.EntityInput, t ingest.RelationshipType, from string) error {
	ok, err := job.Entity(ctx, in)
	if err != nil || !ok {
		return err
	}
	return relate(ctx, job, t, from, in.Key, nil)
}

// typesOf lists the types that a step declares, entities first.
func typesOf(s *ingest.Step) []string {
	var types []string
	for _, t := range s.Entities {
		types = append(types, t.Type)
	}
	for _, t := range s.Relationships {
		types = append(types, t.Type)
	}
	return types
}

// text leaves an empty text out.
func text(s string) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.StringValue(s)
}

// boolean leaves out what is not a boolean, null above all.
func boolean(v graph.Value) graph.Value {
	if v.Kind() != graph.Bool {
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

// permissionNames joins the names of a list of permissions: "deploy,operate,view".
// It is one text because the properties of JupiterOne's relationships are scalars.
func permissionNames(s ingest.Source) string {
	var names []string
	for _, p := range s.Objects("permissions") {
		if name := p.Str("name"); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}

// texts keeps the texts of a list, and leaves an empty list out.
func texts(v graph.Value) graph.Value {
	kept := slices.DeleteFunc(slices.Clone(v.List()), func(e graph.Value) bool { return e.Kind() != graph.String })
	if len(kept) == 0 {
		return graph.Value{}
	}
	return graph.ListValue(kept...)
}
