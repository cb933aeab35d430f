package httpx

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// DefaultInFlight is how many requests of one credential are under way at once.
const DefaultInFlight = 4

// LimiterOptions configure a Limiter.
type LimiterOptions struct {
	// InFlight is the most requests under way at once; DefaultInFlight when 0.
	InFlight int
	// Refill is how many requests a second come back, for APIs that say how many
	// remain and never when (a leaky bucket); 0 when the API says when.
	Refill float64
	// Clock is for tests.
	Clock Clock
}

// Limiter is what all clients of one credential share: how many requests are
// under way, until when the API wants none, and how many are left. It starts at
// the full width, halves it when the API complains and widens it again as
// requests succeed. Before a quota runs out it spaces requests so that it does
// not. It is safe for concurrent use.
type Limiter struct {
	most   int
	refill float64
	clock  Clock

	mu      sync.Mutex      // guards what follows
	width   float64         // requests allowed at once, 1 to most
	inUse   int             // calls that hold a turn
	queue   []chan struct{} // calls that wait for one, first come first
	booked  int             // requests that will be or are on the wire
	quota   Quota
	fullest int       // the largest limit or remainder seen: the bucket's size
	paused  time.Time // no request before this: the API said so
	heard   time.Time // when quota was told
	next    time.Time // pacing: the next free moment
}

// NewLimiter returns a Limiter.
func NewLimiter(o LimiterOptions) *Limiter {
	orDefault(&o.InFlight, DefaultInFlight)
	return &Limiter{most: o.InFlight, width: float64(o.InFlight), refill: o.Refill, clock: o.Clock}
}

// Quota returns what the API last said of its limit.
func (l *Limiter) Quota() Quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.quota
}

// acquire waits for a turn, which release gives back. A turn is held for a whole
// call, retries and waits included, so that waiting calls do not pile up on a
// server in trouble and no time budget runs before its call may start.
func (l *Limiter) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	if l.inUse < int(l.width) && len(l.queue) == 0 {
		l.inUse++
		l.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.queue = append(l.queue, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	i := slices.Index(l.queue, turn)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	l.mu.Unlock()
	if i < 0 { // the turn came at the same moment: pass it on
		l.release()
	}
	return ctx.Err()
}

func (l *Limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inUse--
	for len(l.queue) > 0 && l.inUse < int(l.width) {
		l.inUse++
		close(l.queue[0])
		l.queue = l.queue[1:]
	}
}

// admit waits until the next request may go; finished must follow. It returns
// ErrBudget at once when the API's own pause lasts beyond deadline; mere pacing
// that would last beyond it is skipped, and the server decides. waiting hears of
// each wait.
func (l *Limiter) admit(ctx context.Context, deadline time.Time, waiting func(time.Duration)) error {
	err := l.await(ctx, l.book(deadline), deadline, waiting)
	if err != nil {
		l.finished(Quota{})
	}
	return err
}

func (l *Limiter) await(ctx context.Context, at, deadline time.Time, waiting func(time.Duration)) error {
	for {
		wait := at.Sub(l.clock.now())
		if at.After(deadline) {
			return fmt.Errorf("waiting %s for the rate limit: %w", wait.Round(time.Millisecond), ErrBudget)
		}
		if wait <= 0 {
			return nil
		}
		waiting(wait)
		if err := l.clock.sleep(ctx, wait); err != nil {
			return err
		}
		paused := l.pausedUntil()
		if !paused.After(at) {
			return nil
		}
		at = paused // another request was told to wait meanwhile
	}
}

func (l *Limiter) pausedUntil() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paused
}

// book reserves the moment at which a request may go.
func (l *Limiter) book(deadline time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := later(l.clock.now(), l.paused)
	if spacing := l.spacing(at); spacing > 0 {
		slot := l.slot(later(at, l.next))
		if !slot.After(deadline) {
			at = slot
		}
		l.next = at.Add(spacing)
	}
	l.booked++
	l.quota.Remaining--
	return at
}

// slot moves a paced request to where there is room for it: with nothing left, to
// the new window or to when one request has come back; never beyond the window,
// after which there is room for all. Called with mu held.
func (l *Limiter) slot(at time.Time) time.Time {
	q := l.quota
	switch {
	case !q.Reset.IsZero() && (q.Remaining <= 0 || at.After(q.Reset)):
		return q.Reset
	case q.Reset.IsZero() && q.Remaining <= 0 && l.refill > 0:
		return later(at, l.heard.Add(time.Duration(float64(time.Second)/l.refill)))
	case q.Reset.IsZero() && q.Remaining <= 0:
		return later(at, l.heard.Add(time.Second))
	}
	return at
}

// spacing is the time between requests that keeps the quota from running out, 0
// while there is plenty. Called with mu held.
func (l *Limiter) spacing(now time.Time) time.Duration {
	q := l.quota
	if !q.Known || !q.Reset.IsZero() && !q.Reset.After(now) {
		return 0 // nothing known, or a new window has begun
	}
	left, reserve := max(q.Remaining, 0), l.reserve()
	switch {
	case left > reserve:
		return 0
	case !q.Reset.IsZero(): // a window: spread what is left over what is left of it
		return q.Reset.Sub(now) / time.Duration(left+1)
	case l.refill > 0: // a bucket: at half the reserve, spend what comes in
		short := 2 * (1 - float64(left)/float64(max(reserve, 1)))
		return time.Duration(short / l.refill * float64(time.Second))
	case left == 0:
		return time.Second
	}
	return 0
}

// reserve is the remainder at which pacing begins: a tenth of the bucket, enough
// for what is under way, never more than half. Called with mu held.
func (l *Limiter) reserve() int {
	return min(max(l.fullest/10, 2*l.most), l.fullest/2)
}

// finished ends what admit began, with what the answer says of the limit. What
// the API says remains is also for the requests that it has not seen yet.
func (l *Limiter) finished(q Quota) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.booked--
	if !q.Known {
		return
	}
	l.fullest = max(l.fullest, q.Limit, q.Remaining)
	q.Remaining = max(q.Remaining-l.booked, 0)
	l.quota, l.heard = q, l.clock.now()
}

// pause keeps every request back for d: the API said so.
func (l *Limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused = later(l.paused, l.clock.now().Add(d))
}

// narrow halves the width: the API is overrun.
func (l *Limiter) narrow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.width = max(1, l.width/2)
}

// widen grows the width by one for about every width's worth of successes.
func (l *Limiter) widen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.width = min(float64(l.most), l.width+1/l.width)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
