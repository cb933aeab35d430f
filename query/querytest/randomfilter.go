package querytest

import (
	"fmt"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// filter makes a condition of at most a depth.
func (m *queryMaker) filter(depth int, term func() syntax.Filter) syntax.Filter {
	if depth == 0 || m.chance(55) {
		return term()
	}
	var terms []syntax.Filter
	for range 2 + m.IntN(2) {
		terms = append(terms, m.filter(depth-1, term))
	}
	if m.chance(40) {
		return &syntax.And{Terms: flattenAnd(terms)}
	}
	return &syntax.Or{Terms: flattenOr(terms)}
}

// flattenAnd keeps what syntax promises: no term of an And is an And.
func flattenAnd(terms []syntax.Filter) (flat []syntax.Filter) {
	for _, t := range terms {
		if and, ok := t.(*syntax.And); ok {
			flat = append(flat, and.Terms...)
			continue
		}
		flat = append(flat, t)
	}
	return flat
}

// flattenOr does the same for Or.
func flattenOr(terms []syntax.Filter) (flat []syntax.Filter) {
	for _, t := range terms {
		if or, ok := t.(*syntax.Or); ok {
			flat = append(flat, or.Terms...)
			continue
		}
		flat = append(flat, t)
	}
	return flat
}

// whereTerm makes comparisons on the properties of what a chain names.
func (m *queryMaker) whereTerm(known names) func() syntax.Filter {
	return func() syntax.Filter {
		if len(known.optional) > 0 && m.chance(35) {
			return m.unboundTerm(pick(m.dice, known.optional...))
		}
		selector, properties := m.subject(known)
		return m.comparison(selector, properties, func() syntax.Operand {
			other, properties := m.subject(known)
			return m.property(other, properties)
		})
	}
}

// unboundTerm makes a comparison that may hold of what is not bound.
func (m *queryMaker) unboundTerm(selector string) syntax.Filter {
	p := pick(m.dice, entityProperties...)
	c := &syntax.Comparison{Left: &syntax.Property{Selector: selector, Name: p.name}}
	c.Op = pick(m.dice, syntax.Equal, syntax.NotEqual, syntax.NotEqual, syntax.NotContains)
	c.Right = m.operand(p)
	if m.chance(40) {
		c.Right = &syntax.Undefined{}
	}
	return c
}

// subject chooses a name and the properties that it may have.
func (m *queryMaker) subject(known names) (string, []randomProperty) {
	if len(known.optional) > 0 && m.chance(30) {
		return pick(m.dice, known.optional...), entityProperties
	}
	if len(known.entities) == 0 || len(known.relationships) > 0 && m.chance(30) {
		return pick(m.dice, known.relationships...), relationshipProperties
	}
	return pick(m.dice, known.entities...), entityProperties
}

// property makes a reference to one of some properties, or to the engine's.
func (m *queryMaker) property(selector string, properties []randomProperty) *syntax.Property {
	name := pick(m.dice, properties...).name
	if m.chance(15) {
		name = pick(m.dice, "_type", "_class", "_key", "_createdOn", "_version", "_deleted", "_integrationName", "_endOn", "nothing")
	}
	return &syntax.Property{Selector: selector, Name: name}
}

var randomOps = []syntax.Op{
	syntax.Equal, syntax.Equal, syntax.NotEqual, syntax.NotEqual, syntax.Less, syntax.LessEqual, syntax.Greater,
	syntax.GreaterEqual, syntax.Contains, syntax.StartsWith, syntax.EndsWith, syntax.NotContains,
	syntax.NotStartsWith, syntax.NotEndsWith,
}

// comparison makes a test of a property, mostly with a value that it may have.
// Other makes a property for the right side; nil where none may stand there.
func (m *queryMaker) comparison(selector string, properties []randomProperty, other func() syntax.Operand) syntax.Filter {
	p := pick(m.dice, properties...)
	c := &syntax.Comparison{Left: &syntax.Property{Selector: selector, Name: p.name}, Op: pick(m.dice, randomOps...)}
	value := func() syntax.Operand { return m.operand(p) }
	if m.chance(12) {
		left := m.property(selector, properties)
		c.Left = left
		value = func() syntax.Operand { return m.metaOperand(left.Name) }
	}
	switch {
	case m.chance(20):
		list := &syntax.List{All: m.chance(40)}
		for range 2 + m.IntN(2) {
			item := value()
			if other != nil && m.chance(15) {
				item = other()
			}
			list.Items = append(list.Items, item)
		}
		c.Right = list
	case other != nil && m.chance(25):
		c.Right = other()
	case !m.inner && m.chance(5):
		c.Op = pick(m.dice, syntax.Equal, syntax.NotEqual)
		c.Right = m.subQuery(p.name)
	default:
		c.Right = value()
	}
	return c
}

// operand makes a value that a property may have, or a stranger.
func (m *queryMaker) operand(p randomProperty) syntax.Operand {
	switch m.weighted(62, 12, 8, 8, 6, 4) {
	case 1:
		return &syntax.Undefined{}
	case 2:
		return &syntax.Regex{Pattern: pick(m.dice, "a", "^a", "[0-9]", "a.*", "b|e", "d$"), IgnoreCase: m.chance(40)}
	case 3:
		return m.parameter(p)
	case 4:
		return m.date()
	case 5:
		return &syntax.String{Value: pick(m.dice, randomTexts...)}
	}
	return m.literalOf(p.values(m.dice))
}

// metaOperand makes a value that an engine's property may have.
func (m *queryMaker) metaOperand(name string) syntax.Operand {
	switch name {
	case graph.PropType:
		return &syntax.String{Value: pick(m.dice, randomTypes...).name}
	case graph.PropClass:
		return &syntax.String{Value: pick(m.dice, append(randomClasses, randomVerbs...)...)}
	case graph.PropKey:
		return &syntax.String{Value: pick(m.dice, randomTypes...).name + fmt.Sprintf(":%d", m.IntN(12))}
	case graph.PropDeleted:
		return &syntax.Bool{Value: m.chance(50)}
	case graph.PropCreatedOn, graph.PropEndOn:
		return m.date()
	}
	return &syntax.Number{Exact: true, Int: int64(m.IntN(4))}
}

// literalOf is how a statement writes a value, a list as one of its elements.
func (m *queryMaker) literalOf(v graph.Value) syntax.Operand {
	switch v.Kind() {
	case graph.String:
		return &syntax.String{Value: v.Str()}
	case graph.Bool:
		return &syntax.Bool{Value: v.Bool()}
	case graph.Int:
		i, _ := v.Int()
		return &syntax.Number{Exact: true, Int: i}
	case graph.Float:
		return &syntax.Number{Float: v.Float()}
	case graph.List:
		if len(v.List()) > 0 {
			return m.literalOf(v.List()[0])
		}
	}
	return &syntax.Undefined{}
}

// parameter makes a parameter and gives it a value.
func (m *queryMaker) parameter(p randomProperty) *syntax.Parameter {
	path := fmt.Sprintf("%sp%d", pick(m.dice, "", "param."), len(m.params))
	v := p.values(m.dice)
	switch {
	case m.chance(30):
		v = graph.ListValue(p.values(m.dice), graph.StringValue("ada"))
		if v.List()[0].Kind() == graph.List {
			v = v.List()[0]
		}
	case m.chance(8):
		v = graph.NullValue()
	}
	m.params[path] = v
	return &syntax.Parameter{Path: path}
}

// date makes a moment near those that random objects have.
func (m *queryMaker) date() syntax.Operand {
	switch m.weighted(20, 55, 25) {
	case 0:
		return &syntax.DateNow{}
	case 1:
		return &syntax.DateNow{Amount: float64(1 - m.IntN(4)), Unit: pick(m.dice, syntax.Hour, syntax.Day, syntax.Month, syntax.Year)}
	}
	day := randomNow.AddDate(0, 0, -m.IntN(90))
	return &syntax.Date{Text: day.Format("2006-01-02"), Millis: day.UnixMilli()}
}

// subQuery makes a query that returns one property, often the one of that name.
func (m *queryMaker) subQuery(like string) *syntax.SubQuery {
	inner := &queryMaker{dice: m.dice, params: m.params, held: m.held, inner: true}
	for {
		q := inner.query()
		known := inner.namesOf(q)
		if len(known.all()) == 0 {
			continue
		}
		selector, properties := inner.subject(known)
		returned := inner.property(selector, properties)
		if m.chance(50) { // so that it may be equal to something
			returned.Name = like
		}
		q.Return = &syntax.Return{Items: []*syntax.ReturnItem{{Expr: returned}}}
		q.Having, q.OrderBy = nil, nil
		return &syntax.SubQuery{Query: q}
	}
}
