package ingesttest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

func entity(key, typ, parent, name string) graph.Entity {
	var e graph.Entity
	e.Key, e.Type, e.Parent, e.Class = key, typ, parent, []string{"Record"}
	e.Props.Set("name", graph.StringValue(name))
	return e
}

func put(t *testing.T, s *ingesttest.Stage, b graph.Batch) {
	t.Helper()
	if err := s.Put(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// The lower rank wins, whatever comes first.
func TestDuplicates(t *testing.T) {
	late := graph.Batch{Origin: "late", Rank: 9, Entities: []graph.Entity{entity("k", "a", "", "late")}}
	early := graph.Batch{Origin: "early", Rank: 1, Entities: []graph.Entity{entity("j", "a", "", "j"), entity("k", "a", "", "early")}}
	for _, order := range [][]graph.Batch{{late, early}, {early, late}} {
		s := ingesttest.NewStage()
		for _, b := range order {
			put(t, s, b)
		}
		if e, _ := s.Entity("k"); e.Props.Get("name").Str() != "early" {
			t.Errorf("kept %v", e.Props)
		}
		if d := strings.Join(s.Duplicates(), ","); d != "k: late, kept early" {
			t.Errorf("duplicates are %q", d)
		}
	}
}

// What a batch holds after Put is the sender's again.
func TestPutKeepsNothing(t *testing.T) {
	s := ingesttest.NewStage()
	b := graph.Batch{Entities: []graph.Entity{entity("k", "a", "", "x")}}
	put(t, s, b)
	b.Entities[0].Class[0] = "Changed"
	b.Entities[0].Props[0].Value = graph.StringValue("changed")
	if text := s.Text(); strings.Contains(strings.ToLower(text), "changed") {
		t.Errorf("the stage shares memory with the batch:\n%s", text)
	}
}

func TestCommit(t *testing.T) {
	start := graph.Batch{Entities: []graph.Entity{entity("a", "t", "p", "1"), entity("b", "t", "q", "1"), entity("c", "u", "", "1")}}
	tests := []struct {
		name string
		run  graph.Batch
		want string // keys that are deleted
	}{
		{"nothing is said", graph.Batch{}, ""},
		{"a type is whole", graph.Batch{Complete: []graph.Complete{{Type: "t"}}}, "a b"},
		{"everything is whole", graph.Batch{Complete: []graph.Complete{{Type: graph.AllTypes}}}, "a b c"},
		{"a list is whole", graph.Batch{Complete: []graph.Complete{{Type: "t", Parent: "p"}}}, "a"},
		{"partial overrules", graph.Batch{Complete: []graph.Complete{{Type: "t"}}, Partial: []graph.Partial{{Type: "t"}}}, ""},
		{"but not of a list that is whole", graph.Batch{Complete: []graph.Complete{{Type: "t"}, {Type: "t", Parent: "q"}}, Partial: []graph.Partial{{Type: "t"}}}, "b"},
		{"partial overrules everything", graph.Batch{Complete: []graph.Complete{{Type: graph.AllTypes}}, Partial: []graph.Partial{{Type: "u"}}}, "a b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, s := ingesttest.NewGraph(), ingesttest.NewStage()
			put(t, s, start)
			if d := g.Commit(s); d.String() != "3 created, 0 updated, 0 deleted" {
				t.Errorf("the first run: %s", d)
			}
			s = ingesttest.NewStage()
			put(t, s, test.run)
			if d := g.Commit(s); strings.Join(d.Deleted, " ") != test.want || len(d.Created)+len(d.Updated) > 0 {
				t.Errorf("deleted %v, want %s", d.Deleted, test.want)
			}
		})
	}
	orphans(t)
	g, s := ingesttest.NewGraph(), ingesttest.NewStage()
	put(t, s, start)
	g.Commit(s)
	if d := g.Commit(s); !d.Empty() {
		t.Errorf("the same run again: %s", d)
	}
	s = ingesttest.NewStage()
	put(t, s, graph.Batch{Entities: []graph.Entity{entity("a", "t", "other", "1"), entity("b", "t", "q", "2")}})
	if d := g.Commit(s); d.String() != "0 created, 1 updated, 0 deleted" {
		t.Errorf("a parent is no property, a name is: %s", d)
	}
}

// orphans: what hung from something that is gone goes with it, however deep.
func orphans(t *testing.T) {
	t.Helper()
	link := graph.Relationship{Object: graph.Object{Key: "l", Type: "v", Parent: "a"}}
	estate := graph.Batch{Entities: []graph.Entity{entity("a", "t", "", "1"), entity("b", "u", "a", "1"), entity("c", "u", "b", "1"),
		entity("d", "u", "/scope", "1")}, Relationships: []graph.Relationship{link}}
	notWhole := []graph.Partial{{Type: "u"}, {Type: "v"}}
	for want, run := range map[string]graph.Batch{
		"a b c l": {Complete: []graph.Complete{{Type: "t"}}, Partial: notWhole},
		"a l":     {Complete: []graph.Complete{{Type: "t"}}, Partial: notWhole, Entities: []graph.Entity{entity("b", "u", "a", "1")}},
		"":        {Complete: []graph.Complete{{Type: "w"}}, Partial: append(notWhole, graph.Partial{Type: "t"})},
	} {
		g, s := ingesttest.NewGraph(), ingesttest.NewStage()
		put(t, s, estate)
		g.Commit(s)
		s = ingesttest.NewStage()
		put(t, s, run)
		if d := g.Commit(s); strings.Join(d.Deleted, " ") != want {
			t.Errorf("deleted %v, want %s", d.Deleted, want)
		}
	}
}

func TestCancelledPut(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ingesttest.NewStage().Put(ctx, graph.Batch{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestText(t *testing.T) {
	s := ingesttest.NewStage()
	var r, m graph.Relationship
	r.Key, r.Type, r.Class, r.From, r.To = "a|has|b", "a_has_b", "HAS", graph.End{Key: "a"}, graph.End{Instance: "other", Key: "b"}
	m.Key, m.Type, m.Class = "m", "mapping_source_is_x", "IS"
	m.Mapping = &graph.Mapping{Direction: graph.Reverse, Source: graph.End{Key: "a"}, Filters: [][]string{{"_class", "name"}},
		Target: entity("x", "y", "", "n"), SkipCreation: true}
	put(t, s, graph.Batch{Entities: []graph.Entity{entity("b", "t", "p", "1"), entity("a", "t", "", "2")}, Relationships: []graph.Relationship{m, r}})
	want := `entity t a [Record]
  name = "2"
entity t b [Record]
  under p
  name = "1"
relationship a_has_b a|has|b [HAS]
  from a to b of other
relationship mapping_source_is_x m [IS]
  from a reverse to y x [Record] by [[_class name]], never made
  target.name = "n"
`
	if got := s.Text(); got != want {
		t.Errorf("text is\n%s", got)
	}
	file := filepath.Join(t.TempDir(), "deep", "golden.txt")
	ingesttest.Golden(t, file, want, true)
	ingesttest.Golden(t, file, want, false)
}

func TestTransport(t *testing.T) {
	tr := ingesttest.Transport{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Saw", r.Method+" "+r.Host+r.RequestURI)
		w.WriteHeader(http.StatusTeapot)
	})}
	resp, err := (&http.Client{Transport: tr}).Get("https://pear.example/a%20b?c=d")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Saw"); got != "GET pear.example/a%20b?c=d" || resp.StatusCode != http.StatusTeapot {
		t.Errorf("the handler saw %q, the client %d", got, resp.StatusCode)
	}
}

// A handler that gives up cuts the connection; one that fails is a mistake.
func TestTransportCuts(t *testing.T) {
	get := func(h http.HandlerFunc) (string, error) {
		resp, err := (&http.Client{Transport: ingesttest.Transport{Handler: h}}).Get("https://pear.example/")
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return string(body), err
	}
	if _, err := get(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("cut before the answer: %v", err)
	}
	body, err := get(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "6")
		fmt.Fprint(w, "pip")
		panic(http.ErrAbortHandler)
	})
	if body != "pip" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut in the middle: %q, %v", body, err)
	}
	defer func() {
		if p := recover(); p != "core" {
			t.Errorf("panicked with %v", p)
		}
	}()
	_, err = get(func(http.ResponseWriter, *http.Request) { panic("core") })
	t.Errorf("a mistake of the handler is %v", err)
}

// A handler that waits for ever ends with the request.
func TestTransportIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://pear.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (ingesttest.Transport{Handler: h}).RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
