package j1files

import (
	"bytes"
	"errors"
	"io"
)

// lines cuts JSON Lines.
type lines struct {
	r      io.Reader
	rest   []byte // was read, and is not yet handed out
	offset int64  // of rest
	max    int    // bytes of a line
	eof    bool
}

// next fills c with whole lines.
func (l *lines) next(c *chunk) (bool, error) {
	c.offset = l.offset
	c.buf = append(c.buf, l.rest...)
	l.rest = l.rest[:0]
	searched := 0
	for want := chunkSize; ; want = min(2*len(c.buf), l.max+chunkSize) {
		if err := l.fill(c, want); err != nil {
			return false, err
		}
		if l.eof {
			l.offset += int64(len(c.buf))
			return len(c.buf) > 0, nil
		}
		// What was searched before holds no line end: it is not searched again.
		if end := bytes.LastIndexByte(c.buf[searched:], '\n'); end >= 0 {
			l.keep(c, searched+end+1)
			return true, nil
		}
		if searched = len(c.buf); searched > l.max {
			return true, l.tooLong(c)
		}
	}
}

func (l *lines) release() []byte { return l.rest }

// fill reads until c holds at least want bytes.
func (l *lines) fill(c *chunk, want int) error {
	c.grow(want)
	for len(c.buf) < want && !l.eof {
		n, err := l.r.Read(c.buf[len(c.buf):want])
		c.buf = c.buf[:len(c.buf)+n]
		if errors.Is(err, io.EOF) {
			l.eof = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// keep hands out c up to end, and keeps what follows for the next chunk.
func (l *lines) keep(c *chunk, end int) {
	l.rest = append(l.rest[:0], c.buf[end:]...)
	c.buf = c.buf[:end]
	l.offset += int64(end)
}

// tooLong leaves out the line that c begins with, and hands out its end alone.
func (l *lines) tooLong(c *chunk) error {
	size := int64(0)
	for {
		if end := bytes.IndexByte(c.buf, '\n'); end >= 0 {
			l.keep(c, end+1)
			break
		}
		size += int64(len(c.buf))
		c.buf = c.buf[:0]
		if l.eof {
			break
		}
		if err := l.fill(c, chunkSize); err != nil {
			return err
		}
	}
	l.offset += size
	c.buf = append(c.buf[:0], '\n') // it still counts as a line
	c.faults = append(c.faults, misplaced{place{0, 1}, tooLong(l.max)})
	return nil
}
