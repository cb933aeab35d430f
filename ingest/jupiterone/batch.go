package jupiterone

import (
	"bytes"
	"compress/gzip"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// batch is what one upload carries: encoded objects of one kind.
type batch struct {
	kind  graph.Kind
	data  []byte // the objects, one after the other
	ends  []int  // where in data each ends
	names []objectName
}

type objectName struct{ typ, key string }

func (b *batch) len() int { return len(b.ends) }

func (b *batch) object(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.data[start:b.ends[i]]
}

func (b *batch) add(name objectName, object []byte) {
	b.data = append(b.data, object...)
	b.ends = append(b.ends, len(b.data))
	b.names = append(b.names, name)
}

// part returns the objects from i up to j as a batch of their own. It shares
// memory with b.
func (b *batch) part(i, j int) *batch {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	p := &batch{kind: b.kind, data: b.data[start:b.ends[j-1]], names: b.names[i:j], ends: slices.Clone(b.ends[i:j])}
	for k := range p.ends {
		p.ends[k] -= start
	}
	return p
}

// list is the member of an upload that holds objects of a kind.
func list(kind graph.Kind) string {
	if kind == graph.RelationshipKind {
		return "relationships"
	}
	return "entities"
}

// body returns the document of the upload, packed by z.
func (b *batch) body(z *gzip.Writer) ([]byte, error) {
	var out bytes.Buffer
	var err error
	z.Reset(&out)
	write := func(p []byte) {
		if err == nil {
			_, err = z.Write(p)
		}
	}
	write([]byte(`{"` + list(b.kind) + `":[`))
	for i := range b.ends {
		if i > 0 {
			write([]byte{','})
		}
		write(b.object(i))
	}
	write([]byte("]}"))
	if err == nil {
		err = z.Close()
	}
	return out.Bytes(), err
}

// cutter cuts a stream of objects of one kind into batches.
type cutter struct {
	limit int
	next  *batch
	emit  func(*batch) error // takes a batch over
}

func newCutter(kind graph.Kind, limit int, emit func(*batch) error) *cutter {
	return &cutter{limit: limit, next: &batch{kind: kind}, emit: emit}
}

// add takes an object, which is smaller than the limit. A batch ends before the
// object with which it would reach the limit.
func (c *cutter) add(name objectName, object []byte) error {
	if c.next.len() > 0 && len(c.next.data)+len(object) >= c.limit {
		if err := c.flush(); err != nil {
			return err
		}
	}
	c.next.add(name, object)
	return nil
}

// flush ends the last batch.
func (c *cutter) flush() error {
	if c.next.len() == 0 {
		return nil
	}
	full := c.next
	c.next = &batch{kind: full.kind}
	return c.emit(full)
}
