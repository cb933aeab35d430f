package querytest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// textInstance is the instance of the objects of a text graph that names none.
const textInstance = "test"

// textTime is when the objects of a text graph began that do not say otherwise:
// the first instant of 2024 in UTC.
const textTime = 1704067200000

// ParseGraph reads a text graph: see the package comment. Errors name the line.
func ParseGraph(text string) (*Graph, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("read graph: the text is not UTF-8")
	}
	p := textParser{instances: map[string]*graph.Instance{}, taken: map[string]bool{}}
	p.begin(textInstance)
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("read graph: line %d: %w", i+1, err)
		}
	}
	g, err := NewGraph(p.entities, p.relationships)
	if err != nil {
		return nil, fmt.Errorf("read graph: %w", err)
	}
	return g, nil
}

type textParser struct {
	instances               map[string]*graph.Instance
	current                 *graph.Instance
	taken                   map[string]bool // keys of relationships, with their instance
	entities, relationships []*graph.Image
}

// begin makes the objects that follow belong to an instance.
func (p *textParser) begin(name string) *graph.Instance {
	if p.instances[name] == nil {
		p.instances[name] = &graph.Instance{Name: name, Provider: name, Source: graph.SourceImport}
	}
	p.current = p.instances[name]
	return p.current
}

// line reads one line of any kind.
func (p *textParser) line(line string) error {
	fields, err := splitFields(line)
	if err != nil || len(fields) == 0 {
		return err
	}
	if fields[0] == "instance" {
		return p.instance(fields[1:])
	}
	meta := graph.Meta{Version: 1, CreatedOn: textTime, BeginOn: textTime}
	if fields[0] == "deleted" {
		meta.Deleted, meta.EndOn = true, textTime+1
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return errors.New("a line is `Class type:key` or `key VERB key`, then name=value")
	}
	if strings.Contains(fields[1], ":") {
		return p.entity(fields, meta)
	}
	return p.relationship(fields, meta)
}

// instance reads `instance name provider=x class=[A,B] source=y`.
func (p *textParser) instance(fields []string) error {
	if len(fields) == 0 || checkNames(fields[0]) != nil {
		return errors.New("an instance needs a name of letters and digits")
	}
	in := p.begin(fields[0])
	for _, field := range fields[1:] {
		name, v, err := readProperty(field)
		switch {
		case err != nil:
			return err
		case name == "provider":
			in.Provider = v.Str()
		case name == "source":
			in.Source = v.Str()
		case name == "class":
			in.Class = texts(v)
		default:
			return fmt.Errorf("an instance has no %q", name)
		}
	}
	return nil
}

// texts are the elements of a list, or the one text.
func texts(v graph.Value) []string {
	if v.Kind() != graph.List {
		return []string{v.Str()}
	}
	var out []string
	for _, e := range v.List() {
		out = append(out, e.Str())
	}
	return out
}

// entity reads `Class type:key` or `(Class,Class) type:key`, then properties.
func (p *textParser) entity(fields []string, meta graph.Meta) error {
	key, err := readWord(fields[1])
	if err != nil {
		return err
	}
	im := &graph.Image{Kind: graph.EntityKind, Key: key, Meta: meta}
	im.Type, _, _ = strings.Cut(key, ":")
	if list, ok := strings.CutPrefix(fields[0], "("); ok {
		for _, class := range strings.Split(strings.TrimSuffix(list, ")"), ",") {
			if class = strings.TrimSpace(class); class != "" {
				im.Class = append(im.Class, class)
			}
		}
	} else {
		im.Class = []string{fields[0]}
	}
	if err := checkNames(im.Class...); err != nil {
		return err
	}
	if err := p.properties(im, fields[2:]); err != nil {
		return err
	}
	p.entities = append(p.entities, im)
	return nil
}

// relationship reads `key VERB key`, then properties.
func (p *textParser) relationship(fields []string, meta graph.Meta) error {
	if len(fields) < 3 {
		return errors.New("a relationship is `key VERB key`")
	}
	if err := checkNames(fields[1]); err != nil {
		return err
	}
	im := &graph.Image{Kind: graph.RelationshipKind, Class: []string{fields[1]}, Meta: meta}
	from, err := p.end(fields[0])
	if err != nil {
		return err
	}
	to, err := p.end(fields[2])
	if err != nil {
		return err
	}
	im.From, im.To = endOf(from), endOf(to)
	im.Type = relationshipType(from, fields[1], to)
	if err := p.properties(im, fields[3:]); err != nil {
		return err
	}
	if im.Key == "" {
		im.Key = relationshipKey(im, p.taken)
	}
	p.taken[im.Instance+"\x00"+im.Key] = true
	p.relationships = append(p.relationships, im)
	return nil
}

// plainName is a class, verb or instance of a text graph.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// checkNames says which name could not be told from the words around it.
func checkNames(names ...string) error {
	for _, name := range names {
		if !plainName.MatchString(name) || name == "instance" || name == "deleted" {
			return fmt.Errorf("%q cannot be a class or a verb", name)
		}
	}
	return nil
}

// relationshipType is the type of a relationship that does not say it.
func relationshipType(from *graph.Image, verb string, to *graph.Image) string {
	return from.Type + "_" + strings.ToLower(verb) + "_" + to.Type
}

// relationshipKey is the key of a relationship that does not say it: the first of
// `from|verb|to`, `from|verb|to|2` and so on that is not taken in its instance.
func relationshipKey(im *graph.Image, taken map[string]bool) string {
	plain := im.From.Key + "|" + strings.ToLower(im.Class[0]) + "|" + im.To.Key
	key := plain
	for n := 2; taken[im.Instance+"\x00"+key]; n++ {
		key = fmt.Sprintf("%s|%d", plain, n)
	}
	return key
}

// end finds the entity that a relationship names: `key`, of the relationship's own
// instance if that has it, or `instance::key`.
func (p *textParser) end(field string) (*graph.Image, error) {
	instance, word, qualified := strings.Cut(field, "::")
	if !qualified || strings.HasPrefix(field, `"`) {
		instance, word = "", field
	}
	key, err := readWord(word)
	if err != nil {
		return nil, err
	}
	var found *graph.Image
	for _, im := range p.entities {
		switch {
		case im.Key != key || instance != "" && im.Instance != instance:
		case found == nil || im.Instance == p.current.Name:
			found = im
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no entity %s above this line", field)
	}
	return found, nil
}

// properties reads name=value fields and completes im with its instance.
func (p *textParser) properties(im *graph.Image, fields []string) error {
	im.Instance, im.Supplier = p.current.Name, p.current
	for _, field := range fields {
		name, v, err := readProperty(field)
		if err != nil {
			return err
		}
		if !setMetadata(im, name, v) {
			im.Props.Set(name, v)
		}
	}
	return nil
}

// setMetadata sets what a text graph may say of the engine's own properties.
func setMetadata(im *graph.Image, name string, v graph.Value) bool {
	n, _ := v.Int()
	switch name {
	case graph.PropType:
		im.Type = v.Text()
	case graph.PropVersion:
		im.Meta.Version = uint64(n)
	case graph.PropCreatedOn:
		im.Meta.CreatedOn = n
	case graph.PropBeginOn:
		im.Meta.BeginOn = n
	case graph.PropEndOn:
		im.Meta.EndOn = n
	case graph.PropKey:
		if im.Kind == graph.EntityKind {
			return false
		}
		im.Key = v.Text()
	default:
		return false
	}
	return true
}
