package syntax

// Walk calls visit for n and, while visit answers true for a node, for that node's
// children, in the order in which they are written. Sub-queries are children.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	switch n := n.(type) {
	case *Query:
		walkQuery(n, visit)
	case *Selector:
		walkSelector(n, visit)
	case *Hop:
		walkAll(n.Verbs, visit)
		walkAlias(n.Alias, visit)
		Walk(n.Target, visit)
	case *Optional:
		walkAll(n.Hops, visit)
		walkAlias(n.Alias, visit)
	case *And:
		walkAll(n.Terms, visit)
	case *Or:
		walkAll(n.Terms, visit)
	case *Comparison:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
	case *List:
		walkAll(n.Items, visit)
	case *SubQuery:
		Walk(n.Query, visit)
	case *Return:
		walkAll(n.Items, visit)
	case *ReturnItem:
		Walk(n.Expr, visit)
		walkAlias(n.Alias, visit)
	case *Binary:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
	case *Negate:
		Walk(n.Operand, visit)
	case *Call:
		walkAll(n.Args, visit)
	case *SortKey:
		Walk(n.Expr, visit)
	}
}

// walkQuery visits the clauses in the order of the text.
func walkQuery(q *Query, visit func(Node) bool) {
	Walk(q.Start, visit)
	walkAll(q.Steps, visit)
	if q.Where != nil {
		Walk(q.Where, visit)
	}
	if q.Return != nil {
		Walk(q.Return, visit)
	}
	if q.Having != nil {
		Walk(q.Having, visit)
	}
	walkAll(q.OrderBy, visit)
	if q.Skip != nil {
		Walk(q.Skip, visit)
	}
	if q.Limit != nil {
		Walk(q.Limit, visit)
	}
}

// walkSelector visits the parts of a selector.
func walkSelector(s *Selector, visit func(Node) bool) {
	if s.Text != nil {
		Walk(s.Text, visit)
	}
	if s.Smart != nil {
		Walk(s.Smart, visit)
	}
	walkAll(s.Names, visit)
	if s.With != nil {
		Walk(s.With, visit)
	}
	walkAlias(s.Alias, visit)
}

func walkAll[N Node](nodes []N, visit func(Node) bool) {
	for _, n := range nodes {
		Walk(n, visit)
	}
}

func walkAlias(a *Alias, visit func(Node) bool) {
	if a != nil {
		Walk(a, visit)
	}
}
