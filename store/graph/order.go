package graph

import (
	"cmp"
	"math"
)

// Compare orders any two values, as ORDER BY, MIN and MAX do: numbers, then
// strings by code point, then booleans (false first), then the empty list, then
// null, then undefined. A list sorts as its first element, after that element
// alone, and by its further elements among lists that begin alike.
func Compare(a, b Value) int {
	x, y := a, b
	for x.kind == List && len(x.list) > 0 {
		x = x.list[0]
	}
	for y.kind == List && len(y.list) > 0 {
		y = y.list[0]
	}
	if c := compareScalars(x, y); c != 0 {
		return c
	}
	return compareTails(a, b)
}

// compareTails breaks the tie between values whose leading scalars are equal.
func compareTails(a, b Value) int {
	if c := cmp.Compare(len(a.list), 0) - cmp.Compare(len(b.list), 0); c != 0 || len(a.list) == 0 {
		return c
	}
	for i := 0; i < len(a.list) && i < len(b.list); i++ {
		if c := Compare(a.list[i], b.list[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a.list), len(b.list))
}

func compareScalars(a, b Value) int {
	if c := cmp.Compare(rank(a.kind), rank(b.kind)); c != 0 {
		return c
	}
	switch {
	case a.IsNumber():
		return CompareNumbers(a, b)
	case a.kind == String:
		return cmp.Compare(a.str, b.str)
	case a.kind == Bool:
		return cmp.Compare(a.num, b.num)
	}
	return 0
}

// rank places the kinds in the order of Compare.
func rank(k ValueKind) int {
	switch k {
	case Int, Float:
		return 0
	case String:
		return 1
	case Bool:
		return 2
	case List:
		return 3
	case Null:
		return 4
	}
	return 5
}

// CompareNumbers orders two numbers by their exact amounts: an integer beyond
// 2^53 is not rounded to compare with a fraction.
func CompareNumbers(a, b Value) int {
	switch {
	case a.kind == Int && b.kind == Int:
		return cmp.Compare(int64(a.num), int64(b.num))
	case a.kind == Int:
		return -compareFloatInt(b.Float(), int64(a.num))
	case b.kind == Int:
		return compareFloatInt(a.Float(), int64(b.num))
	}
	return cmp.Compare(a.Float(), b.Float())
}

// compareFloatInt compares f, which is not an integer within int64, with i.
func compareFloatInt(f float64, i int64) int {
	if f >= 1<<63 {
		return 1
	}
	if f < -(1<<63) || math.IsNaN(f) {
		return -1
	}
	// f lies strictly between two integers: its floor decides.
	if int64(math.Floor(f)) >= i {
		return 1
	}
	return -1
}
