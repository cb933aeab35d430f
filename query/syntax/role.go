package syntax

// role is what the next token is for, as far as the tokens before it tell.
type role uint8

const (
	roleOther    role = iota // a keyword or a class, type or alias
	roleVerb                 // a verb
	roleFiller               // TO or what follows a verb
	roleProperty             // the left side of a comparison
	roleValue                // the right side of a comparison
	roleAlias                // after AS
	roleOperand              // a leaf of an expression
	roleCall                 // the parenthesis of a function
)

// role tells from the last tokens what the next one is for. It is only as right as the
// statement is: behind a mistake it guesses.
func (s *scanner) role() role {
	inside := s.inside()
	switch s.last {
	case tokWith, tokWhere, tokHaving:
		return roleProperty
	case tokAnd, tokOr:
		if inside == listParen {
			return roleValue
		}
		return roleProperty
	case tokOp:
		if s.before == tokInstant {
			return roleProperty
		}
		return roleValue
	case tokAs:
		return roleAlias
	case tokThat, tokBang:
		return roleVerb
	case tokVerb:
		if inside != verbsParen {
			return roleFiller
		}
	case tokClose:
		if s.closed == verbsParen {
			return roleFiller
		}
	case tokFunc:
		return roleCall
	case tokReturn, tokOrderBy, tokArith, tokMinus:
		return roleOperand
	case tokComma:
		if s.inExpression() {
			return roleOperand
		}
	case tokPipe:
		if inside == verbsParen {
			return roleVerb
		}
	case tokOpen:
		return inside.role()
	}
	return roleOther
}

// role is what stands first inside the parentheses.
func (k parenKind) role() role {
	switch k {
	case listParen:
		return roleValue
	case filterParen:
		return roleProperty
	case verbsParen:
		return roleVerb
	case callParen, arithParen:
		return roleOperand
	default:
		return roleOther
	}
}

// inside is the innermost open parenthesis.
func (s *scanner) inside() parenKind {
	if n := len(s.parens); n > 0 {
		return s.parens[n-1].kind
	}
	return noParen
}

// inExpression reports whether the scanner is where expressions are written.
func (s *scanner) inExpression() bool {
	switch s.inside() {
	case callParen, arithParen:
		return true
	case noParen, subParen:
		return s.clause == inReturn || s.clause == inOrder
	default:
		return false
	}
}
