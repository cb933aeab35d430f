package render

import (
	"bufio"
	"iter"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
)

// streamBeyond is the number of rows up to which the table library draws the box
// and sees every row; longer answers are streamed, fitted to their first rows.
const streamBeyond = 1000

// writeTable prints a box fitted to the terminal's width.
func writeTable(w *bufio.Writer, a Answer, opt Options) (int, error) {
	columns, texts := shown(a)
	if len(columns) == 0 {
		return 0, nil
	}
	next, stop := iter.Pull2(a.Rows)
	defer stop()
	b := newBox(columns)
	b.color = opt.Color
	for len(b.rows) < streamBeyond {
		row, err, ok := next()
		if !ok {
			b.fit(opt.Width)
			return len(b.rows), b.draw(w)
		}
		if err != nil {
			return len(b.rows), err
		}
		b.add(row, texts(row))
	}
	b.fit(opt.Width)
	return b.stream(w, func() ([]string, error, bool) {
		row, err, ok := next()
		if !ok || err != nil {
			return nil, err, ok
		}
		return texts(row), nil, true
	})
}

// box is a table on its way to a terminal.
type box struct {
	heads  []string
	rows   [][]string
	widths []int
	kinds  []columnKind
	color  bool
}

// columnKind says what a column has shown so far, missing cells aside.
type columnKind uint8

const (
	nothingYet columnKind = iota
	numbersOnly
	anything
)

func newBox(columns []query.Column) *box {
	b := &box{kinds: make([]columnKind, len(columns)), widths: make([]int, len(columns))}
	for i, c := range columns {
		b.heads = append(b.heads, Clean(c.Name))
		b.widths[i] = max(1, twwidth.Width(b.heads[i]))
	}
	return b
}

func (b *box) add(row []exec.Cell, texts []string) {
	for i, t := range texts {
		b.widths[i] = max(b.widths[i], twwidth.Width(t))
		switch {
		case len(row) != len(texts): // a list answer shows texts alone
			b.kinds[i] = anything
		case row[i].Missing():
		case !row[i].Value.IsNumber() || b.kinds[i] == anything:
			b.kinds[i] = anything
		default:
			b.kinds[i] = numbersOnly
		}
	}
	b.rows = append(b.rows, texts)
}

func (b *box) fit(width int) { b.widths = fit(b.widths, width) }

func (b *box) cells(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = cut(t, b.widths[i])
	}
	return out
}

// draw prints the whole box by the table library.
func (b *box) draw(w *bufio.Writer) error {
	align := make([]tw.Align, len(b.heads))
	for i := range align {
		align[i] = tw.AlignLeft
		if b.kinds[i] == numbersOnly {
			align[i] = tw.AlignRight
		}
	}
	t := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
	)
	heads := b.cells(b.heads)
	for i := range heads {
		heads[i] = paint(b.color, heading, heads[i])
	}
	t.Header(heads)
	for _, r := range b.rows {
		if err := t.Append(b.cells(r)); err != nil {
			return err
		}
	}
	return t.Render()
}

// stream prints the rows that are there and those that follow, in the same box,
// a line at a time.
func (b *box) stream(w *bufio.Writer, next func() ([]string, error, bool)) (int, error) {
	b.rule(w, "┌", "┬", "┐")
	b.headLine(w)
	b.rule(w, "├", "┼", "┤")
	for _, r := range b.rows {
		b.line(w, r)
	}
	n := len(b.rows)
	for {
		texts, err, ok := next()
		if err != nil {
			return n, err
		}
		if !ok {
			b.rule(w, "└", "┴", "┘")
			return n, nil
		}
		b.line(w, texts)
		n++
	}
}

func (b *box) rule(w *bufio.Writer, left, middle, right string) {
	w.WriteString(left)
	for i, n := range b.widths {
		if i > 0 {
			w.WriteString(middle)
		}
		w.WriteString(strings.Repeat("─", n+2))
	}
	w.WriteString(right + "\n")
}

func (b *box) headLine(w *bufio.Writer) { b.cellLine(w, b.heads, b.color) }

func (b *box) line(w *bufio.Writer, texts []string) { b.cellLine(w, texts, false) }

func (b *box) cellLine(w *bufio.Writer, texts []string, head bool) {
	for i, t := range texts {
		t = cut(t, b.widths[i])
		pad := strings.Repeat(" ", b.widths[i]-twwidth.Width(t))
		t = paint(head, heading, t)
		w.WriteString("│ ")
		if b.kinds[i] == numbersOnly {
			w.WriteString(pad + t + " ")
		} else {
			w.WriteString(t + pad + " ")
		}
	}
	w.WriteString("│\n")
}
