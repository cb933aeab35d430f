package querytest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// Case is one case of a script: see the package comment.
type Case struct {
	File, Title string
	Graph       *Graph
	Request     Request
	// Want is the expected answer as the script has it.
	Want string

	head string // what stands before the answer
}

// scriptNow is the time of the cases that do not say otherwise.
var scriptNow = time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)

// divider stands between a case's request and its answer.
const divider = "\n----\n"

// ReadScript reads the cases of one file. Graphs that the file names are found in
// the folder graphs beside its own.
func ReadScript(path string) ([]Case, error) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return nil, fmt.Errorf("read script: %w", err)
	}
	var cases []Case
	var current *Graph
	titles := map[string]bool{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name+" ", "graph "); ok {
			if current, err = scriptGraph(path, strings.TrimSpace(name), f.Data); err != nil {
				return nil, fmt.Errorf("read script %s: %w", path, err)
			}
			continue
		}
		c, err := readCase(string(f.Data))
		switch {
		case err != nil:
			return nil, fmt.Errorf("read script %s: case %q: %w", path, f.Name, err)
		case titles[f.Name]:
			return nil, fmt.Errorf("read script %s: two cases are called %q", path, f.Name)
		case current == nil:
			return nil, fmt.Errorf("read script %s: case %q comes before any graph", path, f.Name)
		}
		titles[f.Name] = true
		c.File, c.Title, c.Graph = filepath.Base(path), f.Name, current
		cases = append(cases, c)
	}
	return cases, nil
}

// scriptGraph is the graph of a section `graph`, or of a file that it names.
func scriptGraph(script, name string, text []byte) (*Graph, error) {
	if name != "" {
		var err error
		if text, err = os.ReadFile(filepath.Join(filepath.Dir(script), "..", "graphs", name)); err != nil {
			return nil, err
		}
	}
	return ParseGraph(string(text))
}

// readCase reads the body of a section: directives, statement, answer.
func readCase(text string) (Case, error) {
	head, want, ok := strings.Cut(text, divider)
	if !ok {
		return Case{}, errors.New("a line ---- must stand before the answer")
	}
	c := Case{Want: want, head: head, Request: Request{Now: scriptNow, Params: map[string]graph.Value{}, Smart: map[string]graph.Predicate{}}}
	for line := range strings.SplitSeq(head, "\n") {
		directive, ok := strings.CutPrefix(line, "@")
		if !ok {
			c.Request.Text += line + "\n"
			continue
		}
		if err := c.Request.direct(directive); err != nil {
			return Case{}, err
		}
	}
	c.Request.Text = strings.TrimSuffix(c.Request.Text, "\n")
	return c, nil
}

// direct obeys one line `@word rest` of a case.
func (r *Request) direct(directive string) error {
	word, rest, _ := strings.Cut(directive, " ")
	rest = strings.TrimSpace(rest)
	name, value, _ := strings.Cut(rest, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	var err error
	switch word {
	case "deleted":
		r.Deleted = true
	case "now":
		r.Now, err = time.Parse(time.RFC3339, rest)
	case "param":
		r.Params[name], err = readValue(value)
	case "smart":
		r.Smart[name], err = readPredicate(value)
	default:
		err = fmt.Errorf("@%s is neither @deleted, @now, @param nor @smart", word)
	}
	return err
}

// readPredicate reads a condition as WITH has it: literals only.
func readPredicate(text string) (graph.Predicate, error) {
	q, err := syntax.Parse("FIND * WITH " + text)
	if err != nil {
		return nil, err
	}
	s := &scope{world: &world{}}
	return s.predicate(q.Start.With), nil
}

// predicate is a condition as data.
func (s *scope) predicate(f syntax.Filter) graph.Predicate {
	switch f := f.(type) {
	case *syntax.And:
		var parts graph.And
		for _, term := range f.Terms {
			parts = append(parts, s.predicate(term))
		}
		return parts
	case *syntax.Or:
		var parts graph.Or
		for _, term := range f.Terms {
			parts = append(parts, s.predicate(term))
		}
		return parts
	}
	c := f.(*syntax.Comparison)
	operands, all := s.operands(c.Right, nil)
	return graph.Where{
		Property: c.Left.(*syntax.Property).Name, Operator: operator(c.Op), Operands: operands, All: all,
	}
}
