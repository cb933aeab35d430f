package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// Advisers on clauses, aliases and the end of a statement.

// adviseReserved knows FIND User AS count.
func adviseReserved(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if d.before(1).Type != tokAs || !isName(t.Value) || t.Type == tokWord {
		return silent()
	}
	name := "an alias"
	if d.clauseAt(d.at) == inReturn {
		name = "a column without quotes"
		return say(shown(t.Value)+" is a reserved word and cannot be "+name, d.with(*t, `"`+t.Value+`"`))
	}
	return say(shown(t.Value) + " is a reserved word and cannot be " + name)
}

// advisePairs knows keywords of two words of which one is missing.
func advisePairs(d *diagnosis) (advice, bool) {
	t := d.after(0)
	switch w := word(t); {
	case w == "order" && d.expects(tokOrderBy):
		return say("sorting is written ORDER BY", d.with(*t, "ORDER BY"))
	case w == "sort" && d.expects(tokOrderBy):
		if next := d.after(1); word(next) == "by" {
			return say("sorting is written ORDER BY", d.cut(Span{t.Pos.Offset, end(next)}, "ORDER BY"))
		}
		return say("sorting is written ORDER BY", d.with(*t, "ORDER BY"))
	case w == "relates" && d.expects(tokRelatesTo):
		return say("any relationship is written RELATES TO", d.with(*t, "RELATES TO"))
	}
	return silent()
}

// adviseStar knows RETURN *.
func adviseStar(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokStar || d.before(1).Type != tokReturn {
		return silent()
	}
	return say("RETURN * has no meaning: leave RETURN out, or name a selector as in u.*")
}

// adviseOffset knows OFFSET 5, TOP 5 and LIMIT 10, 20.
func adviseOffset(d *diagnosis) (advice, bool) {
	t := d.after(0)
	switch {
	case word(t) == "offset" && d.expects(tokSkip):
		return say("OFFSET is written SKIP, before LIMIT", d.with(*t, "SKIP"))
	case (word(t) == "top" || word(t) == "first") && d.after(1).Type == tokNumber:
		return say("the number of rows is limited at the end: LIMIT " + d.after(1).Value)
	case t.Type == tokComma && d.before(2).Type == tokLimit && d.after(1).Type == tokNumber:
		skip := "SKIP " + d.before(1).Value + " LIMIT " + d.after(1).Value
		return say("paging is written "+skip, d.cut(Span{d.before(2).Pos.Offset, end(d.after(1))}, skip))
	case t.Type == tokMinus && d.expects(tokNumber):
		return say("SKIP takes a whole number from 0, LIMIT one from 1")
	}
	return silent()
}

// clauseOrder is the order of clauses; those before WHERE belong to the chain.
var clauseOrder = []lexer.TokenType{tokFind, tokWhere, tokReturn, tokHaving, tokOrderBy, tokSkip, tokLimit}

// adviseOrder knows clauses in the wrong order and clauses that stand twice.
func adviseOrder(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if !slices.Contains(clauseOrder[1:], t.Type) && t.Type != tokThat && t.Type != tokOptOpen && t.Type != tokWith && t.Type != tokAs {
		return silent()
	}
	if d.at == 0 || d.expects(tokWord) || d.expects(tokProperty) || d.expects(tokLiteral) || d.expects(tokOperand) || d.expects(tokOp) {
		return silent()
	}
	if d.clauseAt(d.at) == inFind {
		return silent()
	}
	for _, before := range d.tokens[:d.at] {
		if before.Type == t.Type && slices.Contains(clauseOrder[1:], t.Type) {
			return say("a query has one " + keywordText(t.Type) + " clause")
		}
	}
	const hint = "the order of clauses is FIND, hops, WHERE, RETURN, HAVING, ORDER BY, SKIP, LIMIT"
	if t.Type == tokWith || t.Type == tokAs {
		return silent()
	}
	return say(hint, d.reordered()...)
}

// reordered is the statement with its clauses in order, if each stands once.
func (d *diagnosis) reordered() []string {
	var starts []int
	depth := 0
	for i, t := range d.tokens {
		switch t.Type {
		case tokOpen, tokSubOpen:
			depth++
		case tokOptOpen:
			if depth == 0 && len(starts) > 0 && d.tokens[starts[len(starts)-1]].Type != tokFind {
				return nil // hops behind a clause have no certain place
			}
			depth++
		case tokClose, tokOptClose:
			depth--
		case tokThat:
			if depth == 0 && len(starts) > 0 && d.tokens[starts[len(starts)-1]].Type != tokFind {
				return nil
			}
		}
		if depth == 0 && slices.Contains(clauseOrder, t.Type) {
			starts = append(starts, i)
		}
	}
	stop := len(d.tokens) - 1
	if d.token(stop-1).Type == tokSemicolon {
		stop--
	}
	clauses := make([]string, len(clauseOrder))
	for n, i := range starts {
		next := stop
		if n+1 < len(starts) {
			next = starts[n+1]
		}
		rank := slices.Index(clauseOrder, d.tokens[i].Type)
		if clauses[rank] != "" {
			return nil
		}
		clauses[rank] = d.slice(i, next)
	}
	return []string{strings.Join(slices.DeleteFunc(clauses, func(c string) bool { return c == "" }), " ")}
}

// adviseStatements knows text behind a semicolon.
func adviseStatements(d *diagnosis) (advice, bool) {
	if d.before(1).Type != tokSemicolon {
		return silent()
	}
	return say("one statement at a time")
}

// adviseClosing knows a group that ends without its question mark.
func adviseClosing(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokClose {
		return silent()
	}
	if d.expects(tokOptClose) {
		return say("hops in parentheses are an optional group, which ends with )?", d.with(*t, ")?"))
	}
	opened := 0
	for _, before := range d.tokens[:d.at] {
		switch before.Type {
		case tokOpen, tokOptOpen, tokSubOpen:
			opened++
		case tokClose, tokOptClose:
			opened--
		}
	}
	if opened > 0 {
		return silent()
	}
	return say("no parenthesis is open here", d.with(*t, ""))
}

// adviseTrailingComma knows RETURN u.a, LIMIT 5.
func adviseTrailingComma(d *diagnosis) (advice, bool) {
	if d.before(1).Type != tokComma || d.after(0).Type == lexer.EOF {
		return silent()
	}
	return say("there is one comma too many", d.with(*d.before(1), ""))
}
