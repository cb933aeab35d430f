package syntax

import (
	"io"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2/lexer"
)

// The types of tokens. The lexer decides by position which type a word has, so that
// the grammar is a matter of types alone: a word is a tokVerb after THAT, a
// tokProperty before an operator, a keyword only where it can be one.
const (
	tokFind lexer.TokenType = iota + 1
	tokUnique
	tokWith
	tokAs
	tokThat
	tokWhere
	tokReturn
	tokTree
	tokHaving
	tokOrderBy // both words
	tokAsc
	tokDesc
	tokSkip
	tokLimit
	tokAnd
	tokOr
	tokTo
	tokRelatesTo // both words

	tokWord     // a class, a type or an alias
	tokVerb     // a relationship's verb
	tokProperty // what a comparison tests
	tokInstant  // date.now on the left side of a comparison

	tokSubProperty // a property that is compared to a sub-query
	tokOp          // a comparison operator
	tokLiteral     // what a comparison compares to; with sign, with date arithmetic
	tokOperand     // a leaf of an expression
	tokFunc        // a function's name, before its parenthesis
	tokString      // a string elsewhere: full text, column name
	tokNumber      // a number elsewhere: SKIP, LIMIT
	tokSmart       // #Name
	tokParam       // ${name} elsewhere

	tokOpen      // (
	tokClose     // )
	tokOptOpen   // ( before THAT
	tokOptClose  // )? of an optional group
	tokSubOpen   // ( before FIND
	tokPipe      // |
	tokComma     // ,
	tokBang      // !
	tokArrow     // >> or <<
	tokStar      // *
	tokMinus     // -
	tokArith     // + / ^
	tokQuestion  // ? that ends no optional group
	tokSemicolon // ;

	tokReserved // a word that cannot stand where it does, such as NOT
	tokJunk     // a character of no token
)

// symbols names the token types for the grammar's tags.
var symbols = [...]string{
	tokFind: "Find", tokUnique: "Unique", tokWith: "With", tokAs: "As", tokThat: "That",
	tokWhere: "Where", tokReturn: "Return", tokTree: "Tree", tokHaving: "Having",
	tokOrderBy: "OrderBy", tokAsc: "Asc", tokDesc: "Desc", tokSkip: "Skip", tokLimit: "Limit",
	tokAnd: "And", tokOr: "Or", tokTo: "To", tokRelatesTo: "RelatesTo",
	tokWord: "Word", tokVerb: "Verb", tokProperty: "Property", tokInstant: "Instant",
	tokSubProperty: "SubProperty", tokOp: "Op",
	tokLiteral: "Literal", tokOperand: "Operand", tokFunc: "Func", tokString: "String",
	tokNumber: "Number", tokSmart: "Smart", tokParam: "Param",
	tokOpen: "Open", tokClose: "Close", tokOptOpen: "OptOpen", tokOptClose: "OptClose",
	tokSubOpen: "SubOpen", tokPipe: "Pipe", tokComma: "Comma", tokBang: "Bang",
	tokArrow: "Arrow", tokStar: "Star", tokMinus: "Minus", tokArith: "Arith",
	tokQuestion: "Question", tokSemicolon: "Semicolon", tokReserved: "Reserved", tokJunk: "Junk",
}

// end is the offset after the token. A token's value is its text as written.
func end(t *lexer.Token) int { return t.Pos.Offset + len(t.Value) }

// spanOf is the span of a token.
func spanOf(t *lexer.Token) Span { return Span{t.Pos.Offset, end(t)} }

// spanAll is the span from the first to the last token.
func spanAll(tokens []lexer.Token) Span {
	if len(tokens) == 0 {
		return Span{}
	}
	return Span{tokens[0].Pos.Offset, end(&tokens[len(tokens)-1])}
}

// definition is the hand-written lexer as participle wants to see one.
type definition struct{}

// Symbols names the token types. The table is not to be written to.
func (definition) Symbols() map[string]lexer.TokenType { return symbolTable() }

// symbolTable is made once: the grammar asks for it at every literal.
var symbolTable = sync.OnceValue(func() map[string]lexer.TokenType {
	table := make(map[string]lexer.TokenType, len(symbols)+1)
	table["EOF"] = lexer.EOF
	for typ, name := range symbols {
		if name != "" {
			table[name] = lexer.TokenType(typ)
		}
	}
	return table
})

// Lex reads everything from r and cuts it into tokens.
func (d definition) Lex(_ string, r io.Reader) (lexer.Lexer, error) {
	var b strings.Builder
	if _, err := io.Copy(&b, r); err != nil {
		return nil, err
	}
	s := scan(b.String(), Dialect{})
	if s.problem != nil {
		return nil, s.problem
	}
	return &replay{tokens: s.tokens}, nil
}

// replay hands out tokens that were cut before. The last one is EOF.
type replay struct {
	tokens []lexer.Token
	next   int
}

// Next is the next token, and EOF for ever after the last.
func (r *replay) Next() (lexer.Token, error) {
	t := r.tokens[r.next]
	if r.next < len(r.tokens)-1 {
		r.next++
	}
	return t, nil
}
