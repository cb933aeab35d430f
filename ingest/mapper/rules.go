package mapper

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/j1db/j1db/store/graph"
)

//go:embed rules.yaml
var builtin []byte

// Rules say who is a person and what is joined to people. See rules.yaml for what
// each of them means.
type Rules struct {
	Persons  []PersonRule        `yaml:"persons"`
	Transfer map[string][]string `yaml:"transfer"`
	FullName []string            `yaml:"fullName"`
	UserIDs  []string            `yaml:"userIds"`
	Links    []LinkRule          `yaml:"links"`
}

// PersonRule makes people of the entities of one type.
type PersonRule struct {
	Type string              `yaml:"type"`
	Skip map[string][]string `yaml:"skip"` // by property
}

// LinkRule joins the entities of one class to people.
type LinkRule struct {
	Source    string  `yaml:"source"`
	Verb      string  `yaml:"verb"`
	Direction string  `yaml:"direction"` // FORWARD or REVERSE
	Match     []Match `yaml:"match"`
}

// Match is one way to recognise a person.
type Match struct {
	Person []string `yaml:"person"`
	Source []string `yaml:"source"`
	Fold   bool     `yaml:"fold"`
	Unique bool     `yaml:"unique"`
}

// String prints the rule as in "User IS Person".
func (l *LinkRule) String() string {
	if l.reverse() {
		return "Person " + l.Verb + " " + l.Source
	}
	return l.Source + " " + l.Verb + " Person"
}

func (l *LinkRule) reverse() bool { return l.Direction == "REVERSE" }

// DefaultRules returns the rules of rules.yaml.
func DefaultRules() (*Rules, error) { return ParseRules(builtin) }

// ParseRules reads rules in the form of rules.yaml. The error says what is wrong
// and, where the text is no YAML of that form, in which line.
func ParseRules(text []byte) (*Rules, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var r Rules
	if err := d.Decode(&r); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("parse mapper rules: %w", err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("parse mapper rules: %w", err)
	}
	return &r, nil
}

func (r *Rules) check() error {
	for i, p := range r.Persons {
		if p.Type == "" {
			return fmt.Errorf("persons entry %d has no type", i+1)
		}
	}
	for i, l := range r.Links {
		if err := l.check(); err != nil {
			return fmt.Errorf("link %d: %w", i+1, err)
		}
	}
	return nil
}

func (l *LinkRule) check() error {
	switch {
	case l.Source == "":
		return errors.New("it has no source")
	case graph.CheckName("verb", l.Verb) != nil || l.Verb != strings.ToUpper(l.Verb):
		return fmt.Errorf("its verb %q is not one in upper case", l.Verb)
	case l.Direction != "FORWARD" && l.Direction != "REVERSE":
		return fmt.Errorf("its direction %q is neither FORWARD nor REVERSE", l.Direction)
	case len(l.Match) == 0:
		return errors.New("it has no match")
	}
	for _, m := range l.Match {
		if len(m.Person) == 0 || len(m.Source) == 0 {
			return errors.New("a match lacks the properties of the person or of the source")
		}
	}
	return nil
}

// With returns r with the rules of more added, as rules.yaml describes.
func (r *Rules) With(more *Rules) *Rules {
	out := &Rules{
		Persons: slices.Clone(r.Persons), Transfer: maps.Clone(r.Transfer),
		FullName: r.FullName, UserIDs: r.UserIDs,
		Links: slices.Concat(r.Links, more.Links),
	}
	for _, p := range more.Persons {
		same := func(q PersonRule) bool { return q.Type == p.Type }
		if i := slices.IndexFunc(out.Persons, same); i >= 0 {
			out.Persons[i] = p
		} else {
			out.Persons = append(out.Persons, p)
		}
	}
	if out.Transfer == nil {
		out.Transfer = map[string][]string{}
	}
	maps.Copy(out.Transfer, more.Transfer)
	if len(more.FullName) > 0 {
		out.FullName = more.FullName
	}
	if len(more.UserIDs) > 0 {
		out.UserIDs = more.UserIDs
	}
	return out
}
