package emulator

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// random is a day on which a handful of things happen anywhere. What happens
// follows from the seed and the number of the day alone.
func (d *day) random() {
	r := chooser(d.Seed, "day", d.Day)
	for range 4 + r.IntN(9) {
		d.stock(r)
		pick(r, changes)(d, r)
	}
}

// stock makes one of each kind that changes rely on and the estate has none of.
func (d *day) stock(r *rand.Rand) {
	kinds := []struct {
		rows int
		make func(*rand.Rand)
	}{
		{len(d.Heroku.Teams), d.anyTeam},
		{len(d.Heroku.Apps), d.anyApp},
		{len(d.Heroku.Pipelines), d.anyPipeline},
		{len(d.JumpCloud.Users), d.anyUser},
		{len(d.JumpCloud.Groups), d.anyGroup},
		{len(d.JumpCloud.Applications), d.anySSO},
		{len(d.JumpCloud.Systems), d.anySystem},
		{len(d.JumpCloud.SystemGroups), d.anySystemGroup},
	}
	for _, kind := range kinds {
		if kind.rows == 0 {
			kind.make(r) // below its floor a kind always grows
		}
	}
}

// changes are all the things that may happen on a random day, equally likely.
var changes = []func(*day, *rand.Rand){
	(*day).anyApp, (*day).anyAppName, (*day).anyAppOwner, (*day).anyAppState, (*day).anyAddOn, (*day).anyAddOnPlan,
	(*day).anyTeam, (*day).anyTeamName, (*day).anyMember, (*day).anyMember, (*day).anyRole, (*day).anyInvitation,
	(*day).anyLogin, (*day).anyLoginMail, (*day).anyCollaborator, (*day).anyDomain, (*day).anyCertificate,
	(*day).anyPipeline, (*day).anyCoupling, (*day).anySpace, (*day).anySpaceMember, (*day).anyAccount,
	(*day).anyUser, (*day).anyUserState, (*day).anyUserAccess, (*day).anyUserJob, (*day).anyGroup, (*day).anyGroupName,
	(*day).anyGroupMember, (*day).anyGroupMember, (*day).anySSO, (*day).anySSOState, (*day).anySSOUser, (*day).anySSOGroup,
	(*day).anyDevice, (*day).anySystem, (*day).anySystemState, (*day).anySystemUser, (*day).anySystemGroup,
	(*day).anySystemMember, (*day).anyMDM,
}

// grow decides whether a kind with n rows gets one more or loses one. Below the
// floor it always grows and far above it rather shrinks, so that a long run
// keeps about the size that it began with.
func grow(r *rand.Rand, n, floor int) bool {
	return n < floor || chance(r, 50) && 2*n < 3*floor || chance(r, 30)
}

// some picks a row, nil when there is none.
func some[T any](r *rand.Rand, rows []T) *T {
	if len(rows) == 0 {
		return nil
	}
	return &rows[r.IntN(len(rows))]
}

// word invents a name that today has not used before.
func (d *day) word(r *rand.Rand) string {
	return pick(r, trees) + "-" + pick(r, trees) + "-" + d.uuid()[:6]
}

// maker gives what New uses, to make things as they were made then.
func (d *day) maker() *herokuMaker { return &herokuMaker{seed: d.Seed, h: d.Heroku} }

// rebind binds two ends, unless they are bound already, or ends some other
// binding. It says what it did.
func rebind(r *rand.Rand, bindings *[]Binding, floor int, b Binding) (verb string, done Binding) {
	at := find(*bindings, func(c *Binding) bool { return c.From == b.From && c.To == b.To })
	if at < 0 && grow(r, len(*bindings), floor) {
		*bindings = append(*bindings, b)
		return "gains", b
	}
	if at < 0 {
		at = r.IntN(len(*bindings)) // not empty: it would have grown
	}
	done = (*bindings)[at]
	*bindings = slices.Delete(*bindings, at, at+1)
	return "loses", done
}

// anyUser lets somebody join, or deletes an account with all its bindings.
func (d *day) anyUser(r *rand.Rand) {
	j := &d.JumpCloud
	if !grow(r, len(j.Users), 50) {
		u := some(r, j.Users)
		name := u.Username
		j.removeUser(u.ID)
		d.jumpcloud("%s is deleted", name)
		return
	}
	m := &jumpcloudMaker{seed: d.Seed, org: some(r, j.Organizations).ID}
	last := pick(r, trees) + d.uuid()[:6]
	u := m.person(person{first: pick(r, []string{"Arden", "Noor", "Quillan", "Sol", "Tove"}), last: strings.ToUpper(last[:1]) + last[1:],
		department: pick(r, departments), title: "Engineer"}, 1000+20*d.Day+d.ids)
	u.Created = d.Now
	j.Users = append(j.Users, u)
	d.jumpcloud("%s joins", u.Username)
}

// anyUserState suspends somebody, or takes the suspension back.
func (d *day) anyUserState(r *rand.Rand) {
	if u := some(r, d.JumpCloud.Users); u.Suspended {
		d.activate(u.Username)
	} else {
		d.suspend(u.Username)
	}
}

// anyUserAccess changes a second factor, a password or a right.
func (d *day) anyUserAccess(r *rand.Rand) {
	u := some(r, d.JumpCloud.Users)
	switch r.IntN(4) {
	case 0:
		u.TOTPEnabled = !u.TOTPEnabled
		u.MFA = MFA{Configured: u.TOTPEnabled}
	case 1:
		u.PasswordExpired = !u.PasswordExpired
	case 2:
		u.PasswordDate, u.PasswordExpirationDate, u.PasswordExpired = d.Now, d.Now.Days(90), false
	case 3:
		u.Sudo = !u.Sudo
		u.PasswordlessSudo = false
	}
	d.jumpcloud("the access of %s changes", u.Username)
}

// anyUserJob moves somebody to another department; texts become null and back.
func (d *day) anyUserJob(r *rand.Rand) {
	u := some(r, d.JumpCloud.Users)
	u.Department, u.JobTitle = pick(r, departments), pick(r, []string{"Engineer", "Lead", "Analyst", ""})
	u.Description = pick(r, []Opt{"", "Moved", "Part-time"})
	d.jumpcloud("%s works in %s now", u.Username, u.Department)
}

// anyGroup makes a group with members, or deletes one.
func (d *day) anyGroup(r *rand.Rand) {
	j := &d.JumpCloud
	if grow(r, len(j.Groups), 12) {
		g := Group{ID: d.objectID(), Name: d.word(r), Type: "user_group", Organization: some(r, j.Organizations).ID}
		j.Groups = append(j.Groups, g)
		d.jumpcloud("group %s is made", g.Name)
		for range r.IntN(15) {
			if u := some(r, j.Users); u.Organization == g.Organization {
				rebind(r, &j.GroupMembers, 120, Binding{From: g.ID, To: u.ID})
			}
		}
		return
	}
	g := *some(r, j.Groups)
	j.removeGroup(g.ID)
	d.jumpcloud("group %s is deleted", g.Name)
}

// anyGroupName renames a group: an update, and nothing else.
func (d *day) anyGroupName(r *rand.Rand) {
	g := some(r, d.JumpCloud.Groups)
	old := g.Name
	g.Name, g.Description = d.word(r), pick(r, []Opt{"", "Renamed"})
	d.jumpcloud("group %s is renamed to %s", old, g.Name)
}

// anyGroupMember adds a membership or ends one; either may come back later.
func (d *day) anyGroupMember(r *rand.Rand) {
	j := &d.JumpCloud
	g, u := some(r, j.Groups), some(r, j.Users)
	if g.Organization == u.Organization {
		verb, b := rebind(r, &j.GroupMembers, 120, Binding{From: g.ID, To: u.ID})
		d.jumpcloud("group %s %s user %s", b.From, verb, b.To)
	}
}
