package estate

import (
	"math"
	"sort"
)

// dice is a stream of random numbers: splitmix64 (Steele, Lea and Flood, Fast
// Splittable Pseudorandom Number Generators, 2014). It is written out here because
// an estate must be the same under every version of Go.
type dice struct{ state uint64 }

const golden = 0x9e3779b97f4a7c15

func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// diceOf is the stream that belongs to some numbers.
func diceOf(numbers ...uint64) *dice {
	d := &dice{}
	d.reset(numbers...)
	return d
}

func (d *dice) reset(numbers ...uint64) {
	d.state = 0
	for _, n := range numbers {
		d.state = scramble(d.state + golden + n)
	}
}

func (d *dice) next() uint64 {
	d.state += golden
	return scramble(d.state)
}

// below is a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// fraction is a number from 0 up to 1.
func (d *dice) fraction() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true that often.
func (d *dice) chance(share float64) bool { return d.fraction() < share }

func (d *dice) one(list []string) string { return list[d.below(len(list))] }

// skew draws rows so that few of them, spread over the table, are drawn often:
// Zipf's law with an exponent below 1.
type skew struct {
	cumulative []float64 // by rank
	rows       []uint32  // by rank
}

// newSkew draws from a share of rows; the others are never drawn.
func newSkew(rows int, share, exponent float64, d *dice) *skew {
	s := &skew{cumulative: make([]float64, max(1, int(float64(rows)*share))), rows: shuffled(rows, d)}
	sum := 0.0
	for i := range s.cumulative {
		sum += math.Pow(float64(i+2), -exponent)
		s.cumulative[i] = sum
	}
	return s
}

func (s *skew) draw(d *dice) uint32 {
	last := len(s.cumulative) - 1
	rank := sort.SearchFloat64s(s.cumulative, d.fraction()*s.cumulative[last])
	return s.rows[min(rank, last)]
}

// distinct draws up to count rows, none of them twice.
func (s *skew) distinct(d *dice, count int, use func(uint32)) {
	var seen [16]uint32
	n := 0
draws:
	for range count {
		row := s.draw(d)
		for _, other := range seen[:n] {
			if row == other {
				continue draws
			}
		}
		seen[n] = row
		n++
		use(row)
	}
}

func shuffled(n int, d *dice) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	for i := n - 1; i > 0; i-- {
		j := d.below(i + 1)
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows
}
