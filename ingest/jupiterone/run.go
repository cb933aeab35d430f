package jupiterone

import (
	"context"
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// run carries out a job: start, upload, finalise. Before each step that changes
// what the account may hold, the cursor says so.
func (s *session) run(ctx context.Context, j *job) (report JobReport) {
	report.JobPlan = j.JobPlan
	l := j.lane
	started, err := s.e.client.Start(ctx, j.Spec)
	if err != nil {
		report.Err = fmt.Errorf("%s: %w", l, err)
		return report
	}
	report.Job = started.ID
	p := s.position(l)
	p.state.Pending = &pending{Job: started.ID, Phase: phaseUploading, Mode: j.Mode, To: j.to}
	s.move(l, p)
	t := &tally{}
	if err = l.write(ctx, p); err == nil {
		err = l.note(ctx, started.ID)
	}
	if err == nil {
		err = s.upload(ctx, j, started.ID, t)
	}
	if err == nil {
		p, err = s.ready(ctx, j, started.ID, t)
	}
	report.JobPlan = j.JobPlan
	report.take(t)
	if err != nil {
		s.e.abort(ctx, started.ID, "upload failed")
		report.Err = fmt.Errorf("%s: %w", l, err)
		return report
	}
	s.e.observer(j.progress(PhaseFinalising, started.ID, t))
	report.Counters, err = s.finalise(ctx, l, p, true)
	if err != nil {
		report.Err = fmt.Errorf("%s: %w", l, err)
		return report
	}
	report.Confirmed = s.position(l).version
	report.Differences = p.state.Pending.Expect.compare(&report.Counters)
	s.e.observer(j.progress(PhaseFinished, started.ID, t))
	return report
}

// ready notes that everything is uploaded, and where that leads.
func (s *session) ready(ctx context.Context, j *job, id string, t *tally) (position, error) {
	j.spare(j.TooLarge)
	p := s.position(j.lane)
	next := j.next(id, j.TooLarge)
	if j.Cross {
		next = s.crossConfirmed(next)
	}
	p.state.Pending = &pending{
		Job: id, Phase: phaseFinalising, Mode: j.Mode, To: j.to, Partial: j.Partial,
		Version: next.version, Next: &next.state, Expect: j.expectation(t),
	}
	if err := j.lane.write(ctx, p); err != nil {
		return p, err
	}
	s.move(j.lane, p)
	return p, nil
}

// upload sends everything, relationships after all entities.
func (s *session) upload(ctx context.Context, j *job, id string, t *tally) error {
	w := j.writer()
	j.Batches, j.Bytes = 0, 0
	defer func() { j.RawDropped, j.TooLarge = w.noRaw, append(w.larges, t.large...) }()
	for _, kind := range j.lane.kinds() {
		u := s.e.client.uploads(ctx, id, t)
		cut := newCutter(kind, w.limit, func(b *batch) error {
			j.Batches++
			j.Bytes += int64(len(b.data))
			s.e.observer(j.progress(PhaseUploading, id, t))
			return u.put(b)
		})
		err := w.objects(u.ctx, kind, func(name objectName, object []byte) error { return cut.add(name, object) })
		if err == nil {
			err = cut.flush()
		}
		// The group's own error is the cause where there are two.
		if uploadErr := u.wait(); uploadErr != nil && !errors.Is(uploadErr, context.Canceled) {
			return uploadErr
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (j *job) progress(phase, id string, t *tally) Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Progress{
		Instance: j.Instance, Cross: j.Cross, Job: id, Phase: phase, Of: j.Entities + j.Relationships,
		Sent: t.objects[graph.EntityKind] + t.objects[graph.RelationshipKind], Batches: t.batches,
	}
}
