package render

import (
	"strings"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// missing is how formats for people show an undefined cell; an empty string
// stays empty.
const missing = "–"

// text is a cell as people read it: cleaned, dates as such.
func text(c exec.Cell, col query.Column) string {
	if c.Object != nil {
		return Clean(c.Object.DisplayName())
	}
	return Clean(valueText(c.Value, isDate(col)))
}

func valueText(v graph.Value, date bool) string {
	switch v.Kind() {
	case graph.Undefined:
		return missing
	case graph.Null:
		return "null"
	case graph.List:
		parts := make([]string, len(v.List()))
		for i, e := range v.List() {
			parts[i] = valueText(e, date)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if date {
		if s, ok := dateText(v); ok {
			return s
		}
	}
	return v.Text()
}

// isDate reports whether a column shows a property that holds times, by
// JupiterOne's naming, and keeps its name: who renames a column gets numbers.
func isDate(c query.Column) bool { return !c.Renamed && dateName(c.Property) }

func dateName(property string) bool {
	return strings.HasSuffix(property, "On") || strings.HasSuffix(property, "At") || strings.HasSuffix(property, "Until")
}

// dateText prints epoch milliseconds between the years 1990 and 2200 as a time;
// other numbers are something else.
func dateText(v graph.Value) (string, bool) {
	ms, ok := v.Int()
	if !ok || ms < 631152000000 || ms >= 7258118400000 {
		return "", false
	}
	t := time.UnixMilli(ms).UTC()
	if ms%1000 != 0 {
		return t.Format("2006-01-02 15:04:05.000Z"), true
	}
	return t.Format("2006-01-02 15:04:05Z"), true
}

// listColumns are the columns in which tables for people show a list answer.
var listColumns = []query.Column{
	{Name: "displayName"}, {Name: graph.PropType, Property: graph.PropType},
	{Name: graph.PropClass, Property: graph.PropClass}, {Name: graph.PropKey, Property: graph.PropKey},
}

// shown returns the headings and a function that turns a row into texts.
func shown(a Answer) ([]query.Column, func([]exec.Cell) []string) {
	if a.Kind != query.List {
		return a.Columns, func(row []exec.Cell) []string {
			texts := make([]string, len(row))
			for i, c := range row {
				texts[i] = text(c, a.Columns[i])
			}
			return texts
		}
	}
	return listColumns, func(row []exec.Cell) []string {
		im := row[0].Object
		return []string{Clean(im.DisplayName()), Clean(im.Type), Clean(strings.Join(im.Class, ", ")), Clean(im.Key)}
	}
}

// PropertyText is a property's value as people read it where kinds matter: times
// as such, everything else as JSON, so that "1" is not 1.
func PropertyText(name string, v graph.Value) string {
	if s, ok := dateText(v); ok && dateName(name) {
		return s
	}
	return Clean(v.String())
}
