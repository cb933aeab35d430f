package syntax

import "strings"

// formatWidth is the line length that Format tries to keep.
const formatWidth = 80

// piece is an element of a laid out statement.
type piece struct {
	kind   pieceKind
	text   string // textPiece
	indent int    // openPiece: how much deeper the group's lines are; joinPiece: its own line
	size   int    // openPiece: the group's width on one line; see measure
}

type pieceKind uint8

const (
	textPiece  pieceKind = iota
	spacePiece           // a space, or a new line when its group is broken
	joinPiece            // nothing, or a new line when its group is broken
	linePiece            // a new line in a formatted statement, a space on one line
	openPiece            // begins a group: on one line if it fits, else broken at all its spaces
	closePiece
)

// layout writes the pieces: all on one line, or over as many lines as needed.
func layout(pieces []piece, oneLine bool) string {
	if !oneLine {
		measure(pieces)
	}
	w := layouter{oneLine: oneLine}
	for i := range pieces {
		w.add(&pieces[i])
	}
	return w.out.String()
}

// measure computes the one-line width of every group.
func measure(pieces []piece) {
	type open struct{ at, before int }
	var stack []open
	width := 0
	for i, p := range pieces {
		switch p.kind {
		case textPiece:
			width += runeLen(p.text)
		case spacePiece:
			width++
		case linePiece:
			width += formatWidth // a group that holds a new line does not fit on one
		case openPiece:
			stack = append(stack, open{i, width})
		case closePiece:
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			pieces[top.at].size = width - top.before
		}
	}
}

type layouter struct {
	out     strings.Builder
	oneLine bool
	column  int
	groups  []layoutGroup
}

type layoutGroup struct {
	indent int
	broken bool
}

// add writes a piece. A group is broken if it does not fit into the rest of the line;
// what is inside a group that fits is never broken.
func (w *layouter) add(p *piece) {
	top := layoutGroup{broken: true}
	if len(w.groups) > 0 {
		top = w.groups[len(w.groups)-1]
	}
	switch p.kind {
	case textPiece:
		w.out.WriteString(p.text)
		w.column += runeLen(p.text)
	case spacePiece, linePiece, joinPiece:
		w.gap(p, top)
	case openPiece:
		fits := w.oneLine || !top.broken || w.column+p.size <= formatWidth
		w.groups = append(w.groups, layoutGroup{indent: top.indent + p.indent, broken: !fits})
	case closePiece:
		w.groups = w.groups[:len(w.groups)-1]
	}
}

// gap writes a space, a new line or nothing.
func (w *layouter) gap(p *piece, group layoutGroup) {
	switch {
	case !w.oneLine && (p.kind == linePiece || group.broken):
		w.column = group.indent + p.indent
		w.out.WriteByte('\n')
		w.out.WriteString(strings.Repeat(" ", w.column))
	case p.kind != joinPiece:
		w.out.WriteByte(' ')
		w.column++
	}
}

// runeLen is the width of a text in runes, good enough to choose line breaks.
func runeLen(s string) int {
	n := 0
	for range s {
		n++
	}
	return n
}
