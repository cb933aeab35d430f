package mapper

import (
	_ "embed"
	"maps"
	"slices"
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
