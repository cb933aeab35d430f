package jupiterone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Config says what an Exporter works with. Everything but the last three fields is
// required.
type Config struct {
	Client  *Client
	Graph   Graph
	Cursors Cursors
	Journal Journal
	// Targets names every instance that is exported at any time, and where to. The
	// mapper is an instance like any other, and stays home unless it is here.
	Targets map[string]Target
	// Raw sends raw data along with the objects.
	Raw bool
	// DeleteShare is how much of a type, in percent, a job may delete without
	// Request.Force; 0 means DefaultDeleteShare.
	DeleteShare float64
	// Observer hears of progress. It may be called by several goroutines at once,
	// and must not block.
	Observer func(Progress)
}

// The phases of a Progress.
const (
	PhaseSettling   = "settling" // finding out what became of a job that was left behind
	PhaseUploading  = "uploading"
	PhaseFinalising = "finalising"
	PhaseFinished   = "finished"
)

// Progress says how far a job is.
type Progress struct {
	Instance string
	Cross    bool
	Job      string
	Phase    string
	// Sent objects of Of have been handed over, Batches of them.
	Sent, Of, Batches int
}

// Exporter decides what to send to JupiterOne, and sends it. Its methods are
// called one at a time.
type Exporter struct {
	client   *Client
	graph    Graph
	cursors  Cursors
	journal  Journal
	targets  targets
	raw      bool
	share    float64
	observer func(Progress)
}

// NewExporter returns an Exporter, or why the configuration cannot be used.
func NewExporter(c Config) (*Exporter, error) {
	ts, err := newTargets(c.Targets)
	switch {
	case err != nil:
		return nil, fmt.Errorf("set up export: %w", err)
	case c.Client == nil || c.Graph == nil || c.Cursors == nil || c.Journal == nil:
		return nil, errors.New("set up export: client, graph, cursors and journal are needed")
	case c.DeleteShare < 0:
		return nil, errors.New("set up export: the share that may be deleted is negative")
	}
	orDefault(&c.DeleteShare, DefaultDeleteShare)
	if c.Observer == nil {
		c.Observer = func(Progress) {}
	}
	return &Exporter{c.Client, c.Graph, c.Cursors, c.Journal, ts, c.Raw, c.DeleteShare, c.Observer}, nil
}

// session is one plan or export: what is known of the lanes at the moment.
type session struct {
	e   *Exporter
	req Request
	// at is where the main lanes stand, of all targets, and after where they will
	// stand once the plan was carried out, of those that are exported.
	at, after map[string]position
	crossAt   map[string]position
	resumes   map[*lane]string
	blocked   map[*lane]error // lanes whose last job has not ended yet
	jobs      map[*lane]*job  // of the main lanes
	main      []*lane
	cross     []*lane
	roughly   bool // how much there is to send is told by sending it
}

// begin reads where every lane stands.
func (e *Exporter) begin(ctx context.Context, req Request) (*session, error) {
	orDefault(&req.Mode, Diff)
	if _, err := ParseMode(string(req.Mode)); err != nil {
		return nil, err
	}
	s := &session{
		e: e, req: req, at: map[string]position{}, after: map[string]position{}, crossAt: map[string]position{},
		resumes: map[*lane]string{}, blocked: map[*lane]error{}, jobs: map[*lane]*job{},
	}
	for _, instance := range slices.Compact(slices.Sorted(slices.Values(req.Instances))) {
		t, ok := e.targets[instance]
		if !ok {
			return nil, fmt.Errorf("instance %s has no target at %s", instance, e.client.Destination())
		}
		if err := s.open(ctx, &lane{instance: instance, target: t, e: e}); err != nil {
			return nil, err
		}
		if err := s.open(ctx, &lane{instance: instance, cross: true, target: t, e: e}); err != nil {
			return nil, err
		}
	}
	for _, instance := range slices.Sorted(maps.Keys(e.targets)) {
		l := &lane{instance: instance, target: e.targets[instance], e: e}
		p, err := l.read(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l, err)
		}
		s.at[instance] = p
	}
	for _, l := range s.cross {
		p, err := l.read(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l, err)
		}
		s.crossAt[l.instance] = p
	}
	return s, nil
}

// open adds a lane. Those of an instance that is not exported any more are there
// as long as they have a cursor.
func (s *session) open(ctx context.Context, l *lane) error {
	if l.target.Removed {
		switch begun, err := l.begun(ctx); {
		case err != nil:
			return fmt.Errorf("%s: %w", l, err)
		case !begun:
			return nil
		}
	}
	if l.cross {
		s.cross = append(s.cross, l)
	} else {
		s.main = append(s.main, l)
	}
	return nil
}

// position is where a lane stands.
func (s *session) position(l *lane) position {
	if l.cross {
		return s.crossAt[l.instance]
	}
	return s.at[l.instance]
}

func (s *session) move(l *lane, p position) {
	if l.cross {
		s.crossAt[l.instance] = p
	} else {
		s.at[l.instance] = p
	}
}

// lanes are all lanes of the session, in the order of export.
func (s *session) lanes() []*lane { return slices.Concat(s.main, s.cross) }

// Plan says what Export would do. It sends nothing and asks nobody: of a job that
// an earlier export left behind it assumes the best.
func (e *Exporter) Plan(ctx context.Context, req Request) (Plan, error) {
	s, err := e.begin(ctx, req)
	if err != nil {
		return Plan{}, fmt.Errorf("plan export: %w", err)
	}
	for _, l := range s.lanes() {
		s.presume(l)
	}
	p, err := s.plan(ctx)
	if err != nil {
		return Plan{}, fmt.Errorf("plan export: %w", err)
	}
	return p, nil
}

// presume takes a job that was left behind for finished, if it got that far.
func (s *session) presume(l *lane) {
	p := s.position(l)
	switch pending := p.state.Pending; {
	case pending == nil:
	case pending.Phase == phaseFinalising:
		s.resumes[l] = pending.Job
		s.move(l, p.confirmed())
	default:
		s.move(l, p.abandoned())
	}
}

// plan makes the plan of all lanes from where they stand.
func (s *session) plan(ctx context.Context) (Plan, error) {
	plan := Plan{Destination: s.e.client.Destination(), Version: s.req.Version}
	for _, l := range s.main {
		if s.blocked[l] != nil {
			continue
		}
		j, err := s.planMain(ctx, l)
		if err != nil {
			return plan, fmt.Errorf("%s: %w", l, err)
		}
		s.jobs[l] = j
		s.after[l.instance] = s.foresee(j)
		plan.Jobs = append(plan.Jobs, j.JobPlan)
	}
	for _, l := range s.cross {
		if s.blocked[l] != nil {
			continue
		}
		j, err := s.planCross(ctx, l)
		if err != nil {
			return plan, fmt.Errorf("%s: %w", l, err)
		}
		if j.Mode != None || j.home > 0 || j.pos.version > 0 || s.resumes[l] != "" {
			plan.Jobs = append(plan.Jobs, j.JobPlan)
		}
	}
	return plan, nil
}

func (s *session) planMain(ctx context.Context, l *lane) (*job, error) {
	a, err := l.analyse(ctx, s.position(l), s.req.Version, "", nil)
	if err != nil {
		return nil, err
	}
	return s.finish(ctx, a)
}

// finish chooses the mode of an analysed lane and asks the guard.
func (s *session) finish(ctx context.Context, a *analysis) (*job, error) {
	j, err := a.decide(ctx, s.req.Mode, s.roughly)
	if err != nil {
		return nil, err
	}
	j.Resumes = s.resumes[a.lane]
	j.guards = j.guard(s.e.share, s.req.Doubts[a.lane.instance])
	return j, nil
}

// foresee is where a main lane stands if its job succeeds.
func (s *session) foresee(j *job) position {
	switch {
	case j.Mode != None:
		return j.next("(planned)", j.TooLarge)
	case j.advance:
		return j.advanced()
	}
	return j.pos
}
