package render

import (
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// narrowest is the width below which a column is not cut for the sake of others.
const narrowest = 8

// cellFrame is what the box adds to each column: two blanks and a rule.
const cellFrame = 3

// fit cuts the widest columns until a box of them fits the width of a terminal.
// A width of 0 cuts nothing; when even narrow columns do not fit, lines are long.
func fit(widths []int, width int) []int {
	if width <= 0 {
		return widths
	}
	room := width - 1 - cellFrame*len(widths)
	for total(widths) > room {
		first, second := widest(widths)
		if widths[first] <= narrowest {
			break
		}
		excess := total(widths) - room
		floor := narrowest
		if second >= 0 {
			floor = max(narrowest, widths[second])
		}
		// Cut the widest down to the next one, then both go on together.
		cut := min(excess, max(1, widths[first]-floor))
		widths[first] -= cut
	}
	return widths
}

func total(widths []int) int {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	return sum
}

// widest returns the index of the widest column and of the runner-up, -1 when
// there is none.
func widest(widths []int) (first, second int) {
	first, second = 0, -1
	for i, w := range widths[1:] {
		switch i++; {
		case w > widths[first]:
			first, second = i, first
		case second < 0 || w > widths[second]:
			second = i
		}
	}
	return first, second
}

// cut shortens a text to a width and marks what is missing.
func cut(s string, width int) string {
	if len(s) <= width || twwidth.Width(s) <= width {
		return s
	}
	return twwidth.Truncate(s, width, "…")
}
