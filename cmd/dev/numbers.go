package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The page on performance, and what j1db bench printed that its tables show.
const (
	numbersPage    = "docs/performance.md"
	numbersResults = "docs/performance.txt"
)

// numbers writes the results of benchmarks into the tables of the page.
func numbers(_ context.Context, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("numbers takes no arguments; the results stand in %s", numbersResults)
	}
	page, err := os.ReadFile(numbersPage)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	results, err := os.ReadFile(numbersResults)
	if err != nil {
		return fmt.Errorf("read results: %w", err)
	}
	text, err := withNumbers(string(page), string(results))
	if err != nil {
		return err
	}
	return os.WriteFile(numbersPage, []byte(text), 0o644)
}

// measured are results by benchmark, size and unit: one of every line.
type measured map[string][]float64

func measuredKey(name string, size int, unit string) string {
	return fmt.Sprintf("%s/n=%d %s", name, size, unit)
}

var benchLine = regexp.MustCompile(`^Benchmark(\w+)/n=(\d+)(?:-\d+)?\s+\d+\s+(.*)`)

// readMeasured reads the format of Go benchmarks.
func readMeasured(text string) (measured, error) {
	m := measured{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		parts := benchLine.FindStringSubmatch(lines.Text())
		if parts == nil {
			continue
		}
		size, err := strconv.Atoi(parts[2])
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", lines.Text(), err)
		}
		fields := strings.Fields(parts[3])
		for i := 0; i+1 < len(fields); i += 2 {
			x, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read %q: %w", lines.Text(), err)
			}
			k := measuredKey(parts[1], size, fields[i+1])
			m[k] = append(m[k], x)
		}
	}
	return m, nil
}

// scales are the units of the page that benchmarks do not print.
var scales = map[string]float64{"ms": 1e-6, "s": 1e-9}

// median returns the median of what was measured; a time is asked for in ms or s,
// or as a share: ns/entity of those that there are, ns/row of those that came.
func (m measured) median(name string, size int, unit string) (float64, bool) {
	scale := 1.0
	switch unit {
	case "ns/entity":
		scale, unit = 1/float64(size), "ns/op"
	case "ns/row":
		rows, known := m.median(name, size, "rows")
		if !known || rows == 0 {
			return 0, false
		}
		scale, unit = 1/rows, "ns/op"
	}
	if s, isTime := scales[unit]; isTime {
		scale, unit = s, "ns/op"
	}
	all := slices.Sorted(slices.Values(m[measuredKey(name, size, unit)]))
	if len(all) == 0 {
		return 0, false
	}
	return all[len(all)/2] * scale, true
}

// Cells of headings that are filled, and what they are compared with.
var (
	oursHeading = regexp.MustCompile(`^j1db, n=(\d+)$`)
	rowName     = regexp.MustCompile("^`(\\w+) ([^`]+)`")
)

// peersSize is the estate that the other databases were measured on.
const peersSize = 1_000_000

// unmeasured is in a cell that has no number.
const unmeasured = "–"

// withNumbers fills the tables of a page: in rows that begin with `Benchmark unit`
// the columns "j1db, n=SIZE", and "ratio", how often the best peer's time holds
// ours, where the sizes are equal.
func withNumbers(page, results string) (string, error) {
	m, err := readMeasured(results)
	if err != nil {
		return "", err
	}
	lines := strings.Split(page, "\n")
	var heading []string
	for i, line := range lines {
		cells := tableCells(line)
		if cells == nil {
			heading = nil
			continue
		}
		if heading == nil {
			heading = cells
			continue
		}
		if name := rowName.FindStringSubmatch(cells[0]); name != nil && len(cells) == len(heading) {
			m.fill(cells, heading, name[1], name[2])
			lines[i] = "| " + strings.Join(cells, " | ") + " |"
		}
	}
	return strings.Join(lines, "\n"), nil
}

// tableCells are the cells of a line of a table, nil of any other line.
func tableCells(line string) []string {
	inner, isRow := strings.CutPrefix(line, "|")
	if !isRow {
		return nil
	}
	cells := strings.Split(strings.TrimSuffix(inner, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

func (m measured) fill(cells, heading []string, name, unit string) {
	best, ours := 0.0, 0.0
	for i, h := range heading {
		if h == "best peer" {
			best, _ = strconv.ParseFloat(strings.ReplaceAll(cells[i], ",", ""), 64)
		}
		if size := oursHeading.FindStringSubmatch(h); size != nil {
			n, _ := strconv.Atoi(size[1])
			x, known := m.median(name, n, unit)
			cells[i] = unmeasured
			if known {
				cells[i] = threeDigits(x)
			}
			if n == peersSize {
				ours = x
			}
		}
		if h == "ratio" {
			cells[i] = unmeasured
			if best > 0 && ours > 0 {
				cells[i] = threeDigits(best / ours)
			}
		}
	}
}

// threeDigits prints a number with three digits that count, or all before the
// point.
func threeDigits(x float64) string {
	decimals := 0
	for limit := 100.0; x < limit && decimals < 5 && x > 0; limit /= 10 {
		decimals++
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	for i := len(s) - 3; decimals == 0 && i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
