package syntax

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The grammar, in participle's form: each struct is a production, its tags are the
// right side. Names are token types; the lexer has decided by position which type a
// word has, so one token of lookahead is enough. Filters and expressions are flat
// lists here; lower.go applies the precedence. A field `Tokens` without a tag
// receives all tokens of its production.
//
// Error messages and completion read the same grammar through [automaton].

type statementRule struct {
	Query *queryRule `parser:"@@ Semicolon?"`
}

type queryRule struct {
	Tokens []lexer.Token
	Unique bool           `parser:"Find @Unique?"`
	Start  *startRule     `parser:"@@"`
	Steps  []*stepRule    `parser:"@@*"`
	Where  *filterRule    `parser:"(Where @@)?"`
	Return *returnRule    `parser:"@@?"`
	Having *filterRule    `parser:"(Having @@)?"`
	Order  []*sortKeyRule `parser:"(OrderBy @@ (Comma @@)*)?"`
	Skip   []lexer.Token  `parser:"(Skip @Number)?"`
	Limit  []lexer.Token  `parser:"(Limit @Number)?"`
}

type startRule struct {
	Tokens []lexer.Token
	Head   []lexer.Token `parser:"@(Word | String | Star | Open Word (Pipe Word)* Close | Smart (Word | Star | Open Word (Pipe Word)* Close)?)"`
	With   *filterRule   `parser:"(With @@)?"`
	Alias  []lexer.Token `parser:"(As @Word)?"`
}

type targetRule struct {
	Tokens []lexer.Token
	Head   []lexer.Token `parser:"@(Word | Star | Open Word (Pipe Word)* Close | Smart (Word | Star | Open Word (Pipe Word)* Close)?)"`
	With   *filterRule   `parser:"(With @@)?"`
	Alias  []lexer.Token `parser:"(As @Word)?"`
}

type stepRule struct {
	Hop   *hopRule   `parser:"  @@"`
	Group *groupRule `parser:"| @@"`
}

type groupRule struct {
	Tokens []lexer.Token
	Hops   []*hopRule    `parser:"OptOpen @@+ OptClose"`
	Alias  []lexer.Token `parser:"(As @Word)?"`
}

type hopRule struct {
	Tokens []lexer.Token
	Edge   []lexer.Token `parser:"@(That Bang? (Verb To? | RelatesTo | Open Verb (Pipe Verb)* Close To?) Arrow? (As Word Arrow?)?)"`
	Target *targetRule   `parser:"@@"`
}

type filterRule struct {
	First *partRule   `parser:"@@ ("`
	Joins []string    `parser:"@(And | Or)"`
	Rest  []*partRule `parser:"@@)*"`
}

// A part of a filter is a run of simple comparisons, of which long filters consist, or
// a filter in parentheses, or one comparison that is not simple.
type partRule struct {
	Run    []lexer.Token   `parser:"  @(Property Op (Literal | Open Literal ((And | Or) Literal)* Close) ((And | Or) Property Op (Literal | Open Literal ((And | Or) Literal)* Close))*)"`
	Group  *filterRule     `parser:"| Open @@ Close"`
	Single *comparisonRule `parser:"| @@"`
}

type comparisonRule struct {
	Tokens []lexer.Token
	Left   []lexer.Token `parser:"  (@SubProperty"`
	Call   *callRule     `parser:"  | @@)"`
	Op     []lexer.Token `parser:"  @Op"`
	Value  []lexer.Token `parser:"  (@(Literal | Open Literal ((And | Or) Literal)* Close)"`
	Sub    *queryRule    `parser:"  | SubOpen @@ Close)"`
	Swap   []lexer.Token `parser:"| @(Instant Op Property)"`
}

type returnRule struct {
	Tokens []lexer.Token
	Tree   bool        `parser:"Return (@Tree"`
	Items  []*itemRule `parser:"| @@ (Comma @@)*)"`
}

type itemRule struct {
	exprRule
	Alias []lexer.Token `parser:"(As @(Word | String))?"`
}

type sortKeyRule struct {
	exprRule
	Asc  bool `parser:"(@Asc"`
	Desc bool `parser:"| @Desc)?"`
}

type exprRule struct {
	Tokens []lexer.Token
	First  *operandRule   `parser:"@@ ("`
	Ops    []string       `parser:"@Arith"`
	Rest   []*operandRule `parser:"@@)*"`
}

// An operand is a run of leaves, of which long sums consist, or something else.
type operandRule struct {
	Tokens []lexer.Token
	Run    []lexer.Token `parser:"  @(Operand (Arith Operand)*)"`
	Call   *callRule     `parser:"| @@"`
	Group  *exprRule     `parser:"| Open @@ Close"`
	Minus  *operandRule  `parser:"| Minus @@"`
}

type callRule struct {
	Tokens []lexer.Token
	Func   []lexer.Token `parser:"@Func Open"`
	Star   bool          `parser:"(@Star"`
	Args   []*exprRule   `parser:"| @@ (Comma @@)*)? Close"`
}

// grammar is built by the first parse of a process and safe for concurrent use.
var grammar = sync.OnceValue(func() *participle.Parser[statementRule] {
	return participle.MustBuild[statementRule](participle.Lexer(definition{}))
})
