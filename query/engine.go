package query

import (
	"container/list"
	"sync"

	"github.com/j1db/j1db/query/syntax"
)

// Options shape an Engine. The zero value suits most.
type Options struct {
	// Statements is how many prepared statements are kept; 0 is a default.
	Statements int
	// Dialect says which statements are accepted.
	Dialect syntax.Dialect
}

// defaultStatements is how many prepared statements an Engine keeps: more than a
// person types and a script repeats.
const defaultStatements = 256

// Engine prepares statements and keeps the ones that were used last, by their text.
// It may be used by several goroutines at once.
type Engine struct {
	options Options

	mu     sync.Mutex               // guards what follows
	recent *list.List               // of *Stmt, the one used last in front
	byText map[string]*list.Element // of recent
}

// New returns an Engine.
func New(options Options) *Engine {
	if options.Statements <= 0 {
		options.Statements = defaultStatements
	}
	return &Engine{options: options, recent: list.New(), byText: map[string]*list.Element{}}
}

// Prepare parses and validates a statement, unless it is kept from an earlier call.
// Its errors are *syntax.Error and *syntax.ValidationError.
func (e *Engine) Prepare(text string) (*Stmt, error) {
	if s := e.known(text); s != nil {
		return s, nil
	}
	q, err := e.options.Dialect.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := syntax.Validate(q); err != nil {
		return nil, err
	}
	s := &Stmt{text: text, query: q, params: paramsOf(q), warnings: syntax.Warnings(q)}
	e.remember(s)
	return s, nil
}

func (e *Engine) known(text string) *Stmt {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, ok := e.byText[text]
	if !ok {
		return nil
	}
	e.recent.MoveToFront(at)
	return at.Value.(*Stmt)
}

// remember keeps a statement and forgets the one that was not used for longest.
func (e *Engine) remember(s *Stmt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.byText[s.text]; ok { // another goroutine was faster
		return
	}
	e.byText[s.text] = e.recent.PushFront(s)
	if e.recent.Len() > e.options.Statements {
		last := e.recent.Back()
		e.recent.Remove(last)
		delete(e.byText, last.Value.(*Stmt).text)
	}
}
