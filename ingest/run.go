package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// RunOptions say how a collector is run.
type RunOptions struct {
	// Only, when it is not empty, are the steps to run; what they need runs too.
	Only []string
	// Skip and Disabled are steps not to run, for this time or by configuration.
	// What needs them does not run either.
	Skip, Disabled []string
	// Strict fails a step at the first object that the data model does not take.
	Strict bool
	// Concurrency is how many lists are read at a time; 4 when it is 0. The rate
	// of requests is for the collector's client to limit.
	Concurrency int
	// Model is the data model that entities are made from and checked against;
	// the default version when it is nil.
	Model    *datamodel.Model
	Observer Observer         // nil hears nothing
	Now      func() time.Time // measures durations; nil means time.Now
}

const defaultConcurrency = 4

// Observer hears how a run goes on. Its methods are called one at a time, from
// several goroutines, and must not block.
type Observer interface {
	StepStarted(step *Step)
	// StepProgress tells what the step supplied and how many requests it made so
	// far.
	StepProgress(step *Step, entities, relationships, requests int)
	// StepEnded is also called for steps that are not run.
	StepEnded(step *Step, outcome graph.StepOutcome)
}

// VerifyError says that the provider did not accept the credential, or could not
// be reached. Nothing was read and nothing supplied.
type VerifyError struct {
	Provider string
	Hint     string // what to check, for people
	Err      error
}

// Error names the provider and the cause.
func (e *VerifyError) Error() string { return "verify access to " + e.Provider + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *VerifyError) Unwrap() error { return e.Err }

// PanicError is a step's failure by a programming mistake. Its text leaves out
// the stack, which is for the debug log.
type PanicError struct {
	Value any
	Stack []byte
}

// Error prints the value that was panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Run runs a collector: it checks the table of steps, verifies the credential,
// runs the steps, each as soon as what it needs has ended, and supplies to sink
// what they read and what was read whole. A step that fails does not stop the
// others; the report says how each one ended. The error is a mistake in the table
// or in o (*UnknownStepError), a *VerifyError, the sink's, or that of ctx; the
// sink must then be discarded, because what it holds is not a whole run.
func Run(ctx context.Context, c *Collector, o RunOptions, sink Sink) (*Report, error) {
	if o.Model == nil {
		model, err := datamodel.Load(datamodel.Default)
		if err != nil {
			return nil, fmt.Errorf("collect from %s: %w", c.Provider.Name, err)
		}
		o.Model = model
	}
	if err := CheckSteps(c.Steps, o.Model); err != nil {
		return nil, fmt.Errorf("collect from %s: %w", c.Provider.Name, err)
	}
	r := newRunner(o, sink)
	r.lay(c.Steps)
	if err := r.choose(o); err != nil {
		return nil, fmt.Errorf("collect from %s: %w", c.Provider.Name, err)
	}
	if err := r.verify(ctx, c); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.cancel = cancel
	var wg sync.WaitGroup
	for _, s := range r.steps {
		wg.Go(func() { r.runStep(ctx, s) })
	}
	wg.Wait()
	if err := r.finish(ctx); err != nil {
		return r.report(), fmt.Errorf("collect from %s: %w", c.Provider.Name, err)
	}
	return r.report(), nil
}

// runner is one run.
type runner struct {
	model  *datamodel.Model
	strict bool
	now    func() time.Time
	sink   Sink
	slots  *semaphore.Weighted // one for each list being read
	steps  []*stepRun
	shared map[string]bool // types that several steps supply
	cancel context.CancelCauseFunc

	mu       sync.Mutex // one call of observer at a time
	observer Observer
}

func newRunner(o RunOptions, sink Sink) *runner {
	n := o.Concurrency
	if n <= 0 {
		n = defaultConcurrency
	}
	r := &runner{model: o.Model, strict: o.Strict, now: o.Now, sink: sink, slots: semaphore.NewWeighted(int64(n)), observer: o.Observer}
	if r.now == nil {
		r.now = time.Now
	}
	return r
}

// lay makes the steps of the run from the rows of the table.
func (r *runner) lay(steps []Step) {
	byID := map[string]*stepRun{}
	for i := range steps {
		s := &stepRun{
			Step: &steps[i], run: r, index: i, ended: make(chan struct{}),
			entities: map[string]bool{}, relationships: map[string]bool{}, keep: map[string][]string{},
			outcome: graph.StepOutcome{Step: steps[i].ID},
		}
		for _, t := range s.Entities {
			s.entities[t.Type] = true
		}
		for _, t := range s.Relationships {
			s.relationships[t.Type] = true
		}
		for _, t := range s.Mapped {
			s.relationships[t.Type] = true
		}
		byID[s.ID] = s
		r.steps = append(r.steps, s)
	}
	r.shared = sharedTypes(r.steps)
	for i, s := range r.steps {
		for _, need := range s.Needs {
			s.needs = append(s.needs, byID[need])
		}
		for _, b := range before(steps, i) {
			s.before = append(s.before, r.steps[b])
		}
		s.announceUses()
	}
}

func sharedTypes(steps []*stepRun) map[string]bool {
	shared := map[string]bool{}
	for _, s := range steps {
		for _, typ := range s.types() {
			_, again := shared[typ]
			shared[typ] = again
		}
	}
	return shared
}

// announceUses tells the steps before s what to remember.
func (s *stepRun) announceUses() {
	for _, u := range s.Uses {
		for _, b := range s.before {
			if b.entities[u.Type] {
				b.keep[u.Type] = append(b.keep[u.Type], u.Props...)
			}
		}
	}
}

// verify asks whether the credential is good.
func (r *runner) verify(ctx context.Context, c *Collector) error {
	if c.Verify == nil {
		return nil
	}
	err := c.Verify(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("collect from %s: %w", c.Provider.Name, ctx.Err())
	}
	return &VerifyError{Provider: c.Provider.Name, Hint: verifyHint(c.Provider, err), Err: err}
}

// put hands a batch to the sink, unless the run is over. A sink that fails ends
// the run.
func (r *runner) put(ctx context.Context, b graph.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := r.sink.Put(ctx, b)
	if err != nil && ctx.Err() == nil {
		r.cancel(&sinkError{err})
	}
	return err
}

// sinkError is the cause with which a run is cancelled whose sink failed.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return "supply: " + e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// runStep runs one step when what it needs has ended, and supplies what became of
// it.
func (r *runner) runStep(ctx context.Context, s *stepRun) {
	defer close(s.ended)
	for _, need := range s.needs {
		<-need.ended // closed in any case
	}
	if s.outcome.Outcome == graph.Skipped || s.outcome.Outcome == graph.Disabled {
		s.conclude(ctx, nil)
		return
	}
	if r.slots.Acquire(ctx, 1) != nil {
		return // the run is over
	}
	defer r.slots.Release(1)
	r.observe(func(o Observer) { o.StepStarted(s.Step) })
	start := r.now()
	err := s.execute(countRequests(ctx, s))
	s.mu.Lock()
	s.outcome.Millis = r.now().Sub(start).Milliseconds()
	s.mu.Unlock()
	s.conclude(ctx, err)
}

// execute calls the step's function; a panic is an error.
func (s *stepRun) execute(ctx context.Context) (err error) {
	job := s.job()
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	err = s.Run(ctx, job)
	if settled := job.settle(ctx); settled != nil && err == nil {
		err = settled
	}
	if fatal := s.failure(); fatal != nil && !errors.Is(err, fatal) {
		err = fatal // the step did not pass on what its Job returned
	}
	return err
}

func (r *runner) observe(tell func(Observer)) {
	if r.observer == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tell(r.observer)
}

// progress tells the observer how far a step is.
func (r *runner) progress(s *stepRun) {
	s.mu.Lock()
	out := s.outcome
	s.mu.Unlock()
	r.observe(func(o Observer) { o.StepProgress(s.Step, out.Entities, out.Relationships, out.Requests) })
}
