package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// oneStep is a collector whose only step runs run and may supply users, groups
// and what joins them.
func oneStep(run func(ctx context.Context, job *ingest.Job) error) *ingest.Collector {
	f := ingesttest.NewFake()
	f.Steps = []ingest.Step{{
		ID: "step", Entities: []ingest.EntityType{{Type: "pear_user", Class: []string{"User"}}, {Type: "pear_group", Class: []string{"Group"}}},
		Relationships: []ingest.RelationshipType{{Type: "pear_group_has_user", Class: "HAS", Source: "pear_group", Target: "pear_user"}},
		Mapped: []ingest.MappedType{{Type: "mapping_source_is_employee", Class: "IS", Source: "pear_user", Target: "employee",
			Direction: graph.Forward}},
		Run: run,
	}}
	return f.Collector()
}

func warnings(r *ingest.Report) string {
	var b strings.Builder
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "%s %s\n", w.Kind, &w)
	}
	return b.String()
}

func user(key string, props ingest.Props) ingest.EntityInput {
	return ingest.EntityInput{Key: key, Type: "pear_user", Assign: props}
}

func TestRejectedObjects(t *testing.T) {
	many := ingest.Props{}
	for i := range graph.MaxProps + 1 {
		many[fmt.Sprintf("p%d", i)] = 1
	}
	tests := []struct {
		name string
		in   ingest.EntityInput
		want string
	}{
		{"no key", user("", nil), "pear_user: the API gave no id to name it by (1)"},
		{"long key", user(strings.Repeat("k", graph.MaxKey+1), nil), "pear_user: the key is 4097 bytes long, the limit is 4096 (1, such as"},
		{"key with NUL", user("a\x00b", nil), `pear_user: the key contains a NUL (1, such as "a\x00b")`},
		{"not UTF-8", user("user-00001", ingest.Props{"login": "\xff"}), `pear_user: property "login": the text "\xff" is not UTF-8 (1, such as "user-00001")`},
		{"list in a list", user("user-00001", ingest.Props{"x": graph.ListValue(graph.ListValue())}), `pear_user: property "x": element 0 is a list in a list (1`},
		{"large value", user("user-00001", ingest.Props{"x": strings.Repeat("x", graph.MaxValue+1)}), `pear_user: property "x" is larger than 1048576 bytes (1`},
		{"large list", user("user-00001", ingest.Props{"x": slices.Repeat([]string{strings.Repeat("x", 1024)}, 1024)}), `pear_user: property "x" is larger than 1048576 bytes (1`},
		{"many properties", user("user-00001", many), "pear_user: it has more than 1000 properties (1"},
		{"empty property name", user("user-00001", ingest.Props{"": 1}), "pear_user: the property name is empty (1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				if held, err := job.Entity(ctx, test.in); held || err != nil {
					t.Errorf("Entity says %v, %v", held, err)
				}
				_, err := job.Entity(ctx, user("user-00002", ingest.Props{"name": "Pip", "displayName": "Pip"}))
				return err
			}), ingest.RunOptions{})
			if n, _ := s.Count(); n != 1 || r.Rejected != 1 {
				t.Errorf("%d arrived, %d rejected; want the other one, and one", n, r.Rejected)
			}
			if got := warnings(r); !strings.Contains(got, "rejected "+test.want) {
				t.Errorf("warnings are:\n%swant %s", got, test.want)
			}
			if strings.Contains(s.Completeness(), "complete") {
				t.Errorf("a list with a rejected object is whole:\n%s", s.Completeness())
			}
		})
	}
}

func TestRejectedRelationships(t *testing.T) {
	group, pip := ingest.Endpoint{Type: "pear_group", Key: "group-1"}, ingest.Endpoint{Type: "pear_user", Key: "user-1"}
	tests := []struct {
		name string
		add  func(ctx context.Context, job *ingest.Job) (bool, error)
		want string
	}{
		{"no source", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", ingest.Endpoint{Type: "pear_group"}, pip, nil)
		}, "pear_group_has_user: the API gave no id to name one of its ends by"},
		{"no target", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", group, ingest.Endpoint{Type: "pear_user"}, nil)
		}, "pear_group_has_user: the API gave no id to name one of its ends by"},
		{"long key", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Relationship(ctx, "HAS", group, pip, ingest.Props{"_key": strings.Repeat("x", 5000)})
		}, "pear_group_has_user: the key is 5000 bytes long, the limit is 4096"},
		{"no source of a mapped one", func(ctx context.Context, job *ingest.Job) (bool, error) {
			return job.Mapped(ctx, ingest.MappedInput{Verb: "IS", Source: ingest.Endpoint{Type: "pear_user"},
				Target: ingest.Props{"_type": "employee", "_key": "e"}})
		}, "mapping_source_is_employee: the API gave no id to name its source by"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				if held, err := test.add(ctx, job); held || err != nil {
					t.Errorf("the Job says %v, %v", held, err)
				}
				return nil
			}), ingest.RunOptions{})
			if got := warnings(r); !strings.Contains(got, test.want) || strings.Contains(s.Completeness(), "complete") {
				t.Errorf("warnings are:\n%scompleteness is\n%s", got, s.Completeness())
			}
		})
	}
}

func TestUndeclaredTypes(t *testing.T) {
	for name, run := range map[string]func(ctx context.Context, job *ingest.Job) error{
		"entity": func(ctx context.Context, job *ingest.Job) error {
			_, err := job.Entity(ctx, ingest.EntityInput{Key: "k", Type: "plum_user", Class: []string{"User"}})
			return err
		},
		"entity of a relationship's type, error not passed on": func(ctx context.Context, job *ingest.Job) error {
			_, _ = job.Entity(ctx, ingest.EntityInput{Key: "k", Type: "pear_group_has_user", Class: []string{"User"}})
			return nil
		},
		"relationship": func(ctx context.Context, job *ingest.Job) error {
			_, err := job.Relationship(ctx, "OWNS", ingest.Endpoint{Type: "a", Key: "a"}, ingest.Endpoint{Type: "b", Key: "b"}, nil)
			return err
		},
		"lookup": func(_ context.Context, job *ingest.Job) error {
			for range job.Entities("pear_user") {
				t.Error("something is there")
			}
			return nil
		},
		"parents": func(ctx context.Context, job *ingest.Job) error {
			return job.Each(ctx, "pear_user", ingest.List{}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, r := collect(t, oneStep(run), ingest.RunOptions{})
			if r.Outcome != graph.Failed || len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Error(), "step step does not declare") {
				t.Errorf("outcome is %s, errors %v", r.Outcome, r.Errors)
			}
		})
	}
}

func TestWarningsAndStrict(t *testing.T) {
	run := func(ctx context.Context, job *ingest.Job) error {
		for i := range 3 {
			src := ingest.Source{"id": "x", "name": "Pip", "createdAt": json.Number("5"), "notes": []any{"a", map[string]any{}}}
			in := ingest.EntityInput{Key: fmt.Sprintf("user-0000%d", i), Type: "pear_user", Source: src,
				Assign: ingest.Props{"mixed": []any{"a", 1}, "snake_case": true, "nested": map[string]any{}, "_id": "mine"}}
			if _, err := job.Entity(ctx, in); err != nil {
				return err
			}
			job.Warn("pear_user", in.Key, "has no e-mail address")
		}
		_, err := job.Entity(ctx, user("short", ingest.Props{"name": "s"}))
		return err
	}
	s, r := collect(t, oneStep(run), ingest.RunOptions{})
	compare(t, "warnings", `
		invalid pear_user._key: must have at least 10 characters (1, such as "short")
		invalid pear_user.mixed: is a list of mixed kinds (3, such as "user-00000")
		invalid pear_user.snake_case: property name must be letters, digits, spaces, dots and hyphens (3, such as "user-00000")
		dropped pear_user._id: property that the engine supplies dropped (3, such as "user-00000")
		dropped pear_user.createdOn: time given as a number of unknown unit dropped (3, such as "user-00000")
		dropped pear_user.nested: nested value dropped (3, such as "user-00000")
		dropped pear_user.notes: nested value dropped (3, such as "user-00000")
		note pear_user: has no e-mail address (3, such as "user-00000")`,
		strings.ReplaceAll(warnings(r), "pear_user.createdAt", "pear_user.createdOn"))
	if n, _ := s.Count(); n != 4 || r.Outcome != graph.OK || r.Invalid != 7 {
		t.Errorf("%d arrived, outcome %s, %d invalid; warnings alone must not harm", n, r.Outcome, r.Invalid)
	}
	_, r = collect(t, oneStep(run), ingest.RunOptions{Strict: true})
	if e, ok := errors.AsType[*ingest.InvalidError](r.Errors[0]); !ok || e.Key != "user-00000" || r.Steps[0].Outcome != graph.Failed {
		t.Errorf("a strict run ends with %v", r.Errors)
	}
}

// Texts that differ from object to object do not fill the memory.
func TestWarningsAreBounded(t *testing.T) {
	_, r := collect(t, oneStep(func(_ context.Context, job *ingest.Job) error {
		for i := range 10_000 {
			job.Warn("pear_user", "", fmt.Sprintf("text %d", i))
		}
		return nil
	}), ingest.RunOptions{})
	if last := r.Warnings[len(r.Warnings)-1]; len(r.Warnings) != 501 || last.Text != "further warnings of other kinds" && r.Warnings[0].Count == 0 {
		t.Errorf("%d warnings, the last is %s", len(r.Warnings), &last)
	}
}

// pages is a list as a client reads it.
type pages = iter.Seq2[httpx.Page, error]

func pagesOf(err error, list ...httpx.Page) pages {
	return func(yield func(httpx.Page, error) bool) {
		for _, p := range list {
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(httpx.Page{}, err)
		}
	}
}

func raw(rows ...string) []json.RawMessage {
	var out []json.RawMessage
	for _, r := range rows {
		out = append(out, json.RawMessage(r))
	}
	return out
}

func TestRows(t *testing.T) {
	good := httpx.Page{Rows: raw(`{"id":"u-1"}`, `{"id":12345678901234567890123}`), Number: 1}
	last := httpx.Page{Rows: raw(`{"id":"u-3"}`), Number: 2, Last: true, Complete: true}
	tests := []struct {
		name  string
		pages pages
		keys  string
		why   string // why it is not whole; "" when it is
	}{
		{"whole", pagesOf(nil, good, last), "u-1 12345678901234567890123 u-3", ""},
		{"no last page", pagesOf(nil, good), "u-1 12345678901234567890123", "reading the list ended before its last page"},
		{"total does not fit", pagesOf(nil, httpx.Page{Last: true, Reason: "3 of 4 rows"}), "", "3 of 4 rows"},
		{"null row", pagesOf(nil, httpx.Page{Rows: raw("null", `{"id":"u-1"}`), Last: true, Complete: true}), "u-1", "pear_user without what was rejected: a row of the list is not an object"},
		{"row of text", pagesOf(nil, httpx.Page{Rows: raw(`"x"`), Last: true, Complete: true}), "", "pear_user without what was rejected: a row of the list is not an object"},
		{"error at a later page", pagesOf(ingesttest.Status(500), good), "u-1 12345678901234567890123", "GET /fake: 500 Internal Server Error: made up 500"},
		{"repeated row", pagesOf(nil, httpx.Page{Rows: raw(`{"id":"u-1"}`), Repeated: raw(`{"id":"u-1"}`), Last: true, Complete: true}), "u-1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var keys []string
			s, r := collect(t, oneStep(func(ctx context.Context, job *ingest.Job) error {
				for row, err := range job.Rows(ctx, test.pages, "pear_user", "pear_group_has_user") {
					if err != nil {
						return err
					}
					keys = append(keys, row.Str("id"))
				}
				return nil
			}), ingest.RunOptions{})
			if got := strings.Join(keys, " "); got != test.keys {
				t.Errorf("rows are %s, want %s", got, test.keys)
			}
			if whole := strings.Contains(s.Completeness(), "complete pear_user\n"); whole != (test.why == "") || r.Steps[0].Reason != test.why {
				t.Errorf("whole is %v, reason %q, want %q", whole, r.Steps[0].Reason, test.why)
			}
		})
	}
}
