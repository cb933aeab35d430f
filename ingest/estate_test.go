package ingest_test

import (
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
)

// keys are the objects that an estate must give, worked out from it alone: the
// type of each key. An entity and a relationship never share one.
type keys map[string]string

// link adds the relationship of that type.
func (k keys) link(typ, from, verb, to string) { k[from+"|"+verb+"|"+to] = typ }

// has adds an entity, and the relationship from what it hangs from.
func (k keys) has(typ, key, linkType, from, verb string) {
	k[key] = typ
	k.link(linkType, from, verb, key)
}

// isExactly compares a graph with an estate.
func (k keys) isExactly(t *testing.T, g *ingesttest.Graph) {
	t.Helper()
	got := keys{}
	for key, e := range g.Entities {
		got[key] = e.Type
	}
	for key, r := range g.Relationships {
		got[key] = r.Type
	}
	for key, typ := range k {
		if got[key] != typ {
			t.Errorf("%s %s is missing, or is a %q", typ, key, got[key])
		}
	}
	for key, typ := range got {
		if _, ok := k[key]; !ok {
			t.Errorf("%s %s is left over", typ, key)
		}
	}
}

// herokuKeys follows the Heroku side.
func herokuKeys(e emulator.Estate) keys {
	x := &herokuExpected{keys: keys{}, h: e.Heroku, members: map[string]bool{}, teams: map[string]bool{}, mine: map[string]bool{}, apps: map[string]bool{}}
	for _, m := range x.h.TeamMembers {
		if m.UserID == x.h.AccountID {
			x.mine[m.TeamID] = true
		}
	}
	x.people()
	x.applications()
	x.hanging()
	x.reach()
	return x.keys
}

type herokuExpected struct {
	keys
	h             emulator.HerokuEstate
	members       map[string]bool // of enterprise accounts
	mine          map[string]bool // teams of the key's owner
	teams, apps   map[string]bool // that the key sees
	ownerOfApp    map[string]string
	collaborating map[string]bool
}

// user relates a user to something, as a member of an account or as a stranger.
func (x *herokuExpected) user(typ func(user string) string, from, verb, to, user string) {
	if x.members[user] {
		x.link(typ("heroku_account_member"), from, verb, to)
		return
	}
	x.keys[user] = "heroku_user"
	x.link(typ("heroku_user"), from, verb, to)
}

func (x *herokuExpected) people() {
	for _, a := range x.h.Accounts {
		x.keys[a.ID] = "heroku_account"
	}
	for _, m := range x.h.AccountMembers {
		x.members[m.UserID] = true
		x.has("heroku_account_member", m.UserID, "heroku_account_has_member", m.AccountID, "has")
	}
	for _, t := range x.h.Teams {
		if t.AccountID != "" {
			x.has("heroku_team", t.ID, "heroku_account_has_team", t.AccountID, "has")
		} else if x.mine[t.ID] {
			x.keys[t.ID] = "heroku_team"
		}
		x.teams[t.ID] = x.keys[t.ID] != ""
	}
	for _, m := range x.h.TeamMembers {
		if x.teams[m.TeamID] {
			x.user(func(user string) string {
				return map[string]string{"heroku_account_member": "heroku_team_has_account_member", "heroku_user": "heroku_team_has_user"}[user]
			}, m.TeamID, "has", m.UserID, m.UserID)
		}
	}
	for _, v := range x.h.Invitations {
		if x.teams[v.TeamID] {
			x.has("heroku_team_invitation", v.ID, "heroku_team_has_invitation", v.TeamID, "has")
		}
	}
}

func (x *herokuExpected) applications() {
	x.collaborating, x.ownerOfApp = map[string]bool{}, map[string]string{}
	for _, c := range x.h.Collaborators {
		if c.UserID == x.h.AccountID {
			x.collaborating[c.AppID] = true
		}
	}
	for _, a := range x.h.Apps {
		if !x.teams[a.TeamID] && !x.mine[a.TeamID] && a.OwnerID != x.h.AccountID && !x.collaborating[a.ID] {
			continue
		}
		x.apps[a.ID] = true
		x.keys[a.ID] = "heroku_application"
		if x.teams[a.TeamID] {
			x.link("heroku_team_owns_application", a.TeamID, "owns", a.ID)
		}
		if a.TeamID == "" {
			x.ownerOfApp[a.ID] = a.OwnerID
			x.user(func(user string) string { return user + "_owns_application" }, a.OwnerID, "owns", a.ID, a.OwnerID)
		}
		if a.SpaceID != "" {
			x.link("heroku_space_has_application", a.SpaceID, "has", a.ID)
		}
	}
}

// hanging are the things that hang off applications.
func (x *herokuExpected) hanging() {
	for _, a := range x.h.AddOns {
		if x.apps[a.AppID] {
			x.has("heroku_addon", a.ID, "heroku_application_has_addon", a.AppID, "has")
		}
	}
	for _, p := range x.h.Endpoints {
		if x.apps[p.AppID] {
			x.has("heroku_certificate", p.ID, "heroku_application_has_certificate", p.AppID, "has")
		}
	}
	for _, d := range x.h.Domains {
		if !x.apps[d.AppID] {
			continue
		}
		x.has("heroku_domain", d.ID, "heroku_application_has_domain", d.AppID, "has")
		if d.EndpointID != "" && x.keys[d.EndpointID] != "" {
			x.link("heroku_domain_uses_certificate", d.ID, "uses", d.EndpointID)
		}
	}
}

// reach is who and what reaches applications.
func (x *herokuExpected) reach() {
	for _, c := range x.h.Collaborators {
		if x.apps[c.AppID] && c.UserID != x.ownerOfApp[c.AppID] {
			x.user(func(user string) string { return user + "_assigned_application" }, c.UserID, "assigned", c.AppID, c.UserID)
		}
	}
	for _, s := range x.h.Spaces {
		x.keys[s.ID] = "heroku_space"
		if x.teams[s.TeamID] {
			x.link("heroku_team_has_space", s.TeamID, "has", s.ID)
		}
	}
	for _, p := range x.h.Pipelines {
		x.keys[p.ID] = "heroku_pipeline"
		if x.teams[p.OwnerID] {
			x.link("heroku_team_owns_pipeline", p.OwnerID, "owns", p.ID)
		}
	}
	for _, c := range x.h.Couplings {
		if x.apps[c.AppID] {
			x.link("heroku_pipeline_has_application", c.PipelineID, "has", c.AppID)
		}
	}
}

// jumpcloudKeys follows the JumpCloud side.
func jumpcloudKeys(e emulator.Estate) keys {
	k, j := keys{}, e.JumpCloud
	for _, o := range j.Organizations {
		k[o.ID] = "jumpcloud_account"
	}
	for _, u := range j.Users {
		k.has("jumpcloud_user", u.ID, "jumpcloud_account_has_user", u.Organization, "has")
	}
	for _, g := range j.Groups {
		k.has("jumpcloud_group", g.ID, "jumpcloud_account_has_group", g.Organization, "has")
	}
	for _, a := range j.Applications {
		k.has("jumpcloud_application", a.ID, "jumpcloud_account_has_application", a.Organization, "has")
	}
	for _, m := range j.MDMs {
		k.has("jumpcloud_apple_mdm", m.ID, "jumpcloud_account_has_apple_mdm", m.Organization, "has")
	}
	for _, d := range j.Devices {
		k[d.ID] = "jumpcloud_apple_device"
		k.link("jumpcloud_apple_device_has_mdm", d.ID, "has", d.MDMID)
	}
	for _, s := range j.Systems {
		k.has("jumpcloud_system", s.ID, "jumpcloud_account_has_system", s.Organization, "has")
	}
	for _, g := range j.SystemGroups {
		k.has("jumpcloud_system_group", g.ID, "jumpcloud_account_has_system_group", g.Organization, "has")
	}
	k.jumpcloudBindings(j)
	return k
}

func (k keys) jumpcloudBindings(j emulator.JumpCloudEstate) {
	members := map[string][]string{}
	for _, b := range j.GroupMembers {
		k.link("jumpcloud_group_has_user", b.From, "has", b.To)
		members[b.From] = append(members[b.From], b.To)
	}
	for _, b := range j.AppUsers {
		k.link("jumpcloud_user_assigned_application", b.To, "assigned", b.From)
	}
	for _, b := range j.AppGroups {
		k.link("jumpcloud_group_assigned_application", b.To, "assigned", b.From)
		for _, user := range members[b.To] {
			k.link("jumpcloud_user_assigned_application", user, "assigned", b.From)
		}
	}
	for _, b := range j.SystemUsers {
		k.link("jumpcloud_user_has_system", b.To, "has", b.From)
	}
	for _, b := range j.SystemMembers {
		k.link("jumpcloud_system_group_has_system", b.From, "has", b.To)
	}
}
