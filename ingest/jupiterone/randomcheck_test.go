package jupiterone_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

// held is what a lane should hold in a version.
func (r *rig) held(n uint64, instance string, cross bool) map[graph.Identity]*graph.Image {
	out := map[graph.Identity]*graph.Image{}
	for id, im := range r.world.versions[n].objects {
		if id.Instance == instance && r.inLane(im, cross) {
			out[id] = im
		}
	}
	return out
}

func (r *rig) inLane(im *graph.Image, cross bool) bool {
	own := im.Kind == graph.EntityKind || im.From.Instance == im.Instance && im.To.Instance == im.Instance
	if own || !cross {
		return own && !cross
	}
	from, fromOK := r.targets[im.From.Instance]
	to, toOK := r.targets[im.To.Instance]
	return fromOK && toOK && !from.Removed && !to.Removed
}

func (r *rig) scope(instance string, cross bool) string {
	name := r.targets[instance].Scope
	if cross {
		name += "-cross"
	}
	return name
}

// plainObject is an object as both sides can be compared.
type plainObject struct {
	Type     string
	Class    []string
	From, To emulator.JupiterOneEnd
	Props    map[string]any
}

func (r *rig) plainImage(im *graph.Image) plainObject {
	p := plainObject{Type: im.Type, Class: im.Class, Props: plainProps(im)}
	if im.Kind == graph.RelationshipKind {
		p.From = emulator.JupiterOneEnd{Scope: r.targets[im.From.Instance].Scope, Key: im.From.Key}
		p.To = emulator.JupiterOneEnd{Scope: r.targets[im.To.Instance].Scope, Key: im.To.Key}
	}
	return p
}

func plainServed(o emulator.JupiterOneObject) plainObject {
	props := maps.Clone(o.Properties)
	maps.DeleteFunc(props, func(_ string, v any) bool { return v == nil })
	return plainObject{o.Type, o.Class, o.From, o.To, props}
}

// differences compares what the account holds of a lane with a version; what it
// holds besides of the types in more is let pass.
func (r *rig) differences(n uint64, instance string, cross bool, more func(typ string) bool) string {
	want, got := map[string]plainObject{}, map[string]plainObject{}
	for id, im := range r.held(n, instance, cross) {
		want[id.Kind.String()+" "+id.Key] = r.plainImage(im)
	}
	scope := r.account.Scope(r.scope(instance, cross))
	for kind, objects := range map[graph.Kind]map[string]emulator.JupiterOneObject{
		graph.EntityKind: scope.Entities, graph.RelationshipKind: scope.Relationships,
	} {
		for key, o := range objects {
			name := kind.String() + " " + key
			if _, ok := want[name]; ok || !more(o.Type) {
				got[name] = plainServed(o)
			}
		}
	}
	return cmp.Diff(want, got)
}

// checkLane holds that the account equals the version that a lane's cursor says it
// confirmed, as long as nothing is under way.
func (s *story) checkLane(instance string, cross, must bool) {
	c, st := s.cursor(instance, cross)
	if must && s.targets[instance].Removed {
		s.checkGone(instance, cross)
		return
	}
	if n := s.world.newest(); must && !cross && c.Version != n && len(s.held(n, instance, cross)) > 0 {
		s.fail("%s: version %d is confirmed, of %d", instance, c.Version, n)
	}
	if c.Version == 0 || st.Pending != nil || st.Dirty != "" || len(st.Disturbed) > 0 || s.memory.jobs[st.Scope] != st.Job {
		return
	}
	if st.Emptied || cross && (s.memory.started[st.Job] != s.memory.moves || !s.settledEnds(c.Version)) {
		return
	}
	more := func(typ string) bool { return slices.Contains(st.Owed, typ) || cross && s.keeps }
	s.Compared++
	if diff := s.differences(c.Version, instance, cross, more); diff != "" {
		s.fail("%s, cross %v: the account is not version %d (-graph +account):\n%s", instance, cross, c.Version, diff)
	}
}

// checkGone holds that of an instance that is not exported any more nothing is left,
// neither there nor here.
func (s *story) checkGone(instance string, cross bool) {
	s.Emptied++
	if c, _ := s.cursor(instance, cross); c.State != "" {
		s.fail("%s, cross %v: it left, and has a cursor: %+v", instance, cross, c)
	}
	held := s.account.Scope(s.scope(instance, cross))
	if n := len(held.Entities) + len(held.Relationships); n > 0 && !(cross && s.keeps) {
		s.fail("%s, cross %v: it left, and the account holds %d objects", instance, cross, n)
	}
}

// settledEnds reports whether all main lanes are where a cross lane is: else their
// jobs may have taken relationships with them, which the next export restores.
func (s *story) settledEnds(version uint64) bool {
	for _, instance := range storyInstances {
		c, st := s.cursor(instance, false)
		if c.Version != version || st.Pending != nil || st.Dirty != "" || len(st.Disturbed) > 0 || s.memory.jobs[st.Scope] != st.Job {
			return false
		}
	}
	return true
}

// checkHeld holds that nothing is missing which was confirmed and is there ever
// since.
func (s *story) checkHeld() {
	if s.strange {
		return
	}
	for _, instance := range storyInstances {
		for _, cross := range []bool{false, true} {
			c, _ := s.cursor(instance, cross)
			if c.Version == 0 {
				continue
			}
			scope := s.account.Scope(s.scope(instance, cross))
			for id, im := range s.held(c.Version, instance, cross) {
				objects := scope.Entities
				if id.Kind == graph.RelationshipKind {
					objects = scope.Relationships
				}
				if _, ok := objects[id.Key]; !ok && s.everSince(c.Version, im, cross) {
					s.fail("%s %s of %s is in every version since %d, and the account deleted it", id.Kind, id.Key, instance, c.Version)
				}
			}
		}
	}
}

// everSince reports whether an object is in every version from n on, with the ends
// that it had, and they too.
func (s *story) everSince(n uint64, im *graph.Image, cross bool) bool {
	for ; n <= s.world.newest(); n++ {
		objects := s.world.versions[n].objects
		now := objects[im.Identity()]
		if now == nil || !s.inLane(now, cross) || now.From != im.From || now.To != im.To {
			return false
		}
		for _, end := range []graph.End{im.From, im.To} {
			id := graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key}
			if im.Kind == graph.RelationshipKind && objects[id] == nil {
				return false
			}
		}
	}
	return true
}

// checkSent holds that jobs of deltas and patches carried nothing that had been
// confirmed and did not change since.
func (s *story) checkSent() {
	for _, job := range s.account.Jobs() {
		b, ok := s.memory.begun[job.ID]
		if !ok || b.state.Pending.Mode == "diff" {
			continue
		}
		cross := job.SyncMode == "CROSS_SCOPE"
		lost := s.lostTypes(b, cross)
		for _, key := range job.Keys {
			for _, kind := range []graph.Kind{graph.EntityKind, graph.RelationshipKind} {
				id := graph.Identity{Kind: kind, Instance: b.Instance, Key: key}
				im := s.world.versions[b.state.Pending.To].objects[id]
				if im == nil || lost[im.Type] || !s.inLane(im, cross) {
					continue
				}
				if !s.maySend(b, id) {
					s.fail("job %s (%s from %d to %d) sent %s %s again", job.ID, b.state.Pending.Mode, b.Version, b.state.Pending.To, kind, key)
				}
			}
		}
	}
}

// maySend reports whether an object was written since it was confirmed, be it by
// a PATCH.
func (s *story) maySend(b begun, id graph.Identity) bool {
	to := b.state.Pending.To
	last := s.world.lastWrite(id, b.Version, to)
	if last == 0 {
		return false
	}
	before, after := s.world.versions[b.Version].objects[id], s.world.versions[to].objects[id]
	if len(b.state.Disturbed) == 0 {
		// Without any disturbance only what differs may be sent, but for what
		// other lanes took along.
		return !graph.SameState(before, after) || id.Kind == graph.RelationshipKind
	}
	patched := uint64(0)
	for _, d := range b.state.Disturbed {
		if d.Sure {
			patched = d.Version
		}
	}
	return before == nil || id.Kind != graph.EntityKind || last > patched || graph.SameState(before, after)
}

// lostTypes are the types in which something was deleted, or may have been, on the
// way that a job went.
func (s *story) lostTypes(b begun, cross bool) map[string]bool {
	out := map[string]bool{}
	for _, typ := range b.state.Owed {
		out[typ] = true
	}
	for n := b.Version; n < b.state.Pending.To; n++ {
		for m := n + 1; m <= b.state.Pending.To; m++ {
			for id, im := range s.held(n, b.Instance, cross) {
				now := s.world.versions[m].objects[id]
				if now == nil || !s.inLane(now, cross) {
					out[im.Type] = true
				}
			}
		}
	}
	return out
}

// checkCounted holds that an export in which nothing went wrong counts as the
// server does.
func (s *story) checkCounted(r *jupiterone.Report) {
	for _, j := range r.Jobs {
		for _, d := range j.Differences {
			// A PATCH leaves null where a property was, which the next job updates.
			if j.Known && j.Resumes == "" && !(strings.HasPrefix(d, "entities updated") && s.Patch > 0) {
				s.fail("%s, cross %v, %s: %s", j.Instance, j.Cross, j.Mode, d)
			}
		}
	}
}
