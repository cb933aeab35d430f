package store

import (
	"sync"
	"sync/atomic"
)

// lazy is something that is made when it is first asked for. An error is not kept:
// what failed because a file was closed may be made from the next one.
type lazy[T any] struct {
	mu   sync.Mutex // held while it is made
	made atomic.Pointer[T]
}

func (l *lazy[T]) get(make func() (T, error)) (T, error) {
	if p := l.made.Load(); p != nil {
		return *p, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.made.Load(); p != nil {
		return *p, nil
	}
	x, err := make()
	if err == nil {
		l.made.Store(&x)
	}
	return x, err
}
