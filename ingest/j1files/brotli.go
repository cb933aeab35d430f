package j1files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrBrotli says that a file is compressed with Brotli and that Options.Brotli was
// not given.
var ErrBrotli = errors.New("the file is compressed with Brotli, or is no JSON; collect again without INTEGRATION_FILE_COMPRESSION_ENABLED")

// ErrExpanded says that a compressed file expands to more than is read.
var ErrExpanded = errors.New("the compressed file expands to more than the limit")

// openExpanded opens a file of a folder for reading, expanding it if need be.
func openExpanded(root *os.Root, name string, opt *Options) (io.ReadCloser, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := expanded(f, opt)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return readCloser{r, f}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// expanded returns the text of a file that holds an object, compressed or not.
// Brotli has no mark of its own, but its text never begins with the brace that an
// object begins with: that one byte would end the stream. A bracket does not tell
// (many Brotli streams begin with that byte), so lists are not expected here.
func expanded(r io.Reader, opt *Options) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 512)
	head, err := b.Peek(b.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	text := head
	if len(text) >= len(byteOrderMark) && string(text[:len(byteOrderMark)]) == string(byteOrderMark) {
		text = text[len(byteOrderMark):]
	}
	if i := skipSpace(text, 0); i == len(text) || text[i] == '{' {
		return b, nil
	}
	if opt.Brotli == nil {
		return nil, ErrBrotli
	}
	return &capped{opt.Brotli(b), opt.MaxExpanded}, nil
}

// capped fails, where io.LimitedReader would end, when there is too much.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, ErrExpanded
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return 0, ErrExpanded
	}
	return n, err
}
