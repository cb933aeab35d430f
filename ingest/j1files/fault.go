package j1files

import (
	"fmt"
	"unicode/utf8"
)

// fault is what is wrong with one object, and where in its bytes.
type fault struct {
	at  int
	err error
}

func (f *fault) Error() string { return f.err.Error() }

func (f *fault) Unwrap() error { return f.err }

func faultAt(at int, err error) error {
	if err == nil {
		return nil
	}
	return &fault{at, err}
}

// place returns where in b a fault is, counting lines from 0 and characters of
// the line from 1.
func (f *fault) place(b []byte) (line, column int) {
	at := min(max(f.at, 0), len(b))
	start := 0
	for i, c := range b[:at] {
		if c == '\n' {
			line++
			start = i + 1
		}
	}
	return line, utf8.RuneCount(b[start:at]) + 1
}

// BadObject is one object, or one line, that could not be read.
type BadObject struct {
	File   string
	Line   int // from 1
	Column int // in characters, from 1
	// Type is the object's type, "" where it could not be made out.
	Type   string
	Reason string
}

// Error implements error: "file:line:column: reason".
func (b BadObject) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", b.File, b.Line, b.Column, b.Reason)
}

// BadError says that objects could not be read and that the caller did not ask to
// skip them. Nothing of what was handed over before may be kept.
type BadError struct {
	// Objects are the first ones, in the order of files and lines.
	Objects []BadObject
	// Count is how many were found. When More is set reading stopped there, and
	// there may be others.
	Count int
	More  bool
}

// Error names the first object and how many there are.
func (e *BadError) Error() string {
	switch {
	case e.Count == 1 && !e.More:
		return e.Objects[0].Error()
	case e.More:
		return fmt.Sprintf("%v (reading stopped after %d bad objects)", e.Objects[0], e.Count)
	}
	return fmt.Sprintf("%v (and %d more)", e.Objects[0], e.Count-1)
}

// Unwrap returns the first object.
func (e *BadError) Unwrap() error { return e.Objects[0] }
