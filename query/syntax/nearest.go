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
		best = min(1, len(word)-1)
	}
	var near []string
	for _, c := range candidates {
		if len(word) != len(c) && min(len(word), len(c)) < 3 {
			continue // HAS is no slip of AS
		}
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
// turn a into b, or something greater than limit. Any disorder of the right letters
// is one slip.
func slips(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	if letters(a) == letters(b) && a != b {
		return 1
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

// letters are the letters of a word in alphabetical order.
func letters(word string) string {
	b := []byte(word)
	slices.Sort(b)
	return string(b)
}

// slips are the keywords that the i-th token may be a slip of, and the statements
// that they make.
func (d *diagnosis) slips(i int) (nearest, repairs []string) {
	if !isName(d.tokens[i].Value) {
		return nil, nil
	}
	nearest = Nearest(d.tokens[i].Value, keywordsAt(d.expected))
	for _, word := range nearest {
		repairs = append(repairs, d.with(d.tokens[i], word))
	}
	return nearest, repairs
}

// earlierSlips are the statements that come out if the word in front of the offending
// token, which passed as a name, is a slip of a keyword.
func (d *diagnosis) earlierSlips() []string {
	if d.at == 0 || !isName(d.before(1).Value) || len(d.text) > longestRepaired {
		return nil
	}
	r := network().start()
	for _, t := range d.tokens[:d.at-1] {
		r.step(t.Type)
	}
	var repairs []string
	for _, word := range Nearest(d.before(1).Value, keywordsAt(r.expected())) {
		text := d.with(*d.before(1), word)
		if _, f := d.dialect.attempt(text); f == nil {
			repairs = append(repairs, text)
		}
	}
	return repairs
}

// earlierHint names the word that is a slip.
func (d *diagnosis) earlierHint(repairs []string) string {
	if len(repairs) == 0 {
		return ""
	}
	return "is " + shown(d.before(1).Value) + " a misspelt keyword?"
}

// keywordsAt are the first words of the keywords among the types.
func keywordsAt(types []lexer.TokenType) []string {
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
	t := d.after(0)
	if t.Type == lexer.EOF || len(d.text) > longestRepaired {
		return nil
	}
	at := t.Pos.Offset
	var repairs []string
	for _, typ := range d.expected {
		switch {
		case typ == tokComma:
			before := end(d.before(1))
			repairs = append(repairs, d.text[:before]+", "+strings.TrimLeft(d.text[before:], " "))
		case typ == tokFind && d.at == 0,
			typ == tokThat && !d.scanner.conditionAt(at),
			typ == tokAs && strings.Contains(d.text, t.Value+"."):
			text := d.text[:at] + keywordText(typ) + " " + d.text[at:]
			if _, f := d.dialect.attempt(text); f == nil {
				repairs = append(repairs, text)
			}
		}
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
