package store

import (
	"context"
	"io"
)

// allDone is the total that is told of: the parts of what is done have shares of it.
const allDone = 1000

// progress tells how far one call is.
type progress struct {
	tell func(done, total int64) // nil for nobody
	last int64
}

func (db *DB) progress() *progress { return &progress{tell: db.opt.Progress} }

// share returns what tells of a part, which goes from lo to hi of allDone.
func (p *progress) share(lo, hi int64) func(done, total int64) {
	return func(done, total int64) {
		at := hi
		if done < total {
			at = lo + int64(float64(hi-lo)*float64(done)/float64(total))
		}
		if p.tell != nil && at > p.last {
			p.last = at
			p.tell(at, allDone)
		}
	}
}

// measured is a writer that tells how much of total was written, and ends when
// nobody waits for it any more.
type measured struct {
	io.Writer
	ctx         context.Context
	tell        func(done, total int64)
	done, total int64
}

// Write implements io.Writer.
func (m *measured) Write(b []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.Writer.Write(b)
	m.done += int64(n)
	m.tell(m.done, m.total)
	return n, err
}
