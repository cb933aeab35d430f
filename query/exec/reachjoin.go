package exec

import (
	"math/bits"

	"github.com/j1db/j1db/query/plan"
)

// reachJoin keeps the rows at whose entity a pattern is found, or makes a row stand
// for as many as there are ways to find it.
type reachJoin struct {
	env   *env
	meter *meter
	node  *plan.Reach
	input *meter
	reach *reach
}

// run makes rows of the frontier where it can be gathered and all of it is needed.
func (r *reachJoin) run(emit func(*batch) error) error {
	if slot, ok := gatheredSlot(r.node); ok && !r.meter.stops {
		if f, ok, err := r.gather(); ok || err != nil {
			if err != nil {
				return err
			}
			return f.emit(r.env, slot, emit)
		}
	}
	if r.node.Ends {
		return r.countEnds(emit)
	}
	return r.stream(emit)
}

// stream asks for the entities of a batch at once; those met before are known.
func (r *reachJoin) stream(emit func(*batch) error) error {
	out := &batch{}
	weights := []int64{}
	var kept []uint32
	return r.input.run(func(in *batch) error {
		ways, err := r.reach.ways(r.node.Pattern, in.at(r.node.On))
		if err != nil {
			return err
		}
		kept = kept[:0]
		for i, w := range ways {
			if w > 0 {
				kept = append(kept, uint32(i))
			}
		}
		if !r.node.Count {
			return emitRows(out, in, kept, r.node.Keep(), emit)
		}
		weights = weights[:0]
		for _, i := range kept {
			weights = append(weights, times(ways[i], in.weightAt(int(i))))
		}
		return r.emitWeighted(out, in, kept, weights, emit)
	})
}

// emitWeighted passes on some rows of in with weights of their own.
func (r *reachJoin) emitWeighted(out, in *batch, kept []uint32, weights []int64, emit func(*batch) error) error {
	out.weight = nil // weights again, in which reset would collect those of in
	out.reset(in, r.node.Keep())
	out.takeAll(in, kept)
	out.weight = weights
	return emit(out)
}

// gather implements gatherer, where the source shows whole adjacencies and the input
// can gather.
func (r *reachJoin) gather() (*frontier, bool, error) {
	adjacent, ok := r.env.source.(Adjacent)
	if !ok || !r.reach.bulk {
		return nil, false, nil
	}
	in, ok, err := r.input.tally()
	if !ok || err != nil {
		return nil, false, err
	}
	out := &frontier{}
	for i := range in.tables {
		t := &in.tables[i]
		var ways rowWays
		if r.node.Ends {
			ways, err = r.reach.endsOver(adjacent, r.node.Pattern.(*plan.Via), t.number, t.bits)
		} else {
			ways, err = r.reach.over(adjacent, r.node.Pattern, t.number, t.bits)
		}
		if err != nil {
			return nil, false, err
		}
		if r.node.Count || r.node.Ends {
			out.tables = append(out.tables, ways.times(t))
		} else {
			out.tables = append(out.tables, tableRows{number: t.number, bits: ways.found(t.bits), ways: t.ways})
		}
	}
	return out, true, nil
}

// times is the product of two counts, or the greatest count there is.
func times(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high != 0 || int64(low) < 0 {
		return 1<<63 - 1
	}
	return int64(low)
}

// plus is the sum of two counts, or the greatest count there is.
func plus(a, b int64) int64 {
	if s := a + b; s >= 0 {
		return s
	}
	return 1<<63 - 1
}
