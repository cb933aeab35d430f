package ingesttest

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
)

// Fake is a provider whose lists are written down by a test. A list is named by
// the step that reads it, and under a parent by step/parent. Lists are read once
// per row; a list that was never set is empty. Set and Fail may be called between
// runs.
type Fake struct {
	Name  string
	Steps []ingest.Step
	// ListOf says more of the lists that Under reads; its Gone is the Fake's own.
	ListOf ingest.List

	mu    sync.Mutex // guards what follows
	rows  map[string][]ingest.Source
	fails map[string]error
	gone  map[string]bool
	reads map[string]int
}

// NewFake returns a provider without steps.
func NewFake() *Fake {
	return &Fake{Name: "fake", rows: map[string][]ingest.Source{}, fails: map[string]error{}, gone: map[string]bool{}, reads: map[string]int{}}
}

// Top adds a step that reads a list of its own, whose rows become entities of typ.
func (f *Fake) Top(id, typ, class string, needs ...string) *Fake {
	f.Steps = append(f.Steps, ingest.Step{
		ID: id, Name: id, Needs: needs,
		Entities: []ingest.EntityType{{Resource: typ, Type: typ, Class: []string{class}}},
		Run: func(ctx context.Context, job *ingest.Job) error {
			for row, err := range f.read(id) {
				if err != nil {
					return err
				}
				if _, err := job.Entity(ctx, ingest.EntityInput{Key: row.Str("id"), Type: typ, Source: row}); err != nil {
					return err
				}
			}
			return nil
		},
	})
	return f
}

// Under adds a step that reads a list under every entity of parentType, whose rows
// become entities of typ, joined to the parent by HAS.
func (f *Fake) Under(id, parentType, typ, class string, needs ...string) *Fake {
	link := ingest.RelationshipType{Type: ingest.RelationshipTypeName("HAS", parentType, typ), Class: "HAS", Source: parentType, Target: typ}
	f.Steps = append(f.Steps, ingest.Step{
		ID: id, Name: id, Needs: needs, Uses: []ingest.Use{{Type: parentType}},
		Entities:      []ingest.EntityType{{Resource: typ, Type: typ, Class: []string{class}}},
		Relationships: []ingest.RelationshipType{link},
		Run: func(ctx context.Context, job *ingest.Job) error {
			list := f.ListOf
			list.Gone = f.isGone
			return job.Each(ctx, parentType, list, func(ctx context.Context, job *ingest.Job, parent ingest.Known) error {
				return f.member(ctx, job, parent, id, typ)
			})
		},
	})
	return f
}

func (f *Fake) member(ctx context.Context, job *ingest.Job, parent ingest.Known, id, typ string) error {
	for row, err := range f.read(id + "/" + parent.Key) {
		if err != nil {
			return err
		}
		held, err := job.Entity(ctx, ingest.EntityInput{Key: row.Str("id"), Type: typ, Source: row})
		if err != nil {
			return err
		}
		if !held {
			continue
		}
		if _, err := job.Relationship(ctx, "HAS", parent.Endpoint(), ingest.Endpoint{Type: typ, Key: row.Str("id")}, nil); err != nil {
			return err
		}
	}
	return nil
}

// read yields the rows of a list, then its failure.
func (f *Fake) read(list string) func(yield func(ingest.Source, error) bool) {
	f.mu.Lock()
	rows, fail := f.rows[list], f.fails[list]
	f.reads[list]++
	f.mu.Unlock()
	return func(yield func(ingest.Source, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if fail != nil {
			yield(nil, fail)
		}
	}
}

// Rows makes rows of ids, each with a name of the same text.
func Rows(ids ...string) []ingest.Source {
	rows := make([]ingest.Source, len(ids))
	for i, id := range ids {
		rows[i] = ingest.Source{"id": id, "name": id}
	}
	return rows
}

// Set writes down the rows of a list.
func (f *Fake) Set(list string, rows ...ingest.Source) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[list] = rows
	return f
}

// Cut shortens a list to its first n rows.
func (f *Fake) Cut(list string, n int) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[list] = f.rows[list][:min(n, len(f.rows[list]))]
	return f
}

// Fail makes a list end with an error; nil heals it.
func (f *Fake) Fail(list string, err error) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails[list] = err
	return f
}

// Vanish makes the provider say that a parent is gone, when it is asked for.
func (f *Fake) Vanish(key string) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone[key] = true
	return f
}

// Reads is how often a list was read.
func (f *Fake) Reads(list string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads[list]
}

func (f *Fake) isGone(_ context.Context, parent ingest.Known) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gone[parent.Key], nil
}

// Collector returns the provider, opened, with a credential that is always good.
func (f *Fake) Collector() *ingest.Collector {
	return &ingest.Collector{Provider: &ingest.Provider{Name: f.Name, Title: f.Name, Steps: f.Steps}, Steps: f.Steps}
}

// Status is the error of a request that was answered with code.
func Status(code int) error {
	return &httpx.Error{Method: http.MethodGet, Path: "/fake", Status: code, Message: fmt.Sprintf("made up %d", code), Attempts: 1}
}
