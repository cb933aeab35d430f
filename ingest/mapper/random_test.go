package mapper_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store/graph"
)

// generate makes a small graph whose values coincide often.
func generate(r *rand.Rand) *world {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	addresses := []string{"a@x.example", "A@x.example", "b@x.example", "c@x.example", " c@x.example", "", "d@x.example"}
	texts := []string{"Ann", "Bo", "Cy", "ann", "1", "2", "a@x.example", "b@x.example", ""}
	w := &world{more: []string{"empty"}}
	types := [][2]string{{"jumpcloud_user", "User"}, {"okta_user", "User"}, {"hk_user", "User"}, {"hr_employee", "Person"}, {"team", "Team"},
		{"org", "Organization Account"}, {"both", "User Person"}, {"vendor", "Vendor"}}
	names := []string{"name", "displayName", "id", "userId", "username", "aliases", "manager", "managerId", "employeeId", "firstName", "lastName",
		"members", "lead", "title", "employeeType"}
	for i := range r.IntN(14) {
		t := types[r.IntN(len(types))]
		ps := []any{"email", pick(addresses...)}
		if r.IntN(5) == 0 {
			ps = []any{"email", []string{pick(addresses...), pick(addresses...)}}
		}
		for range r.IntN(5) {
			if r.IntN(4) == 0 {
				ps = append(ps, pick(names...), []string{pick(texts...), pick(texts...)})
			} else {
				ps = append(ps, pick(names...), pick(texts...))
			}
		}
		if r.IntN(3) == 0 {
			ps = append(ps, "active", r.IntN(2) == 0)
		}
		if r.IntN(6) == 0 {
			ps = append(ps, "employeeType", pick("bot", "Service", "staff"))
		}
		w.add(fmt.Sprintf("i%d/k%d", r.IntN(3), i), t[0], t[1], ps...)
	}
	filters := [][][]string{{{"_class", "email"}}, {{"name"}}, {{"_type", "_key"}}, {{"_class", "name"}, {"email"}}, {{"_class"}}, {{"_type", "name"}, {"title", "id"}}, {{}}}
	for i := range r.IntN(6) {
		goal := target(pick("employee", "vendor", "hr_employee", "vendor", ""), pick("Person", "Vendor", "User", "Vendor Person", ""), pick("", "", "k1", "k2"))
		for _, name := range []string{"email", "name", "title", "id"} {
			if r.IntN(2) == 0 {
				goal.Props.Set(name, graph.StringValue(pick(texts...)))
			}
		}
		m := graph.Mapping{Direction: graph.Direction(1 + r.IntN(2)), Filters: filters[r.IntN(len(filters))], Target: goal, SkipCreation: r.IntN(3) == 0}
		w.addMapped(fmt.Sprintf("i%d/m%d", r.IntN(3), i), fmt.Sprintf("i%d/k%d", r.IntN(3), r.IntN(14)), pick("IS", "HAS", "USES"), m)
	}
	return w
}

// Derive makes what the naive evaluator says, whatever the order in which the
// graph is read, and an entity that concerns nobody changes nothing.
func TestAgainstNaive(t *testing.T) {
	trials := 2000
	if testing.Short() {
		trials = 500
	}
	links := 0
	for trial := range trials {
		r := rand.New(rand.NewPCG(*seed, uint64(trial)))
		w := generate(r)
		rules := defaults(t).Rules
		n := evaluate(w, rules)
		links += len(n.links)
		for range 2 {
			w.order = r
			got := derive(t, w, mapper.Options{Rules: rules})
			if diff := cmp.Diff(strings.Split(n.text(), "\n"), strings.Split(distinct(got.text()), "\n")); diff != "" {
				t.Fatalf("seed %d, trial %d differs (-naive +got):\n%s\nof %s", *seed, trial, diff, show(w))
			}
			w.add("zz/zz", "zz", "Record", "zz", 1)
		}
	}
	t.Logf("seed %d: %d graphs, %d relationships", *seed, trials, links)
}

// distinct drops repeated lines: the naive evaluator does not tell parallel mapped
// relationships apart.
func distinct(text string) string {
	return strings.Join(slices.Compact(strings.Split(text, "\n")), "\n")
}

func show(w *world) string {
	var b strings.Builder
	for _, im := range w.images {
		fmt.Fprintf(&b, "\n%s/%s %s %v %s", im.Instance, im.Key, im.Type, im.Class, im.Props.AppendJSON(nil))
	}
	for instance, rs := range w.mapped {
		for _, r := range rs {
			fmt.Fprintf(&b, "\n%s/%s %s %+v", instance, r.Key, r.Class, *r.Mapping)
		}
	}
	return b.String()
}
