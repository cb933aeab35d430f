package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// stepRun is one step in one run: what its Jobs share.
type stepRun struct {
	*Step
	run           *runner
	index         int
	needs, before []*stepRun      // directly; with what those need, in order of the table
	entities      map[string]bool // declared types
	relationships map[string]bool
	keep          map[string][]string // types that later steps use, and the properties of them

	ended chan struct{} // closed when outcome is final

	mu       sync.Mutex // guards what follows until ended is closed
	outcome  graph.StepOutcome
	excused  bool // its outcome is no news: optional, and forbidden
	tally    tally
	gaps     gaps             // types that are not whole
	lists    []graph.Complete // parents whose lists are whole
	known    map[string]*memory
	sections uint64
	err      error // why it failed
	fatal    error // what a Job returned and the step must return
	eachErr  error // the error with which Each gave up
}

// types lists, sorted, every type that the step declares.
func (s *stepRun) types() []string {
	names := slices.Collect(maps.Keys(s.entities))
	names = slices.AppendSeq(names, maps.Keys(s.relationships))
	slices.Sort(names)
	return slices.Compact(names)
}

// classOf returns the classes that the step declares for a type of entities.
func (s *stepRun) classOf(typ string) []string {
	for _, t := range s.Entities {
		if t.Type == typ {
			return t.Class
		}
	}
	return nil
}

// fail remembers the first error that the step cannot go on from.
func (s *stepRun) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fatal == nil {
		s.fatal = err
	}
	return s.fatal
}

// failure returns that error.
func (s *stepRun) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fatal
}

func (s *stepRun) warn(w Warning, rank uint64, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.add(w, rank, key)
}

// newSection numbers the next run of objects of the step; numbers ascend in the
// order of the API, not of time.
func (s *stepRun) newSection() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sections++
	return s.sections - 1
}

// job returns a Job for objects that stand after all that the step supplied so
// far.
func (s *stepRun) job() *Job { return &Job{step: s, section: s.newSection()} }

// Layout of a rank: the step, the section of the step, the position in it.
const (
	positionBits = 28
	sectionBits  = 24
	maxSteps     = 1 << (64 - positionBits - sectionBits)
)

// rank is the place of the Job's next object in the order of the run.
func (j *Job) rank() uint64 {
	return uint64(j.step.index)<<(positionBits+sectionBits) | j.section<<positionBits | j.next
}

// ready says why nothing of typ can be added now.
func (j *Job) ready(ctx context.Context, typ string, declared map[string]bool) error {
	if err := ctx.Err(); err != nil {
		return j.step.fail(err)
	}
	if err := j.step.failure(); err != nil {
		return err
	}
	if !declared[typ] {
		return j.step.fail(fmt.Errorf("supply %s: step %s does not declare that type", typ, j.step.ID))
	}
	if j.section >= 1<<sectionBits || j.next >= 1<<positionBits {
		return j.step.fail(errors.New("a step supplies more lists or longer ones than can be ordered"))
	}
	return nil
}

// inherit gives o the parent whose list is being read.
func (j *Job) inherit(o *graph.Object) {
	switch {
	case o.Parent != "" || !j.within:
	case slices.Contains(j.list.Shared, o.Type):
		o.Parent = j.list.Scope
	default:
		o.Parent = j.parent.Key
	}
}

// reject counts an object that cannot be stored. What the step reads there is not
// whole any more: what stands in the store under the object's key would otherwise
// be deleted, and so would what the step makes of it, such as relationships.
func (j *Job) reject(o *graph.Object, why error) error {
	j.step.warn(Warning{Kind: WarnRejected, Type: o.Type, Text: why.Error()}, j.rank(), o.Key)
	j.partial(j.step.types(), o.Type+" without what was rejected: "+why.Error())
	return nil
}

// note counts what was left out of an object.
func (j *Job) note(typ, key string, dropped []Dropped) {
	for _, d := range dropped {
		j.step.warn(Warning{Kind: WarnDropped, Type: typ, Property: d.Property, Text: d.Reason}, j.rank(), key)
	}
}

// Batches are handed to the sink when they reach one of these.
const (
	batchObjects = 512
	batchBytes   = 1 << 20
)

// added accounts for an object that was appended to the batch.
func (j *Job) added(ctx context.Context, o *graph.Object) error {
	j.next++
	j.size += len(o.Key) + len(o.Raw) + 64*len(o.Props)
	if len(j.batch.Entities)+len(j.batch.Relationships) < batchObjects && j.size < batchBytes {
		return nil
	}
	return j.flush(ctx)
}

// flush hands what was added to the sink.
func (j *Job) flush(ctx context.Context) error {
	n, m := len(j.batch.Entities), len(j.batch.Relationships)
	if n+m == 0 {
		return nil
	}
	j.batch.Origin = j.step.ID
	j.batch.Rank = j.rank() - uint64(n+m)
	err := j.step.run.put(ctx, j.batch)
	j.batch.Entities, j.batch.Relationships, j.size = j.batch.Entities[:0], j.batch.Relationships[:0], 0
	if err != nil {
		return j.step.fail(err)
	}
	j.step.count(n, m)
	return nil
}

// count adds to what the step supplied.
func (s *stepRun) count(entities, relationships int) {
	s.mu.Lock()
	s.outcome.Entities += entities
	s.outcome.Relationships += relationships
	s.mu.Unlock()
	s.run.progress(s)
}

// settle hands over what j has left and adds what it learned of completeness to
// the step.
func (j *Job) settle(ctx context.Context) error {
	err := j.flush(ctx)
	j.step.mu.Lock()
	defer j.step.mu.Unlock()
	if j.leaned != "" {
		for _, typ := range j.step.types() {
			j.gaps.add(typ, gap{j.leaned + " was not read whole", true, j.section})
		}
	}
	for typ, g := range j.gaps {
		j.step.gaps.add(typ, g)
	}
	for _, c := range j.done {
		if _, ok := j.gaps[c.Type]; !ok {
			j.step.lists = append(j.step.lists, c)
		}
	}
	return err
}
