package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// spool keeps what is to be printed: in memory, and beyond a bound in a
// temporary file that only its owner can read.
type spool struct {
	buf  bytes.Buffer
	file *os.File
	name string // of the file, "" where it has none
}

const spoolBound = 8 << 20

func newSpool() *spool { return &spool{} }

// Write implements io.Writer.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.buf.Len()+len(p) > spoolBound {
		if err := s.spill(); err != nil {
			return 0, fmt.Errorf("spool result: %w", err)
		}
	}
	if s.file != nil {
		return s.file.Write(p)
	}
	return s.buf.Write(p)
}

// spill moves what is in memory to a file. Its name goes at once, where the system
// allows that: however the process ends, nothing stays behind.
func (s *spool) spill() error {
	f, err := os.CreateTemp("", "j1db-*.out") // 0600
	if err != nil {
		return err
	}
	s.file = f
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	_, err = s.buf.WriteTo(f)
	s.buf = bytes.Buffer{}
	return err
}

// reader reads what was gathered from its beginning.
func (s *spool) reader() (io.Reader, error) {
	if s.file == nil {
		return bytes.NewReader(s.buf.Bytes()), nil
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return s.file, err
}

func (s *spool) copyTo(w io.Writer) error {
	r, err := s.reader()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

// Close removes the temporary file.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// gathered calls f and prints what that prints once it has ended, nothing of it to
// stdout if it fails: f may hold the database, and who reads is slow at times, or a
// person at a pager.
func (a *app) gathered(f func() error) error {
	out, told := newScreen(), newSpool()
	defer out.Close()
	defer told.Close()
	stdout, stderr := a.stdout, a.stderr
	a.stdout, a.stderr = out, told
	err := f()
	a.stdout, a.stderr = stdout, stderr
	_ = told.copyTo(stderr) // there is no other place to say that it is closed
	if err != nil {
		return err
	}
	return a.deliver(out)
}
