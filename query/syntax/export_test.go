package syntax

// Accepts says whether participle's parser and whether the automaton, which was read
// from its grammar, take a text that the lexer can cut.
func Accepts(text string) (parser, automaton, cut bool) {
	s := scan(text, Dialect{})
	if s.problem != nil || unreadable(text) != nil {
		return false, false, false
	}
	_, f := Dialect{}.attempt(text)
	parser = f == nil || f.problem != nil
	d := &diagnosis{failure: &failure{text: text, scanner: s}, tokens: s.tokens}
	return parser, d.run(), true
}
