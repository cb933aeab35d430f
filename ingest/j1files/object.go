package j1files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// object is one object as it was read, and what of its text was left out.
type object struct {
	fields   fieldSet
	key, typ string
	classes  []string
	verb     string // of a relationship
	from, to graph.End
	props    []graph.Property
	raw      []byte
	mapping  *graph.Mapping
	sort     sort
	losses
}

// losses count what of the text of objects is not in the graph.
type losses struct {
	ignored int // members that a server supplies
	nested  int // values that are objects, or lists with objects or lists in them
	doubled int // members whose name comes again
}

func (l *losses) add(m losses) {
	l.ignored += m.ignored
	l.nested += m.nested
	l.doubled += m.doubled
}

// decode reads one object with encoding/json. It shares no memory with b. An
// error is a *fault; the object then holds what could be made out.
func decode(b []byte) (*object, error) {
	o := &object{}
	if err := inspect(b); err != nil {
		return o, err
	}
	list, doubled, err := members(b)
	if err != nil {
		return o, faultAt(0, err)
	}
	o.doubled = doubled
	var errs []error
	for i := range list {
		if err := o.member(&list[i]); err != nil {
			errs = append(errs, faultAt(list[i].at, fmt.Errorf("%s: %w", nameText(list[i].name), err)))
		}
	}
	if len(errs) > 0 {
		return o, errs[0]
	}
	return o, faultAt(0, o.finish(list))
}

// nameText prints a name in a message.
func nameText(name string) string {
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:60], "") + "..."
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// member takes one member.
func (o *object) member(m *member) error {
	f := fieldOf(m.name)
	if f == fieldProp || f == fieldTag {
		return o.property(m, f)
	}
	if m.null() || f == fieldIgnored {
		return nil
	}
	o.fields = o.fields.with(f)
	switch f {
	case fieldKey:
		return decodeKey(m.raw, &o.key)
	case fieldType:
		return decodeName(m.raw, "type", &o.typ)
	case fieldClass:
		return decodeClasses(m.raw, &o.classes)
	case fieldFrom:
		return decodeKey(m.raw, &o.from.Key)
	case fieldTo:
		return decodeKey(m.raw, &o.to.Key)
	case fieldFromScope:
		return decodeName(m.raw, "instance name", &o.from.Instance)
	case fieldToScope:
		return decodeName(m.raw, "instance name", &o.to.Instance)
	case fieldRaw:
		return compactRaw(m.raw, &o.raw)
	case fieldMapping:
		return decodeMapping(m.raw, o)
	}
	return nil
}

// property takes a property; what is nested is dropped.
func (o *object) property(m *member, f field) error {
	if err := graph.CheckName("property name", m.name); err != nil {
		return err
	}
	v, err := decodeValue(m.raw)
	if err != nil {
		return err
	}
	if v.Kind() == graph.Undefined {
		o.nested++
		return nil
	}
	if f == fieldTag {
		v = tagValue(v)
	}
	o.props = append(o.props, graph.Property{Name: m.name, Value: v})
	return nil
}

// finish checks the object as a whole, once all members are taken.
func (o *object) finish(list []member) error {
	s, err := o.fields.sort()
	if err != nil {
		return err
	}
	o.sort = s
	for i := range list {
		if s.ignores(fieldOf(list[i].name)) {
			o.ignored++
		}
	}
	if s != sortRelationship {
		o.from, o.to = graph.End{}, graph.End{}
	}
	if s != sortEntity {
		if len(o.classes) != 1 {
			return fmt.Errorf("a relationship has one class, not %d", len(o.classes))
		}
		o.verb = strings.ToUpper(o.classes[0])
	}
	if len(o.props) > graph.MaxProps {
		return fmt.Errorf("there are %d properties, the limit is %d", len(o.props), graph.MaxProps)
	}
	slices.SortFunc(o.props, func(a, b graph.Property) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// common is what entities and relationships share.
func (o *object) common() graph.Object {
	return graph.Object{Key: o.key, Type: o.typ, Props: o.props, Raw: o.raw}
}

var errNotText = errors.New("it is not a text")

func decodeText(raw []byte, to *string) error {
	if len(raw) == 0 || raw[0] != '"' {
		return errNotText
	}
	return json.Unmarshal(raw, to)
}

func decodeKey(raw []byte, to *string) error {
	if err := decodeText(raw, to); err != nil {
		return err
	}
	return graph.CheckKey(*to)
}

func decodeName(raw []byte, what string, to *string) error {
	if err := decodeText(raw, to); err != nil {
		return err
	}
	return graph.CheckName(what, *to)
}

// decodeClasses takes a text or a list of texts.
func decodeClasses(raw []byte, to *[]string) error {
	var list []json.RawMessage
	if raw[0] != '[' {
		list = append(list, raw)
	} else if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	// json.Unmarshal into a RawMessage that shares memory with raw would overwrite it:
	// the elements have memory of their own.
	*to = nil
	for _, e := range list {
		var class string
		if decodeText(e, &class) != nil {
			return errors.New("it is neither a text nor a list of texts")
		}
		if err := graph.CheckName("class", class); err != nil {
			return err
		}
		*to = append(*to, class)
	}
	return nil
}

// decodeValue returns the value, or the undefined one where it is nested.
func decodeValue(raw []byte) (graph.Value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return graph.Value{}, err
	}
	if n, ok := x.(json.Number); ok {
		if _, ok := graph.NumberValue(string(n)); !ok {
			return graph.Value{}, fmt.Errorf("the number %.40s cannot be stored", n)
		}
	}
	v, ok := graph.ValueOf(x)
	if !ok {
		return graph.Value{}, checkListNumbers(x)
	}
	if n := textSize(v); n > graph.MaxValue {
		return v, fmt.Errorf("it is %d bytes long, the limit is %d", n, graph.MaxValue)
	}
	return v, nil
}

// checkListNumbers tells a list that is dropped because something nested is in it
// from one that holds a number which cannot be stored.
func checkListNumbers(x any) error {
	list, _ := x.([]any)
	var bad error
	for _, e := range list {
		switch e := e.(type) {
		case map[string]any, []any:
			return nil
		case json.Number:
			if _, ok := graph.NumberValue(string(e)); !ok {
				bad = fmt.Errorf("the number %.40s cannot be stored", e)
			}
		}
	}
	return bad
}

// textSize is the bytes of text in v, and at least one for each element.
func textSize(v graph.Value) int {
	n := len(v.Str())
	for _, e := range v.List() {
		n += 1 + len(e.Str())
	}
	return n
}

// compactRaw takes raw data without the white space around its tokens, which no
// line of JSON Lines can hold all of.
func compactRaw(raw []byte, to *[]byte) error {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return err
	}
	*to = b.Bytes()
	return nil
}
