package column_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// shape is a way to make the values of a column up.
type shape struct {
	name string
	make func(r *rand.Rand, row int) graph.Value
}

func text(format string, args ...any) graph.Value {
	return graph.StringValue(fmt.Sprintf(format, args...))
}

var words = []string{"prod", "staging", "redis", "web", "deadbeef", "face", "Ärger", "İstanbul", "K", "a-b", "", "日本", "x_1"}

func word(r *rand.Rand) string { return words[r.IntN(len(words))] }

// shapes are columns of every encoding, alone and mixed.
func shapes() []shape {
	return []shape{
		{"bool", func(r *rand.Rand, _ int) graph.Value { return graph.BoolValue(r.IntN(2) == 0) }},
		{"constant", func(*rand.Rand, int) graph.Value { return text("the same") }},
		{"small int", func(r *rand.Rand, _ int) graph.Value { return graph.IntValue(r.Int64N(10) * 10) }},
		{"row number", func(_ *rand.Rand, row int) graph.Value { return graph.IntValue(int64(row) + 1<<60) }},
		{"time", func(r *rand.Rand, row int) graph.Value {
			return graph.IntValue(1700000000000 + int64(row)*60000 + r.Int64N(90000))
		}},
		{"any int", func(r *rand.Rand, _ int) graph.Value { return graph.IntValue(int64(r.Uint64()) >> r.IntN(64)) }},
		{"extreme int", func(r *rand.Rand, _ int) graph.Value {
			return graph.IntValue([]int64{math.MinInt64, math.MaxInt64, 0, -1, 1 << 53, 1<<53 + 1}[r.IntN(6)])
		}},
		{"number", func(r *rand.Rand, _ int) graph.Value { return graph.FloatValue(float64(r.IntN(4000)) / 8) }},
		{"big number", func(r *rand.Rand, _ int) graph.Value {
			return graph.FloatValue(math.Float64frombits(r.Uint64() &^ (1 << 62)))
		}},
		{"few words", func(r *rand.Rand, _ int) graph.Value { return graph.StringValue(word(r)) }},
		{"name", func(r *rand.Rand, row int) graph.Value { return text("%s-%s-%d", word(r), word(r), row) }},
		{"uuid", func(r *rand.Rand, _ int) graph.Value { return graph.StringValue(randomUUID(r)) }},
		{"nearly uuid", func(r *rand.Rand, _ int) graph.Value {
			s := randomUUID(r)
			switch r.IntN(4) {
			case 0:
				return graph.StringValue(strings.ToUpper(s))
			case 1:
				return graph.StringValue("x/" + s + "/" + s)
			case 2:
				return graph.StringValue(s[:35])
			}
			return graph.StringValue(s + "a")
		}},
		{"address", func(r *rand.Rand, _ int) graph.Value {
			return text("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256))
		}},
		{"arn", func(r *rand.Rand, _ int) graph.Value {
			return text("arn:aws:ec2:%s-%d:%012d:instance/i-%017x", word(r), r.IntN(3), r.IntN(1e9), r.Uint64()>>4)
		}},
		{"digits", func(r *rand.Rand, _ int) graph.Value {
			return graph.StringValue(strings.Repeat("0", r.IntN(3)) + fmt.Sprint(r.Uint64()>>r.IntN(64)) + strings.Repeat("7", r.IntN(30)))
		}},
		{"hex", func(r *rand.Rand, _ int) graph.Value { return text("%s %X %08x", word(r), r.Uint64(), r.Uint32()) }},
		{"marks", func(_ *rand.Rand, row int) graph.Value { return text("%c-\xfb-%d", 'a'+rune(row%3), row) }},
		{"many numbers", func(r *rand.Rand, _ int) graph.Value {
			return graph.StringValue(strings.Repeat(fmt.Sprintf("%d.", r.IntN(20)), r.IntN(12)))
		}},
		{"prose", func(r *rand.Rand, _ int) graph.Value { return graph.StringValue(prose(r, 1+r.IntN(12))) }},
		{"ascii prose", func(r *rand.Rand, _ int) graph.Value {
			return graph.StringValue(strings.ToValidUTF8(strings.Map(func(c rune) rune { return c & 0x7f }, prose(r, 9)), "?"))
		}},
		{"long", func(r *rand.Rand, _ int) graph.Value { return graph.StringValue(prose(r, 200)) }},
		{"any bytes", func(r *rand.Rand, _ int) graph.Value {
			b := make([]byte, r.IntN(20))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			return graph.StringValue(string(b))
		}},
		{"tags", func(r *rand.Rand, _ int) graph.Value {
			vs := make([]graph.Value, r.IntN(4))
			for i := range vs {
				vs[i] = graph.StringValue(word(r))
			}
			return graph.ListValue(vs...)
		}},
		{"unlike lists", func(r *rand.Rand, row int) graph.Value {
			vs := make([]graph.Value, r.IntN(5))
			for i := range vs {
				vs[i] = text("item-%d-%d", row, r.IntN(1000))
			}
			return graph.ListValue(vs...)
		}},
		{"mixed lists", func(r *rand.Rand, row int) graph.Value {
			vs := make([]graph.Value, r.IntN(5))
			for i := range vs {
				vs[i] = anyScalar(r, row)
			}
			return graph.ListValue(vs...)
		}},
		{"anything", func(r *rand.Rand, row int) graph.Value {
			if r.IntN(4) == 0 {
				return graph.ListValue(anyScalar(r, row), anyScalar(r, row))
			}
			return anyScalar(r, row)
		}},
	}
}

func randomUUID(r *rand.Rand) string {
	h := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func prose(r *rand.Rand, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(3)) + word(r)
	}
	return strings.Join(parts, " ")
}

func anyScalar(r *rand.Rand, row int) graph.Value {
	switch r.IntN(7) {
	case 0:
		return graph.NullValue()
	case 1:
		return graph.BoolValue(r.IntN(2) == 0)
	case 2:
		return graph.IntValue(r.Int64N(20))
	case 3:
		return graph.FloatValue(float64(r.IntN(40)) / 4)
	case 4:
		return text("item-%d", row)
	}
	return graph.StringValue(word(r))
}

// column makes n values of a shape, of which about the given share is missing.
func (s shape) column(r *rand.Rand, n int, missing float64) []graph.Value {
	vs := make([]graph.Value, n)
	for row := range vs {
		switch {
		case r.Float64() >= missing:
			vs[row] = s.make(r, row)
		case r.IntN(3) == 0:
			vs[row] = graph.NullValue()
		}
	}
	return vs
}
