package graph

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// Property is one named value of an object.
type Property struct {
	Name  string
	Value Value
}

// Properties are an object's properties, sorted by name, each name once. A name
// that is absent is undefined; a null is present. Use Set and Get; a slice built
// otherwise must be passed through SortProperties.
type Properties []Property

// SortProperties sorts ps by name and drops undefined values; of equal names the
// last wins. It reuses ps.
func SortProperties(ps []Property) Properties {
	slices.SortStableFunc(ps, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	out := ps[:0]
	for _, p := range ps {
		if n := len(out); n > 0 && out[n-1].Name == p.Name {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return slices.DeleteFunc(out, func(p Property) bool { return p.Value.kind == Undefined })
}

func (ps Properties) find(name string) (int, bool) {
	return slices.BinarySearchFunc(ps, name, func(p Property, n string) int { return strings.Compare(p.Name, n) })
}

// Get returns the value of name, undefined when it is not there.
func (ps Properties) Get(name string) Value {
	if i, ok := ps.find(name); ok {
		return ps[i].Value
	}
	return Value{}
}

// Set sets name to v; an undefined v removes it.
func (ps *Properties) Set(name string, v Value) {
	i, ok := ps.find(name)
	switch {
	case v.kind == Undefined && ok:
		*ps = slices.Delete(*ps, i, i+1)
	case v.kind == Undefined:
	case ok:
		(*ps)[i].Value = v
	default:
		*ps = slices.Insert(*ps, i, Property{name, v})
	}
}

// All yields the properties in order.
func (ps Properties) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, p := range ps {
			if !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// Equal reports whether both hold the same names with equal values.
func (ps Properties) Equal(qs Properties) bool {
	return slices.EqualFunc(ps, qs, func(a, b Property) bool { return a.Name == b.Name && Equal(a.Value, b.Value) })
}

// Changed lists, sorted, the names whose values differ between ps and qs.
func (ps Properties) Changed(qs Properties) []string {
	var names []string
	i, j := 0, 0
	for i < len(ps) || j < len(qs) {
		switch {
		case j == len(qs) || i < len(ps) && ps[i].Name < qs[j].Name:
			names = append(names, ps[i].Name)
			i++
		case i == len(ps) || qs[j].Name < ps[i].Name:
			names = append(names, qs[j].Name)
			j++
		default:
			if !Equal(ps[i].Value, qs[j].Value) {
				names = append(names, ps[i].Name)
			}
			i, j = i+1, j+1
		}
	}
	return names
}

// Clone returns a copy that shares no memory with ps.
func (ps Properties) Clone() Properties {
	out := make(Properties, len(ps))
	for i, p := range ps {
		out[i] = Property{strings.Clone(p.Name), p.Value.Clone()}
	}
	return out
}

// AppendJSON appends ps as a JSON object, names in order.
func (ps Properties) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for i, p := range ps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendJSONString(b, p.Name), ':')
		b = p.Value.AppendJSON(b)
	}
	return append(b, '}')
}

// MarshalJSON implements json.Marshaler.
func (ps Properties) MarshalJSON() ([]byte, error) { return ps.AppendJSON(nil), nil }

// UnmarshalJSON implements json.Unmarshaler for a flat object.
func (ps *Properties) UnmarshalJSON(data []byte) error {
	var m map[string]Value
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	out := make([]Property, 0, len(m))
	for name, v := range m {
		if v.kind == Undefined { // encoding/json leaves a null untouched
			v = NullValue()
		}
		out = append(out, Property{name, v})
	}
	*ps = SortProperties(out)
	return nil
}
