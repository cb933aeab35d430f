package plan

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Explain prints the plan as a tree, the last operator first; extra, which may be
// nil, adds what is known of an operator to its line. Sub-queries follow.
func (p *Plan) Explain(extra func(Node) string) string {
	var b strings.Builder
	p.explain(&b, extra)
	return b.String()
}

// explain prints the operators, and then the sub-queries.
func (p *Plan) explain(b *strings.Builder, extra func(Node) string) {
	depth := 0
	for n := p.Root; n != nil; n = n.Input() {
		explainNode(b, n, depth, extra)
		depth++
	}
	for i, s := range p.Subs {
		fmt.Fprintf(b, "sub-query %d: %s\n", i+1, s.text)
		s.Plan.explain(b, extra)
	}
}

// explainNode prints one operator on one line.
func explainNode(b *strings.Builder, n Node, depth int, extra func(Node) string) {
	if depth > 0 {
		b.WriteString(strings.Repeat("   ", depth-1) + "└─ ")
	}
	name, detail := n.Describe()
	b.WriteString(name)
	if detail != "" {
		b.WriteString(" " + detail)
	}
	if rows := n.Estimate(); rows >= 0 {
		b.WriteString("  ~" + roundRows(rows))
	}
	if extra != nil {
		if s := extra(n); s != "" {
			b.WriteString("  " + s)
		}
	}
	b.WriteByte('\n')
}

// roundRows prints an estimate with as many digits as it deserves.
func roundRows(rows float64) string {
	if rows < 100 {
		return strconv.FormatFloat(math.Ceil(rows), 'f', 0, 64)
	}
	return strconv.FormatFloat(rows, 'g', 2, 64)
}

// Describe implements Node.
func (n *Scan) Describe() (name, detail string) {
	return "Scan", as(n.Select.String(), n.label)
}

// Describe implements Node.
func (n *Expand) Describe() (name, detail string) {
	return "Expand", "from " + n.label + " " + as(n.Hop.String(), n.to)
}

// Describe implements Node.
func (n *Visit) Describe() (name, detail string) {
	name = "Visit"
	if n.Count {
		name = "VisitCounting"
	}
	return name, "from " + n.label + " " + as(n.Hop.String(), n.to)
}

// Describe implements Node.
func (n *Reach) Describe() (name, detail string) {
	switch p := n.Pattern.(type) {
	case *Lacks:
		return "AntiJoin", n.label + " " + p.Part.String()
	default:
		switch {
		case n.Count:
			return "CountPaths", n.label + " " + p.String()
		case n.Ends:
			return "CountEnds", n.label + " " + p.String()
		}
		return "SemiJoin", n.label + " " + p.String()
	}
}

// Describe implements Node.
func (n *Group) Describe() (name, detail string) {
	parts := make([]string, len(n.Groups))
	for i, g := range n.Groups {
		parts[i] = "()?"
		if p := hopsPattern(g.Hops, g.Tail); p != nil {
			parts[i] = "(" + p.String() + ")?"
		}
	}
	detail = "from " + n.label + " " + strings.Join(parts, " ")
	if n.Tail != nil {
		detail += " then " + n.Tail.String()
	}
	return "Optional", detail
}

// Describe implements Node.
func (n *Subsume) Describe() (name, detail string) { return "Subsume", "" }

// Describe implements Node.
func (n *Filter) Describe() (name, detail string) {
	if n.Having {
		return "Having", n.Cond.String()
	}
	return "Filter", n.Cond.String()
}

// Describe implements Node.
func (n *Dedup) Describe() (name, detail string) { return "Dedup", strings.Join(n.labels, ", ") }

// Describe implements Node.
func (n *Combine) Describe() (name, detail string) { return "Combine", strings.Join(n.labels, ", ") }

// Describe implements Node.
func (n *Reorder) Describe() (name, detail string) {
	return "Reorder", "by " + strings.Join(n.labels, ", ")
}

// Describe implements Node.
func (n *Collect) Describe() (name, detail string) { return "Collect", strings.Join(n.labels, ", ") }

// Describe implements Node.
func (n *Unwind) Describe() (name, detail string) { return "Unwind", n.List.String() }

// Describe implements Node.
func (n *Project) Describe() (name, detail string) { return "Project", joinExprs(n.Exprs) }

// Describe implements Node.
func (n *Aggregate) Describe() (name, detail string) {
	parts := make([]string, len(n.Aggs))
	for i, a := range n.Aggs {
		parts[i] = a.String()
	}
	detail = strings.Join(parts, ", ")
	if len(n.Keys) > 0 {
		detail += " by " + joinExprs(n.Keys)
	}
	return "Aggregate", detail
}

// Describe implements Node.
func (n *Weigh) Describe() (name, detail string) { return "Weigh", "" }

// String prints the aggregate for EXPLAIN.
func (a Agg) String() string {
	if a.Arg == nil {
		return a.Func.String() + "(*)"
	}
	return a.Func.String() + "(" + a.Arg.String() + ")"
}

// Describe implements Node.
func (n *Distinct) Describe() (name, detail string) { return "Distinct", "" }

// Describe implements Node.
func (n *Sort) Describe() (name, detail string) {
	parts := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		parts[i] = k.Expr.String()
		if k.Desc {
			parts[i] += " DESC"
		}
	}
	name = "Sort"
	if n.Limit > 0 {
		name = fmt.Sprintf("TopK %d", n.Limit)
	}
	return name, "by " + strings.Join(parts, ", ")
}

// Describe implements Node.
func (n *Slice) Describe() (name, detail string) {
	var parts []string
	if n.Skip > 0 {
		parts = append(parts, fmt.Sprintf("skip %d", n.Skip))
	}
	if n.Limit >= 0 {
		parts = append(parts, fmt.Sprintf("limit %d", n.Limit))
	}
	return "Slice", strings.Join(parts, " ")
}

// Describe implements Node.
func (n *Output) Describe() (name, detail string) {
	parts := make([]string, len(n.Items))
	for i, it := range n.Items {
		parts[i] = it.Expr.String()
		if it.All {
			parts[i] += ".*"
		}
	}
	return "Output", strings.Join(parts, ", ")
}

// Describe implements Node.
func (n *Subgraph) Describe() (name, detail string) { return "Tree", "" }

// joinExprs prints expressions with commas between them.
func joinExprs(es []Expr) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}

// as names what s selects, unless it says the name already.
func as(s, label string) string {
	if label == "" || s == label || strings.HasPrefix(s, label+" ") {
		return s
	}
	return s + " AS " + label
}
