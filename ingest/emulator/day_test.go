package emulator_test

import (
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

var seed = flag.Uint64("seed", 1, "seed of the random days")

func TestFirstDayIsScripted(t *testing.T) {
	before := emulator.New(emulator.Options{})
	after, events := before.NextDay()
	if err := after.Check(); err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, v := range events {
		text = append(text, v.Provider+": "+v.Text)
	}
	want := []string{
		"jumpcloud: Nadia Orrinfield joins Payments",
		"jumpcloud: nadia.orrinfield joins group all-staff",
		"jumpcloud: nadia.orrinfield joins group payments",
		"heroku: nadia.orrinfield@orchard.example joins team orchard-payments",
		"jumpcloud: jaswinder.belvaros is suspended",
		"heroku: application fraud-watch moves to team orchard-data",
		"heroku: add-on heroku-redis-birch-b0802 of reports is removed",
		"heroku: application campaigns is renamed to campaigns-archive",
		"heroku: rukmini.sallowby@orchard.example becomes admin in team orchard-storefront",
		"jumpcloud: gaurav.mistlethorn leaves group growth",
		"jumpcloud: gaurav.mistlethorn joins group data",
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(before.Heroku, after.Heroku) || !cmp.Equal(before, emulator.New(emulator.Options{})) {
		t.Error("a day changes the day before, or nothing")
	}
	second, events := after.NextDay()
	if err := second.Check(); err != nil || len(events) < 8 {
		t.Errorf("the second day: %d events, %v", len(events), err)
	}
}

// TestManyDays advances a thousand days: references stay whole, the estate
// neither dies out nor explodes, and a second run from the same seed is the same.
func TestManyDays(t *testing.T) {
	t.Logf("seed %d", *seed)
	begin := emulator.New(emulator.Options{Seed: *seed, EnterpriseAccounts: 2})
	e := begin
	quiet := 0
	for e.Day < 1000 {
		next, events := e.NextDay()
		if err := next.Check(); err != nil {
			t.Fatalf("day %d: %v\n%v", next.Day, err, events)
		}
		if len(events) == 0 {
			quiet++
		}
		if next.Day == 500 {
			again, _ := e.NextDay()
			if diff := cmp.Diff(next, again); diff != "" {
				t.Errorf("the same day twice: %s", diff)
			}
		}
		e = next
	}
	if quiet > 10 {
		t.Errorf("nothing happened on %d days", quiet)
	}
	then := begin.Size()
	for i, c := range e.Size() {
		t.Logf("%-32s %4d %4d", c.Kind, then[i].Rows, c.Rows)
		if then[i].Rows > 3 && (c.Rows*5 < then[i].Rows || c.Rows > then[i].Rows*5) {
			t.Errorf("%s: %d at first, %d at last", c.Kind, then[i].Rows, c.Rows)
		}
	}
}

// TestEveryKindChanges holds that a hundred days touch every kind of row.
func TestEveryKindChanges(t *testing.T) {
	e := emulator.New(emulator.Options{Seed: *seed})
	first := e
	for range 100 {
		e, _ = e.NextDay()
	}
	h, g := first.Heroku, e.Heroku
	j, k := first.JumpCloud, e.JumpCloud
	for kind, same := range map[string]bool{
		"accounts": cmp.Equal(h.Accounts, g.Accounts), "users": cmp.Equal(h.Users, g.Users), "teams": cmp.Equal(h.Teams, g.Teams),
		"account members": cmp.Equal(h.AccountMembers, g.AccountMembers), "members": cmp.Equal(h.TeamMembers, g.TeamMembers),
		"invitations": cmp.Equal(h.Invitations, g.Invitations), "spaces": cmp.Equal(h.Spaces, g.Spaces),
		"space members": cmp.Equal(h.SpaceMembers, g.SpaceMembers), "apps": cmp.Equal(h.Apps, g.Apps), "add-ons": cmp.Equal(h.AddOns, g.AddOns),
		"collaborators": cmp.Equal(h.Collaborators, g.Collaborators), "domains": cmp.Equal(h.Domains, g.Domains),
		"endpoints": cmp.Equal(h.Endpoints, g.Endpoints), "pipelines": cmp.Equal(h.Pipelines, g.Pipelines), "couplings": cmp.Equal(h.Couplings, g.Couplings),
		"people": cmp.Equal(j.Users, k.Users), "groups": cmp.Equal(j.Groups, k.Groups), "group members": cmp.Equal(j.GroupMembers, k.GroupMembers),
		"applications": cmp.Equal(j.Applications, k.Applications), "application users": cmp.Equal(j.AppUsers, k.AppUsers),
		"application groups": cmp.Equal(j.AppGroups, k.AppGroups), "mdms": cmp.Equal(j.MDMs, k.MDMs), "devices": cmp.Equal(j.Devices, k.Devices),
		"systems": cmp.Equal(j.Systems, k.Systems), "system users": cmp.Equal(j.SystemUsers, k.SystemUsers),
		"system groups": cmp.Equal(j.SystemGroups, k.SystemGroups), "system members": cmp.Equal(j.SystemMembers, k.SystemMembers),
	} {
		if same {
			t.Errorf("%s never change", kind)
		}
	}
}
