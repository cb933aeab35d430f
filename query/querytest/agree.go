package querytest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

// agreeRows is how many rows the naive evaluator makes of one pair before the pair
// is passed over.
const agreeRows = 20_000

// Agree compares runners with the naive evaluator on n random pairs, those of seed
// and the numbers after it. The first disagreement is made small and printed with
// its seed, and ends the trial. It returns how many pairs were compared: those with
// too many rows for the naive evaluator are not.
func Agree(t testing.TB, n int, seed uint64, runners ...Runner) int {
	t.Helper()
	trial := trial{last: seed + uint64(n), next: seed}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for s, ok := trial.take(); ok; s, ok = trial.take() {
				trial.try(t.Context(), NewPair(s), runners)
			}
		})
	}
	workers.Wait()
	if trial.failed != nil {
		report(t, *trial.failed, trial.runner)
	}
	return trial.compared
}

// agreeWith is what runners have to agree with.
var agreeWith = Naive{MaxRows: agreeRows}

// trial is a run of Agree that several goroutines share.
type trial struct {
	last     uint64
	mu       sync.Mutex // guards the following
	next     uint64
	compared int
	failed   *Pair  // the disagreement with the least seed
	runner   Runner // whose it is
}

// take hands out the next seed, until there is none or a disagreement was found.
func (t *trial) take() (uint64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil || t.next == t.last {
		return 0, false
	}
	t.next++
	return t.next - 1, true
}

// try compares every runner's answer to a pair.
func (t *trial) try(ctx context.Context, p Pair, runners []Runner) {
	want, err := agreeWith.Run(ctx, p.Graph, p.Request)
	if errors.Is(err, ErrTooManyRows) {
		return
	}
	for _, r := range runners {
		if p.difference(ctx, want, err, r) != "" {
			t.fail(p, r)
			return
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.compared++
}

// fail keeps the disagreement with the least seed, so that a run is repeated
// whatever the goroutines did.
func (t *trial) fail(p Pair, r Runner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil || t.failed.Seed > p.Seed {
		t.failed, t.runner = &p, r
	}
}

// shrinkTime is how long a disagreement is made smaller.
const shrinkTime = 10 * time.Second

// report prints a disagreement as small as it can be made.
func report(t testing.TB, p Pair, r Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), shrinkTime)
	defer cancel()
	p = p.Shrink(ctx, func(p Pair) bool { return p.Disagreement(t.Context(), agreeWith, r) != "" })
	t.Errorf("%+v disagrees: %s\n%s-- want --\n%s-- got --\n%s", r,
		p.Disagreement(t.Context(), agreeWith, r), &p, p.answer(t.Context(), agreeWith), p.answer(t.Context(), r))
}

// answer is a runner's answer as text.
func (p *Pair) answer(ctx context.Context, r Runner) string {
	result, err := r.Run(ctx, p.Graph, p.Request)
	if err != nil {
		return err.Error() + "\n"
	}
	return result.String()
}
