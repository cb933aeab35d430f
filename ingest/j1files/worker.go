package j1files

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// worker decodes chunks into batches.
type worker struct {
	chunk  chunk
	scan   *scanner
	tally  *tally
	inputs []Input
	opt    *Options

	entities      []graph.Entity
	relationships []graph.Relationship
	counts        Report // its numbers alone, added to the tally at the end
}

// run takes chunks until there are none, and puts what they hold.
func (w *worker) run(ctx context.Context, src *chunks, sink Sink) error {
	defer w.chunk.reset()
	for {
		w.chunk.reset()
		w.scan.reset()
		ok, err := src.next(ctx, &w.chunk)
		if err != nil || !ok {
			return err
		}
		w.decode()
		// A bad object that is not to be skipped fails the whole reading. The rest is
		// only looked at to name the other bad ones, in the order of the file.
		if w.tally.any() && !w.opt.SkipBad {
			if w.tally.full() {
				src.stop()
			}
			continue
		}
		if err := w.put(ctx, sink); err != nil {
			return err
		}
	}
}

// put hands over what the chunk held. The rank counts bytes of the files, of which
// every object has at least one.
func (w *worker) put(ctx context.Context, sink Sink) error {
	if len(w.entities)+len(w.relationships) == 0 {
		return nil
	}
	return sink.Put(ctx, graph.Batch{
		Origin:        w.inputs[w.chunk.file].Name,
		Rank:          uint64(w.chunk.file)<<fileBits | uint64(w.chunk.offset),
		Entities:      w.entities,
		Relationships: w.relationships,
	})
}

// decode decodes all objects of the chunk.
func (w *worker) decode() {
	w.entities, w.relationships = w.entities[:0], w.relationships[:0]
	c := &w.chunk
	b := c.padded()
	for _, s := range c.spans {
		w.object(b, s.start, s.end, s.place, false)
	}
	n := 0
	if len(c.spans) == 0 {
		n = w.lines(b)
	}
	w.tally.setLines(c.index, n)
	for _, f := range c.faults {
		w.bad(f.place, f.line == 0, "", f.reason)
	}
}

// lines decodes lines, and returns how many line ends there are.
func (w *worker) lines(b []byte) int {
	end := len(b) - pad
	n := 0
	for start := 0; start < end; {
		stop := end
		if i := bytes.IndexByte(b[start:end], '\n'); i >= 0 {
			stop = start + i
		}
		if skipSpace(b[:stop], start) < stop {
			w.object(b, start, stop, place{n, 1}, true)
		}
		if stop < end {
			n++
		}
		start = stop + 1
	}
	return n
}

// object decodes the object at b[start:end], by the scanner if that can.
func (w *worker) object(b []byte, start, end int, at place, relative bool) {
	if end-start > w.opt.MaxObject {
		w.bad(at, relative, "", tooLong(w.opt.MaxObject))
		return
	}
	o := &w.scan.got
	if !w.scan.object(b, start, end) {
		var err error
		if o, err = decode(b[start:end]); err != nil {
			w.fault(b[start:end], at, relative, o, err)
			return
		}
	}
	w.counts.Ignored += o.ignored
	w.counts.Nested += o.nested
	w.counts.Doubled += o.doubled
	if o.sort == sortEntity {
		w.counts.Entities++
		w.entities = append(w.entities, graph.Entity{Object: o.common(), Class: o.classes})
		return
	}
	if o.sort == sortMapped {
		w.counts.Mapped++
	} else {
		w.counts.Relationships++
	}
	w.relationships = append(w.relationships, graph.Relationship{
		Object: o.common(), Class: o.verb, From: o.from, To: o.to, Mapping: o.mapping,
	})
}

// fault reports what is wrong with the object whose text is b and begins at at.
func (w *worker) fault(b []byte, at place, relative bool, o *object, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{0, err}
	}
	line, column := f.place(b)
	if line == 0 {
		column += at.column - 1
	}
	at.line += line
	at.column = column
	typ := o.typ
	if graph.CheckName("type", typ) != nil || typ == graph.AllTypes {
		typ = ""
	}
	w.bad(at, relative, typ, err.Error())
}

func (w *worker) bad(at place, relative bool, typ, reason string) {
	c := &w.chunk
	w.tally.addBad(located{
		chunk: c.index, file: c.file, relative: relative,
		BadObject: BadObject{File: w.inputs[c.file].Name, Line: at.line, Column: at.column, Type: typ, Reason: reason},
	})
}

// finish adds what w counted to the tally.
func (w *worker) finish() {
	t := w.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	r, n := &t.report, &w.counts
	r.Entities += n.Entities
	r.Relationships += n.Relationships
	r.Mapped += n.Mapped
	r.Ignored += n.Ignored
	r.Nested += n.Nested
	r.Doubled += n.Doubled
}

func tooLong(limit int) string { return fmt.Sprintf("the object is longer than %d bytes", limit) }
