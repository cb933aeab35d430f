package storetest

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// Clock is a clock that goes on by a second whenever it is asked.
type Clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

// NewClock returns a clock that begins on the first day of 2026.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// Now returns the time and moves on.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

// Set makes t the time that was asked for last.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Open returns a store in a folder of its own, which is checked when the test
// ends, if a file was made.
func Open(t testing.TB, opt store.Options) *store.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "graph.db"), opt)
}

// OpenAt is Open for a file of the caller's choice.
func OpenAt(t testing.TB, path string, opt store.Options) *store.DB {
	t.Helper()
	if opt.Now == nil {
		opt.Now = NewClock().Now
	}
	db, err := store.Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The test's own context is over by now.
		if !t.Failed() {
			Check(t, db)
		}
	})
	return db
}

// Instance returns an instance that keeps raw data.
func Instance(name string) graph.Instance {
	return graph.Instance{
		Name: name, Provider: "orchard", Class: []string{"Directory"}, Source: graph.SourceCollector, KeepRaw: true,
	}
}
