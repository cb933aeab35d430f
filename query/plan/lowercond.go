package plan

import (
	"fmt"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// cond lowers a condition of WHERE.
func (d *draft) cond(f syntax.Filter) (Cond, error) {
	return d.filter(f, func(e syntax.Expr) Expr {
		p, ok := e.(*syntax.Property)
		if !ok {
			return Const{}
		}
		return d.property(p)
	})
}

// filter lowers a condition whose left sides left lowers.
func (d *draft) filter(f syntax.Filter, left func(syntax.Expr) Expr) (Cond, error) {
	switch f := f.(type) {
	case *syntax.And:
		parts, err := d.filters(f.Terms, left)
		return AllOf(parts), err
	case *syntax.Or:
		parts, err := d.filters(f.Terms, left)
		return AnyOf(parts), err
	}
	c := f.(*syntax.Comparison)
	out := Compare{Left: left(c.Left), Op: operators[c.Op]}
	var err error
	if list, ok := c.Right.(*syntax.List); ok {
		out.All = list.All
		for _, item := range list.Items {
			var o Operand
			if o, err = d.operand(item); err != nil {
				return nil, err
			}
			out.Right = append(out.Right, o)
		}
		return out, nil
	}
	o, err := d.operand(c.Right)
	out.Right = []Operand{o}
	return out, err
}

// filters lowers several conditions.
func (d *draft) filters(terms []syntax.Filter, left func(syntax.Expr) Expr) ([]Cond, error) {
	parts := make([]Cond, len(terms))
	for i, t := range terms {
		var err error
		if parts[i], err = d.filter(t, left); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

var operators = [...]graph.Operator{
	syntax.Equal: graph.Eq, syntax.NotEqual: graph.NotEq,
	syntax.Less: graph.Less, syntax.LessEqual: graph.LessEq,
	syntax.Greater: graph.Greater, syntax.GreaterEqual: graph.GreaterEq,
	syntax.Contains: graph.Contains, syntax.NotContains: graph.NotContains,
	syntax.StartsWith: graph.StartsWith, syntax.NotStartsWith: graph.NotStartsWith,
	syntax.EndsWith: graph.EndsWith, syntax.NotEndsWith: graph.NotEndsWith,
}

// operand lowers a right side, or one item of a list.
func (d *draft) operand(o syntax.Operand) (Operand, error) {
	switch o := o.(type) {
	case *syntax.Undefined:
		return Operand{Const: graph.Operand{Absent: true}}, nil
	case *syntax.Regex:
		re, err := graph.CompileRegex(o.Pattern, o.IgnoreCase)
		if err != nil {
			return Operand{}, fmt.Errorf("plan %s: %w", o, err)
		}
		return Operand{Const: graph.Operand{Regex: re}}, nil
	case *syntax.SubQuery:
		return d.subQuery(o)
	case *syntax.Property:
		// A property of what is never bound is missing, and equals nothing.
		if e, ok := d.property(o).(Prop); ok {
			return Operand{Expr: e}, nil
		}
		return Operand{}, nil
	}
	e := literal(o)
	if c, ok := e.(Const); ok {
		return Operand{Const: graph.Operand{Value: c.Value}}, nil
	}
	return Operand{Expr: e}, nil
}

// subQuery plans a sub-query.
func (d *draft) subQuery(s *syntax.SubQuery) (Operand, error) {
	plan, err := d.plan(s.Query)
	if err != nil {
		return Operand{}, err
	}
	sub := &Sub{Plan: plan, text: s.String()}
	d.subs = append(d.subs, sub)
	return Operand{Sub: sub}, nil
}

// selection lowers a selector. What it asks of properties is about slot.
func (d *draft) selection(s *syntax.Selector, slot Slot) (Select, error) {
	out := Select{}
	for _, n := range s.Names {
		if n.IsClass() {
			out.Classes = append(out.Classes, n.Text)
		} else {
			out.Types = append(out.Types, n.Text)
		}
	}
	d.checkNames(s)
	if s.Text != nil {
		out.Where = FullText{slot, s.Text.Value}
	}
	if s.Smart != nil {
		out.Where = both(out.Where, smartClass(slot, s.Smart.Name))
	}
	if s.With == nil {
		return out, nil
	}
	with, err := d.filter(s.With, func(e syntax.Expr) Expr {
		p, ok := e.(*syntax.Property)
		if !ok {
			return Const{}
		}
		d.checkWith(s, p)
		return Prop{Slot: slot, Name: p.Name}
	})
	if err != nil {
		return out, err
	}
	for _, c := range conjuncts(with) {
		out.Where = both(out.Where, c)
	}
	return out, nil
}

// smartClass is what `#name` asks of an entity: a tag, in one of two forms, or to
// fit the definition that the run brings.
func smartClass(slot Slot, name string) Cond {
	equals := func(prop string, v graph.Value) Compare {
		return Compare{Left: Prop{Slot: slot, Name: prop}, Right: []Operand{{Const: graph.Operand{Value: v}}}}
	}
	return AnyOf{
		equals("tags", graph.StringValue(name)),
		equals("tag."+name, graph.BoolValue(true)),
		Smart{slot, name},
	}
}
