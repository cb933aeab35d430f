package emulator

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// list is one list of an API: positions into a slice of the estate, in the
// order in which they are served by default, and how a row looks.
type list struct {
	at      []int32
	key     func(int32) string // identifies a row
	body    func(int32) any
	columns []column // what the list may be sorted by; the first is the default
}

// column is a property that a list may be sorted by.
type column struct {
	name string
	of   func(int32) string
}

// column finds a column by its name.
func (l *list) column(name string) (column, bool) {
	i := slices.IndexFunc(l.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return l.columns[i], true
}

// sorted gives the positions in the order of a column, ties by key.
func (l *list) sorted(by column, descending bool) []int32 {
	at := slices.Clone(l.at)
	slices.SortStableFunc(at, func(a, b int32) int {
		order := cmp.Or(strings.Compare(by.of(a), by.of(b)), strings.Compare(l.key(a), l.key(b)))
		if descending {
			return -order
		}
		return order
	})
	return at
}

// without leaves a row out of positions.
func (l *list) without(at []int32, key string) []int32 {
	if key == "" {
		return at
	}
	return slices.DeleteFunc(slices.Clone(at), func(i int32) bool { return l.key(i) == key })
}

// page encodes the rows from position from to position to of at.
func (l *list) page(at []int32, from, to, number, of int) *page {
	p := &page{number: number, of: of, total: len(at)}
	for _, i := range at[from:to] {
		p.rows = append(p.rows, encode(l.body(i)))
		p.keys = append(p.keys, l.key(i))
	}
	p.before = func() json.RawMessage {
		if from == 0 {
			return nil
		}
		return encode(l.body(at[from-1]))
	}
	return p
}

// where indexes rows by their id, and by other names that they answer to.
func where[T any](rows []T, names ...func(*T) string) map[string]int32 {
	index := make(map[string]int32, len(rows)*len(names))
	for _, name := range names {
		for i := range rows {
			if n := name(&rows[i]); n != "" {
				index[n] = int32(i)
			}
		}
	}
	return index
}

// under collects the positions of rows by a parent's id, in row order. Rows
// without a parent are left out.
func under[T any](rows []T, parent func(*T) string) map[string][]int32 {
	index := map[string][]int32{}
	for i := range rows {
		if p := parent(&rows[i]); p != "" {
			index[p] = append(index[p], int32(i))
		}
	}
	return index
}

// all gives the positions of rows for which ok holds; a nil ok takes all.
func all[T any](rows []T, ok func(*T) bool) []int32 {
	at := make([]int32, 0, len(rows))
	for i := range rows {
		if ok == nil || ok(&rows[i]) {
			at = append(at, int32(i))
		}
	}
	return at
}
