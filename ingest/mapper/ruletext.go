package mapper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/j1db/j1db/store/graph"
)

// RuleError says what is wrong with a text of rules, and where.
type RuleError struct {
	Line int // from 1
	Err  error
}

// Error names the line.
func (e *RuleError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the error without its place.
func (e *RuleError) Unwrap() error { return e.Err }

// ParseRules reads rules in the form of rules.yaml. What is wrong with the text
// is a *RuleError.
func ParseRules(text []byte) (*Rules, error) {
	var r Rules
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&r); errors.Is(err, io.EOF) {
		return &r, nil
	} else if err != nil {
		return nil, explain(err)
	}
	var second yaml.Node
	if err := d.Decode(&second); err == nil {
		return nil, &RuleError{max(second.Line, 1), errors.New("a second document begins here; rules are one")}
	} else if !errors.Is(err, io.EOF) {
		return nil, explain(err)
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, explain(err)
	}
	if err := checkRules(&r, &tree); err != nil {
		return nil, err
	}
	return &r, nil
}

// placed matches how the YAML library names a place.
var placed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`) })

// misplaced and mistyped match what it says of a field that there is not, and of
// a value of another kind.
var (
	misplaced = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^field (\S+) not found in type (\S+)$`) })
	mistyped  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^cannot unmarshal (!!\w+) ?(.*) into (\S+)$`) })
)

// fieldNames and kindNames say in a user's words what the library says in Go's.
var (
	fieldNames = map[string]string{
		"mapper.Rules":      "persons, transfer, fullName, userIds and links",
		"mapper.PersonRule": "type and skip",
		"mapper.LinkRule":   "source, verb, direction and match",
		"mapper.Match":      "person, source, fold and unique",
	}
	kindNames = map[string]string{
		"!!str": "a text", "!!int": "a number", "!!float": "a number", "!!bool": "true or false", "!!seq": "a list",
		"!!map": "a map", "!!null": "nothing", "string": "a text", "[]string": "a list of texts", "bool": "true or false",
		"map[string][]string": "a map of lists",
	}
)

// explain makes a RuleError of what the YAML library says.
func explain(err error) error {
	text := err.Error()
	if typed, ok := errors.AsType[*yaml.TypeError](err); ok && len(typed.Errors) > 0 {
		text = typed.Errors[0]
	}
	line := 1
	if m := placed().FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits
		text = m[2]
	}
	if m := misplaced().FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("unknown field %q; here stand %s", m[1], fieldNames[m[2]])
	} else if m := mistyped().FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s where %s is expected", kindName(m[1]), kindName(m[3]))
	}
	return &RuleError{line, errors.New(strings.TrimPrefix(text, "yaml: "))}
}

func kindName(name string) string {
	if known, ok := kindNames[name]; ok {
		return known
	}
	if strings.HasPrefix(name, "[]") {
		return "a list of maps"
	}
	return "a map"
}

// checkRules looks for what the form allows and makes no sense; tree is where the
// rules were read from, and knows the lines.
func checkRules(r *Rules, tree *yaml.Node) error {
	types := map[string]bool{}
	for i, p := range r.Persons {
		if err := p.check(types); err != nil {
			return &RuleError{lineOf(tree, "persons", i), fmt.Errorf("persons entry %d: %w", i+1, err)}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Transfer)) {
		if err := checkTransfer(name, r.Transfer[name]); err != nil {
			return &RuleError{lineOf(tree, "transfer", name), fmt.Errorf("transfer of %q: %w", name, err)}
		}
	}
	for _, list := range []struct {
		name       string
		properties []string
	}{{"fullName", r.FullName}, {"userIds", r.UserIDs}} {
		if err := checkProperties(list.properties); err != nil {
			return &RuleError{lineOf(tree, list.name), fmt.Errorf("%s: %w", list.name, err)}
		}
	}
	for i := range r.Links {
		if match, err := r.Links[i].check(); err != nil {
			return &RuleError{lineOf(tree, "links", i, "match", match), fmt.Errorf("link %d: %w", i+1, err)}
		}
	}
	return nil
}

// check notes the type among those that have a rule.
func (p *PersonRule) check(types map[string]bool) error {
	switch {
	case p.Type == "":
		return errors.New("it has no type")
	case types[p.Type]:
		return fmt.Errorf("the type %q has a rule already", p.Type)
	}
	types[p.Type] = true
	return errors.Join(graph.CheckName("type", p.Type), checkProperties(slices.Sorted(maps.Keys(p.Skip))))
}

// ownProperties are those of a person that the mapper makes itself.
var ownProperties = []string{"email", "name", graph.PropDisplayName, "userIds"}

func checkTransfer(name string, from []string) error {
	if slices.Contains(ownProperties, name) {
		return errors.New("the mapper makes this property itself")
	}
	return checkProperties(append([]string{name}, from...))
}

// checkProperties refuses names that no property of an entity can have: a rule
// with one would never do anything.
func checkProperties(names []string) error {
	for _, name := range names {
		if err := graph.CheckName("property", name); err != nil {
			return err
		}
		if strings.HasPrefix(name, "_") {
			return fmt.Errorf("%s is not among the properties that rules see", name)
		}
	}
	return nil
}

// check also tells which match an error is about.
func (l *LinkRule) check() (match int, err error) {
	switch {
	case l.Source == "":
		return 0, errors.New("it has no source")
	case graph.CheckName("verb", l.Verb) != nil || l.Verb != strings.ToUpper(l.Verb):
		return 0, fmt.Errorf("its verb %q is not one in upper case", l.Verb)
	case l.Direction != "FORWARD" && l.Direction != "REVERSE":
		return 0, fmt.Errorf("its direction %q is neither FORWARD nor REVERSE", l.Direction)
	case len(l.Match) == 0:
		return 0, errors.New("it has no match")
	}
	for i, m := range l.Match {
		if len(m.Person) == 0 || len(m.Source) == 0 {
			return i, errors.New("a match lacks the properties of the person or of the source")
		}
		if err := checkProperties(slices.Concat(m.Person, m.Source)); err != nil {
			return i, err
		}
	}
	return 0, graph.CheckName("class", l.Source)
}

// lineOf returns the line of what stands at path, names of members and places in
// lists, or of the last thing on the way to it that is there.
func lineOf(n *yaml.Node, path ...any) int {
	line := max(n.Line, 1)
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		return lineOf(n.Content[0], path...)
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if len(path) == 0 {
		return line
	}
	switch step := path[0].(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return lineOf(n.Content[step], path[1:]...)
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value != step {
				continue
			}
			if len(path) == 1 {
				return n.Content[i].Line
			}
			return lineOf(n.Content[i+1], path[1:]...)
		}
	}
	return line
}
