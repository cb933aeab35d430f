package jupiterone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// planCross plans the relationships of an instance to others. They can be sent
// once both of their ends are there.
func (s *session) planCross(ctx context.Context, l *lane) (*job, error) {
	p := s.position(l)
	unknown, purges := s.upset(p)
	a, err := l.analyse(ctx, p, s.req.Version, unknown, purges)
	if err != nil {
		return nil, err
	}
	j, err := s.finish(ctx, a)
	if err != nil || j.Mode == None {
		return j, err
	}
	refs := a.refs
	if j.Mode == Delta && len(j.whole) == 0 {
		refs = a.moved
	}
	var missing []string
	for _, instance := range refs.sorted() {
		ok, err := s.current(ctx, instance)
		if err != nil {
			return nil, err
		}
		if !ok {
			missing = append(missing, instance)
		}
	}
	if len(missing) > 0 {
		j.postpone("waiting for " + strings.Join(missing, ", ") + ", which the account does not have in this version")
	}
	return j, nil
}

// postpone turns a job into none.
func (j *job) postpone(why string) {
	j.JobPlan = JobPlan{
		Instance: j.Instance, Cross: j.Cross, Mode: None, Why: why, Resumes: j.Resumes, From: j.From, Known: j.Known,
		Types: j.typePlans(nil),
	}
	j.advance = false
}

// upset says what other lanes' jobs did to a cross lane since it was confirmed: an
// entity that goes takes its relationships with it, whoever sent them. Either
// nothing can be assumed, or there are versions in which that happened.
func (s *session) upset(p position) (unknown string, purges []uint64) {
	if p.version == 0 {
		return "", nil
	}
	if p.state.Targets != s.e.targets.fingerprint() {
		return "other instances are exported, or to other scopes, than before", nil
	}
	for _, instance := range slices.Sorted(maps.Keys(s.at)) {
		if !s.e.targets.has(instance) {
			continue // no relationship ends there any more
		}
		at := s.at[instance]
		if next, ok := s.after[instance]; ok {
			at = next
		}
		if at.state.Reset != p.state.Resets[instance] || at.state.Forgotten > p.version {
			return fmt.Sprintf("what the account holds of %s was settled anew", instance), nil
		}
		for _, version := range at.state.Purges {
			if version > p.version {
				purges = append(purges, version)
			}
		}
	}
	slices.Sort(purges)
	return "", slices.Compact(purges)
}

// current reports whether the account has, or will have, the entities of an
// instance in the version that is exported.
func (s *session) current(ctx context.Context, instance string) (bool, error) {
	p, planned := s.after[instance]
	if !planned {
		p = s.at[instance]
	}
	switch {
	case p.version == 0, p.state.Dirty != "", p.state.Pending != nil, len(p.state.Disturbed) > 0:
		return false, nil
	case p.version >= s.req.Version:
		return p.version == s.req.Version, nil
	}
	for c, err := range s.e.graph.Changes(ctx, p.version, s.req.Version, instance) {
		if err != nil {
			return false, fmt.Errorf("read changes of %s: %w", instance, err)
		}
		if c.Image().Kind == graph.EntityKind {
			return false, nil
		}
	}
	return true, nil
}

// crossConfirmed adds to a cross lane's state what else its content rests on.
func (s *session) crossConfirmed(p position) position {
	p.state.Targets, p.state.Resets = s.e.targets.fingerprint(), map[string]string{}
	for instance, at := range s.at {
		if s.e.targets.has(instance) {
			p.state.Resets[instance] = at.state.Reset
		}
	}
	return p
}
