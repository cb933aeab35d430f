package querytest

import "math/rand/v2"

// dice makes random choices that a seed repeats.
type dice struct{ *rand.Rand }

// newDice returns the dice of a seed.
func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 0x6a31))} }

// chance is true in so many of a hundred cases.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// pick chooses one of some values, all alike.
func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// weighted chooses an index by weight.
func (d dice) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := d.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}
