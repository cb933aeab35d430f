package store

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

func (w *writer) counts(n graph.Counts) {
	w.Uint(uint64(n.Created))
	w.Uint(uint64(n.Updated))
	w.Uint(uint64(n.Deleted))
}

func (p *parser) counts() graph.Counts {
	return graph.Counts{Created: p.number(), Updated: p.number(), Deleted: p.number()}
}

// number reads a count of things that are not in the record.
func (p *parser) number() int {
	n := p.Uint()
	if n > 1<<62 {
		p.Fail(fmt.Errorf("%d is no count", n))
		return 0
	}
	return int(n)
}

func (p *parser) outcome() graph.Outcome {
	o := graph.Outcome(p.Byte())
	if o > graph.Disabled {
		p.Fail(fmt.Errorf("outcome %d is unknown", o))
		return graph.Failed
	}
	return o
}

func (w *writer) steps(steps []graph.StepOutcome) {
	w.Uint(uint64(len(steps)))
	for i := range steps {
		s := &steps[i]
		w.Text(s.Step)
		w.Byte(byte(s.Outcome))
		w.Text(s.Reason)
		w.Uint(uint64(s.Entities))
		w.Uint(uint64(s.Relationships))
		w.Uint(uint64(s.Requests))
		w.Int(s.Millis)
		w.Texts(s.Partial)
	}
}

func (p *parser) steps() []graph.StepOutcome {
	n := p.Count()
	if n == 0 {
		return nil
	}
	steps := make([]graph.StepOutcome, n)
	for i := range steps {
		steps[i] = graph.StepOutcome{
			Step: p.Text(), Outcome: p.outcome(), Reason: p.Text(),
			Entities: p.number(), Relationships: p.number(), Requests: p.number(),
			Millis: p.Int(), Partial: p.Texts(),
		}
	}
	return steps
}

func encodeVersion(key []byte, v *graph.Version) []byte {
	var w writer
	w.Int(v.Time)
	w.Text(v.Instance)
	w.Text(v.Provider)
	w.counts(v.Entities)
	w.counts(v.Relationships)
	w.steps(v.Steps)
	w.Text(v.Note)
	return w.Seal(key)
}

func decodeVersion(key, record []byte, number uint64) (graph.Version, error) {
	p := open(key, record, nil)
	v := graph.Version{
		Number: number, Time: p.Int(), Instance: p.Text(), Provider: p.Text(),
		Entities: p.counts(), Relationships: p.counts(), Steps: p.steps(), Note: p.Text(),
	}
	return v, p.Done()
}

func encodeRun(key []byte, r *graph.Run) []byte {
	var w writer
	w.Text(r.Instance)
	w.Text(r.Provider)
	w.Int(r.Started)
	w.Int(r.Finished)
	w.Uint(r.Version)
	w.Byte(byte(r.Outcome))
	w.counts(r.Counts)
	w.steps(r.Steps)
	w.Uint(uint64(r.Duplicates))
	w.Uint(uint64(r.Dangling))
	w.Uint(uint64(r.Rejected))
	w.Uint(uint64(r.Invalid))
	return w.Seal(key)
}

func decodeRun(key, record []byte, id uint64) (graph.Run, error) {
	p := open(key, record, nil)
	r := graph.Run{
		ID: id, Instance: p.Text(), Provider: p.Text(), Started: p.Int(), Finished: p.Int(),
		Version: p.Uint(), Outcome: p.outcome(), Counts: p.counts(), Steps: p.steps(),
		Duplicates: p.number(), Dangling: p.number(), Rejected: p.number(), Invalid: p.number(),
	}
	return r, p.Done()
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
	w.Text(in.Provider)
	w.Texts(in.Class)
	w.Text(in.Source)
	w.Bool(in.KeepRaw)
	w.Bool(in.Mapped)
	w.Uint(in.lastRun)
	w.Bool(in.removed)
	return w.Seal(key)
}

func decodeInstance(key, record []byte, name string) (*instance, error) {
	p := open(key, record, nil)
	in := &instance{Instance: graph.Instance{
		Name: name, Provider: p.Text(), Class: p.Texts(), Source: p.Text(), KeepRaw: p.Bool(), Mapped: p.Bool(),
	}}
	in.lastRun, in.removed = p.Uint(), p.Bool()
	return in, p.Done()
}

// mark says how fresh a type of an instance is.
type mark struct {
	complete int64 // when a run last read it whole, epoch milliseconds; 0 is never
	stale    bool
	reason   string
}

func encodeMark(key []byte, m mark) []byte {
	var w writer
	w.Int(m.complete)
	w.Bool(m.stale)
	w.Text(m.reason)
	return w.Seal(key)
}

func decodeMark(key, record []byte) (mark, error) {
	p := open(key, record, nil)
	m := mark{p.Int(), p.Bool(), p.Text()}
	return m, p.Done()
}
