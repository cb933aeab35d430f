package emulator

import (
	"strings"
)

// app makes an application of a team, or of nobody's team, with what hangs off
// it: add-ons, domains, perhaps a certificate, collaborators.
func (m *herokuMaker) app(team, plan string) {
	plan, space, _ := strings.Cut(plan, "@")
	name, production := strings.CutSuffix(plan, "!")
	r := chooser(m.seed, "app", name)
	released := m.age(1, 60, "release", name)
	a := App{
		ID: uuid(m.seed, "app", name), Name: name, ACM: production, Joined: true,
		Stack:     pick(r, []string{"heroku-24", "heroku-24", "heroku-22"}),
		GitURL:    "https://git.heroku.example/" + name + ".git",
		WebURL:    Opt("https://" + name + ".herokuapp.example/"),
		Buildpack: Opt(pick(r, []string{"Ruby", "Node.js", "Go", "Python", ""})), RepoSize: new(int64(r.IntN(90_000_000))),
		SlugSize: new(int64(r.IntN(300_000_000))), ReleasedAt: released, CreatedAt: m.age(100, 1000, "app", name), UpdatedAt: released,
		Region: pick(r, []string{"eu", "eu", "us"}),
	}
	switch {
	case team != "":
		a.TeamID = team
	case name == "audit-probe":
		a.OwnerID = m.h.AccountID
	default:
		a.OwnerID = m.user(map[string]string{"goran-scratchpad": "goran.thistlewane", "mbali-demo": "mbali.hazelwick"}[name])
	}
	if space != "" {
		a.SpaceID, a.Region, a.InternalRouting = uuid(m.seed, "space", space), "frankfurt", new(name == "ledger")
	}
	m.quirks(&a)
	m.h.Apps = append(m.h.Apps, a)
	m.addOns(a, production)
	m.domains(a, production)
	m.collaborators(a)
}

// quirks gives some applications what the API allows but rarely shows.
func (m *herokuMaker) quirks(a *App) {
	switch a.Name {
	case "feature-flags": // never released: sizes and dates are null
		a.ReleasedAt, a.RepoSize, a.SlugSize, a.WebURL = 0, nil, nil, ""
	case "newsletter":
		a.Maintenance, a.ArchivedAt = true, firstDay.Days(-12)
	case "notebooks":
		a.Ownerless = true
	case "payouts":
		a.Locked = true
	}
}

// addOnPlans are the add-ons that applications choose from. The first three are
// for production.
var addOnPlans = []struct {
	service, plan string
	cents         int
	vars          string
}{
	{"heroku-postgresql", "standard-0", 5000, "DATABASE_URL"},
	{"heroku-redis", "premium-0", 1500, "REDIS_URL"},
	{"sapwood-logs", "grove", 2500, "SAPWOOD_URL SAPWOOD_TOKEN"},
	{"heroku-postgresql", "essential-0", 500, "DATABASE_URL"},
	{"scheduler", "standard", 0, ""},
	{"pollen-mail", "starter", 0, "POLLEN_API_KEY POLLEN_DOMAIN"},
}

// addOns gives production applications a database, a cache and logs, most of the
// time, and the others something cheap now and then.
func (m *herokuMaker) addOns(a App, production bool) {
	r := chooser(m.seed, "add-ons", a.Name)
	for n, plan := range addOnPlans {
		if n < 3 && !(production && chance(r, 80)) || n >= 3 && !chance(r, 22) {
			continue
		}
		on := m.addOn(a, n)
		if plan.service == "scheduler" {
			on.WebURL = ""
		}
		if plan.cents > 0 {
			on.Cents = new(plan.cents)
		}
		if a.Name == "beta-signup" {
			on.State = "provisioning"
		}
		m.h.AddOns = append(m.h.AddOns, on)
	}
}

// addOn makes the add-on of plan n.
func (m *herokuMaker) addOn(a App, n int) AddOn {
	plan := addOnPlans[n]
	made := m.age(10, 500, "add-on", a.Name, n)
	id := uuid(m.seed, "add-on", a.Name, n)
	on := AddOn{
		ID: id, Name: plan.service + "-" + pick(chooser(m.seed, "colour", id), trees) + "-" + id[:5], State: "provisioned",
		ProviderID: id[24:], WebURL: Opt("https://addons.heroku.example/" + id),
		CreatedAt: made, UpdatedAt: made, AppID: a.ID, Service: plan.service, Plan: plan.plan,
	}
	for name := range strings.FieldsSeq(plan.vars) {
		on.ConfigVars = append(on.ConfigVars, SecretMarker+"_"+name)
	}
	return on
}

// trees name things that want a name.
var trees = []string{
	"alder", "birch", "cedar", "damson", "elder", "fig", "gean", "hazel",
	"ilex", "juniper", "larch", "medlar", "quince", "rowan", "sorb", "walnut",
}

// domains gives an application its own hostname, and production ones custom
// hostnames with a certificate.
func (m *herokuMaker) domains(a App, production bool) {
	d := Domain{
		ID: uuid(m.seed, "domain", a.Name), Hostname: a.Name + ".herokuapp.example", Kind: "heroku", Status: "none",
		CreatedAt: a.CreatedAt, UpdatedAt: a.CreatedAt, AppID: a.ID,
	}
	m.h.Domains = append(m.h.Domains, d)
	if !production {
		return
	}
	made := a.CreatedAt.Days(2)
	host := a.Name + ".orchard.example"
	custom := Domain{
		ID: uuid(m.seed, "domain", host), Hostname: host, Kind: "custom", Status: "succeeded",
		CName:     Opt(a.Name + "-" + pick(chooser(m.seed, host), trees) + ".herokudns.example"),
		CreatedAt: made, UpdatedAt: made, AppID: a.ID,
	}
	if a.Name != "landing" { // this one is served without TLS
		p := m.endpoint(a, custom)
		custom.EndpointID = p.ID
		m.h.Endpoints = append(m.h.Endpoints, p)
	}
	if a.ACM {
		custom.ACMStatus = "cert issued"
	}
	if a.Name == "status-page" {
		custom.ACMStatus, custom.ACMReason, custom.Status = "failed", "CAA records forbid the certificate authority", "failed"
	}
	m.h.Domains = append(m.h.Domains, custom)
}

// certificateDays says how long the certificates of some applications are still
// valid; the others' are somewhere between one and three months.
var certificateDays = map[string]int{"helpdesk": -4, "reports": 2, "invoices": 12, "search": 29}

// endpoint makes the certificate of a custom hostname.
func (m *herokuMaker) endpoint(a App, d Domain) Endpoint {
	r := chooser(m.seed, "endpoint", a.Name)
	id := uuid(m.seed, "endpoint", a.Name)
	days, known := certificateDays[a.Name]
	if !known {
		days = 30 + r.IntN(60)
	}
	expires := firstDay.Days(days)
	p := Endpoint{
		ID: id, Name: pick(r, trees) + "-" + id[:5], DisplayName: Opt(d.Hostname), Domains: List[string]{d.ID},
		Chain:     "-----BEGIN CERTIFICATE-----\ninvented-" + id + "\n-----END CERTIFICATE-----\n",
		CreatedAt: d.CreatedAt, UpdatedAt: expires.Days(-90), AppID: a.ID,
		Cert: Certificate{
			ID: uuid(m.seed, "certificate", a.Name), ACM: !known, Hostnames: []string{d.Hostname},
			Issuer: "/O=Windfall Trust/CN=Windfall Issuing CA 3", Subject: "/CN=" + d.Hostname,
			StartsAt: expires.Days(-90), ExpiresAt: expires,
		},
	}
	switch a.Name {
	case "helpdesk":
		p.Cert.SelfSigned, p.Cert.Issuer, p.DisplayName = true, p.Cert.Subject, ""
	case "push-relay": // uploaded, not yet read: ssl_cert is {}
		p.Cert = Certificate{}
	}
	return p
}

// collaborators gives the team's members who are no administrators a place on
// the application, and some applications a contractor.
func (m *herokuMaker) collaborators(a App) {
	add := func(user, role string, rights ...string) {
		made := m.age(5, 90, "collaborator", a.ID, user)
		m.h.Collaborators = append(m.h.Collaborators, Collaborator{
			uuid(m.seed, "collaborator", a.ID, user), a.ID, user, Opt(role), rights, made, made,
		})
	}
	if a.OwnerID != "" {
		add(a.OwnerID, "owner")
		return
	}
	for _, member := range m.h.TeamMembers {
		if member.TeamID == a.TeamID && member.Role != "admin" {
			add(member.UserID, string(member.Role), "view", "deploy", "operate")
		}
	}
	if a.Name == "fraud-watch" { // somebody from outside the team, with no role
		add(m.user("yolanthe.istrakova"), "", "view")
	}
}
