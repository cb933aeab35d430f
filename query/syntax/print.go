package syntax

import (
	"math"
	"strconv"
	"strings"
)

// printer collects the pieces of a statement. Every node's write method adds its own.
type printer struct {
	pieces   []piece
	comments []*Comment // not printed yet, by offset
}

// printLine prints a node on one line, without comments.
func printLine(n Node) string {
	var p printer
	n.write(&p)
	return layout(p.pieces, true)
}

// Format prints the statement over several lines: keywords in capitals, clauses on
// lines of their own, hops indented by two spaces, long lists broken. Comments stay,
// in front of what they stood in front of.
func (q *Query) Format() string {
	p := printer{comments: q.Comments}
	q.write(&p)
	for _, c := range p.comments {
		p.line()
		p.text("/*" + c.Text + "*/")
	}
	return layout(p.pieces, false)
}

func (p *printer) add(kind pieceKind) { p.pieces = append(p.pieces, piece{kind: kind}) }
func (p *printer) space()             { p.add(spacePiece) }
func (p *printer) line()              { p.add(linePiece) }
func (p *printer) close()             { p.add(closePiece) }

func (p *printer) text(s string) { p.pieces = append(p.pieces, piece{kind: textPiece, text: s}) }

// open begins a group whose lines are indented.
func (p *printer) open(indent int) {
	p.pieces = append(p.pieces, piece{kind: openPiece, indent: indent})
}

// begin prints the comments that stood in front of n.
func (p *printer) begin(n Node) {
	for len(p.comments) > 0 && p.comments[0].span.Start < n.Span().Start {
		p.text("/*" + p.comments[0].Text + "*/ ")
		p.comments = p.comments[1:]
	}
}

// parens prints what body prints in parentheses, on lines of its own if it is long.
func (p *printer) parens(body func()) {
	p.text("(")
	p.open(2)
	p.add(joinPiece)
	body()
	p.pieces = append(p.pieces, piece{kind: joinPiece, indent: -2})
	p.text(")")
	p.close()
}

// quote writes a string with double quotes, or with single ones if that saves
// backslashes. Backslashes are doubled only where one would protect what follows.
func quote(s string) string {
	mark := byte('"')
	if strings.IndexByte(s, '"') >= 0 && strings.IndexByte(s, '\'') < 0 {
		mark = '\''
	}
	out := make([]byte, 0, len(s)+2)
	out = append(out, mark)
	for i := range len(s) {
		c := s[i]
		special := c == '\\' && (i+1 == len(s) || strings.IndexByte(`\'"`, s[i+1]) >= 0)
		if c == mark || special {
			out = append(out, '\\')
		}
		out = append(out, c)
	}
	return string(append(out, mark))
}

// write methods of literals.

func (n *String) write(p *printer)    { p.begin(n); p.text(quote(n.Value)) }
func (n *Undefined) write(p *printer) { p.begin(n); p.text("undefined") }
func (n *Parameter) write(p *printer) { p.begin(n); p.text("${" + n.Path + "}") }
func (n *Date) write(p *printer)      { p.begin(n); p.text("date(" + n.Text + ")") }

func (n *Bool) write(p *printer) {
	p.begin(n)
	p.text(strconv.FormatBool(n.Value))
}

// write keeps whole floats apart from integers by their point.
func (n *Number) write(p *printer) {
	p.begin(n)
	if n.Exact {
		p.text(strconv.FormatInt(n.Int, 10))
		return
	}
	text := strconv.FormatFloat(n.Float, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	p.text(text)
}

// write puts a backslash in front of slashes that have none.
func (n *Regex) write(p *printer) {
	p.begin(n)
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(n.Pattern); i++ {
		switch c := n.Pattern[i]; {
		case c == '\\' && i+1 < len(n.Pattern):
			b.WriteString(n.Pattern[i : i+2])
			i++
		case c == '/':
			b.WriteString(`\/`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('/')
	if n.IgnoreCase {
		b.WriteByte('i')
	}
	p.text(b.String())
}

// write prints units by their full names.
func (n *DateNow) write(p *printer) {
	p.begin(n)
	if n.Unit == 0 {
		p.text("date.now")
		return
	}
	sign := " + "
	if n.Amount < 0 || n.Amount == 0 && math.Signbit(n.Amount) {
		sign = " - "
	}
	amount := math.Abs(n.Amount)
	unit := n.Unit.String()
	if amount != 1 {
		unit += "s"
	}
	p.text("date.now" + sign + strconv.FormatFloat(amount, 'f', -1, 64) + " " + unit)
}

// write methods of expressions.

func (n *SelectorRef) write(p *printer) { p.begin(n); p.text(n.Name) }
func (n *SelectorAll) write(p *printer) { p.begin(n); p.text(n.Selector + ".*") }

// write puts names that are not plain in brackets.
func (n *Property) write(p *printer) {
	p.begin(n)
	name := n.Name
	if !isDotted(name) || n.Selector == "" && isDateWord(name) {
		name = "[" + name + "]"
	}
	if n.Selector != "" {
		name = n.Selector + "." + name
	}
	p.text(name)
}

func (n *Call) write(p *printer) {
	p.begin(n)
	p.text(n.Func + "(")
	if n.Star {
		p.text("*")
	}
	for i, arg := range n.Args {
		if i > 0 {
			p.text(", ")
		}
		arg.write(p)
	}
	p.text(")")
}

// write sets parentheses only where the precedence needs them.
func (n *Binary) write(p *printer) {
	p.begin(n)
	level := n.Op.level()
	left, right := level, level+1
	if n.Op == Power { // groups to the right, and binds tighter than a sign on its left
		left, right = level+1, levelSign
	}
	p.operand(n.Left, left)
	p.text(" " + n.Op.String() + " ")
	p.operand(n.Right, right)
}

func (n *Negate) write(p *printer) {
	p.begin(n)
	p.text("-")
	p.operand(n.Operand, levelSign+1)
}

// The levels of binding, from loose to tight.
const (
	levelSum = iota + 1
	levelProduct
	levelSign
	levelPower
	levelPrimary
)

// level is how tightly the operator binds.
func (o ArithmeticOp) level() int {
	switch o {
	case Add, Subtract:
		return levelSum
	case Multiply, Divide:
		return levelProduct
	default:
		return levelPower
	}
}

// level is how tightly an expression holds together when printed.
func level(e Expr) int {
	switch e := e.(type) {
	case *Binary:
		return e.Op.level()
	case *Negate:
		return levelSign
	case *Number:
		if math.Signbit(e.Value()) {
			return levelSign
		}
	case *DateNow:
		if e.Unit != 0 {
			return levelSum
		}
	}
	return levelPrimary
}

// operand prints e, in parentheses if it binds less tightly than the place needs.
func (p *printer) operand(e Expr, needs int) {
	if level(e) < needs {
		p.text("(")
		e.write(p)
		p.text(")")
		return
	}
	e.write(p)
}
