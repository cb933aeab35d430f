package table

import (
	"slices"
	"strings"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
)

// lane is a column of a row group on its way to be encoded. Its rows come in
// order. Those of a base are all rows, and one that is left out is undefined;
// those of a patch are listed.
//
// A value that repeats the one before from the first row on is only counted:
// most of the engine's columns are one value throughout.
type lane struct {
	b     column.Builder
	patch bool
	rows  []uint32 // of a patch
	n     int      // rows so far

	same  int // of the first rows, all equal to first, and not yet in b
	first scalar
}

// scalar is a value that is compared without allocating.
type scalar struct {
	kind graph.ValueKind
	num  int64
	text string
	list []string
}

func (l *lane) reset(patch bool) {
	l.b.Reset()
	l.patch, l.rows, l.n, l.same, l.first = patch, l.rows[:0], 0, 0, scalar{}
}

// begin makes row the next one; it reports whether that is possible.
func (l *lane) begin(row int) bool {
	if l.patch {
		if k := len(l.rows); k > 0 && int(l.rows[k-1]) >= row {
			return false
		}
		l.rows = append(l.rows, uint32(row))
		l.n++
		return true
	}
	if row < l.n {
		return false
	}
	l.pad(row)
	l.n++
	return true
}

// pad makes the rows before row undefined that have no value.
func (l *lane) pad(row int) {
	if row <= l.n {
		return
	}
	if l.n == l.same && (l.n == 0 || l.first.kind == graph.Undefined) {
		l.same, l.first = row, scalar{}
	} else {
		l.spill()
		l.b.AppendUndefined(row - l.n)
	}
	l.n = row
}

// spill moves the rows that were only counted into the builder.
func (l *lane) spill() {
	if l.same == 0 {
		return
	}
	f := l.first
	switch f.kind {
	case graph.Undefined:
		l.b.AppendUndefined(l.same)
	case graph.List:
		for range l.same {
			l.appendList(f.list)
		}
	case graph.Int:
		for range l.same {
			l.b.AppendInt(f.num)
		}
	default:
		v := f.value()
		for range l.same {
			l.b.Append(v)
		}
	}
	l.same = 0
}

func (f *scalar) value() graph.Value {
	switch f.kind {
	case graph.Null:
		return graph.NullValue()
	case graph.Bool:
		return graph.BoolValue(f.num != 0)
	case graph.Int:
		return graph.IntValue(f.num)
	case graph.String:
		return graph.StringValue(f.text)
	case graph.List:
		return graph.StringsValue(f.list)
	}
	return graph.Value{}
}

func (l *lane) appendList(list []string) {
	l.b.OpenList()
	for _, s := range list {
		l.b.Append(graph.StringValue(s))
	}
	l.b.CloseList()
}

// counted reports whether the row that was begun is the first, or all before it
// were only counted.
func (l *lane) counted() bool { return l.same == l.n-1 }

func (l *lane) appendInt(v int64) {
	if l.counted() {
		if l.same == 0 {
			l.first = scalar{kind: graph.Int, num: v}
		}
		if l.first.kind == graph.Int && l.first.num == v {
			l.same++
			return
		}
		l.spill()
	}
	l.b.AppendInt(v)
}

func (l *lane) appendText(s string) {
	if l.counted() {
		if l.same == 0 {
			l.first = scalar{kind: graph.String, text: strings.Clone(s)}
		}
		if l.first.kind == graph.String && l.first.text == s {
			l.same++
			return
		}
		l.spill()
	}
	l.b.Append(graph.StringValue(s))
}

func (l *lane) appendTexts(list []string) {
	if l.counted() {
		if l.same == 0 {
			l.first = scalar{kind: graph.List, list: slices.Clone(list)}
			for i, s := range list {
				l.first.list[i] = strings.Clone(s)
			}
		}
		if l.first.kind == graph.List && slices.Equal(l.first.list, list) {
			l.same++
			return
		}
		l.spill()
	}
	l.appendList(list)
}

// append adds the value of the row that was begun.
func (l *lane) append(v graph.Value) {
	switch v.Kind() {
	case graph.Int:
		i, _ := v.Int()
		l.appendInt(i)
		return
	case graph.String:
		l.appendText(v.Str())
		return
	case graph.Undefined:
		if l.counted() && (l.same == 0 || l.first.kind == graph.Undefined) {
			l.same, l.first = l.same+1, scalar{}
			return
		}
	case graph.Bool:
		if l.counted() && l.countBool(v) {
			return
		}
	}
	if l.counted() {
		l.spill()
	}
	l.b.Append(v)
}

func (l *lane) countBool(v graph.Value) bool {
	num := int64(0)
	if v.Bool() {
		num = 1
	}
	if l.same == 0 {
		l.first = scalar{kind: graph.Bool, num: num}
	}
	if l.first.kind != graph.Bool || l.first.num != num {
		return false
	}
	l.same++
	return true
}

// empty reports whether no row has a value.
func (l *lane) empty() bool { return l.n == l.same && l.first.kind == graph.Undefined }

// finish ends a base of n rows. It reports whether it holds a value.
func (l *lane) finish(n int) bool {
	l.pad(n)
	return !l.empty()
}
