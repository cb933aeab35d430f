package j1files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Sizes of what is read at a time. A chunk and what is decoded from it should
// stay in a core's cache.
const (
	chunkSize = 256 << 10
	// hugeChunk is the size from which only one chunk is in memory at a time.
	hugeChunk = 8 << 20
)

// Input is one file to read.
type Input struct {
	Name string // for reports; `-` may stand for standard input
	Open func() (io.ReadCloser, error)
	// document says that the file is one JSON document, whatever it looks like.
	document bool
}

// chunk is a piece of one file that holds whole objects.
type chunk struct {
	file   int   // the number of the input
	index  int   // the number of the chunk, over all inputs
	offset int64 // where the piece begins in its file
	buf    []byte
	// spans are the objects of a document; without them buf holds lines.
	spans []span
	// faults were found while the file was cut; they have no object.
	faults []misplaced
	// gate is held while the chunk is huge.
	gate *sync.Mutex
	huge bool
}

// span is one object of a document.
type span struct {
	start, end int
	place
}

// place is where something begins in its file.
type place struct {
	line   int // from 1
	column int // in characters, from 1
}

// misplaced is what is wrong with the structure of a file. Its line counts from
// the chunk's first when the chunk holds lines.
type misplaced struct {
	place
	reason string
}

// reset empties c for the next piece. A worker calls it before it asks for one.
func (c *chunk) reset() {
	if cap(c.buf) > 4*chunkSize {
		c.buf = nil
	}
	if c.huge {
		c.huge = false
		c.gate.Unlock()
	}
	c.buf, c.spans, c.faults = c.buf[:0], c.spans[:0], c.faults[:0]
}

// grow makes room for want bytes, and waits for its turn when that is huge.
func (c *chunk) grow(want int) {
	// The worker that waits here holds the lock of chunks, so that all others wait as
	// well; the one that holds the gate needs that lock only after it gave the gate
	// back (see reset).
	if want > hugeChunk && !c.huge {
		c.gate.Lock()
		c.huge = true
	}
	if cap(c.buf) < want+pad {
		grown := make([]byte, len(c.buf), max(want, min(2*len(c.buf), hugeChunk))+pad)
		copy(grown, c.buf)
		c.buf = grown
	}
}

// padded returns the bytes of c with the zero bytes behind them that a scanner
// needs.
func (c *chunk) padded() []byte {
	n := len(c.buf)
	if cap(c.buf) < n+pad {
		c.buf = append(c.buf, make([]byte, pad)...)[:n]
	}
	b := c.buf[:n+pad]
	clear(b[n:])
	return b
}

// cutter cuts one file into chunks.
type cutter interface {
	// next reports false, with an empty chunk, when there is nothing more.
	next(c *chunk) (bool, error)
	// release returns the memory that the cutter was given, or took.
	release() []byte
}

// chunks hands out the chunks of all inputs in order. Workers share it.
type chunks struct {
	inputs    []Input
	maxObject int
	gate      sync.Mutex // held by the worker that has a huge chunk

	mu     sync.Mutex // guards what follows
	file   int
	open   io.ReadCloser
	cut    cutter
	spare  []byte // memory for the next cutter
	count  int
	firsts []int // the number of the first chunk of each input
	bytes  int64
	err    error
	ended  bool // nothing more is handed out

	stopped bool // before the end
}

// next fills c with the next chunk. It reports false at the end of all inputs.
func (s *chunks) next(ctx context.Context, c *chunk) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if s.err != nil || s.ended {
			return false, s.err
		}
		ok, err := s.advance(ctx, c)
		if err != nil {
			s.err = err
			return false, err
		}
		if ok {
			return true, nil
		}
	}
}

// advance cuts one more chunk, or goes on to the next input.
func (s *chunks) advance(ctx context.Context, c *chunk) (bool, error) {
	if s.cut == nil {
		if s.file == len(s.inputs) {
			s.ended = true
			return false, nil
		}
		return false, s.openNext(ctx)
	}
	c.file, c.index = s.file, s.count
	ok, err := s.cut.next(c)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", s.inputs[s.file].Name, err)
	}
	if ok {
		s.count++
		s.bytes += int64(len(c.buf))
		return true, nil
	}
	err = s.closeFile()
	s.file++
	return false, err
}

// openNext opens the next input and sees what it is.
func (s *chunks) openNext(ctx context.Context) error {
	in := &s.inputs[s.file]
	f, err := in.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", in.Name, err)
	}
	s.open = f
	s.firsts = append(s.firsts, s.count)
	r := io.Reader(f)
	if !in.document { // the files of a folder are regular ones
		r = newInterruptible(ctx, f)
	}
	if s.cut, err = newCutter(r, in, s.maxObject, s.spare); err != nil {
		return errors.Join(fmt.Errorf("read %s: %w", in.Name, err), s.closeFile())
	}
	return nil
}

func (s *chunks) closeFile() error {
	f := s.open
	if s.cut != nil {
		s.spare = s.cut.release()
	}
	s.open, s.cut = nil, nil
	if f == nil {
		return nil
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close %s: %w", s.inputs[s.file].Name, err)
	}
	return nil
}

// stop ends the reading; chunks that were handed out are still to be finished.
func (s *chunks) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = s.stopped || !s.ended
	s.ended = true
}

// close closes what is open after an error or a stop.
func (s *chunks) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	return s.closeFile()
}
