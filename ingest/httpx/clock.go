package httpx

import (
	"context"
	"sync"
	"time"
)

// Clock is the time that a Client and a Limiter live by. Its zero value is real
// time, which testing/synctest replaces by itself; set the functions only to
// drive time by hand.
type Clock struct {
	// Now returns the present; nil means time.Now.
	Now func() time.Time
	// Sleep waits for d or until ctx is done, whose error it then returns; nil
	// means a timer. Now must have moved by d when it returns.
	Sleep func(ctx context.Context, d time.Duration) error
}

func (c Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c Clock) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SkippingClock returns a Clock for tests over a real network: its Sleep returns
// at once and moves its Now, which begins at start, by what it was asked to wait.
func SkippingClock(start time.Time) Clock {
	var mu sync.Mutex // guards start
	return Clock{
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return start
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			start = start.Add(d)
			return ctx.Err()
		},
	}
}
