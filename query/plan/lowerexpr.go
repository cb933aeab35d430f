package plan

import (
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// exprLowering turns the expressions of one query into those of a plan. Calls of
// UNWIND become columns of their own, as do aggregates and keys.
type exprLowering struct {
	*draft
	columns *syntax.Columns // nil without any
	calls   []unwound       // every call of UNWIND met so far
	keyed   []syntax.Expr
	// below says that the expression is computed from rows and not from groups.
	below bool
}

// unwound is a call of UNWIND and which of output.unwinds it became.
type unwound struct {
	call  *syntax.Call
	index int
}

// addKey makes e a key of the groups.
func (l *exprLowering) addKey(e syntax.Expr) {
	l.below = true
	l.out.keys = append(l.out.keys, l.expr(e))
	l.below = false
	l.keyed = append(l.keyed, e)
}

// item lowers a whole item.
func (l *exprLowering) item(e syntax.Expr) Expr {
	if !l.out.grouped {
		l.below = true
	}
	if i := l.keyIndex(e); i >= 0 {
		return Col{i, l.out.keys[i].String()}
	}
	return l.expr(e)
}

// keyIndex is the key that e is, -1 when it is none.
func (l *exprLowering) keyIndex(e syntax.Expr) int {
	for i, k := range l.keyed {
		if k == e {
			return i
		}
	}
	return -1
}

// expr lowers an expression. What it takes from rows, where it is computed from
// groups, is the value at the group's first row.
func (l *exprLowering) expr(e syntax.Expr) Expr {
	switch e := e.(type) {
	case *syntax.Binary:
		return Apply{arithmetic(e.Op), []Expr{l.expr(e.Left), l.expr(e.Right)}}
	case *syntax.Negate:
		return Apply{Negate, []Expr{l.expr(e.Operand)}}
	case *syntax.Call:
		return l.call(e)
	case *syntax.Property:
		return l.first(l.property(e))
	case *syntax.SelectorRef:
		return l.first(l.object(e.Name))
	case *syntax.SelectorAll:
		return l.first(l.object(e.Selector))
	}
	return literal(e)
}

// arithmetic is the function of an operator's sign.
func arithmetic(op syntax.ArithmeticOp) Func {
	switch op {
	case syntax.Add:
		return Add
	case syntax.Subtract:
		return Subtract
	case syntax.Multiply:
		return Multiply
	case syntax.Divide:
		return Divide
	}
	return Power
}

// call lowers the call of a function of any kind.
func (l *exprLowering) call(c *syntax.Call) Expr {
	f, _ := c.Function()
	switch f.Kind {
	case syntax.Aggregate:
		return l.aggregate(c)
	case syntax.Expanding:
		return l.first(l.unwind(c))
	}
	args := make([]Expr, len(c.Args))
	for i, a := range c.Args {
		args[i] = l.expr(a)
	}
	return Apply{scalar(f.Name), args}
}

// scalar is the function of that name.
func scalar(name string) Func {
	for f := Abs; f <= Merge; f++ {
		if f.String() == name {
			return f
		}
	}
	return Coalesce // of validated statements, no other name comes here
}

// aggregate makes an aggregate column of c.
func (l *exprLowering) aggregate(c *syntax.Call) Expr {
	a := Agg{Func: aggFunc(c)}
	if !c.Star {
		below := l.below
		l.below = true
		a.Arg = l.expr(c.Args[0])
		l.below = below
	}
	if a.Func == Sum || a.Func == Avg {
		l.sources(&a, c.Args[0])
	}
	return l.addAgg(a, c.String())
}

// aggFunc is what an aggregate's call computes.
func aggFunc(c *syntax.Call) AggFunc {
	switch c.Func {
	case "COUNT":
		if c.Star {
			return CountRows
		}
		return CountDistinct
	case "SUM":
		return Sum
	case "AVG":
		return Avg
	case "MIN":
		return Min
	}
	return Max
}

// addAgg appends an aggregate. Its column is known only once all keys are, which
// are added first.
func (l *exprLowering) addAgg(a Agg, label string) Expr {
	l.out.aggs = append(l.out.aggs, a)
	return Col{len(l.out.keys) + len(l.out.aggs) - 1, label}
}

// sources notes what a value of e comes from: each combination is summed once.
func (l *exprLowering) sources(a *Agg, e syntax.Expr) {
	set := l.newSet()
	exprSlots(a.Arg, set)
	a.Per = set.list()
	syntax.Walk(e, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Call); ok {
			if i := l.unwoundIndex(c); i >= 0 {
				a.Cols = append(a.Cols, 2*i+1)
				inner := l.newSet()
				exprSlots(l.out.unwinds[i], inner)
				set.addAll(inner)
			}
		}
		return true
	})
	a.Per = set.list()
}

// unwoundIndex is which of output.unwinds a call is, -1 when it was not met yet.
func (l *exprLowering) unwoundIndex(c *syntax.Call) int {
	for _, u := range l.calls {
		if u.call == c {
			return u.index
		}
	}
	return -1
}

// unwind is the column of a call of UNWIND.
func (l *exprLowering) unwind(c *syntax.Call) Expr {
	if i := l.unwoundIndex(c); i >= 0 {
		return Col{2 * i, c.String()}
	}
	below := l.below
	l.below = true
	list := l.expr(c.Args[0])
	l.below = below
	l.out.unwinds = append(l.out.unwinds, list)
	i := len(l.out.unwinds) - 1
	l.calls = append(l.calls, unwound{c, i})
	return Col{2 * i, c.String()}
}

// first is e itself where it is computed from rows, else its value at the first
// row of the group.
func (l *exprLowering) first(e Expr) Expr {
	if _, fixed := e.(Const); fixed || l.below {
		return e
	}
	return l.addAgg(Agg{Func: First, Arg: e}, e.String())
}

// property lowers a selector's property: undefined where nothing ever binds it.
func (d *draft) property(p *syntax.Property) Expr {
	slot, ok := d.find(p.Selector)
	d.checkProperty(p)
	if !ok {
		return Const{}
	}
	return Prop{slot, p.Name, p.Selector}
}

// object lowers a whole selector: undefined where nothing ever binds it.
func (d *draft) object(name string) Expr {
	slot, ok := d.find(name)
	if !ok {
		return Const{}
	}
	return Object{slot, name}
}

// literal lowers what stands for one value in a whole run.
func literal(n syntax.Node) Expr {
	switch n := n.(type) {
	case *syntax.String:
		return Const{graph.StringValue(n.Value)}
	case *syntax.Number:
		if n.Exact {
			return Const{graph.IntValue(n.Int)}
		}
		return Const{graph.FloatValue(n.Float)}
	case *syntax.Bool:
		return Const{graph.BoolValue(n.Value)}
	case *syntax.Date:
		return Const{graph.IntValue(n.Millis)}
	case *syntax.DateNow:
		return Now{n}
	case *syntax.Parameter:
		return Param{n.Path, n.Span()}
	}
	return Const{}
}
