package shell

import (
	"bufio"
	"io"
)

// maxLine bounds one line of a script; a statement's own limit is far below.
const maxLine = 1 << 20

// script reads lines of a file or a pipe.
type script struct{ s *bufio.Scanner }

// NewScript returns a Source of the lines of r. Nothing is prompted for and
// nothing remembered.
func NewScript(r io.Reader) Source {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	return script{s}
}

func (s script) Line(string, string) (string, error) {
	if s.s.Scan() {
		return s.s.Text(), nil
	}
	if err := s.s.Err(); err != nil {
		return "", err
	}
	return "", io.EOF
}

func (script) Remember(string) {}
func (script) Close() error    { return nil }
