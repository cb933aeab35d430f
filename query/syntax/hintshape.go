package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// Advisers on the shape of a statement.

// adviseOtherLanguage knows the first words of other query languages.
func adviseOtherLanguage(d *diagnosis) (advice, bool) {
	if d.at != 0 {
		return silent()
	}
	switch word(d.after(0)) {
	case "select", "with":
		return say("this looks like SQL; a J1QL query begins with FIND and names its columns in RETURN at the end: FIND User AS u RETURN u.email")
	case "match", "optional", "unwind":
		return say("this looks like Cypher; a J1QL hop is written FIND User THAT HAS Device")
	case "insert", "update", "delete", "create", "drop", "set", "merge":
		return say("J1QL only reads; a query begins with FIND")
	case "show", "list", "get", "search", "query":
		return say("a query begins with FIND", d.with(*d.after(0), "FIND"))
	}
	return silent()
}

// adviseGroupBy knows GROUP BY u.team.
func adviseGroupBy(d *diagnosis) (advice, bool) {
	if word(d.after(0)) != "group" || word(d.after(1)) != "by" {
		return silent()
	}
	stop := d.at + 2
	for stop < len(d.tokens)-1 && !slices.Contains([]lexer.TokenType{tokHaving, tokOrderBy, tokSkip, tokLimit, tokSemicolon, tokClose, tokReturn}, d.tokens[stop].Type) {
		stop++
	}
	return say("there is no GROUP BY: rows are grouped by the return items that are not aggregates",
		d.cut(Span{end(d.before(1)), end(&d.tokens[stop-1])}, ""))
}

// adviseDistinct knows FIND DISTINCT, RETURN DISTINCT and COUNT(DISTINCT x). There
// DISTINCT passes as a name, so the token behind it is the one that does not fit.
func adviseDistinct(d *diagnosis) (advice, bool) {
	distinct := d.after(0)
	if word(distinct) != "distinct" {
		distinct = d.before(1)
	}
	if word(distinct) != "distinct" {
		return silent()
	}
	stop := d.scanner.skipFrom(end(distinct))
	without := d.cut(Span{distinct.Pos.Offset, stop}, "")
	if d.clauseAt(d.at) == inReturn && d.token(slices.Index(d.tokens, *distinct)-1).Type == tokOpen {
		return say("COUNT always counts distinct values", without)
	}
	if d.clauseAt(d.at) == inReturn && d.tokens[0].Type == tokFind && d.tokens[0].Value != "" && !d.unique() {
		at := end(&d.tokens[0])
		return say("equal rows are removed by FIND UNIQUE", without[:at]+" UNIQUE"+without[at:])
	}
	if d.clauseAt(d.at) == inFind {
		return say("equal rows are removed by FIND UNIQUE", d.with(*distinct, "UNIQUE"))
	}
	return say("equal rows are removed by FIND UNIQUE", without)
}

// unique reports whether the statement begins with FIND UNIQUE.
func (d *diagnosis) unique() bool { return d.token(1).Type == tokUnique }

// adviseUnion knows UNION and its relatives, joins and FROM.
func adviseUnion(d *diagnosis) (advice, bool) {
	switch word(d.after(0)) {
	case "union", "intersect", "except", "minus", "join", "inner", "outer", "left", "from":
	default:
		return silent()
	}
	switch word(d.after(0)) {
	case "join", "inner", "outer", "left":
		return say("there is no JOIN: hops connect entities, THAT HAS Device; (THAT HAS Device)? may be missing")
	case "from":
		return say("there is no FROM: what to search stands after FIND")
	}
	return say("a query is one chain: use alternatives such as FIND (User|Person), or run two queries")
}

// adviseCase knows CASE WHEN.
func adviseCase(d *diagnosis) (advice, bool) {
	if word(d.after(0)) != "case" && word(d.before(1)) != "case" || d.clauseAt(d.at) != inReturn {
		return silent()
	}
	return say("there is no CASE; COALESCE(a, b) gives the first value that is defined")
}

// adviseAliasFirst knows `AS x WITH ...`.
func adviseAliasFirst(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokWith || d.before(2).Type != tokAs {
		return silent()
	}
	if d.isEdge(d.at - 3) {
		return adviseEdgeWith(d)
	}
	stop := d.filterEnd(d.at + 1)
	repair := d.text[:end(d.before(3))] + " " + d.slice(d.at, stop) + " " + d.slice(d.at-2, d.at) + d.text[end(&d.tokens[stop-1]):]
	return say("the alias comes after the filter: "+shorten(d.slice(d.at, stop))+" "+d.slice(d.at-2, d.at), repair)
}

// isEdge reports whether the i-th token belongs to the verb of a hop.
func (d *diagnosis) isEdge(i int) bool {
	switch d.token(i).Type {
	case tokVerb, tokRelatesTo, tokTo, tokArrow:
		return true
	case tokClose:
		return d.token(i-1).Type == tokVerb
	}
	return false
}

// shorten cuts a text for use in a hint.
func shorten(s string) string {
	const longest = 60
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

// adviseMissingWith knows filters that begin with AND, OR, IF or nothing.
func adviseMissingWith(d *diagnosis) (advice, bool) {
	t := d.after(0)
	switch {
	case !d.expects(tokWith):
	case t.Type == tokAnd || t.Type == tokOr:
		return say("a filter on a selector begins with WITH", d.with(*t, "WITH"))
	case slices.Contains([]string{"having", "if", "when", "filter", "whose"}, word(t)) && d.clauseAt(d.at) == inFind:
		return say("a filter on a selector begins with WITH", d.with(*t, "WITH"))
	case isLetter(d.scanner.at(t.Pos.Offset)) && d.scanner.conditionAt(t.Pos.Offset):
		return say("a filter on a selector begins with WITH", d.text[:t.Pos.Offset]+"WITH "+d.rest())
	}
	return silent()
}

// adviseSecondWith knows User WITH a = 1 WITH b = 2.
func adviseSecondWith(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokWith || !d.expects(tokAnd) {
		return silent()
	}
	return say("a selector has one WITH: join its conditions by AND", d.with(*d.after(0), "AND"))
}

// adviseEdgeWith knows filters on a relationship.
func adviseEdgeWith(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokWith || !d.isEdge(d.at-1) && !(d.before(2).Type == tokAs && d.isEdge(d.at-3)) {
		return silent()
	}
	return say("a relationship takes no WITH: give it an alias and filter with WHERE, THAT HAS AS r Device WHERE r.since > 5")
}

// adviseArrow knows THAT >> HAS Device, HAS > Device and the arrows of Cypher.
func adviseArrow(d *diagnosis) (advice, bool) {
	t := d.after(0)
	rest := d.rest()
	switch {
	case t.Type == tokArrow && d.expects(tokVerb):
		stop := d.at + 1 // behind the verb or the verbs in parentheses
		if d.token(stop).Type == tokBang {
			stop++
		}
		if d.token(stop).Type == tokOpen {
			stop = max(stop, d.closing(stop))
		}
		verb := d.text[end(t):end(d.token(stop))]
		repair := d.cut(Span{t.Pos.Offset, end(d.token(stop))}, strings.TrimSpace(verb)+" "+t.Value)
		return say("the arrow comes after the verb: THAT HAS >> Device", repair)
	case t.Type == tokArrow:
		return say("an arrow stands after the verb of a hop: THAT HAS >> Device")
	case strings.HasPrefix(rest, "->") || strings.HasPrefix(rest, "<-") || strings.HasPrefix(rest, "-["):
		return say("a hop is written THAT HAS >> Device; >> points to the target and << from it")
	case t.Type == tokOp && (t.Value == ">" || t.Value == "<") && d.expects(tokArrow):
		return say("arrows are written >> and <<", d.with(*t, t.Value+t.Value))
	}
	return silent()
}

// adviseCommaNames knows (A, B) as alternatives.
func adviseCommaNames(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if !d.expects(tokPipe) || t.Type != tokComma && t.Type != tokOr {
		return silent()
	}
	open := d.at
	for open > 0 && d.tokens[open].Type != tokOpen {
		open--
	}
	stop := d.closing(open)
	if stop == 0 {
		return say("alternatives are separated by |: (User|Person)")
	}
	var names []string
	for _, t := range d.tokens[open+1 : stop] {
		if isName(t.Value) && t.Type != tokOr {
			names = append(names, t.Value)
		}
	}
	return say("alternatives are separated by |: ("+shorten(strings.Join(names, "|"))+")",
		d.cut(Span{d.tokens[open].Pos.Offset, end(&d.tokens[stop])}, "("+strings.Join(names, "|")+")"))
}

// adviseBareNames knows A|B and A, B and A OR B without parentheses.
func adviseBareNames(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if d.expects(tokPipe) || t.Type != tokPipe && t.Type != tokComma {
		return silent()
	}
	if prev := d.before(1).Type; prev != tokWord && prev != tokVerb || d.before(2).Type == tokAs {
		return silent()
	}
	stop := d.at
	for d.token(stop).Type == t.Type && isName(d.token(stop+1).Value) {
		stop += 2
	}
	if stop == d.at {
		return silent()
	}
	var names []string
	for i := d.at - 1; i < stop; i += 2 {
		names = append(names, d.tokens[i].Value)
	}
	joined := "(" + strings.Join(names, "|") + ")"
	return say("alternatives need parentheses: "+shorten(joined),
		d.cut(Span{d.before(1).Pos.Offset, end(&d.tokens[stop-1])}, joined))
}

// adviseQuestion knows a question mark on a verb, a target or without parentheses.
func adviseQuestion(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokQuestion {
		return silent()
	}
	start := d.at
	for start > 0 && d.tokens[start].Type != tokThat {
		start--
	}
	const hint = "a hop that may be missing stands in parentheses: (THAT IS Person)?"
	if start == 0 {
		return say(hint)
	}
	without := d.text[:d.after(0).Pos.Offset] + d.text[end(d.after(0)):]
	shift := len(d.after(0).Value)
	stop := d.hopEnd(d.at + 1)
	at, from := end(&d.tokens[stop-1])-shift, d.tokens[start].Pos.Offset
	return say(hint, without[:from]+"("+without[from:at]+")?"+without[at:])
}

// hopEnd is the index of the token at which the hop that i stands in ends.
func (d *diagnosis) hopEnd(i int) int {
	for ; i < len(d.tokens)-1; i++ {
		if i = d.filterEnd(i); d.tokens[i].Type != tokAs && d.tokens[i].Type != tokWith {
			return i
		}
	}
	return len(d.tokens) - 1
}

// adviseNested knows (THAT HAS A (THAT HAS B)?)?
func adviseNested(d *diagnosis) (advice, bool) {
	if d.after(0).Type != tokOptOpen || !d.expects(tokOptClose) {
		return silent()
	}
	return say("optional groups do not nest: end this one with )? first, then begin the next")
}

// adviseDottedName knows types with dots.
func adviseDottedName(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokJunk || !d.expects(tokWord) || d.before(1).Type == tokAs || !isDotted(t.Value) {
		return silent()
	}
	filter := "* WITH _type = \"" + t.Value + "\""
	return say("a type with other characters is a filter: "+shorten(filter), d.with(*t, filter))
}

// adviseTextTarget knows THAT HAS "laptop".
func adviseTextTarget(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokString || !d.expects(tokWord) || d.expects(tokString) || d.before(1).Type == tokAs {
		return silent()
	}
	return say("full text can only start a query; here use a filter: * WITH displayName ~= "+shorten(t.Value),
		d.with(*t, "* WITH displayName ~= "+t.Value))
}

// adviseWho knows User WHO HAS Device.
func adviseWho(d *diagnosis) (advice, bool) {
	switch w := word(d.after(0)); {
	case (w == "who" || w == "which") && d.expects(tokThat):
		return say("a hop begins with THAT", d.with(*d.after(0), "THAT"))
	case word(d.before(1)) == "is" && d.expects(tokWord) && w == "not":
		return say("IS is a verb; absence is tested with = undefined")
	}
	return silent()
}

// adviseBang knows User !HAS Device.
func adviseBang(d *diagnosis) (advice, bool) {
	t := d.after(0)
	if t.Type != tokBang || !d.expects(tokThat) {
		return silent()
	}
	return say("a negated hop is written THAT !HAS Device", d.text[:t.Pos.Offset]+"THAT "+d.rest())
}
