package querytest

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// selects decides whether an entity may stand at a selector's place.
func (s *scope) selects(sel *syntax.Selector, im *graph.Image) bool {
	if sel.Text != nil && !graph.NewFullText(sel.Text.Value).Eval(im) {
		return false
	}
	if sel.Smart != nil && !s.isSmart(sel.Smart.Name, im) {
		return false
	}
	if len(sel.Names) > 0 && !slices.ContainsFunc(sel.Names, func(n *syntax.Name) bool { return isA(n, im) }) {
		return false
	}
	return sel.With == nil || s.holds(sel.With, func(e syntax.Expr) graph.Value {
		return im.Get(e.(*syntax.Property).Name)
	}, nil)
}

// isA decides one alternative of a selector: a class, which any of the entity's
// equals, or a type.
func isA(n *syntax.Name, im *graph.Image) bool {
	if n.IsClass() {
		return slices.Contains(im.Class, n.Text)
	}
	return im.Type == n.Text
}

// isSmart decides `#name`.
func (s *scope) isSmart(name string, im *graph.Image) bool {
	tags := graph.Equals("tags", graph.StringValue(name))
	tag := graph.Equals("tag."+name, graph.BoolValue(true))
	definition := s.request.Smart[name]
	return s.follows(SmartTags) && tags.Eval(im) ||
		s.follows(SmartTag) && tag.Eval(im) ||
		s.follows(SmartDefinition) && definition != nil && definition.Eval(im)
}

// where keeps the rows for which the query's WHERE holds.
func (s *scope) where(rows []row) []row {
	if s.query.Where == nil {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		value := func(e syntax.Expr) graph.Value { return s.property(e.(*syntax.Property), r) }
		return !s.holds(s.query.Where, value, value)
	})
}

// property is a selector's property in a row; undefined when the row does not bind
// the selector.
func (s *scope) property(p *syntax.Property, r row) graph.Value {
	if im := s.object(p.Selector, r); im != nil {
		return im.Get(p.Name)
	}
	return graph.Value{}
}

// object is what a row binds to a name, nil for nothing.
func (s *scope) object(name string, r row) *graph.Image {
	binding, ok := s.names.Find(name)
	if !ok {
		return nil
	}
	return r.bound[s.slot[boundNode(binding)]]
}

// holds decides a condition: left is the value of a left side, right that of a
// property on the right side.
func (s *scope) holds(f syntax.Filter, left, right func(syntax.Expr) graph.Value) bool {
	holds := func(f syntax.Filter) bool { return s.holds(f, left, right) }
	switch f := f.(type) {
	case *syntax.And:
		return !slices.ContainsFunc(f.Terms, func(f syntax.Filter) bool { return !holds(f) })
	case *syntax.Or:
		return slices.ContainsFunc(f.Terms, holds)
	}
	c := f.(*syntax.Comparison)
	operands, all := s.operands(c.Right, right)
	return graph.Test(left(c.Left), operator(c.Op), operands, all)
}

// operator is the meaning of an operator's sign.
func operator(op syntax.Op) graph.Operator {
	return map[syntax.Op]graph.Operator{
		syntax.Equal: graph.Eq, syntax.NotEqual: graph.NotEq,
		syntax.Less: graph.Less, syntax.LessEqual: graph.LessEq,
		syntax.Greater: graph.Greater, syntax.GreaterEqual: graph.GreaterEq,
		syntax.Contains: graph.Contains, syntax.NotContains: graph.NotContains,
		syntax.StartsWith: graph.StartsWith, syntax.NotStartsWith: graph.NotStartsWith,
		syntax.EndsWith: graph.EndsWith, syntax.NotEndsWith: graph.NotEndsWith,
	}[op]
}

// operands is what a right side compares with, and whether AND joins it.
func (s *scope) operands(o syntax.Operand, right func(syntax.Expr) graph.Value) (operands []graph.Operand, all bool) {
	switch o := o.(type) {
	case *syntax.List:
		for _, item := range o.Items {
			one, _ := s.operands(item, right)
			operands = append(operands, one...)
		}
		return operands, o.All
	case *syntax.SubQuery:
		return s.sets[o], false
	case *syntax.Undefined:
		return []graph.Operand{{Absent: true}}, false
	case *syntax.Regex:
		re, err := graph.CompileRegex(o.Pattern, o.IgnoreCase)
		if err != nil { // Parse refuses what does not compile
			panic(err)
		}
		return []graph.Operand{{Regex: re}}, false
	case *syntax.Parameter:
		return s.parameterOperand(s.request.Params[o.Path])
	case *syntax.Property:
		return []graph.Operand{{Value: right(o)}}, false
	}
	return []graph.Operand{{Value: s.literal(o)}}, false
}

// parameterOperand is what a parameter compares with.
func (s *scope) parameterOperand(v graph.Value) ([]graph.Operand, bool) {
	switch {
	case v.Kind() == graph.Null && s.follows(ParameterNull):
		return []graph.Operand{{Absent: true}}, false
	case v.Kind() == graph.List && !s.follows(ParameterAny):
		var operands []graph.Operand
		for _, e := range v.List() {
			operands = append(operands, graph.Operand{Value: e})
		}
		return operands, true
	}
	return []graph.Operand{{Value: v}}, false
}

// literal is the value that a literal stands for, in conditions and in RETURN.
func (s *scope) literal(n syntax.Node) graph.Value {
	switch n := n.(type) {
	case *syntax.String:
		return graph.StringValue(n.Value)
	case *syntax.Number:
		if n.Exact {
			return graph.IntValue(n.Int)
		}
		return graph.FloatValue(n.Float)
	case *syntax.Bool:
		return graph.BoolValue(n.Value)
	case *syntax.Date:
		return graph.IntValue(n.Millis)
	case *syntax.DateNow:
		return graph.IntValue(n.At(s.request.Now))
	case *syntax.Parameter:
		return s.request.Params[n.Path]
	}
	return graph.Value{}
}

// UnknownParameter is the error of a statement with a parameter that the request
// gives no value.
type UnknownParameter struct{ Path string }

// Error names the parameter.
func (e *UnknownParameter) Error() string { return fmt.Sprintf("no value for ${%s}", e.Path) }

// checkParameters fails a statement before it runs, wherever the parameter stands.
func (w *world) checkParameters(q *syntax.Query) (err error) {
	syntax.Walk(q, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.Parameter); ok && err == nil {
			if _, known := w.request.Params[p.Path]; !known && w.follows(ParameterKnown) {
				err = &UnknownParameter{p.Path}
			}
		}
		return true
	})
	return err
}

// evaluateSubQueries runs every sub-query of the query once: the set of the values
// that it returns.
func (s *scope) evaluateSubQueries() (err error) {
	s.sets = map[*syntax.SubQuery][]graph.Operand{}
	syntax.Walk(s.query, func(n syntax.Node) bool {
		sub, ok := n.(*syntax.SubQuery)
		if !ok || err != nil {
			return err == nil
		}
		var result *Result
		if result, err = s.answer(sub.Query); err == nil {
			s.sets[sub] = s.members(result)
		}
		return false // what is inside belongs to the sub-query
	})
	return err
}

// members are the values of a result's only column.
func (s *scope) members(result *Result) (set []graph.Operand) {
	for _, row := range result.Rows {
		for _, cell := range row {
			v := cell.Value
			switch {
			case v.Missing() && !s.follows(SubQueryDefined):
				set = append(set, graph.Operand{Absent: true})
			case v.Kind() == graph.List && !s.follows(SubQueryFlat):
			default:
				// A missing value equals nothing, and a list is equalled by its elements.
				set = append(set, graph.Operand{Value: v})
			}
		}
	}
	return set
}
