package emulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// jumpcloudMaker collects a JumpCloud estate while it is being invented.
type jumpcloudMaker struct {
	seed uint64
	org  string
	j    JumpCloudEstate
}

// newJumpCloud invents the JumpCloud side of the company: the first
// organization holds everybody, further ones a handful of users each.
func newJumpCloud(seed uint64, staff []person, organizations int) JumpCloudEstate {
	m := &jumpcloudMaker{seed: seed}
	m.organization("Orchard", "https://cdn.orchard.example/logo.png")
	m.people(staff)
	m.groups(staff)
	m.applications()
	m.mdm()
	for _, p := range staff {
		m.laptop(p)
	}
	m.servers()
	m.systemGroups()
	for n := 1; n < organizations; n++ {
		m.organization(fmt.Sprint("Orchard Subsidiary ", n), "")
		m.subsidiary(n)
	}
	return m.j
}

// organization opens a tenant; what is made from now on belongs to it.
func (m *jumpcloudMaker) organization(name string, logo Opt) {
	m.org = objectID(m.seed, "organization", name)
	m.j.Organizations = append(m.j.Organizations, Organization{m.org, Opt(name), logo, m.age(1500, 1600, "organization", name)})
}

// age gives a moment some random days before the first day, to the millisecond.
func (m *jumpcloudMaker) age(least, most int, what ...any) Stamp {
	r := chooser(m.seed, append([]any{"age"}, what...)...)
	return firstDay.Days(-least-r.IntN(most-least)) - Stamp(r.IntN(10*60*60*1000))
}

// user gives the id of somebody's account.
func (m *jumpcloudMaker) user(username string) string { return objectID(m.seed, "user", username) }

// people makes everybody an account but the contractors, then finds managers.
func (m *jumpcloudMaker) people(staff []person) {
	for n, p := range staff {
		if !p.is("outside") {
			m.j.Users = append(m.j.Users, m.person(p, n))
		}
	}
	for i := range m.j.Users {
		u := &m.j.Users[i]
		head := find(m.j.Users, func(v *User) bool {
			return v.Department == u.Department && strings.HasPrefix(v.JobTitle, "Head of")
		})
		if head >= 0 && head != i && u.EmployeeType == "Full-time" {
			u.Manager = Opt(m.j.Users[head].ID)
		}
	}
}

// person makes an account; n keeps numbers apart that must be.
func (m *jumpcloudMaker) person(p person, n int) User {
	name := p.username()
	r := chooser(m.seed, "jumpcloud user", name)
	u := User{
		ID: m.user(name), Username: name, Email: p.email(), Firstname: Opt(p.first), Lastname: Opt(p.last),
		Displayname: strings.TrimSpace(p.first + " " + p.last), State: "ACTIVATED", Activated: true,
		Department: p.department, JobTitle: p.title, EmployeeType: "Full-time", EmployeeIdentifier: Opt(fmt.Sprintf("ORC-%04d", 1001+n)),
		Company: "Orchard", CostCenter: fmt.Sprint("CC-", 100+len(p.department)), Location: pick(r, []string{"Rotterdam", "Accra", "Remote"}),
		UnixUID: 5001 + n, UnixGUID: 5001 + n, AllowPublicKey: true, SystemUsername: name, Organization: m.org,
		Created: m.age(90, 1400, "user", name),
	}
	m.access(&u, r)
	switch {
	case !p.human():
		m.machine(&u, p)
	case p.is("suspended"):
		u.State, u.Suspended = "SUSPENDED", true
	case p.is("staged"):
		u.State, u.Activated, u.MFA, u.TOTPEnabled = "STAGED", false, MFA{Absent: true}, false
		u.PasswordDate, u.PasswordExpirationDate = 0, 0
	}
	m.details(&u, p, r)
	return u
}

// access gives somebody a password and a second factor, in various states.
func (m *jumpcloudMaker) access(u *User, r *rand.Rand) {
	u.TOTPEnabled = chance(r, 80)
	u.MFA = MFA{Configured: u.TOTPEnabled}
	if !u.TOTPEnabled && chance(r, 30) {
		u.MFA.Exclusion, u.MFA.ExclusionUntil = true, firstDay.Days(r.IntN(20)-5)
	}
	u.PortalMultifactor = u.TOTPEnabled
	u.PasswordDate = m.age(3, 110, "password", u.Username)
	u.PasswordExpirationDate = u.PasswordDate.Days(90)
	u.PasswordExpired = u.PasswordExpirationDate < firstDay
	u.Sudo = chance(r, 15)
	u.PasswordlessSudo = u.Sudo && chance(r, 30)
}

// machine makes an account that of a bot, a service or a shared thing.
func (m *jumpcloudMaker) machine(u *User, p person) {
	u.EmployeeType, u.EmployeeIdentifier, u.Firstname, u.Lastname, u.Displayname = strings.Fields(p.flags)[0], "", "", "", ""
	u.PasswordNeverExpires, u.PasswordExpirationDate, u.PasswordExpired = true, 0, false
	u.TOTPEnabled, u.PortalMultifactor = false, false
	u.MFA = MFA{Exclusion: true}
	u.LDAPBindingUser, u.SambaServiceUser = p.first == "backup", p.first == "backup"
	u.Description = Opt("Account of " + p.first + ", not of a person")
}

// details are the odds and ends of some people.
func (m *jumpcloudMaker) details(u *User, p person, r *rand.Rand) {
	if p.human() && chance(r, 40) {
		u.PhoneNumbers = List[Phone]{{objectID(m.seed, "phone", u.Username), "work", fmt.Sprintf("+1 202 555 01%02d", r.IntN(100))}}
		u.Addresses = List[Address]{{objectID(m.seed, "address", u.Username), "work", "1 Orchard Lane", u.Location, "", "00000", "ZZ"}}
	}
	if chance(r, 25) {
		public := "ssh-ed25519 AAAAinvented" + objectID(m.seed, "public", u.Username)
		u.SSHKeys = List[SSHKey]{{objectID(m.seed, "ssh", u.Username), "laptop", public, u.Created.Days(1)}}
	}
	if p.department == "Security" {
		u.Attributes = List[Attribute]{{"clearance", "high"}}
		u.Tags = List[string]{"on-call"}
	}
	switch p.first {
	case "Gaurav": // locked out, and taken over from another directory
		u.AccountLocked, u.AccountLockedDate = true, firstDay.Days(-1)
		u.ExternallyManaged, u.ExternalSourceType, u.ExternalDN = true, "AD", "CN=gaurav,DC=orchard,DC=example"
	case "Ailani":
		u.MFA = MFA{Absent: true}
	case "Thandeka":
		u.EmployeeType, u.EmployeeIdentifier, u.Description = "Contractor", "", "Until the end of the year"
	}
}

// groupNames are the groups besides one for each department. Their members are
// the people for whom the function holds.
var groupNames = []struct {
	name string
	of   func(person) bool
}{
	{"all-staff", func(p person) bool { return p.human() }},
	{"administrators", func(p person) bool {
		return p.department == "Security" || strings.HasPrefix(p.title, "Head of Platform")
	}},
	{"heroku-users", func(p person) bool { return p.teams != "" && p.human() && !p.is("suspended") }},
	{"machines", func(p person) bool { return !p.human() }},
	{"alumni", func(person) bool { return false }},
}

// departments that have a group, in order.
var departments = []string{"Platform", "Payments", "Storefront", "Mobile", "Data", "Growth", "Tools", "Security", "Finance", "Support"}

// groups makes one group a department, and the groups of groupNames.
func (m *jumpcloudMaker) groups(staff []person) {
	for _, name := range departments {
		m.group(strings.ToLower(name), staff, func(p person) bool { return p.human() && p.department == name })
	}
	for _, g := range groupNames {
		m.group(g.name, staff, g.of)
	}
}

// group makes a group of those for whom of holds. Leavers stay in theirs.
func (m *jumpcloudMaker) group(name string, staff []person, of func(person) bool) {
	g := Group{ID: objectID(m.seed, "group", name), Name: name, Type: "user_group", Organization: m.org}
	switch name {
	case "administrators":
		g.Attributes = json.RawMessage(`{"sudo":{"enabled":true,"withoutPassword":false}}`)
		g.Description = "Those who run the directory itself"
	case "all-staff":
		g.Email, g.Description = "all@orchard.example", "Everybody"
	}
	m.j.Groups = append(m.j.Groups, g)
	for _, p := range staff {
		if of(p) && !p.is("outside") {
			m.j.GroupMembers = append(m.j.GroupMembers, Binding{From: g.ID, To: m.user(p.username())})
		}
	}
}

// subsidiary fills a further organization.
func (m *jumpcloudMaker) subsidiary(n int) {
	g := Group{ID: objectID(m.seed, "subsidiary group", n), Name: "everybody", Type: "user_group", Organization: m.org}
	m.j.Groups = append(m.j.Groups, g)
	for i, first := range []string{"Ansel", "Brighid", "Ciro"} {
		p := person{first: first, last: fmt.Sprint("Subsidiary", n), department: "Sales", title: "Account Executive"}
		u := m.person(p, 500+10*n+i)
		m.j.Users = append(m.j.Users, u)
		m.j.GroupMembers = append(m.j.GroupMembers, Binding{From: g.ID, To: u.ID})
	}
}
