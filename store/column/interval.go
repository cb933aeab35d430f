package column

import (
	"cmp"
	"math"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// interval is the integers from lo to hi, both included.
type interval struct{ lo, hi int64 }

// intervals are a set of integers; once joined they are ascending, with gaps
// between them.
type intervals []interval

// join sorts the intervals and unites those that touch.
func (s intervals) join() intervals {
	slices.SortFunc(s, func(a, b interval) int { return cmp.Compare(a.lo, b.lo) })
	out := s[:0]
	for _, iv := range s {
		if n := len(out); n > 0 && (out[n-1].hi == math.MaxInt64 || iv.lo <= out[n-1].hi+1) {
			out[n-1].hi = max(out[n-1].hi, iv.hi)
			continue
		}
		out = append(out, iv)
	}
	return out
}

// and returns what is in both of two joined sets.
func (s intervals) and(o intervals) intervals {
	var out intervals
	for len(s) > 0 && len(o) > 0 {
		if lo, hi := max(s[0].lo, o[0].lo), min(s[0].hi, o[0].hi); lo <= hi {
			out = append(out, interval{lo, hi})
		}
		if s[0].hi < o[0].hi {
			s = s[1:]
		} else {
			o = o[1:]
		}
	}
	return out
}

// has reports whether i is in the joined set.
func (s intervals) has(i int64) bool {
	_, ok := slices.BinarySearchFunc(s, i, func(iv interval, i int64) int {
		switch {
		case iv.hi < i:
			return -1
		case iv.lo > i:
			return 1
		}
		return 0
	})
	return ok
}

// admittedInts returns the integers i for which `i op v` holds.
func admittedInts(op graph.Operator, v graph.Value) intervals {
	if !v.IsNumber() {
		return nil
	}
	at, whole := v.Int()
	if op == graph.Eq {
		if whole {
			return intervals{{at, at}}
		}
		return nil
	}
	if !whole {
		return beside(op, v.Float())
	}
	switch {
	case op == graph.Less && at > math.MinInt64:
		return intervals{{math.MinInt64, at - 1}}
	case op == graph.LessEq:
		return intervals{{math.MinInt64, at}}
	case op == graph.Greater && at < math.MaxInt64:
		return intervals{{at + 1, math.MaxInt64}}
	case op == graph.GreaterEq:
		return intervals{{at, math.MaxInt64}}
	}
	return nil
}

// beside returns the integers on one side of f, which is not one of them. NaN
// lies below all, as in graph.CompareNumbers.
func beside(op graph.Operator, f float64) intervals {
	below := op == graph.Less || op == graph.LessEq
	above := op == graph.Greater || op == graph.GreaterEq
	switch {
	case f >= 1<<63:
		f, above = 0, false
		if below {
			return intervals{{math.MinInt64, math.MaxInt64}}
		}
	case f < -(1<<63) || math.IsNaN(f):
		f, below = 0, false
		if above {
			return intervals{{math.MinInt64, math.MaxInt64}}
		}
	}
	floor := int64(math.Floor(f))
	switch {
	case below:
		return intervals{{math.MinInt64, floor}}
	case above:
		return intervals{{floor + 1, math.MaxInt64}}
	}
	return nil
}
