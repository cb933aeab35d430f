package syntax

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
)

// maxExpected is how many expected things an error lists.
const maxExpected = 5

// keywordTexts holds the keywords as they are printed.
var keywordTexts = [...]string{
	tokFind: "FIND", tokUnique: "UNIQUE", tokWith: "WITH", tokAs: "AS", tokThat: "THAT",
	tokWhere: "WHERE", tokReturn: "RETURN", tokTree: "TREE", tokHaving: "HAVING",
	tokOrderBy: "ORDER BY", tokAsc: "ASC", tokDesc: "DESC", tokSkip: "SKIP", tokLimit: "LIMIT",
	tokAnd: "AND", tokOr: "OR", tokTo: "TO", tokRelatesTo: "RELATES TO",
}

// keywordText is the keyword that a token type stands for, empty for other types.
func keywordText(typ lexer.TokenType) string {
	if typ > 0 && int(typ) < len(keywordTexts) {
		return keywordTexts[typ]
	}
	return ""
}

// likely orders token types by how likely their absence is the mistake.
var likely = [...]lexer.TokenType{
	tokWord, tokVerb, tokProperty, tokOp, tokLiteral, tokOperand, tokString, tokNumber,
	tokClose, tokOptClose, tokFind, tokWith, tokAs, tokThat, tokAnd, tokOr, tokWhere, tokComma, tokReturn,
	tokOrderBy, tokLimit, tokArith, tokRelatesTo, tokTree, tokFunc, tokStar, tokArrow, tokPipe, tokBang, tokOpen,
	tokSmart, tokOptOpen, tokSubOpen, tokDesc, tokAsc, tokSkip, tokHaving, tokUnique, tokTo, tokMinus,
	lexer.EOF,
}

// expectedWords puts token types into the user's words, the likely ones first.
func expectedWords(types []lexer.TokenType, before lexer.TokenType, in clause) []string {
	var words []string
	for _, typ := range likely {
		if !slices.Contains(types, typ) {
			continue
		}
		if word := expectedWord(typ, before, in); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
		if len(words) == maxExpected {
			break
		}
	}
	return words
}

// expectedWord is what a user calls a token type behind the token type before.
func expectedWord(typ, before lexer.TokenType, in clause) string {
	if word := keywordText(typ); word != "" {
		return word
	}
	operand := before == tokOperand || before == tokClose && (in == inReturn || in == inOrder)
	switch typ {
	case tokWord:
		if before == tokAs {
			return "an alias"
		}
		return "a class or type"
	case tokVerb:
		return "a verb"
	case tokProperty:
		return [...]string{inFind: "a property", inWhere: "selector.property", inHaving: "a column"}[min(in, inHaving)]
	case tokOp:
		return "a comparison such as = or ~="
	case tokLiteral:
		return "a value"
	case tokOperand:
		return "a selector or selector.property"
	case tokFunc:
		if in == inFind || in == inWhere {
			return "" // the grammar of filters is that of HAVING too
		}
		return "a function"
	case tokString:
		if before == tokAs {
			return "a name in quotes"
		}
		return "a text in quotes"
	case tokNumber:
		return "a number"
	case tokSmart:
		return "#SmartClass"
	case tokSubOpen:
		return "(FIND ...)"
	case tokOptOpen:
		return "(THAT ...)?"
	case tokArith, tokMinus, tokStar:
		if operand {
			return "an operator"
		}
		return map[lexer.TokenType]string{tokStar: `"*"`, tokMinus: `"-"`}[typ]
	case lexer.EOF:
		return "the end"
	}
	return map[lexer.TokenType]string{
		tokOpen: `"("`, tokClose: `")"`, tokOptClose: `")?"`, tokPipe: `"|"`, tokComma: `","`, tokBang: `"!"`, tokArrow: `">>"`,
	}[typ]
}
