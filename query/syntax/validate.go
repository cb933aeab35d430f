package syntax

import (
	"fmt"
	"slices"
	"strings"
)

// ValidationError says why a well-formed statement cannot mean anything.
type ValidationError struct {
	// Code is CodeValidation.
	Code string
	// Span is the offending part, within the parsed text.
	Span Span
	// Line and Column are where the span begins, from 1, in runes; 0 in a built tree.
	Line, Column int
	// Message is what is wrong, in JupiterOne's words where it has some.
	Message string
	// Valid are the names that could have stood there, if there is a list of them.
	Valid []string
	// Nearest are those of Valid that differ by a slip, all equally near.
	Nearest []string
	// Hint is what to write instead, if that is known.
	Hint string
	// Fix is the whole statement corrected, if there is exactly one way to do it.
	Fix string

	text   string
	repair string // Fix before it was tried
}

// Error is one line: what, where, the hint.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if e.Line > 0 {
		fmt.Fprintf(&b, " at line %d column %d", e.Line, e.Column)
	}
	switch {
	case len(e.Nearest) > 0:
		b.WriteString("; did you mean " + enumerate(e.Nearest) + "?")
	case e.Hint != "":
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Excerpt is the offending line with carets under the offending part; see
// [Error.Excerpt].
func (e *ValidationError) Excerpt() string { return excerpt(e.text, e.Span) }

// Validate checks what can be known without a graph: names, functions, columns,
// aggregates, sub-queries. The error is a [*ValidationError], the first in the order
// of the clauses.
func Validate(q *Query) error {
	e := firstInvalid(q)
	if e == nil {
		return nil
	}
	e.Fix = tryFix(e.repair)
	return e
}

// tryFix is the statement that repairs end at, empty if one of them leads nowhere.
func tryFix(text string) string {
	if len(text) > longestRepaired {
		return ""
	}
	for range 20 {
		q, f := Dialect{}.attempt(text)
		if text == "" || f != nil {
			return ""
		}
		e := firstInvalid(q)
		if e == nil {
			return text
		}
		text = e.repair
	}
	return ""
}

// firstInvalid is the first thing that is wrong with q, nil if nothing is.
func firstInvalid(q *Query) *ValidationError {
	v := validator{text: q.source}
	v.query(q)
	return v.err
}

// validator keeps the first error that it meets.
type validator struct {
	text  string
	scope *Scope
	outer []*Scope // the scopes around a sub-query
	err   *ValidationError
}

// fail records an error unless there is one already.
func (v *validator) fail(n Node, format string, args ...any) *ValidationError {
	e := &ValidationError{Code: CodeValidation, Span: n.Span(), Message: fmt.Sprintf(format, args...), text: v.text}
	if v.err != nil {
		return e // only the first counts
	}
	if v.text != "" {
		e.Line, e.Column = Position(v.text, e.Span.Start)
	}
	v.err = e
	return e
}

// query checks a query or sub-query in the order of its clauses.
func (v *validator) query(q *Query) {
	outer := v.scope
	v.outer = append(v.outer, outer)
	v.scope = q.Scope()
	defer func() {
		v.scope, v.outer = outer, v.outer[:len(v.outer)-1]
	}()

	v.aliases()
	for _, b := range v.scope.Bindings() {
		if b.Selector != nil && b.Selector.With != nil {
			v.filter(b.Selector.With, inFind)
		}
	}
	if q.Where != nil {
		v.filter(q.Where, inWhere)
	}
	v.returns(q)
	v.having(q)
	v.order(q)
}

// aliases checks that no alias is declared twice.
func (v *validator) aliases() {
	seen := make(map[string]bool)
	for _, b := range v.scope.Bindings() {
		if b.Default || b.Name == "" {
			continue
		}
		if seen[b.Name] {
			v.fail(b.alias(), "alias %q is declared twice", b.Name).Hint = "give each place a name of its own"
		}
		seen[b.Name] = true
	}
}

// alias is the node of the binding's alias.
func (b *Binding) alias() *Alias {
	switch {
	case b.Hop != nil:
		return b.Hop.Alias
	case b.Group != nil:
		return b.Group.Alias
	default:
		return b.Selector.Alias
	}
}

// filter checks the comparisons of a filter.
func (v *validator) filter(f Filter, in clause) {
	switch f := f.(type) {
	case *And:
		for _, term := range f.Terms {
			v.filter(term, in)
		}
	case *Or:
		for _, term := range f.Terms {
			v.filter(term, in)
		}
	case *Comparison:
		if p, ok := f.Left.(*Property); ok && in == inWhere {
			v.property(p, predicateUse)
		}
		v.operand(f.Op, f.Right)
	}
}

// operand checks the right side of a comparison.
func (v *validator) operand(op Op, operand Operand) {
	switch n := operand.(type) {
	case *List:
		for _, item := range n.Items {
			v.operand(op, item)
		}
	case *Property:
		v.property(n, predicateUse)
	case *Regex:
		if op >= Less && op <= GreaterEqual {
			v.fail(n, "a regular expression cannot be compared with %s", op).Hint = "use =, !=, ~=, ^= or $="
		}
	case *SubQuery:
		if op != Equal && op != NotEqual {
			v.fail(n, "a sub-query cannot be compared with %s", op).Hint = "use = or !="
		}
		v.subQuery(n)
	}
}

// subQuery checks that the query gives exactly one value a row.
func (v *validator) subQuery(n *SubQuery) {
	v.query(n.Query)
	const hint = "end it with RETURN selector.property"
	r := n.Query.Return
	switch {
	case r == nil:
		v.fail(n, "a sub-query must return exactly one property").Hint = hint
	case r.Tree || len(r.Items) != 1:
		v.fail(r, "a sub-query must return exactly one property").Hint = hint
	default:
		switch e := r.Items[0].Expr.(type) {
		case *SelectorRef, *SelectorAll:
			v.fail(e, "a sub-query must return exactly one property").Hint = hint
		}
	}
}

// use is the place in which a selector is used, with JupiterOne's words for it.
type use struct{ provided, valid string }

var (
	predicateUse = use{"predicate filter", "predicate"}
	returnUse    = use{"return", "return"}
	sortUse      = use{"sort", "sort"}
)

// property checks the selector of a property.
func (v *validator) property(p *Property, u use) {
	if p.Selector != "" {
		v.selector(p, p.Selector, u, "")
		return
	}
	e := v.unknown(p, p.Name, u)
	e.Hint = "a property needs its selector: selector." + p.Name
	e.Nearest = nil
	if names := e.Valid; len(names) == 1 {
		e.Hint = "a property needs its selector: " + names[0] + "." + p.Name
		e.repair = v.cut(p.span, (&Property{Selector: names[0], Name: p.Name}).String())
	}
}

// selector checks that name is a selector; bare is what would follow if it is not one
// but a property of the only selector that there is.
func (v *validator) selector(n Node, name string, u use, bare string) {
	if _, ok := v.scope.Find(name); ok {
		return
	}
	if v.scope.Ambiguous(name) {
		v.fail(n, "selector %q stands at several places of the query", name).Hint = "give them aliases with AS and use those"
		return
	}
	e := v.unknown(n, name, u)
	names := e.Valid
	switch {
	case len(e.Nearest) == 1:
		e.repair = v.cut(Span{n.Span().Start, n.Span().Start + len(name)}, e.Nearest[0])
	case len(e.Nearest) == 0 && e.Hint == "" && bare != "":
		e.Hint = "a property needs its selector: selector." + bare
		if len(names) == 1 {
			e.Hint = "a property needs its selector: " + names[0] + "." + bare
			e.repair = v.cut(Span{n.Span().Start, n.Span().Start + len(name)}, names[0]+"."+bare)
		}
	}
}

// unknown is the error for a name that is no selector.
func (v *validator) unknown(n Node, name string, u use) *ValidationError {
	if v.err != nil {
		return &ValidationError{}
	}
	names := v.scope.Names()
	e := v.fail(n, "Invalid %s selector provided: %q, valid %s selectors are: %s", u.provided, name, u.valid, quoteAll(names))
	e.Valid, e.Nearest = names, Nearest(name, names)
	if len(names) == 0 {
		e.Message = fmt.Sprintf("Invalid %s selector provided: %q, no selector has a name", u.provided, name)
		e.Hint = "give one a name with AS"
	}
	for _, outer := range v.outer {
		if outer == nil {
			continue
		}
		if _, ok := outer.Find(name); ok {
			e.Nearest, e.Hint = nil, "a sub-query does not see the selectors around it"
		}
	}
	for _, b := range v.scope.Bindings() { // the default name behind an alias is not valid
		if b.Selector != nil && b.Selector.Alias != nil && len(b.Selector.Names) == 1 && b.Selector.Names[0].Text == name {
			e.Nearest = []string{b.Name}
		}
	}
	return e
}

// cut is the statement's text with a part replaced, empty if there is no text.
func (v *validator) cut(span Span, replacement string) string {
	if v.text == "" || span.Len() == 0 {
		return ""
	}
	return v.text[:span.Start] + replacement + v.text[span.End:]
}

// quoteAll lists names as JupiterOne's messages do.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = `"` + name + `"`
	}
	return strings.Join(quoted, ", ")
}

// functionNames lists the names of all functions.
func functionNames() []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.Name
	}
	return slices.Clip(names)
}
