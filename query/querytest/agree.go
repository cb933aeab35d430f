package querytest

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"
)

// agreeRows is how many rows the naive evaluator makes of one pair before the pair
// is passed over.
const agreeRows = 20_000

// Agree compares a runner with the naive evaluator on n random pairs, those of seed
// and the numbers after it. The first disagreement is made small and printed with
// its seed, and ends the trial. It returns how many pairs were compared.
func Agree(t testing.TB, n int, seed uint64, r Runner) int {
	t.Helper()
	naive := Naive{MaxRows: agreeRows}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var (
		workers sync.WaitGroup
		mu      sync.Mutex // guards the following
		next    = seed
		done    int
		failed  *Pair
	)
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		if failed != nil || next == seed+uint64(n) {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for s, ok := take(); ok; s, ok = take() {
				p := NewPair(s)
				difference, compared := p.Disagreement(ctx, naive, r)
				mu.Lock()
				if compared {
					done++
				}
				if difference != "" && (failed == nil || failed.Seed > p.Seed) {
					failed = &p
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if failed != nil {
		report(t, *failed, naive, r)
	}
	return done
}

// shrinkTime is how long a disagreement is made smaller.
const shrinkTime = 10 * time.Second

// report prints a disagreement as small as it can be made.
func report(t testing.TB, p Pair, want, got Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), shrinkTime)
	defer cancel()
	p = p.Shrink(ctx, func(p Pair) bool {
		difference, _ := p.Disagreement(t.Context(), want, got)
		return difference != ""
	})
	difference, _ := p.Disagreement(t.Context(), want, got)
	t.Errorf("the engines disagree: %s\n%s-- want --\n%s-- got --\n%s",
		difference, &p, p.answer(t.Context(), want), p.answer(t.Context(), got))
}

// answer is a runner's answer as text.
func (p *Pair) answer(ctx context.Context, r Runner) string {
	result, err := r.Run(ctx, p.Graph, p.Request)
	if err != nil {
		return err.Error() + "\n"
	}
	return result.String()
}
