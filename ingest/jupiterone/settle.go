package jupiterone

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// abortTime bounds the courtesy of aborting a job that will not be finalised.
const abortTime = 10 * time.Second

// settle finds out what became of the job that an earlier export left behind in a
// lane, and moves the cursor accordingly. The error is an *UnfinishedError when
// that cannot be known yet. A report is returned when the job was looked at.
func (s *session) settle(ctx context.Context, l *lane) (*JobReport, error) {
	p := s.position(l)
	left := p.state.Pending
	if left == nil {
		return nil, nil
	}
	s.e.observer(Progress{Instance: l.instance, Cross: l.cross, Job: left.Job, Phase: PhaseSettling})
	if left.Phase != phaseFinalising {
		s.e.abort(ctx, left.Job, "interrupted")
		if err := l.note(ctx, left.Job); err != nil {
			return nil, err
		}
		s.move(l, p.abandoned())
		return nil, l.write(ctx, s.position(l))
	}
	report := &JobReport{JobPlan: JobPlan{
		Instance: l.instance, Cross: l.cross, Mode: left.Mode, Why: "an earlier export was interrupted while this job was finalised",
		Spec: l.spec(left.Mode), From: p.version, Resumes: left.Job,
	}, Job: left.Job}
	counters, err := s.finalise(ctx, l, p, false)
	report.Counters = counters
	if left.Expect != nil && err == nil {
		report.Differences = left.Expect.compare(&counters)
	}
	if report.Err = err; err == nil {
		report.Confirmed = s.position(l).version
	}
	var failed *JobError
	if errors.As(err, &failed) {
		return report, nil // the next job of this export makes it good
	}
	return report, err
}

// finalise has a job applied whose uploads are complete, waits for its end, and
// moves the cursor. It may be called again for the same job; fresh says that this
// is the first time.
func (s *session) finalise(ctx context.Context, l *lane, p position, fresh bool) (Counters, error) {
	left := p.state.Pending
	job, err := s.e.conclude(ctx, left, fresh)
	var failed *JobError
	switch {
	case errors.As(err, &failed):
		p = p.spoiled(fmt.Sprintf("job %s did not succeed", left.Job))
	case err != nil:
		return job.Counters, err
	default:
		p = p.confirmed()
		if why := left.doubtful(&job); why != "" {
			p.state.Dirty = fmt.Sprintf("job %s %s", left.Job, why)
		}
	}
	s.move(l, p)
	if writeErr := l.write(ctx, p); writeErr != nil {
		return job.Counters, writeErr // the job is found again, and how it ended with it
	}
	return job.Counters, err
}

// finalTries bounds how often a job is finalised whose finalising was lost.
const finalTries = 3

// conclude finalises a job and waits for its end. What the answer to finalising
// says does not matter: the job itself tells whether it was heard.
func (e *Exporter) conclude(ctx context.Context, left *pending, fresh bool) (Job, error) {
	var last error
	for try := range finalTries {
		if try > 0 || fresh {
			_, last = e.client.Finalize(ctx, left.Job, left.Partial)
		}
		job, err := e.client.Await(ctx, left.Job)
		if err != nil || job.Status != StatusAwaiting {
			return job, err
		}
	}
	return Job{}, &UnfinishedError{left.Job, StatusAwaiting, last}
}

// abort ends a job that will not be finalised. Whether that works does not matter.
func (e *Exporter) abort(ctx context.Context, job, reason string) {
	if job == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	_ = e.client.Abort(ctx, job, reason)
}
