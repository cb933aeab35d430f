package jupiterone_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

var (
	sequences = flag.Int("sequences", 300, "how many random sequences of changes and exports to try")
	seed      = flag.Uint64("seed", 1, "the seed of the first of them")
)

// TestRandom holds the exporter to what it promises, whatever the graph, the
// account and the process do: after an export succeeded the account equals the
// graph; nothing goes that the graph holds; and deltas send nothing twice.
func TestRandom(t *testing.T) {
	var sum statistics
	for n := range *sequences {
		s := newStory(t, *seed+uint64(n))
		s.run(10)
		sum.add(s.statistics)
		if len(s.failures) > 0 {
			again := newStory(t, *seed+uint64(n))
			again.verbose = true
			again.run(10)
			t.Fatalf("seed %d:\n%s\n%s", *seed+uint64(n), strings.Join(s.failures, "\n"), strings.Join(again.log, "\n"))
		}
	}
	t.Logf("%d sequences from seed %d: %+v", *sequences, *seed, sum)
}

type statistics struct {
	Exports, Succeeded, Killed, Failed, Restored, Left, Emptied, Compared, Jobs, Diff, Delta, Patch, None, Cross, Resumed int
}

func (s *statistics) add(o statistics) {
	s.Exports += o.Exports
	s.Succeeded += o.Succeeded
	s.Killed += o.Killed
	s.Failed += o.Failed
	s.Restored += o.Restored
	s.Left += o.Left
	s.Emptied += o.Emptied
	s.Compared += o.Compared
	s.Jobs += o.Jobs
	s.Diff += o.Diff
	s.Delta += o.Delta
	s.Patch += o.Patch
	s.None += o.None
	s.Cross += o.Cross
	s.Resumed += o.Resumed
}

// story is one random sequence.
type story struct {
	*rig
	r       *rand.Rand
	keeps   bool // the account keeps relationships between scopes
	backups []backup
	planned []emulator.JupiterOneFault // what goes wrong at the moment
	// A story that fails is told again, with a log.
	verbose       bool
	log, failures []string
	// strange says that the account may lack what this history holds: it saw
	// another one.
	strange bool
	statistics
}

type backup struct {
	newest  uint64
	cursors map[[2]string]jupiterone.Cursor
	targets map[string]jupiterone.Target
}

var storyInstances = []string{"crm", "hr"}

func newStory(t *testing.T, seed uint64) *story {
	r := rand.New(rand.NewPCG(seed, 7))
	o := emulator.JupiterOneOptions{
		Streams: r.IntN(2) == 0, Polls: r.IntN(3), KeepsCrossScope: r.IntN(4) == 0, MaxBody: 900 + r.IntN(3000),
	}
	s := &story{rig: newRig(t, o, storyInstances...), r: r, keeps: o.KeepsCrossScope}
	s.batch, s.raw, s.share = 300+r.IntN(3000), r.IntN(2) == 0, 100
	s.note("account %+v, batches of %d bytes", o, s.batch)
	return s
}

func (s *story) note(format string, args ...any) {
	if s.verbose {
		s.log = append(s.log, fmt.Sprintf(format, args...))
	}
}

func (s *story) fail(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
	s.note("    WRONG: "+format, args...)
}

func (s *story) run(steps int) {
	s.change()
	for range steps {
		for range s.r.IntN(3) {
			s.change()
		}
		if s.r.IntN(4) == 0 {
			s.restale()
		}
		if s.r.IntN(12) == 0 {
			s.restore()
		}
		if s.r.IntN(6) == 0 {
			s.backups = append(s.backups, backup{s.world.newest(), maps.Clone(s.memory.cursors), maps.Clone(s.targets)})
		}
		if s.r.IntN(10) == 0 {
			s.leaveOrReturn()
		}
		s.attempt()
		if len(s.failures) > 0 {
			return
		}
	}
	// In the end everything works, and the account is what the graph is.
	s.planned = nil
	s.account.Faults.Set()
	for in := range s.world.stale {
		clear(s.world.stale[in])
	}
	for round := range 7 { // a slow job may outlast five
		req := s.request(jupiterone.Diff)
		req.Force = true
		s.do(req, immortal(), round > 4)
	}
	for in := range s.targets {
		s.removed(in, false) // what was sent is judged by all that may have been
	}
	s.checkSent()
}

// leaveOrReturn takes an instance out of the exports, with its objects or as the
// mapper's are taken out, or back in.
func (s *story) leaveOrReturn() {
	instance := storyInstances[s.r.IntN(2)]
	leaves, keeps := !s.targets[instance].Removed, s.r.IntN(4) == 0
	if leaves && s.forgotten(instance) {
		return
	}
	s.removed(instance, leaves)
	s.memory.moves++
	s.Left++
	s.note("  %s leaves: %v, its objects stay: %v", instance, leaves, keeps)
	if leaves && !keeps {
		s.world.edit(func(e *edit) {
			for _, id := range sortedIDs(e.objects) {
				if id.Instance == instance && e.objects[id] != nil {
					e.remove(id)
				}
			}
		})
		return
	}
	// The account loses what every version holds.
	s.strange = true
}

// forgotten reports that the database is older than what the account has of an
// instance. It cannot have that deleted: no cursor tells of it.
func (s *story) forgotten(instance string) bool {
	for _, cross := range []bool{false, true} {
		if c, _ := s.cursor(instance, cross); c.State == "" && s.memory.jobs[s.scope(instance, cross)] != "" {
			return true
		}
	}
	return false
}

func (s *story) removed(instance string, removed bool) {
	t := s.targets[instance]
	t.Removed = removed
	s.targets[instance] = t
}

// change makes a version.
func (s *story) change() {
	s.world.edit(func(e *edit) {
		for range 1 + s.r.IntN(4) {
			s.changeOne(e)
		}
	})
	if !s.verbose {
		return
	}
	v := s.world.versions[s.world.newest()]
	for _, id := range slices.SortedFunc(maps.Keys(v.wrote), func(a, b graph.Identity) int { return strings.Compare(a.Key+a.Instance, b.Key+b.Instance) }) {
		if im := v.objects[id]; im != nil {
			s.note("  version %d: %s %s %s of %s %s->%s %s", s.world.newest(), im.Type, id.Kind, id.Key, id.Instance, im.From.Key, im.To.Key, sameJSON(im.Props))
		} else {
			s.note("  version %d: %s %s of %s is gone", s.world.newest(), id.Kind, id.Key, id.Instance)
		}
	}
}

func (s *story) changeOne(e *edit) {
	instance := storyInstances[s.r.IntN(2)]
	if s.targets[instance].Removed {
		return
	}
	key := fmt.Sprintf("%s-entity-%d", instance, s.r.IntN(6))
	id := graph.Identity{Kind: graph.EntityKind, Instance: instance, Key: key}
	switch was := e.objects[id]; {
	case s.r.IntN(3) == 0:
		s.changeRelationship(e, instance)
	case was == nil || s.r.IntN(3) > 0:
		e.put(s.entity(instance, key))
	default:
		e.remove(id)
	}
}

// entity is an entity in one of few states, so that states come back.
func (s *story) entity(instance, key string) *graph.Image {
	im := entity(instance, fmt.Sprintf("%s_type_%d", instance, s.r.IntN(2)), key, "n", s.r.IntN(2))
	for _, name := range []string{"a", "b", "_own"} {
		if s.r.IntN(3) == 0 {
			im.Props.Set(name, graph.StringsValue([]string{"x", name}))
		}
	}
	if s.r.IntN(3) == 0 {
		s.world.raw[im.Identity()] = []byte(fmt.Sprintf(`[{"name":"default","rawData":{"text":%q}}]`, strings.Repeat("r", s.r.IntN(1500))))
	}
	return im
}

// changeRelationship makes, changes or deletes a relationship: within the
// instance, to the other one, or to one that stays home.
func (s *story) changeRelationship(e *edit, instance string) {
	key := fmt.Sprintf("%s-relationship-%d", instance, s.r.IntN(6))
	id := graph.Identity{Kind: graph.RelationshipKind, Instance: instance, Key: key}
	if e.objects[id] != nil && s.r.IntN(2) == 0 {
		e.remove(id)
		return
	}
	var own, all []*graph.Image
	for _, other := range sortedIDs(e.objects) {
		if im := e.objects[other]; other.Kind == graph.EntityKind {
			all = append(all, im)
			if other.Instance == instance {
				own = append(own, im)
			}
		}
	}
	if len(own) == 0 {
		return
	}
	from, to := own[s.r.IntN(len(own))], all[s.r.IntN(len(all))]
	if s.r.IntN(10) == 0 {
		to = entity("home", "thing", "home-entity")
		e.put(to)
	}
	e.put(relationship(instance, fmt.Sprintf("%s_link_%d", instance, s.r.IntN(2)), key, from.Key, to.Instance+"/"+to.Key, "n", s.r.IntN(2)))
}

// restale makes a type stale or whole again.
func (s *story) restale() {
	instance := storyInstances[s.r.IntN(2)]
	typ := fmt.Sprintf("%s_%s_%d", instance, []string{"type", "link"}[s.r.IntN(2)], s.r.IntN(2))
	s.world.setStale(instance, typ, s.r.IntN(2) == 0)
	s.note("  %s of %s stale: %v", typ, instance, s.world.stale[instance][typ])
}

// restore goes back to a backup of the database.
func (s *story) restore() {
	if len(s.backups) == 0 {
		return
	}
	b := s.backups[s.r.IntN(len(s.backups))]
	s.backups = slices.DeleteFunc(s.backups, func(o backup) bool { return o.newest > b.newest })
	s.world.versions = s.world.versions[:b.newest+1]
	s.memory.cursors = maps.Clone(b.cursors)
	s.targets = maps.Clone(b.targets)
	for _, instance := range storyInstances {
		if s.forgotten(instance) {
			s.removed(instance, false)
		}
	}
	s.memory.moves++
	s.strange = true
	// What was sent of the other history cannot be judged by this one.
	clear(s.memory.begun)
	s.Restored++
	s.note("  back to version %d", b.newest)
}

// attempt exports with whatever goes wrong.
func (s *story) attempt() {
	req := s.request([]jupiterone.Mode{jupiterone.Diff, jupiterone.Delta, jupiterone.Delta, jupiterone.Patch, jupiterone.Auto}[s.r.IntN(5)])
	slices.Sort(req.Instances)
	if s.r.IntN(4) == 0 {
		req.Instances = req.Instances[:1]
	}
	req.Force = true
	l := immortal()
	if s.r.IntN(2) == 0 {
		l = &life{left: s.r.IntN(40), last: s.r.IntN(2) == 0}
	}
	s.planned = s.faults()
	s.account.Faults.Set(s.planned...)
	s.do(req, l, false)
}

// faults plans what the account does wrong.
func (s *story) faults() []emulator.JupiterOneFault {
	const jobs = "/persister/synchronization/jobs"
	routes := []string{"", jobs, jobs + "/{id}", jobs + "/{id}/entities", jobs + "/{id}/relationships", jobs + "/{id}/finalize"}
	var out []emulator.JupiterOneFault
	for range s.r.IntN(3) {
		f := emulator.JupiterOneFault{
			Route: routes[s.r.IntN(len(routes))], Nth: 1 + s.r.IntN(6), Times: 1 + s.r.IntN(7),
			Action: emulator.JupiterOneAction(s.r.IntN(int(emulator.JupiterOneForget) + 1)),
			Status: []int{408, 429, 500, 503}[s.r.IntN(4)], Polls: s.r.IntN(5), End: "ERROR_BAD_DATA",
		}
		if f.Action == emulator.JupiterOneSlow {
			f.Polls, f.Times = s.r.IntN(25), 1 // 17 are beyond the deadline
		}
		if f.Status == http.StatusTooManyRequests {
			f.Header = map[string]string{"Retry-After": "3"}
		}
		out = append(out, f)
	}
	return out
}

// do exports once and checks what can be said afterwards.
func (s *story) do(req jupiterone.Request, l *life, must bool) {
	s.Exports++
	report, err := s.exporter(l).Export(s.t.Context(), req)
	s.note("export %s of %v to version %d (life %d): %v", req.Mode, req.Instances, req.Version, l.left, err)
	for _, j := range report.Jobs {
		s.count(&j)
		if !s.verbose {
			continue
		}
		s.note("    %s cross %v: %s (%s) from %d, job %s, sent %d+%d, partial %v, confirmed %d, resumes %q, err %v, differences %v", j.Instance, j.Cross, j.Mode, j.Why, j.From,
			j.Job, j.Entities, j.Relationships, j.Partial, j.Confirmed, j.Resumes, j.Err, j.Differences)
	}
	switch {
	case l.ended:
		s.Killed++
		s.memory.locked = false // as the system does for a dead process
		if err == nil {
			s.fail("a killed export succeeded")
		}
	case err != nil:
		s.Failed++
		if must {
			s.fail("export: %v", err)
		}
		var guard *jupiterone.GuardError
		if errors.As(err, &guard) {
			s.fail("forced, and yet: %v", err)
		}
	default:
		s.Succeeded++
	}
	s.checkHeld()
	for _, instance := range req.Instances {
		for _, cross := range []bool{false, true} {
			s.checkLane(instance, cross, err == nil && req.Mode == jupiterone.Diff)
		}
	}
	if err == nil && len(s.planned) == 0 && !s.keeps && !s.strange {
		s.checkCounted(&report)
	}
	if err == nil && req.Mode == jupiterone.Diff && len(req.Instances) == len(storyInstances) {
		s.strange = false
	}
}

func (s *story) count(j *jupiterone.JobReport) {
	if j.Job != "" {
		s.Jobs++
	}
	if j.Cross && j.Job != "" {
		s.Cross++
	}
	if j.Resumes != "" {
		s.Resumed++
	}
	switch j.Mode {
	case jupiterone.Diff:
		s.Diff++
	case jupiterone.Delta:
		s.Delta++
	case jupiterone.Patch:
		s.Patch++
	case jupiterone.None:
		s.None++
	}
}
