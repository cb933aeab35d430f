package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// WarningKind says what a Warning is about.
type WarningKind uint8

// The kinds of warning, gravest first.
const (
	WarnRejected WarningKind = iota // objects that could not be supplied
	WarnInvalid                     // objects that JupiterOne's data model would not take
	WarnDropped                     // properties that were left out
	WarnNote                        // what a step thought worth saying
)

// String names the kind.
func (k WarningKind) String() string {
	return [...]string{"rejected", "invalid", "dropped", "note"}[k]
}

// Warning counts the objects of one type that had one thing wrong.
type Warning struct {
	Kind     WarningKind
	Type     string
	Property string // "" when it is about the whole object
	Text     string // what is wrong, without naming an object
	Count    int
	Steps    []string // that met it, in the order of the table
	Example  string   // the key of the first such object, "" when it has none
}

// String prints the warning in one line.
func (w *Warning) String() string {
	var b strings.Builder
	b.WriteString(w.Type)
	if w.Property != "" {
		b.WriteString("." + w.Property)
	}
	fmt.Fprintf(&b, ": %s (%d", w.Text, w.Count)
	if w.Example != "" {
		fmt.Fprintf(&b, ", such as %q", w.Example)
	}
	return b.String() + ")"
}

// maxWarnings bounds the distinct warnings of one step; texts that vary from
// object to object must not fill the memory.
const maxWarnings = 500

// warningKey is what makes two warnings one.
type warningKey struct {
	kind                WarningKind
	typ, property, text string
}

// tally counts warnings, and remembers for each the example of the lowest rank.
type tally struct {
	byKey map[warningKey]*counted
	lost  int // objects whose warning came after maxWarnings others
}

type counted struct {
	Warning
	rank uint64
}

func (t *tally) add(w Warning, rank uint64, key string) {
	k := warningKey{w.Kind, w.Type, w.Property, w.Text}
	c := t.byKey[k]
	if c == nil {
		if len(t.byKey) == maxWarnings {
			t.lost++
			return
		}
		if t.byKey == nil {
			t.byKey = map[warningKey]*counted{}
		}
		c = &counted{Warning: w, rank: rank}
		c.Example = key
		t.byKey[k] = c
	}
	c.Count++
	if rank < c.rank || c.Example == "" {
		c.rank, c.Example = rank, key
	}
}

// mergeTallies joins what the steps counted, steps in order, into a sorted list.
func mergeTallies(steps []*stepRun) []Warning {
	joined := map[warningKey]*Warning{}
	for _, s := range steps {
		for k, c := range s.tally.byKey {
			w := joined[k]
			if w == nil {
				first := c.Warning
				first.Count, first.Steps = 0, nil
				w = &first
				joined[k] = w
			}
			w.Count += c.Count
			w.Steps = append(w.Steps, s.Step.ID)
		}
		if s.tally.lost > 0 {
			k := warningKey{typ: s.Step.ID, text: "further warnings of other kinds", kind: WarnNote}
			joined[k] = &Warning{Kind: k.kind, Type: k.typ, Text: k.text, Count: s.tally.lost, Steps: []string{s.Step.ID}}
		}
	}
	out := make([]Warning, 0, len(joined))
	for _, w := range joined {
		out = append(out, *w)
	}
	slices.SortFunc(out, compareWarnings)
	return out
}

func compareWarnings(a, b Warning) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Property, b.Property), cmp.Compare(a.Text, b.Text))
}
