package j1files

import (
	"context"
	"io"
	"os"
)

// interruptible reads from r until ctx is done. A read of a pipe or a terminal may
// wait for ever, and what waits there cannot be called back: it is left alone,
// with a buffer of its own, until something comes or the process ends.
type interruptible struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	rest []byte // of buf, was read and not yet handed out
	err  error  // comes after rest
	done chan struct{}
}

// newInterruptible returns r itself where a read does not wait for others.
func newInterruptible(ctx context.Context, r io.Reader) io.Reader {
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return r
		}
	}
	return &interruptible{ctx: ctx, r: r, buf: make([]byte, sniffSize), done: make(chan struct{}, 1)}
}

// Read implements io.Reader. After ctx was done it must not be called again.
func (i *interruptible) Read(p []byte) (int, error) {
	if len(i.rest) == 0 && i.err == nil {
		if err := i.ctx.Err(); err != nil {
			return 0, err
		}
		go func() {
			n, err := i.r.Read(i.buf)
			i.rest, i.err = i.buf[:n], err
			i.done <- struct{}{}
		}()
		select {
		case <-i.done:
		case <-i.ctx.Done():
			return 0, i.ctx.Err()
		}
	}
	n := copy(p, i.rest)
	if i.rest = i.rest[n:]; len(i.rest) > 0 {
		return n, nil
	}
	return n, i.err
}
