package jupiterone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// Report is what an export did.
type Report struct {
	Destination string
	Version     uint64
	Jobs        []JobReport // in the order in which they ran, settled ones first
}

// Confirmed reports whether the account confirmed anything.
func (r *Report) Confirmed() bool {
	for i := range r.Jobs {
		if r.Jobs[i].Confirmed > 0 || r.Jobs[i].Resumes != "" && r.Jobs[i].Err == nil {
			return true
		}
	}
	return false
}

// Incomplete reports whether something did not reach the account although its job
// may have finished: objects that are too large, or that the server rejected.
func (r *Report) Incomplete() bool {
	for i := range r.Jobs {
		j := &r.Jobs[i]
		if len(j.TooLarge) > 0 || j.Counters.Errors() > 0 {
			return true
		}
	}
	return false
}

// Export brings the account to a version of the graph: what an earlier export left
// behind first, then one job a lane. Nothing is sent when the error is a
// *GuardError or a *LockedError. Other errors are of single lanes, joined; the
// other lanes went on, and the next export continues where this one ended.
func (e *Exporter) Export(ctx context.Context, req Request) (Report, error) {
	report := Report{Destination: e.client.Destination(), Version: req.Version}
	if e.client.o.APIKey == "" {
		return report, errors.New("export to JupiterOne: no API key is given")
	}
	if req.Version == 0 {
		return report, errors.New("export to JupiterOne: there is no version yet")
	}
	unlock, err := e.journal.Lock(ctx, e.client.Destination())
	if err != nil {
		return report, fmt.Errorf("export to JupiterOne: %w", err)
	}
	defer unlock()
	s, err := e.begin(ctx, req)
	if err == nil {
		s.roughly = true
		err = s.export(ctx, &report)
	}
	if err != nil {
		return report, fmt.Errorf("export to JupiterOne: %w", err)
	}
	return report, nil
}

func (s *session) export(ctx context.Context, report *Report) error {
	if err := s.settleAll(ctx, report); err != nil {
		return err
	}
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if err := plan.Guard(); err != nil && !s.req.Force {
		return err
	}
	clear(s.after)
	var errs []error
	planned := func(_ context.Context, l *lane) (*job, error) { return s.jobs[l], nil }
	for _, l := range s.main {
		errs = append(errs, s.do(ctx, l, planned, report))
	}
	for _, l := range s.cross {
		errs = append(errs, s.do(ctx, l, s.planCross, report))
	}
	return errors.Join(errs...)
}

// settleAll deals with the jobs that earlier exports left behind. A lane whose job
// has not ended yet gets no other one.
func (s *session) settleAll(ctx context.Context, report *Report) error {
	for _, l := range s.lanes() {
		r, err := s.settle(ctx, l)
		if r != nil {
			report.Jobs = append(report.Jobs, *r)
		}
		if err == nil {
			continue
		}
		s.blocked[l] = fmt.Errorf("%s: %w", l, err)
		if ctx.Err() != nil {
			return s.blocked[l]
		}
	}
	return nil
}

// do plans one lane from where it stands now, and carries that out.
func (s *session) do(ctx context.Context, l *lane, plan func(context.Context, *lane) (*job, error), report *Report) error {
	if err := cmp.Or(s.blocked[l], ctx.Err()); err != nil {
		return err
	}
	j, err := plan(ctx, l)
	if err == nil && j.Mode == None {
		err = s.rest(ctx, j, report)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l, err)
	}
	if j.Mode == None {
		return nil
	}
	r := s.run(ctx, j)
	report.Jobs = append(report.Jobs, r)
	return r.Err
}

// rest deals with a lane that needs no job.
func (s *session) rest(ctx context.Context, j *job, report *Report) error {
	p := s.position(j.lane)
	if j.advance {
		if next := j.advanced(); next.version != p.version || !next.state.same(&p.state) || next.state.Emptied {
			p = next
			if j.lane.cross {
				p = s.crossConfirmed(p)
			}
			if err := j.lane.write(ctx, p); err != nil {
				return err
			}
			s.move(j.lane, p)
		}
	}
	if !j.Cross || j.pos.version > 0 || !j.empty() {
		report.Jobs = append(report.Jobs, JobReport{JobPlan: j.JobPlan})
	}
	return nil
}
