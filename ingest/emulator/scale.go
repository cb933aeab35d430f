package emulator

import "fmt"

// Scale says how large an estate is. Kinds that it does not name there are none
// of, but for one enterprise account and one organization.
type Scale struct {
	Seed         uint64
	Users        int // people, each with a JumpCloud user and a Heroku login in one team
	Teams        int // Heroku teams; at least 1
	Apps         int // Heroku applications, spread over the teams
	AddOns       int // add-ons of each application
	Groups       int // JumpCloud groups; each user is in two of them when there are as many
	Applications int // SSO applications, each reached through one group
	Systems      int // systems, each with one user
}

// NewLarge invents an estate of any size: plainer rows than New's, about 1.5 kB
// of memory for each user. Equal scales give equal estates. Handlers serve it
// page by page: a request costs what its page costs.
func NewLarge(s Scale) Estate {
	e := Estate{Seed: s.Seed, Now: firstDay}
	e.Heroku = largeHeroku(s)
	e.JumpCloud = largeJumpCloud(s)
	return e
}

// numbered people have names that tell them apart.
func numbered(n int) person {
	return person{first: fmt.Sprintf("P%06d", n), last: "Largefield", department: departments[n%len(departments)], title: "Engineer"}
}

// largeHeroku makes one enterprise account with everybody in it.
func largeHeroku(s Scale) HerokuEstate {
	m := &herokuMaker{seed: s.Seed}
	m.account(0)
	account := m.h.Accounts[0].ID
	teams := max(1, s.Teams)
	for n := range teams {
		m.h.Teams = append(m.h.Teams, Team{
			ID: uuid(s.Seed, "team", n), Name: fmt.Sprintf("team-%05d", n), Type: "enterprise", Licenses: true,
			CreatedAt: firstDay.Days(-400), UpdatedAt: firstDay.Days(-n % 300), AccountID: account,
		})
	}
	m.largeLogins(max(1, s.Users), account)
	for n := range s.Apps {
		name := fmt.Sprintf("app-%06d", n)
		a := App{
			ID: uuid(s.Seed, "app", n), Name: name, Joined: true, Stack: "heroku-24", Region: "eu", TeamID: m.h.Teams[n%teams].ID,
			GitURL: "https://git.heroku.example/" + name + ".git", WebURL: "https://" + Opt(name) + ".herokuapp.example/",
			ReleasedAt: firstDay.Days(-n % 90), CreatedAt: firstDay.Days(-300), UpdatedAt: firstDay.Days(-n % 90),
		}
		m.h.Apps = append(m.h.Apps, a)
		for k := range s.AddOns {
			o := m.addOn(a, k%len(addOnPlans))
			o.ID, o.Name = uuid(s.Seed, "add-on", n, k), fmt.Sprintf("%s-%06d-%d", o.Service, n, k)
			m.h.AddOns = append(m.h.AddOns, o)
		}
	}
	return m.h
}

// largeLogins gives everybody a login, a team and the enterprise account. The
// first owns the key and is in every team.
func (m *herokuMaker) largeLogins(users int, account string) {
	view := []string{"view"}
	for n := range users {
		p := numbered(n)
		u := HerokuUser{
			ID: uuid(m.seed, "login", n), Email: p.email(), Name: Opt(p.first + " " + p.last), TwoFactor: n%5 != 0,
			CreatedAt: firstDay.Days(-200), UpdatedAt: firstDay.Days(-n % 100), LastLogin: firstDay.Days(-n % 30),
		}
		m.h.Users = append(m.h.Users, u)
		m.h.AccountMembers = append(m.h.AccountMembers, AccountMember{uuid(m.seed, "account member", n), account, u.ID, view})
		for k, t := range m.h.Teams {
			if n == 0 || k == n%len(m.h.Teams) {
				m.h.TeamMembers = append(m.h.TeamMembers, TeamMember{uuid(m.seed, "member", n, k), t.ID, u.ID, "member", u.CreatedAt, u.UpdatedAt})
			}
			if n > 0 && k >= n%len(m.h.Teams) {
				break
			}
		}
	}
	m.h.AccountID = m.h.Users[0].ID
}

// largeJumpCloud makes one organization with everybody in it.
func largeJumpCloud(s Scale) JumpCloudEstate {
	m := &jumpcloudMaker{seed: s.Seed}
	m.organization("Orchard", "")
	for n := range s.Users {
		u := m.person(numbered(n), n)
		u.PhoneNumbers, u.Addresses, u.SSHKeys = nil, nil, nil
		m.j.Users = append(m.j.Users, u)
	}
	for n := range s.Groups {
		m.j.Groups = append(m.j.Groups, Group{
			ID: objectID(s.Seed, "group", n), Name: fmt.Sprintf("group-%05d", n), Type: "user_group", Organization: m.org,
		})
	}
	for n := range s.Users {
		for k := range min(2, s.Groups) {
			m.j.GroupMembers = append(m.j.GroupMembers, Binding{From: m.j.Groups[(n+k)%s.Groups].ID, To: m.j.Users[n].ID})
		}
	}
	for n := range s.Applications {
		slug := fmt.Sprintf("sso-%04d", n)
		a := Application{
			ID: objectID(s.Seed, "application", n), Name: slug, DisplayName: slug, DisplayLabel: slug, Active: true,
			SSOURL: "https://sso.jumpcloud.example/saml2/" + slug, SSO: SSO{Type: "saml"}, Organization: m.org,
			Created: firstDay.Days(-90), Secret: SecretMarker + slug,
		}
		m.j.Applications = append(m.j.Applications, a)
		if s.Groups > 0 {
			m.j.AppGroups = append(m.j.AppGroups, Binding{From: a.ID, To: m.j.Groups[n%s.Groups].ID})
		}
	}
	for n := range s.Systems {
		host := fmt.Sprintf("host-%06d", n)
		sys := m.system(host, []string{"mac", "windows", "linux"}[n%3])
		sys.FDE = &FDE{Active: n%4 != 0, KeyPresent: n%5 != 0}
		m.j.Systems = append(m.j.Systems, sys)
		if s.Users > 0 {
			m.j.SystemUsers = append(m.j.SystemUsers, Binding{From: sys.ID, To: m.j.Users[n%s.Users].ID})
		}
	}
	return m.j
}
