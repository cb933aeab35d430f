package shell

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// merged is one property over several types.
type merged struct {
	name     string
	kinds    []graph.ValueKind
	filled   int
	distinct int
}

// mostDescribed is how many types are looked at where a class or * stands for
// more: beyond it nothing new is learned, but time goes by.
const mostDescribed = 200

// largest are the types that are looked at, of very many.
func largest(types []graph.TypeStat) []graph.TypeStat {
	if len(types) > mostDescribed {
		slices.SortStableFunc(types, func(a, b graph.TypeStat) int { return cmp.Compare(b.Count, a.Count) })
		types = types[:mostDescribed]
	}
	return types
}

// mergedAt describes the properties of all that can stand at a place, by name.
func (v *view) mergedAt(at syntax.Place) (graph.Kind, []*merged, int) {
	kind, types := v.kindsAt(at)
	types = largest(types)
	byName := map[string]*merged{}
	objects := 0
	for _, t := range types {
		objects += t.Count
		for i, list := 0, v.properties(kind, t.Type); i < len(list); i++ {
			p := &list[i]
			m := byName[p.Name]
			if m == nil {
				m = &merged{name: p.Name}
				byName[p.Name] = m
			}
			m.add(p)
		}
	}
	var out []*merged
	for _, m := range byName {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b *merged) int { return cmp.Compare(a.name, b.name) })
	return kind, out, objects
}

func (m *merged) add(p *graph.PropertyStat) {
	m.filled += p.Filled
	m.distinct = max(m.distinct, p.Distinct)
	for _, k := range p.Kinds {
		if !slices.Contains(m.kinds, k) && k > graph.Null {
			m.kinds = append(m.kinds, k)
		}
	}
}

// properties adds the properties at a place, metadata last.
func (s *sought) properties(v *view, at syntax.Place) {
	kind, list, objects := v.mergedAt(at)
	for _, m := range list {
		names := make([]string, len(m.kinds))
		for i, k := range m.kinds {
			names[i] = k.String()
		}
		detail := fmt.Sprintf("%s, %d%% filled, %d distinct", strings.Join(names, "/"), m.filled*100/max(1, objects), m.distinct)
		s.add(Candidate{Text: propertyText(m.name), Kind: "property", Detail: detail, After: " ", name: m.name})
	}
	for _, name := range graph.Metadata(kind) {
		s.add(Candidate{Text: name, Kind: "metadata", After: " "})
	}
}

// propertyText is a property as it is written behind a dot or in WITH.
func propertyText(name string) string {
	text := (&syntax.Property{Selector: "x", Name: name}).String()
	return strings.TrimPrefix(strings.TrimPrefix(text, "x"), ".")
}

// longestValue is the longest value that is offered, in runes.
const longestValue = 60

// values adds the commonest values of the property that is compared.
func (s *sought) values(v *view, item syntax.Expected) {
	if item.Property == "" {
		return
	}
	counts := v.valuesOf(item.Place, item.Property)
	slices.SortFunc(counts, func(a, b graph.ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), graph.Compare(a.Value, b.Value))
	})
	wide := 1
	if len(counts) > 0 {
		wide = len(strconv.Itoa(counts[0].Count))
	}
	for _, c := range counts {
		if text, name, ok := s.literal(c.Value); ok {
			s.add(Candidate{Text: text, Kind: c.Value.Kind().String(), Detail: fmt.Sprintf("%*d", wide, c.Count), After: " ", name: name})
		}
	}
}

// valuesOf counts the commonest values of a property, each once. A list counts
// with its elements, as it is compared.
func (v *view) valuesOf(at syntax.Place, property string) []graph.ValueCount {
	kind, types := v.kindsAt(at)
	switch property { // what the types themselves tell
	case graph.PropType:
		return countTypes(types, func(t graph.TypeStat) []string { return []string{t.Type} })
	case graph.PropClass:
		return countTypes(types, func(t graph.TypeStat) []string { return t.Classes })
	case graph.PropInstanceName:
		return countTypes(types, func(t graph.TypeStat) []string { return t.Instances })
	}
	byText := map[string]*graph.ValueCount{}
	for _, t := range largest(types) {
		list := v.properties(kind, t.Type)
		i, ok := slices.BinarySearchFunc(list, property, func(p graph.PropertyStat, name string) int { return cmp.Compare(p.Name, name) })
		if !ok {
			continue
		}
		for _, top := range list[i].Top {
			count(byText, top.Value, top.Count)
		}
	}
	return collected(byText)
}

func count(into map[string]*graph.ValueCount, v graph.Value, n int) {
	if v.Kind() == graph.List {
		for _, e := range v.List() {
			count(into, e, n)
		}
		return
	}
	key := v.String()
	if into[key] == nil {
		into[key] = &graph.ValueCount{Value: v}
	}
	into[key].Count += n
}

func collected(byText map[string]*graph.ValueCount) []graph.ValueCount {
	out := make([]graph.ValueCount, 0, len(byText))
	for _, c := range byText {
		out = append(out, *c)
	}
	return out
}

func countTypes(types []graph.TypeStat, names func(graph.TypeStat) []string) []graph.ValueCount {
	byText := map[string]*graph.ValueCount{}
	for _, t := range types {
		for _, name := range names(t) {
			count(byText, graph.StringValue(name), t.Count)
		}
	}
	return collected(byText)
}

// literal writes a value as J1QL. Only strings fit in a quote that is open.
func (s *sought) literal(v graph.Value) (text, name string, ok bool) {
	switch {
	case v.Kind() == graph.String:
		name = v.Str()
		text = (&syntax.String{Value: name}).String()
		if s.expectation.Quote == 0 {
			name = text
		}
		return text, name, utf8.RuneCountInString(name) <= longestValue
	case s.expectation.Quote != 0 || v.Missing() || v.Kind() == graph.List || v.Kind() == graph.Bool:
		return "", "", false // true and false are keywords already
	}
	return v.Text(), "", true
}
