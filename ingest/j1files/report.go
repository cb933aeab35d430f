package j1files

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// Report says what a reading came to.
type Report struct {
	Files int
	Bytes int64 // of text, after decompression
	// Entities, Relationships and Mapped count what was handed over.
	Entities, Relationships, Mapped int
	// Ignored counts members that a server or an engine supplies, Nested values
	// that were dropped because they are objects or hold lists, Doubled members
	// whose name came again in the same object.
	Ignored, Nested, Doubled int
	// Bad are the first objects that could not be read, in the order of files and
	// lines, and BadCount is how many there were.
	Bad      []BadObject
	BadCount int
	// Partial names, sorted, the types that are not whole, and why.
	Partial []graph.Partial
	// Incomplete says why no type at all can be taken for whole: what could not be
	// read may have been of any. It is "" where that did not happen.
	Incomplete string
	// Links counts symbolic links and other irregular files of a folder, none of
	// which was followed or read.
	Links int
}

// Scope returns what a run may conclude from what was read: every type was read
// whole, but for those that are partial. Where any type may have been in what
// could not be read it is none, and every type becomes stale. A caller that wants
// absence to delete (the mode diff) puts both in its last batch.
func (r *Report) Scope() ([]graph.Complete, []graph.Partial) {
	if r.Incomplete != "" {
		return nil, append([]graph.Partial{{Type: graph.AllTypes, Reason: r.Incomplete}}, r.Partial...)
	}
	return []graph.Complete{{Type: graph.AllTypes}}, r.Partial
}

// addPartials notes that types are partial.
func (r *Report) addPartials(types []string, reason string) {
	for _, typ := range types {
		if typ != "" {
			r.addPartial(typ, reason)
		}
	}
}

// addPartial keeps the first reason for each type.
func (r *Report) addPartial(typ, reason string) {
	i, found := slices.BinarySearchFunc(r.Partial, typ, func(p graph.Partial, t string) int { return strings.Compare(p.Type, t) })
	if !found {
		r.Partial = slices.Insert(r.Partial, i, graph.Partial{Type: typ, Reason: reason})
	}
}

// tally gathers, from all workers, what is bad and what was counted.
type tally struct {
	limit int

	mu     sync.Mutex // guards what follows
	bad    []located
	count  int
	types  map[string]int // of bad objects
	lines  []int          // line ends in each chunk
	report Report
}

// located is a bad object whose line may still count from its chunk.
type located struct {
	chunk    int
	file     int
	relative bool
	BadObject
}

// addBad keeps a bad object if it is among the first.
func (t *tally) addBad(b located) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	if t.types == nil {
		t.types = map[string]int{}
	}
	t.types[b.Type]++
	i, _ := slices.BinarySearchFunc(t.bad, b, compareLocated)
	if i < t.limit {
		t.bad = slices.Insert(t.bad, i, b)
		t.bad = t.bad[:min(len(t.bad), t.limit)]
	}
}

func compareLocated(a, b located) int {
	if a.chunk != b.chunk {
		return a.chunk - b.chunk
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Column - b.Column
}

// full reports whether as many bad objects were found as are listed.
func (t *tally) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count >= t.limit
}

func (t *tally) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count > 0
}

// setLines notes how many line ends a chunk holds.
func (t *tally) setLines(chunk, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if chunk >= len(t.lines) {
		t.lines = append(t.lines, make([]int, chunk+1-len(t.lines))...)
	}
	t.lines[chunk] = n
}

// settle works out the lines of bad objects and what their absence means. firsts
// are the numbers of the first chunks of the inputs.
func (t *tally) settle(firsts []int) *Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.report
	r.BadCount = t.count
	for _, b := range t.bad {
		if b.relative {
			b.Line++
			for _, n := range t.lines[firsts[b.file]:b.chunk] {
				b.Line += n
			}
		}
		r.Bad = append(r.Bad, b.BadObject)
	}
	for typ, n := range t.types {
		if typ == "" {
			r.Incomplete = fmt.Sprintf("%s of unknown type could not be read", objects(n))
			continue
		}
		r.addPartial(typ, fmt.Sprintf("%s could not be read", objects(n)))
	}
	return r
}

func objects(n int) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}
