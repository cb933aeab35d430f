package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/j1db/j1db/query/render"
)

// columns prints rows of cleaned text with aligned columns, numbers to the right.
// tabwriter would do, but for empty cells at the end of a row and characters of
// double width.
type columns struct {
	w    io.Writer
	rows [][]string
}

func newColumns(w io.Writer) *columns { return &columns{w: w} }

func (c *columns) row(cells ...string) {
	for i := range cells {
		cells[i] = render.Clean(cells[i])
	}
	c.rows = append(c.rows, cells)
}

// flush prints the rows. It ignores write errors, as fmt.Println does: a closed
// stdout has no reader.
func (c *columns) flush() {
	var widths []int
	numbers := c.numbers()
	for _, cells := range c.rows {
		for i, s := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], twwidth.Width(s))
		}
	}
	for _, cells := range c.rows {
		var b strings.Builder
		for i, s := range cells {
			pad := strings.Repeat(" ", widths[i]-twwidth.Width(s))
			if numbers[i] {
				b.WriteString(pad + s + "  ")
			} else {
				b.WriteString(s + pad + "  ")
			}
		}
		fmt.Fprintln(c.w, strings.TrimRight(b.String(), " "))
	}
	c.rows = nil
}

// numbers tells which columns hold nothing else, below a heading or from the top.
func (c *columns) numbers() map[int]bool {
	found, other := map[int]bool{}, map[int]bool{}
	for row, cells := range c.rows {
		for i, s := range cells {
			switch {
			case isNumber(s):
				found[i] = true
			case s != "" && row > 0:
				other[i] = true
			}
		}
	}
	for i := range other {
		delete(found, i)
	}
	delete(found, 0) // the first column names the row
	return found
}

// isNumber reports whether a text is a count or a share.
func isNumber(s string) bool {
	s = strings.TrimSuffix(s, "%")
	return s != "" && strings.Trim(s, "0123456789") == ""
}
