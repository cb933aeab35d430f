package j1files

import (
	"bytes"
	"io"
	"path"
	"strings"
)

// sniffSize is how much of a file is looked at to see what it is.
const sniffSize = 64 << 10

// newCutter looks at the beginning of a file and chooses how to cut it. It uses
// the memory of spare.
func newCutter(r io.Reader, in *Input, maxObject int, spare []byte) (cutter, error) {
	if cap(spare) < sniffSize || cap(spare) > 4*chunkSize {
		spare = make([]byte, sniffSize, chunkSize)
	}
	head := spare[:sniffSize]
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	whole := err != nil
	head = head[:n]
	mark := int64(0)
	if bytes.HasPrefix(head, byteOrderMark) {
		head = head[len(byteOrderMark):]
		mark = int64(len(byteOrderMark))
	}
	if in.document || !isLines(head, whole, in.Name) {
		return &document{r: r, win: head, offset: mark, eof: whole, max: maxObject, line: 1, column: 1, empty: in.document}, nil
	}
	return &lines{r: r, rest: head, offset: mark, eof: whole, max: maxObject}, nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// isLines tells JSON Lines from JSON documents: by the file's name where that is
// clear, else by the first line. A line that is no JSON is a bad line, unless it
// looks as if an object of several lines began there.
func isLines(head []byte, whole bool, name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".jsonl", ".ndjson":
		return true
	}
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return len(head) == 0 || head[0] != '['
	}
	// A document with lists may be a single line, too.
	if holder, _ := opensHolder(head); holder {
		return false
	}
	end, ended := valueEnd(head, 0)
	line := bytes.IndexByte(head, '\n')
	if line < 0 || ended && end <= line {
		return true
	}
	// The first line is no whole object. Pretty-printed JSON breaks its lines after
	// one of these; a line that was cut off rarely ends so.
	first := bytes.TrimRight(head[:line], " \t\r")
	last := first[len(first)-1]
	return last != '{' && last != '[' && last != ','
}
