package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// Nearest are the candidates that differ from word by a slip or two of the keyboard,
// all that are equally near, in their order. Case does not count.
func Nearest(word string, candidates []string) []string {
	best := 2
	if len(word) <= 4 {
		best = 1
	}
	var near []string
	for _, c := range candidates {
		switch distance := slips(strings.ToLower(word), strings.ToLower(c), best); {
		case distance > best || strings.EqualFold(word, c) && word == c:
		case distance < best:
			best, near = distance, []string{c}
		default:
			near = append(near, c)
		}
	}
	return slices.Compact(near)
}

// slips counts the letters to insert, delete, replace or swap with their neighbour to
// turn a into b, or something greater than limit.
func slips(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		two, one, now := rows[0], rows[1], rows[2]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(one[j]+1, now[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], two[j-2]+1)
			}
		}
		rows = [3][]int{one, now, two}
	}
	return rows[1][len(b)]
}

// slips are the keywords that the i-th token may be a slip of, and the statements
// that they make. A misspelt keyword may also have passed as the name in front.
func (d *diagnosis) slips(i int) (nearest, repairs []string) {
	nearest = Nearest(d.tokens[i].Value, d.keywordsAt(d.expected))
	if isName(d.tokens[i].Value) {
		for _, word := range nearest {
			repairs = append(repairs, d.with(d.tokens[i], word))
		}
	}
	if i == 0 || !isName(d.tokens[i-1].Value) {
		return nearest, repairs
	}
	r := network().start()
	for _, t := range d.tokens[:i-1] {
		r.step(t.Type)
	}
	for _, word := range Nearest(d.tokens[i-1].Value, d.keywordsAt(r.expected())) {
		repairs = append(repairs, d.with(d.tokens[i-1], word))
	}
	return nearest, repairs
}

// keywordsAt are the first words of the keywords among the types.
func (d *diagnosis) keywordsAt(types []lexer.TokenType) []string {
	var words []string
	for _, typ := range likely {
		if word, _, _ := strings.Cut(keywordText(typ), " "); word != "" && slices.Contains(types, typ) {
			words = append(words, word)
		}
	}
	if slices.Contains(types, tokLiteral) {
		words = append(words, "true", "false", "undefined", "null")
	}
	return words
}

// insertions are the statements that one forgotten word or comma in front of the
// offending token makes.
func (d *diagnosis) insertions() []string {
	t := &d.tokens[d.at]
	var repairs []string
	for _, typ := range d.expected {
		word := map[lexer.TokenType]string{
			tokFind: "FIND ", tokThat: "THAT ", tokWith: "WITH ", tokAs: "AS ", tokComma: ", ",
		}[typ]
		if word == "" || t.Type == lexer.EOF || typ == tokThat && d.scanner.conditionAt(t.Pos.Offset) {
			continue
		}
		at := t.Pos.Offset
		if typ == tokComma {
			at = end(d.before(1))
		}
		repairs = append(repairs, d.text[:at]+word+strings.TrimLeft(d.text[at:], " "))
	}
	return repairs
}

// with is the text with a token replaced.
func (d *diagnosis) with(t lexer.Token, replacement string) string {
	return d.cut(spanOf(&t), replacement)
}

// cut is the text with a part replaced.
func (d *diagnosis) cut(span Span, replacement string) string {
	return d.text[:span.Start] + replacement + d.text[span.End:]
}
