package stage

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// blockSize is the most that a block of records holds, unless one record alone
// is longer.
const blockSize = 1 << offsetBits

// block is a piece of the log of records.
type block struct {
	buf  []byte // nil when it is on disk
	at   int64  // where it is on disk
	size int
}

// blocks is the log of records: what exceeds the budget is on disk. An encoder
// fills one block at a time and gives it back full; all of this is locked, but
// the writing is not.
type blocks struct {
	budget   int64
	tempFile func() (*os.File, error)
	held     atomic.Int64 // bytes of memory, entries and all

	mu       sync.Mutex
	list     []block
	resident []uint32 // full ones that are in memory
	file     *os.File
	end      int64 // of the file
	err      error // the first; nothing is staged after it
}

// next takes a full block, if there was one, and gives an empty one in which a
// record of need bytes fits.
func (l *blocks) next(full uint32, filled []byte, need int) (uint32, []byte, error) {
	if filled != nil {
		l.keep(full, filled)
	}
	size := need
	if need <= blockSize {
		size = min(max(need, 4*cap(filled), 16<<10), blockSize)
	}
	buf, err := l.spill(size)
	if err != nil {
		return 0, nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == maxBlocks {
		return 0, nil, l.fail(errors.New("a run cannot bring more than fits a terabyte"))
	}
	l.list = append(l.list, block{})
	return uint32(len(l.list) - 1), buf, nil
}

// keep enters a block that will not change any more.
func (l *blocks) keep(number uint32, filled []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list[number] = block{buf: filled, size: len(filled)}
	l.resident = append(l.resident, number)
}

// spill writes blocks to disk until one of size bytes fits the budget, and
// returns its memory.
func (l *blocks) spill(size int) ([]byte, error) {
	var spare []byte
	l.held.Add(int64(size))
	for l.held.Load() > l.budget {
		number, b, at, err := l.victim()
		if err != nil || b.buf == nil {
			return take(spare, size), err
		}
		if _, err := l.file.WriteAt(b.buf, at); err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			return nil, l.fail(fmt.Errorf("spill staged records to %s: %w", l.file.Name(), err))
		}
		l.mu.Lock()
		l.list[number] = block{at: at, size: b.size}
		l.mu.Unlock()
		l.held.Add(-int64(cap(b.buf)))
		if cap(b.buf) >= size {
			spare = b.buf
		}
	}
	return take(spare, size), nil
}

// take uses memory again, if it is of that size.
func take(spare []byte, size int) []byte {
	if cap(spare) == size {
		return spare[:0]
	}
	return make([]byte, 0, size)
}

// victim chooses a block to spill and reserves its place in the file; b.buf is
// nil when there is none.
func (l *blocks) victim() (number uint32, b block, at int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil || len(l.resident) == 0 {
		return 0, block{}, 0, l.err
	}
	if l.file == nil {
		if l.file, err = l.tempFile(); err != nil {
			return 0, block{}, 0, l.fail(fmt.Errorf("spill staged records: %w", err))
		}
	}
	last := len(l.resident) - 1
	number = l.resident[last]
	l.resident = l.resident[:last]
	b, at = l.list[number], l.end
	l.end += int64(b.size)
	return number, b, at, nil
}

// fail keeps the first error; the lock is held.
func (l *blocks) fail(err error) error {
	if l.err == nil {
		l.err = err
	}
	return l.err
}

// failed returns the error that keeps the stage from being used.
func (l *blocks) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// close removes the file. It may be called again.
func (l *blocks) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.resident = nil, nil
	_ = l.fail(ErrClosed)
	if l.file == nil {
		return nil
	}
	f := l.file
	l.file = nil
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("remove staged records: %w", err)
	}
	return nil
}
