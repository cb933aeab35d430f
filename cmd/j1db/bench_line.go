package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"
)

// bencher measures and prints lines in the format of Go benchmarks
// (https://go.dev/design/14313-benchmark-format).
type bencher struct {
	app *app
	benchOptions
	only   *regexp.Regexp
	size   int // entities of the estate in hand
	headed bool
}

// metric is a value with its unit.
type metric struct {
	value float64
	unit  string
}

// line prints one result.
func (b *bencher) line(name string, runs int, metrics ...metric) {
	if !b.headed {
		b.headed = true
		fmt.Fprintf(b.app.stdout, "goos: %s\ngoarch: %s\npkg: github.com/j1db/j1db/cmd/j1db\n", runtime.GOOS, runtime.GOARCH)
	}
	name = "Benchmark" + name + "/n=" + strconv.Itoa(b.size)
	if p := runtime.GOMAXPROCS(0); p > 1 {
		name += "-" + strconv.Itoa(p)
	}
	fmt.Fprintf(b.app.stdout, "%-36s %8d", name, runs)
	for _, m := range metrics {
		fmt.Fprintf(b.app.stdout, " %12s %s", number(m.value), m.unit)
	}
	fmt.Fprintln(b.app.stdout)
}

// number prints four digits or all before the point, as Go does.
func number(x float64) string {
	switch {
	case x == float64(int64(x)) || x >= 1000:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strconv.FormatFloat(x, 'f', 4, 64)
}

const mebi = 1 << 20

// timing is what some runs of the same took.
type timing struct {
	runs   int
	median time.Duration
	// bytes and objects were allocated, by run.
	bytes, objects float64
}

func (t timing) metrics(more ...metric) []metric {
	return append([]metric{{float64(t.median.Nanoseconds()), "ns/op"}, {t.bytes, "B/op"}, {t.objects, "allocs/op"}}, more...)
}

// Short runs are repeated for as long as enough, or until there are many.
const (
	enough = 150 * time.Millisecond
	many   = 2000
)

// repeat runs f at least rounds times.
func (b *bencher) repeat(rounds int, f func() error) (timing, error) {
	runtime.GC()
	var before, after runtime.MemStats
	took := make([]time.Duration, 0, many)
	runtime.ReadMemStats(&before)
	for begin := b.app.now(); len(took) < rounds || len(took) < many && rounds > 1 && b.app.now().Sub(begin) < enough; {
		start := b.app.now()
		if err := f(); err != nil {
			return timing{}, err
		}
		took = append(took, b.app.now().Sub(start))
	}
	runtime.ReadMemStats(&after)
	slices.Sort(took)
	n := float64(len(took))
	return timing{
		runs: len(took), median: took[len(took)/2],
		bytes:   float64(int64(float64(after.TotalAlloc-before.TotalAlloc) / n)),
		objects: float64(int64(float64(after.Mallocs-before.Mallocs) / n)),
	}, nil
}

// withPeak runs f and returns the most memory that the process had during it, and
// how much of that was there before, in MiB; none where the system does not tell.
func withPeak(f func() error) (peak, before float64, known bool, err error) {
	debug.FreeOSMemory()
	before, known = resetPeak()
	if err := f(); err != nil {
		return 0, 0, false, err
	}
	if known {
		peak, known = readPeak()
	}
	return peak, before, known, nil
}
