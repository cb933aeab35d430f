package syntax

import (
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2/lexer"
)

// automaton is the grammar as a network of states, read from participle's own printed
// form of the parser. Participle says yes or no; the automaton says what could have
// come at every place, which is what error messages and completion need. There is no
// second grammar to keep in step.
type automaton struct {
	states []state
	rules  map[string]int // name to index in entries
	entry  []int          // first state of each rule
	names  []string       // name of each rule
}

// state has the ways out of it. A state without any ends its rule.
type state struct {
	rule  int
	edges []edge
}

// edge leads to a state: over a token, through a rule, or (with neither) for nothing.
type edge struct {
	token lexer.TokenType // 0: none
	call  int             // index of a rule plus 1; 0: none
	to    int
}

// frame is a rule to return to.
type frame struct {
	state  int
	parent *frame
}

// config is one way in which the tokens so far can be read.
type config struct {
	state int
	stack *frame
}

// network is built by the first error or completion of a process.
var network = sync.OnceValue(func() *automaton {
	return readNetwork(grammar().String())
})

// readNetwork reads productions of the form `Name = expression .`, one a line.
func readNetwork(ebnf string) *automaton {
	a := &automaton{rules: make(map[string]int)}
	types := definition{}.Symbols()
	tokens := make(map[string]lexer.TokenType, len(types))
	for name, typ := range types {
		tokens[strings.ToLower(name)] = typ
	}
	lines := strings.Split(ebnf, "\n")
	for i, line := range lines {
		name, _, _ := strings.Cut(line, " = ")
		a.rules[name] = i
		a.names = append(a.names, name)
	}
	for i, line := range lines {
		_, body, _ := strings.Cut(line, " = ")
		r := networkReader{automaton: a, tokens: tokens, rule: i, rest: strings.TrimSuffix(body, ".")}
		start, final := r.state(), r.state()
		a.entry = append(a.entry, start)
		r.alternatives(start, final)
	}
	return a
}

// networkReader reads the right side of one production.
type networkReader struct {
	*automaton
	tokens map[string]lexer.TokenType
	rule   int
	rest   string
}

// state adds a state without ways out.
func (r *networkReader) state() int {
	r.states = append(r.states, state{rule: r.rule})
	return len(r.states) - 1
}

// link adds a way out of a state.
func (r *networkReader) link(from int, e edge) {
	r.states[from].edges = append(r.states[from].edges, e)
}

// next is the first byte of the next element, 0 at the end.
func (r *networkReader) next() byte {
	r.rest = strings.TrimLeft(r.rest, " ")
	if r.rest == "" {
		return 0
	}
	return r.rest[0]
}

// alternatives reads sequences separated by bars; each leads from from to to.
func (r *networkReader) alternatives(from, to int) {
	for {
		r.sequence(from, to)
		if r.next() != '|' {
			return
		}
		r.rest = r.rest[1:]
	}
}

// sequence reads elements one after the other, up to a bar or the end of the group.
func (r *networkReader) sequence(from, to int) {
	at := from
	for c := r.next(); c != 0 && c != '|' && c != ')'; c = r.next() {
		at = r.element(at)
	}
	r.link(at, edge{to: to})
}

// element reads a token, a rule or a group with its repetition mark and gives the
// state behind it.
func (r *networkReader) element(from int) int {
	first, last := r.state(), r.state()
	switch r.next() {
	case '(':
		r.rest = r.rest[1:]
		r.alternatives(first, last)
		r.next()
		r.rest = r.rest[1:]
	case '<':
		name, rest, _ := strings.Cut(r.rest[1:], ">")
		r.rest = rest
		r.link(first, edge{token: r.tokens[name], to: last})
	default:
		length := strings.IndexFunc(r.rest, func(c rune) bool { return c > 'z' || !isLetter(byte(c)) })
		if length < 0 {
			length = len(r.rest)
		}
		r.link(first, edge{call: r.rules[r.rest[:length]] + 1, to: last})
		r.rest = r.rest[length:]
	}
	return r.repeat(from, first, last)
}

// repeat links an element as often as the mark behind it says.
func (r *networkReader) repeat(from, first, last int) int {
	behind := r.state()
	r.link(from, edge{to: first})
	r.link(last, edge{to: behind})
	mark := byte(0)
	if r.rest != "" {
		mark = r.rest[0]
	}
	if mark == '*' || mark == '+' {
		r.link(last, edge{to: first})
	}
	if mark == '*' || mark == '?' {
		r.link(from, edge{to: behind})
	}
	if mark == '*' || mark == '+' || mark == '?' {
		r.rest = r.rest[1:]
	}
	return behind
}

// run is the automaton at work on the tokens of one statement.
type run struct {
	*automaton
	configs []config
	seen    []config
	frames  map[frame]*frame // each once, so that equal configs are equal
	done    bool             // the tokens so far are a whole statement
}

// start is a run in front of the first token.
func (a *automaton) start() *run {
	r := &run{automaton: a, frames: make(map[frame]*frame)}
	r.settle([]config{{state: a.entry[0]}})
	return r
}

// settle follows the edges that take no token, to the states from which one can go.
func (r *run) settle(from []config) {
	r.configs, r.seen, r.done = r.configs[:0], r.seen[:0], false
	for _, c := range from {
		r.follow(c)
	}
}

// follow goes on from a config over everything that takes no token. Configs that were
// seen are not followed again, so loops in the grammar end.
func (r *run) follow(c config) {
	for _, other := range r.seen {
		if other == c {
			return
		}
	}
	r.seen = append(r.seen, c)
	s := &r.states[c.state]
	if len(s.edges) == 0 {
		if c.stack == nil {
			r.done = true
			return
		}
		r.follow(config{c.stack.state, c.stack.parent})
		return
	}
	needsToken := false
	for _, e := range s.edges {
		switch {
		case e.token != 0:
			needsToken = true
		case e.call != 0:
			r.follow(config{r.entry[e.call-1], r.frame(e.to, c.stack)})
		default:
			r.follow(config{e.to, c.stack})
		}
	}
	if needsToken {
		r.configs = append(r.configs, c)
	}
}

// frame is the only frame with that content.
func (r *run) frame(state int, parent *frame) *frame {
	f := frame{state, parent}
	if r.frames[f] == nil {
		r.frames[f] = &f
	}
	return r.frames[f]
}

// step takes a token and reports whether it fits.
func (r *run) step(typ lexer.TokenType) bool {
	var next []config
	for _, c := range r.configs {
		for _, e := range r.states[c.state].edges {
			if e.token == typ && typ != 0 {
				next = append(next, config{e.to, c.stack})
			}
		}
	}
	if len(next) == 0 {
		return false
	}
	r.settle(next)
	return true
}

// expected are the types of the tokens that fit next, each once.
func (r *run) expected() []lexer.TokenType {
	var types []lexer.TokenType
	for _, c := range r.configs {
		for _, e := range r.states[c.state].edges {
			if e.token != 0 && !contains(types, e.token) {
				types = append(types, e.token)
			}
		}
	}
	return types
}

func contains(types []lexer.TokenType, typ lexer.TokenType) bool {
	for _, t := range types {
		if t == typ {
			return true
		}
	}
	return false
}
