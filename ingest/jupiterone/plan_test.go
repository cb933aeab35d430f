package jupiterone_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store/graph"
)

// orchard fills a rig with two instances: ten people and three apps, joined within
// and across.
func orchard(t *testing.T, o emulator.JupiterOneOptions, instances ...string) *rig {
	r := newRig(t, o, instances...)
	r.world.edit(func(e *edit) {
		for i := range 10 {
			e.put(entity("hr", "hr_person", fmt.Sprintf("person-%04d", i), "displayName", fmt.Sprintf("Person %d", i), "active", true))
		}
		for i := range 3 {
			app := fmt.Sprintf("app-%04d", i)
			e.put(entity("paas", "paas_app", app, "displayName", "App"))
			e.put(relationship("paas", "paas_app_has_owner", app+"|owner", app, fmt.Sprintf("hr/person-%04d", i)))
			e.put(relationship("paas", "paas_app_uses_app", app+"|uses", app, "app-0000"))
		}
		e.put(entity("mapper", "employee", "employee:pip@orchard.example"))
		e.put(relationship("paas", "paas_app_known_to", "app-0000|known", "app-0000", "mapper/employee:pip@orchard.example"))
	})
	return r
}

func person(i int) graph.Identity {
	return graph.Identity{Kind: graph.EntityKind, Instance: "hr", Key: fmt.Sprintf("person-%04d", i)}
}

// describe prints a plan in a few lines.
func describe(p *jupiterone.Plan) string {
	var b strings.Builder
	for _, j := range p.Jobs {
		name := j.Instance
		if j.Cross {
			name += " cross"
		}
		fmt.Fprintf(&b, "%s: %s, %s; from %d known %v; %d+%d in %d; partial %v; waiting %+v; home %d\n",
			name, j.Mode, j.Why, j.From, j.Known, j.Entities, j.Relationships, j.Batches, j.Partial, j.Waiting, j.Home)
		for _, t := range j.Types {
			fmt.Fprintf(&b, "  %s %+v of %d, send %d, whole %v, owed %v\n", t.Type, t.Counts, t.Held, t.Send, t.Whole, t.Owed)
		}
	}
	return b.String()
}

func TestPlans(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mode  jupiterone.Mode
		setup func(r *rig)
		want  string
	}{
		{"first export", jupiterone.Delta, func(*rig) {}, `
hr: diff, nothing was exported to this scope before; from 0 known false; 10+0 in 1; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_person {Created:10 Updated:0 Deleted:0} of 10, send 10, whole true, owed false
paas: diff, nothing was exported to this scope before; from 0 known false; 3+3 in 2; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 1
  paas_app {Created:3 Updated:0 Deleted:0} of 3, send 3, whole true, owed false
  paas_app_uses_app {Created:3 Updated:0 Deleted:0} of 3, send 3, whole true, owed false
paas cross: diff, nothing was exported to this scope before; from 0 known false; 0+3 in 1; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  paas_app_has_owner {Created:3 Updated:0 Deleted:0} of 3, send 3, whole true, owed false
`},
		{"nothing changed", jupiterone.Diff, func(r *rig) { r.export(jupiterone.Diff) }, `
hr: none, nothing has changed since version 1; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_person {Created:0 Updated:0 Deleted:0} of 10, send 0, whole false, owed false
paas: none, nothing has changed since version 1; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 1
  paas_app {Created:0 Updated:0 Deleted:0} of 3, send 0, whole false, owed false
  paas_app_uses_app {Created:0 Updated:0 Deleted:0} of 3, send 0, whole false, owed false
paas cross: none, nothing has changed since version 1; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  paas_app_has_owner {Created:0 Updated:0 Deleted:0} of 3, send 0, whole false, owed false
`},
		{"delta of updates", jupiterone.Delta, func(r *rig) {
			r.export(jupiterone.Diff)
			r.world.edit(func(e *edit) { e.put(entity("hr", "hr_person", "person-0001", "active", false)) })
		}, `
hr: delta, asked for; from 1 known true; 1+0 in 1; partial [hr_person]; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_person {Created:0 Updated:1 Deleted:0} of 10, send 1, whole false, owed false
`},
		{"delta with a deletion", jupiterone.Delta, func(r *rig) {
			r.export(jupiterone.Diff)
			r.world.edit(func(e *edit) { e.remove(person(2)); e.put(entity("hr", "hr_group", "group-0001")) })
		}, `
hr: delta, asked for; from 1 known true; 10+0 in 1; partial [hr_group]; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_group {Created:1 Updated:0 Deleted:0} of 1, send 1, whole false, owed false
  hr_person {Created:0 Updated:0 Deleted:1} of 9, send 9, whole true, owed false
paas: none, nothing has changed since version 1; from 1 known true; 0+0 in 0; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 1
  paas_app {Created:0 Updated:0 Deleted:0} of 3, send 0, whole false, owed false
  paas_app_uses_app {Created:0 Updated:0 Deleted:0} of 3, send 0, whole false, owed false
paas cross: delta, asked for; from 1 known true; 0+2 in 1; partial []; waiting {Created:0 Updated:0 Deleted:0}; home 0
  paas_app_has_owner {Created:0 Updated:0 Deleted:1} of 2, send 2, whole true, owed false
`},
		{"deletion in a stale type", jupiterone.Diff, func(r *rig) {
			r.export(jupiterone.Diff)
			r.world.setStale("hr", "hr_person", true)
			r.world.edit(func(e *edit) { e.remove(person(9)); e.put(entity("hr", "hr_group", "group-0001")) })
		}, `
hr: diff, the default; from 1 known true; 10+0 in 1; partial [hr_person]; waiting {Created:0 Updated:0 Deleted:0}; home 0
  hr_group {Created:1 Updated:0 Deleted:0} of 1, send 1, whole true, owed false
  hr_person {Created:0 Updated:0 Deleted:1} of 9, send 9, whole false, owed true
`},
		{"patch", jupiterone.Patch, func(r *rig) {
			r.export(jupiterone.Diff)
			r.world.edit(func(e *edit) {
				e.put(entity("hr", "hr_person", "person-0001", "active", false))
				e.put(entity("hr", "hr_group", "group-0001"))
				e.remove(person(9))
			})
		}, `
hr: patch, asked for; from 1 known true; 1+0 in 1; partial []; waiting {Created:1 Updated:0 Deleted:1}; home 0
  hr_group {Created:1 Updated:0 Deleted:0} of 1, send 0, whole false, owed false
  hr_person {Created:0 Updated:1 Deleted:1} of 9, send 1, whole false, owed false
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := orchard(t, emulator.JupiterOneOptions{}, "hr", "paas")
			tt.setup(r)
			before := sameJSON(r.memory.list())
			requests := r.account.Log.Len()
			req := r.request(tt.mode)
			if !strings.Contains(tt.want, "paas") {
				req.Instances = []string{"hr"}
			}
			plan, err := r.exporter(immortal()).Plan(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if r.account.Log.Len() != requests || sameJSON(r.memory.list()) != before {
				t.Error("a plan sent or wrote something")
			}
			if diff := cmp.Diff(tt.want, "\n"+describe(&plan)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAutoChooses(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.world.edit(func(e *edit) {
		for i := range 3000 {
			e.put(entity("crm", []string{"crm_a", "crm_b"}[i%2], fmt.Sprintf("key-%06d", i), "text", strings.Repeat("x", 500)))
		}
	})
	r.export(jupiterone.Auto)
	r.world.edit(func(e *edit) { e.put(entity("crm", "crm_a", "key-000000", "text", "y")) })
	if p := r.plan(jupiterone.Auto); p.Jobs[0].Mode != jupiterone.Delta || p.Jobs[0].Entities != 1 {
		t.Errorf("a small change: %s", describe(&p))
	}
	r.world.edit(func(e *edit) {
		e.remove(graph.Identity{Kind: graph.EntityKind, Instance: "crm", Key: "key-000002"})
	})
	if p := r.plan(jupiterone.Auto); p.Jobs[0].Mode != jupiterone.Diff {
		t.Errorf("half of everything: %s", describe(&p))
	}
}

func TestGuard(t *testing.T) {
	remove := func(n int) func(r *rig) {
		return func(r *rig) {
			r.world.edit(func(e *edit) {
				for i := range n {
					e.remove(person(i))
				}
			})
		}
	}
	for _, tt := range []struct {
		name   string
		mode   jupiterone.Mode
		share  float64
		change func(r *rig)
		doubts map[string]string
		want   []string // parts of the error; none for no error
	}{
		{"a fifth", jupiterone.Diff, 0, remove(2), nil, nil},
		{"more than a fifth", jupiterone.Diff, 0, remove(3), nil, []string{"3 of 10 hr_person of hr"}},
		{"more than a fifth, as a delta", jupiterone.Delta, 0, remove(3), nil, []string{"3 of 10 hr_person of hr"}},
		{"a patch deletes nothing", jupiterone.Patch, 0, remove(3), nil, nil},
		{"another share", jupiterone.Diff, 30, remove(3), nil, nil},
		{"any at all", jupiterone.Diff, 1e-300, remove(1), nil, []string{"1 of 10 hr_person of hr would be deleted, which is more than 0 %"}},
		{"everything", jupiterone.Diff, 100, remove(10), nil, []string{"everything of hr"}},
		{"failed validation", jupiterone.Diff, 0, func(r *rig) {
			r.world.edit(func(e *edit) { e.put(entity("hr", "hr_group", "group-0001")) })
		}, map[string]string{"hr": "3 objects were rejected"}, []string{"failed validation", "3 objects were rejected"}},
		{"failed validation, and nothing to send", jupiterone.Diff, 0, func(*rig) {}, map[string]string{"hr": "x"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := orchard(t, emulator.JupiterOneOptions{}, "hr")
			r.share = tt.share
			r.export(jupiterone.Diff)
			tt.change(r)
			requests := r.account.Log.Len()
			req := r.request(tt.mode)
			req.Doubts = tt.doubts
			plan, err := r.exporter(immortal()).Plan(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.exporter(immortal()).Export(t.Context(), req)
			var guard *jupiterone.GuardError
			if errors.As(err, &guard) != (tt.want != nil) || (plan.Guard() != nil) != (tt.want != nil) {
				t.Fatalf("export: %v; plan: %v", err, plan.Guard())
			}
			if tt.want == nil {
				return
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
			if !strings.Contains(guard.Hint(), "--force") || r.account.Log.Len() != requests {
				t.Errorf("hint %q, %d requests", guard.Hint(), r.account.Log.Len()-requests)
			}
			req.Force = true
			if _, err := r.exporter(immortal()).Export(t.Context(), req); err != nil {
				t.Errorf("forced: %v", err)
			}
			if diff := r.differences(r.world.newest(), "hr", false, func(string) bool { return false }); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	for _, tt := range []struct {
		name    string
		targets map[string]jupiterone.Target
		want    string // part of the error
	}{
		{"a scope", map[string]jupiterone.Target{"a": {Scope: "s"}}, ""},
		{"an instance", map[string]jupiterone.Target{"a": {InstanceID: "i"}}, ""},
		{"managed", map[string]jupiterone.Target{"a": {InstanceID: "i", Source: "integration-managed"}}, ""},
		{"none", map[string]jupiterone.Target{"a": {}}, "neither"},
		{"both", map[string]jupiterone.Target{"a": {Scope: "s", InstanceID: "i"}}, "both"},
		{"a scope of an integration", map[string]jupiterone.Target{"a": {Scope: "s", Source: "integration-external"}}, "belongs to api"},
		{"an instance of the API", map[string]jupiterone.Target{"a": {InstanceID: "i", Source: "api"}}, "belongs to api"},
		{"an unknown source", map[string]jupiterone.Target{"a": {Scope: "s", Source: "apo"}}, `"apo" is not a source`},
		{"the same scope twice", map[string]jupiterone.Target{"a": {Scope: "s"}, "b": {Scope: "s"}}, `instance b: scope "s" is taken by instance a`},
		{"a scope that is another's cross scope", map[string]jupiterone.Target{"a": {Scope: "s"}, "b": {Scope: "s-cross"}}, "taken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, emulator.JupiterOneOptions{})
			p := process{immortal(), r.memory}
			_, err := jupiterone.NewExporter(jupiterone.Config{Client: r.client(immortal()), Graph: r.world, Cursors: p, Journal: p, Targets: tt.targets})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
