package store

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

func (w *writer) counts(n graph.Counts) {
	w.uint(uint64(n.Created))
	w.uint(uint64(n.Updated))
	w.uint(uint64(n.Deleted))
}

func (p *parser) counts() graph.Counts {
	return graph.Counts{Created: p.number(), Updated: p.number(), Deleted: p.number()}
}

// number reads a count of things that are not in the record.
func (p *parser) number() int {
	n := p.uint()
	if n > 1<<62 {
		p.fail(fmt.Errorf("%d is no count", n))
		return 0
	}
	return int(n)
}

func (p *parser) outcome() graph.Outcome {
	o := graph.Outcome(p.byte())
	if o > graph.Disabled {
		p.fail(fmt.Errorf("outcome %d is unknown", o))
		return graph.Failed
	}
	return o
}

func (w *writer) steps(steps []graph.StepOutcome) {
	w.uint(uint64(len(steps)))
	for i := range steps {
		s := &steps[i]
		w.text(s.Step)
		w.byte(byte(s.Outcome))
		w.text(s.Reason)
		w.uint(uint64(s.Entities))
		w.uint(uint64(s.Relationships))
		w.uint(uint64(s.Requests))
		w.int(s.Millis)
		w.texts(s.Partial)
	}
}

func (p *parser) steps() []graph.StepOutcome {
	n := p.count()
	if n == 0 {
		return nil
	}
	steps := make([]graph.StepOutcome, n)
	for i := range steps {
		steps[i] = graph.StepOutcome{
			Step: p.text(), Outcome: p.outcome(), Reason: p.text(),
			Entities: p.number(), Relationships: p.number(), Requests: p.number(),
			Millis: p.int(), Partial: p.texts(),
		}
	}
	return steps
}

func encodeVersion(key []byte, v *graph.Version) []byte {
	var w writer
	w.int(v.Time)
	w.text(v.Instance)
	w.text(v.Provider)
	w.counts(v.Entities)
	w.counts(v.Relationships)
	w.steps(v.Steps)
	w.text(v.Note)
	return w.seal(key)
}

func decodeVersion(key, record []byte, number uint64) (graph.Version, error) {
	p := open(key, record, nil)
	v := graph.Version{
		Number: number, Time: p.int(), Instance: p.text(), Provider: p.text(),
		Entities: p.counts(), Relationships: p.counts(), Steps: p.steps(), Note: p.text(),
	}
	return v, p.done()
}

func encodeRun(key []byte, r *graph.Run) []byte {
	var w writer
	w.text(r.Instance)
	w.text(r.Provider)
	w.int(r.Started)
	w.int(r.Finished)
	w.uint(r.Version)
	w.byte(byte(r.Outcome))
	w.counts(r.Counts)
	w.steps(r.Steps)
	w.uint(uint64(r.Duplicates))
	w.uint(uint64(r.Dangling))
	w.uint(uint64(r.Rejected))
	w.uint(uint64(r.Invalid))
	return w.seal(key)
}

func decodeRun(key, record []byte, id uint64) (graph.Run, error) {
	p := open(key, record, nil)
	r := graph.Run{
		ID: id, Instance: p.text(), Provider: p.text(), Started: p.int(), Finished: p.int(),
		Version: p.uint(), Outcome: p.outcome(), Counts: p.counts(), Steps: p.steps(),
		Duplicates: p.number(), Dangling: p.number(), Rejected: p.number(), Invalid: p.number(),
	}
	return r, p.done()
}

// instance is what is kept of an instance beside its objects. Of one that was
// removed it stays, because older versions show its objects.
type instance struct {
	graph.Instance
	lastRun uint64 // the run record's ID, 0 for none
	removed bool
}

func encodeInstance(key []byte, in *instance) []byte {
	var w writer
	w.text(in.Provider)
	w.texts(in.Class)
	w.text(in.Source)
	w.bool(in.KeepRaw)
	w.bool(in.Mapped)
	w.uint(in.lastRun)
	w.bool(in.removed)
	return w.seal(key)
}

func decodeInstance(key, record []byte, name string) (*instance, error) {
	p := open(key, record, nil)
	in := &instance{Instance: graph.Instance{
		Name: name, Provider: p.text(), Class: p.texts(), Source: p.text(), KeepRaw: p.bool(), Mapped: p.bool(),
	}}
	in.lastRun, in.removed = p.uint(), p.bool()
	return in, p.done()
}

// mark says how fresh a type of an instance is.
type mark struct {
	complete int64 // when a run last read it whole, epoch milliseconds; 0 is never
	stale    bool
	reason   string
}

func encodeMark(key []byte, m mark) []byte {
	var w writer
	w.int(m.complete)
	w.bool(m.stale)
	w.text(m.reason)
	return w.seal(key)
}

func decodeMark(key, record []byte) (mark, error) {
	p := open(key, record, nil)
	m := mark{p.int(), p.bool(), p.text()}
	return m, p.done()
}

// table is one table of the file: entities of one type, or relationships of one
// type and class between two tables of entities.
type table struct {
	number    uint32
	kind      graph.Kind
	typ       string
	class     string // relationships only
	from, to  uint32 // relationships only
	rows      uint32 // the next row to use
	live      uint32
	wasLoaded bool // it is in the file
}

func encodeTable(key []byte, t *table) []byte {
	var w writer
	w.byte(byte(t.kind))
	w.text(t.typ)
	w.text(t.class)
	w.uint(uint64(t.from))
	w.uint(uint64(t.to))
	w.uint(uint64(t.rows))
	w.uint(uint64(t.live))
	return w.seal(key)
}

func decodeTable(key, record []byte, number uint32) (*table, error) {
	p := open(key, record, nil)
	t := &table{number: number, kind: graph.Kind(p.byte()), typ: p.text(), class: p.text(), from: p.uint32(), to: p.uint32(), rows: p.uint32(), live: p.uint32()}
	if t.kind > graph.RelationshipKind {
		p.fail(fmt.Errorf("kind %d is unknown", t.kind))
	}
	return t, p.done()
}
