package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// maxFailures is how many parents in a row may fail, for reasons that are not
// their own, before Each gives up: a provider that is down is not asked ten
// thousand times more.
const maxFailures = 5

// Each calls read for every entity of parentType that earlier steps supplied,
// several at a time as far as the run allows, each with a Job of its own whose
// objects belong to the parent. Ranks follow the order of the parents, whatever
// ends first.
//
// What read returns is about one parent. Without an error the parent's list is
// complete. After a 403 it is not, and the others go on. After a 404 it is
// complete and empty if list.Gone says that the parent is gone, and not complete
// otherwise. After any other error it is not complete and the others go on, until
// five fail in a row. Each returns an error only when nothing more can be read
// (the run was cancelled, the credential is refused, five failures in a row) or
// when every single parent was forbidden; the step should return it. What hangs
// from lists under lists is for a step of its own.
func (j *Job) Each(ctx context.Context, parentType string, list List, read func(ctx context.Context, job *Job, parent Known) error) error {
	if j.within {
		return j.step.fail(errors.New("read lists under lists: Each is not to be called within Each"))
	}
	if !j.uses(parentType) {
		return j.step.failure()
	}
	if err := j.flush(ctx); err != nil {
		return err
	}
	e := &each{step: j.step, leaned: j.leaned, list: list, read: read, open: map[string]bool{}}
	if len(e.list.Types) == 0 {
		e.list.Types = j.step.types()
	}
	e.readAll(ctx, parentType)
	j.section, j.next = j.step.newSection(), 0 // what follows stands after the parents
	err := e.verdict(ctx)
	if err == nil && j.step.sawWhole(parentType) {
		j.done = append(j.done, e.scopes()...)
	}
	return err
}

// each is one call of Each.
type each struct {
	step   *stepRun
	leaned string // as in Job: what the step did before, its lists rely on
	list   List
	read   func(ctx context.Context, job *Job, parent Known) error

	mu        sync.Mutex // guards what follows
	row       int        // failures in a row
	parents   int        // that were read or tried
	forbidden int
	open      map[string]bool // types of which some list is not whole
	first403  first
	stop      first // why no further parent is read
}

// first is the error of the first parent that had one, in the order of the
// parents: which of those that are read at a time fails first is chance.
type first struct {
	err     error
	section uint64
}

func (f *first) keep(section uint64, err error) {
	if f.err == nil || section < f.section {
		f.err, f.section = err, section
	}
}

// readAll reads the parents, each in a goroutine of its own as soon as the run has
// a slot to spare, starting in order. The step lends its own slot meanwhile.
func (e *each) readAll(ctx context.Context, parentType string) {
	slots := e.step.run.slots
	slots.Release(1)
	// However the run ends, its slots come free, and the step must give one back.
	defer func() { _ = slots.Acquire(context.WithoutCancel(ctx), 1) }()
	var wg sync.WaitGroup
	defer wg.Wait()
	for parent := range e.step.knownEntities(parentType) {
		job := e.step.job()
		job.parent, job.within, job.list, job.leaned = parent, true, &e.list, e.leaned
		if e.list.Only != nil && !e.list.Only(parent) {
			e.complete(job)
			_ = job.settle(ctx)
			continue
		}
		if slots.Acquire(ctx, 1) != nil {
			return
		}
		if e.stopped() {
			slots.Release(1)
			return
		}
		wg.Go(func() {
			defer slots.Release(1)
			e.readOne(ctx, job)
		})
	}
}

func (e *each) stopped() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stop.err != nil
}

// readOne reads one parent's list and judges how that ended.
func (e *each) readOne(ctx context.Context, job *Job) {
	err := e.call(ctx, job)
	if httpx.IsNotFound(err) {
		if err = e.missing(ctx, job.parent, err); err == nil {
			job.gaps = nil // what the 404 left open is empty
		}
	}
	if err == nil {
		e.complete(job)
	} else {
		job.gaps.explain(e.list.Types, newGap(job, fmt.Sprintf("%s: %v", job.parent.Key, err), err))
	}
	if flushed := job.settle(ctx); err == nil {
		err = flushed
	}
	e.judge(ctx, job, err)
}

// call calls read; a panic is an error that stops the step.
func (e *each) call(ctx context.Context, job *Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = e.step.fail(&PanicError{Value: p, Stack: debug.Stack()})
		}
	}()
	if err := e.read(ctx, job, job.parent); err != nil {
		return err
	}
	return e.step.failure()
}

// missing decides what a 404 means: nil when the parent is gone as well.
func (e *each) missing(ctx context.Context, parent Known, notFound error) error {
	if e.list.Gone == nil {
		return notFound
	}
	gone, err := e.list.Gone(ctx, parent)
	switch {
	case err != nil:
		return fmt.Errorf("%w; ask for %s %s: %w", notFound, parent.Type, parent.Key, err)
	case !gone:
		return notFound
	}
	return nil
}

func (e *each) complete(job *Job) {
	for _, typ := range e.list.Types {
		if slices.Contains(e.list.Shared, typ) {
			continue
		}
		job.done = append(job.done, graph.Complete{Type: typ, Parent: job.parent.Key})
	}
}

// scopes says what is complete when the lists of all parents were read.
func (e *each) scopes() []graph.Complete {
	var done []graph.Complete
	for _, typ := range e.list.Shared {
		if e.list.Scope != "" && !e.open[typ] {
			done = append(done, graph.Complete{Type: typ, Parent: e.list.Scope})
		}
	}
	return done
}

// judge notes how one parent ended, and stops all when there is no point.
func (e *each) judge(ctx context.Context, job *Job, err error) {
	fatal := e.step.failure()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.parents++
	for typ := range job.gaps {
		e.open[typ] = true
	}
	switch {
	case err == nil:
		e.row = 0
		return
	case fatal != nil, ctx.Err() != nil, httpx.IsUnauthorized(err):
		e.stop.keep(job.section, err)
		return
	case httpx.IsForbidden(err):
		e.row = 0
		e.forbidden++
		e.first403.keep(job.section, err)
		return
	case httpx.IsNotFound(err):
		e.row = 0
		return
	}
	if e.row++; e.row == maxFailures && e.stop.err == nil {
		e.stop.keep(job.section, fmt.Errorf("gave up after %d lists in a row: %w", maxFailures, err))
	}
}

// verdict is what Each returns.
func (e *each) verdict(ctx context.Context) error {
	err := e.stop.err
	switch {
	case e.step.failure() != nil:
		return e.step.failure()
	case ctx.Err() != nil:
		return e.step.fail(ctx.Err())
	case err == nil && e.parents > 0 && e.forbidden == e.parents:
		err = e.first403.err
	}
	if err != nil {
		e.step.mu.Lock()
		e.step.eachErr = err
		e.step.mu.Unlock()
	}
	return err
}
