package jupiterone_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

// killed exports until a request to a path that ends so was made that many times,
// and ends the process there: before the request has an effect, or after.
func (r *rig) killed(t *testing.T, mode jupiterone.Mode, ending string, nth int, after bool) {
	t.Helper()
	l := immortal()
	e := r.exporter(l)
	r.wire.stop = func(path string) bool {
		if strings.HasSuffix(path, ending) {
			nth--
		}
		return nth == 0
	}
	r.wire.after = after
	report, err := e.Export(t.Context(), r.request(mode))
	r.wire.stop = nil
	if err == nil || !l.ended {
		t.Fatalf("the export was not killed: %v, %+v", err, report)
	}
	r.memory.locked = false
}

// TestKilledAtEveryPoint kills a delta at each of its requests, lets the graph
// change once more, and holds that the next export sends what is missing and
// nothing else.
func TestKilledAtEveryPoint(t *testing.T) {
	for _, streams := range []bool{false, true} {
		for _, after := range []bool{false, true} {
			for nth := 1; nth <= 5; nth++ {
				r := newRig(t, emulator.JupiterOneOptions{Streams: streams}, "crm")
				r.share = 100
				r.world.edit(func(e *edit) {
					e.put(entity("crm", "crm_user", "user-0001", "n", 1))
					e.put(entity("crm", "crm_user", "user-0002", "n", 1))
					e.put(entity("crm", "crm_user", "user-0003", "n", 1))
				})
				r.export(jupiterone.Diff)
				r.world.edit(func(e *edit) {
					e.put(entity("crm", "crm_user", "user-0001", "n", 2))
					e.put(entity("crm", "crm_user", "user-0002", "n", 2))
					e.put(entity("crm", "crm_gift", "gift-0001"))
					e.put(relationship("crm", "crm_user_has_gift", "user-0001|has|gift-0001", "user-0001", "gift-0001"))
				})
				// start, entities, relationships, finalize, status
				r.killed(t, jupiterone.Delta, "", nth, after)
				jobs := len(r.account.Jobs())
				r.world.edit(func(e *edit) { // back to where it was, but for one
					e.put(entity("crm", "crm_user", "user-0001", "n", 1))
					e.remove(graph.Identity{Kind: graph.EntityKind, Instance: "crm", Key: "gift-0001"})
				})
				report := r.export(jupiterone.Delta)
				if diff := r.differences(3, "crm", false, func(string) bool { return false }); diff != "" {
					t.Errorf("streams %v, after %v, killed at %d: %s", streams, after, nth, diff)
				}
				for _, job := range r.account.Jobs()[jobs:] {
					for _, key := range job.Keys {
						if key == "user-0003" {
							t.Errorf("streams %v, after %v, killed at %d: what was confirmed is sent again: %v", streams, after, nth, job.Keys)
						}
					}
				}
				if resumed := report.Jobs[0].Resumes != ""; resumed != (nth >= 4) {
					t.Errorf("streams %v, after %v, killed at %d: resumed %v", streams, after, nth, resumed)
				}
			}
		}
	}
}

// TestLeftBehind looks at every way in which a job can be found that was being
// finalised when its export was killed.
func TestLeftBehind(t *testing.T) {
	const jobs = "/persister/synchronization/jobs/{id}"
	for _, tt := range []struct {
		name   string
		ending string // of the request at which it is killed
		after  bool
		fault  emulator.JupiterOneFault
		modes  []jupiterone.Mode // of what the next export reports
		sent   int               // objects, after it was found
		failed bool              // the job that was found
	}{
		{"finalising was not heard", "finalize", false, emulator.JupiterOneFault{}, []jupiterone.Mode{"delta", "none"}, 0, false},
		{"finalising was heard", "finalize", true, emulator.JupiterOneFault{}, []jupiterone.Mode{"delta", "none"}, 0, false},
		{"it is slow", "finalize", true, emulator.JupiterOneFault{Route: jobs, Times: 1, Action: emulator.JupiterOneSlow, Polls: 3}, []jupiterone.Mode{"delta", "none"}, 0, false},
		{"it fails", "finalize", true, emulator.JupiterOneFault{Route: jobs, Times: 1, Action: emulator.JupiterOneFail}, []jupiterone.Mode{"delta", "diff"}, 2, true},
		{"the server closed it", "finalize", false, emulator.JupiterOneFault{Times: 1, Action: emulator.JupiterOneClose}, []jupiterone.Mode{"delta", "diff"}, 2, true},
		{"the server forgot it", "finalize", true, emulator.JupiterOneFault{Times: 1, Action: emulator.JupiterOneForget}, []jupiterone.Mode{"delta", "diff"}, 2, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, emulator.JupiterOneOptions{}, "crm")
			r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001", "n", 1)) })
			r.export(jupiterone.Diff)
			r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0002", "n", 1)) })
			r.killed(t, jupiterone.Delta, tt.ending, 1, tt.after)
			plan := r.plan(jupiterone.Delta)
			if plan.Jobs[0].Resumes == "" || plan.Jobs[0].Mode != jupiterone.None || !plan.Sends() {
				t.Errorf("plan: %s", describe(&plan))
			}
			if tt.fault.Action != 0 || tt.fault.Times != 0 {
				r.account.Faults.Set(tt.fault)
			}
			report := r.export(jupiterone.Delta)
			var modes []jupiterone.Mode
			sent := 0
			for _, j := range report.Jobs {
				modes = append(modes, j.Mode)
				sent += j.SentObjects
			}
			if sameJSON(modes) != sameJSON(tt.modes) || sent != tt.sent {
				t.Errorf("modes %v, sent %d; want %v, %d", modes, sent, tt.modes, tt.sent)
			}
			var jobError *jupiterone.JobError
			if errors.As(report.Jobs[0].Err, &jobError) != tt.failed {
				t.Errorf("the job that was found: %v", report.Jobs[0].Err)
			}
			if diff := r.differences(2, "crm", false, func(string) bool { return false }); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnfinishedJobIsWaitedForNextTime(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{Polls: 20}, "crm", "hr")
	r.world.edit(func(e *edit) {
		e.put(entity("crm", "crm_user", "user-0001"))
		e.put(entity("hr", "hr_person", "person-0001"))
		e.put(relationship("hr", "hr_person_is_user", "is-0001", "person-0001", "crm/user-0001"))
	})
	report, err := r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff))
	var unfinished *jupiterone.UnfinishedError
	if !errors.As(err, &unfinished) || len(r.account.Jobs()) != 2 {
		t.Fatalf("error %v after %d jobs", err, len(r.account.Jobs()))
	}
	if last := report.Jobs[len(report.Jobs)-1]; !last.Cross || last.Mode != jupiterone.None || !strings.Contains(last.Why, "waiting for crm, hr") {
		t.Errorf("the relationships between them: %s, %s", last.Mode, last.Why)
	}
	// A lane whose job goes on gets no other one.
	r.account.Faults.Set(emulator.JupiterOneFault{Method: "GET", Action: emulator.JupiterOneSlow, Polls: 1})
	if _, err := r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff)); !errors.As(err, &unfinished) {
		t.Errorf("error %v", err)
	}
	if n := len(r.account.Jobs()); n != 2 {
		t.Errorf("%d jobs", n)
	}
	r.account.Faults.Set()
	for range 3 {
		_, err = r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff))
	}
	if err != nil || len(r.account.Jobs()) != 3 {
		t.Errorf("in the end: %v, %d jobs", err, len(r.account.Jobs()))
	}
}

func TestInterruptionAbortsTheJob(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	ctx, cancel := context.WithCancel(t.Context())
	e := r.exporter(immortal())
	r.wire.stop = func(path string) bool {
		if strings.HasSuffix(path, "/entities") {
			cancel()
		}
		return false
	}
	_, err := e.Export(ctx, r.request(jupiterone.Diff))
	r.wire.stop = nil
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if job := r.account.Jobs()[0]; job.Status != "ABORTED" {
		t.Errorf("the job is %s", job.Status)
	}
	if r.memory.locked {
		t.Error("the lock is still held")
	}
}

func TestServerClosesTheJob(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	r.account.Faults.Set(emulator.JupiterOneFault{Route: "/persister/synchronization/jobs/{id}/entities", Action: emulator.JupiterOneClose})
	_, err := r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff))
	var closed *jupiterone.ClosedError
	if !errors.As(err, &closed) || r.account.Log.Counts()["/persister/synchronization/jobs/{id}/entities"] != 1 {
		t.Errorf("error %v after %v", err, r.account.Log.Counts())
	}
	if strings.Count(err.Error(), "instance crm") != 1 {
		t.Errorf("the instance is named more than once: %v", err)
	}
}

func TestTwoExportsExcludeEachOther(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	r.memory.locked = true
	_, err := r.exporter(immortal()).Export(t.Context(), r.request(jupiterone.Diff))
	var locked *jupiterone.LockedError
	if !errors.As(err, &locked) || r.account.Log.Len() != 0 {
		t.Errorf("error %v after %d requests", err, r.account.Log.Len())
	}
}

func TestRestoredBackupIsNoticed(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
	r.export(jupiterone.Diff)
	backup := r.memory.list()[0]
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0002")) })
	r.export(jupiterone.Delta)
	r.world.versions = r.world.versions[:2]
	r.memory.cursors[[2]string{backup.Destination, backup.Instance}] = backup
	plan := r.plan(jupiterone.Delta)
	if j := plan.Jobs[0]; j.Mode != jupiterone.Diff || j.Known || !strings.Contains(j.Why, "restored from a backup") {
		t.Errorf("plan: %s", describe(&plan))
	}
	r.export(jupiterone.Delta)
	if diff := r.differences(1, "crm", false, func(string) bool { return false }); diff != "" {
		t.Error(diff)
	}
	if plan := r.plan(jupiterone.Delta); plan.Sends() {
		t.Errorf("afterwards: %s", describe(&plan))
	}
}

// TestForeignCursors holds that a cursor which does not fit is not believed.
func TestForeignCursors(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(r *rig, c *jupiterone.Cursor)
		why  string
	}{
		{"no JSON", func(_ *rig, c *jupiterone.Cursor) { c.State = "lease" }, "cannot be read"},
		{"of a later format", func(_ *rig, c *jupiterone.Cursor) { c.State = strings.Replace(c.State, `"format":1`, `"format":2`, 1) }, "format 2"},
		{"another scope", func(r *rig, _ *jupiterone.Cursor) { r.targets["crm"] = jupiterone.Target{Scope: "elsewhere"} }, "the scope was j1db-crm before"},
		{"another history", func(r *rig, _ *jupiterone.Cursor) {
			r.world.versions[1].objects[graph.Identity{Instance: "crm", Key: "user-0001"}] = entity("crm", "crm_user", "user-0001", "n", 9)
		}, "does not belong to this history"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, emulator.JupiterOneOptions{}, "crm")
			r.world.edit(func(e *edit) { e.put(entity("crm", "crm_user", "user-0001")) })
			r.export(jupiterone.Diff)
			c := r.memory.list()[0]
			tt.edit(r, &c)
			r.memory.cursors[[2]string{c.Destination, c.Instance}] = c
			plan := r.plan(jupiterone.Delta)
			if j := plan.Jobs[0]; j.Mode != jupiterone.Diff || !strings.Contains(j.Why, tt.why) {
				t.Errorf("plan: %s", describe(&plan))
			}
		})
	}
}
