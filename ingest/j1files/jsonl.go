package j1files

import (
	"bufio"
	"fmt"
	"io"

	"github.com/j1db/j1db/store/graph"
)

// flushSize is how much text is gathered before it is written.
const flushSize = 64 << 10

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// stream writes text to a writer, and remembers how much and the first error.
type stream struct {
	*bufio.Writer
	counter *counter
}

func newStream(w io.Writer) stream {
	c := &counter{w: w}
	return stream{bufio.NewWriterSize(c, flushSize), c}
}

// finish writes what is left and notes how much there was.
func (s stream) finish(out *Written) error {
	err := s.Flush()
	out.Bytes += s.counter.n
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

// WriteJSONLines writes objects in the shape that Read takes, one a line. Reading
// them as the instance that supplied them gives equal objects, nulls, mixed lists
// and ends in other instances included; only raw data is not part of it. Whose an
// object is does not stand in the file: one file for each instance.
func WriteJSONLines(w io.Writer, images Images) (Written, error) {
	var out Written
	s := newStream(w)
	var line []byte
	for im, err := range images {
		if err != nil {
			return out, err
		}
		out.count(im)
		line = append(appendObject(line[:0], im, &out, keepAll), '\n')
		if _, err := s.Write(line); err != nil {
			return out, fmt.Errorf("write export: %w", err)
		}
	}
	return out, s.finish(&out)
}

// keepAll takes every property that can be told from other members.
func keepAll(p *graph.Property) string {
	if f := fieldOf(p.Name); f != fieldProp && f != fieldTag {
		return reasonReserved
	}
	return ""
}

// appendObject appends im in JupiterOne's shape, with the properties for which
// keep has no reason to leave them out.
func appendObject(b []byte, im *graph.Image, out *Written, keep func(*graph.Property) string) []byte {
	b = append(b, `{"_key":`...)
	b = graph.AppendJSONString(b, im.Key)
	b = appendMember(b, graph.PropType, graph.StringValue(im.Type))
	b = appendMember(b, graph.PropClass, im.Get(graph.PropClass))
	if im.Kind == graph.RelationshipKind {
		b = appendEnd(b, im, graph.PropFromKey, nameFromScope, im.From)
		b = appendEnd(b, im, graph.PropToKey, nameToScope, im.To)
	}
	for i := range im.Props {
		p := &im.Props[i]
		if reason := keep(p); reason != "" {
			out.omit(im, p.Name, reason)
			continue
		}
		b = appendMember(b, p.Name, p.Value)
	}
	return append(b, '}')
}

// appendEnd appends an end; its instance only when it is another.
func appendEnd(b []byte, im *graph.Image, key, scope string, e graph.End) []byte {
	b = appendMember(b, key, graph.StringValue(e.Key))
	if e.Instance != im.Instance {
		b = appendMember(b, scope, graph.StringValue(e.Instance))
	}
	return b
}

func appendMember(b []byte, name string, v graph.Value) []byte {
	b = graph.AppendJSONString(append(b, ','), name)
	return v.AppendJSON(append(b, ':'))
}
