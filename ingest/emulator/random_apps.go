package emulator

import "math/rand/v2"

// anyCollaborator gives a user a place on an application, or takes one.
func (d *day) anyCollaborator(r *rand.Rand) {
	h := &d.Heroku
	if c := some(r, h.Collaborators); c != nil && !grow(r, len(h.Collaborators), 80) {
		gone := *c
		h.Collaborators = drop(h.Collaborators, func(o *Collaborator) bool { return o.ID == gone.ID })
		d.heroku("an application loses a collaborator")
		return
	}
	a, u := some(r, h.Apps), some(r, h.Users)
	if find(h.Collaborators, func(c *Collaborator) bool { return c.AppID == a.ID && c.UserID == u.ID }) < 0 {
		h.Collaborators = append(h.Collaborators, Collaborator{d.uuid(), a.ID, u.ID, anyOf(r), []string{"view"}, d.Now, d.Now})
		d.heroku("%s collaborates on %s", u.Email, a.Name)
	}
}

// anyDomain adds a hostname, or removes one with its certificate.
func (d *day) anyDomain(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.Domains), 45) {
		gone := *some(r, h.Domains)
		h.removeDomain(gone.ID)
		d.heroku("domain %s is removed", gone.Hostname)
		return
	}
	host := d.word(r) + ".orchard.example"
	h.Domains = append(h.Domains, Domain{
		ID: d.uuid(), Hostname: host, Kind: "custom", CName: Opt(host + ".herokudns.example"), Status: "succeeded",
		CreatedAt: d.Now, UpdatedAt: d.Now, AppID: some(r, h.Apps).ID,
	})
	d.heroku("domain %s is added", host)
}

// anyCertificate renews a certificate, or now and then removes one.
func (d *day) anyCertificate(r *rand.Rand) {
	h := &d.Heroku
	p := some(r, h.Endpoints)
	switch {
	case p == nil:
	case chance(r, 15):
		d.heroku("certificate %s is removed", p.Name)
		h.removeEndpoint(p.ID)
	default:
		p.UpdatedAt, p.Cert.StartsAt, p.Cert.ExpiresAt = d.Now, d.Now, d.Now.Days(90)
		if p.Cert.ID == "" {
			p.Cert.ID, p.Cert.Issuer, p.Cert.Subject = d.uuid(), "/CN=Windfall Issuing CA 3", "/CN="+string(p.DisplayName)
		}
		d.heroku("certificate %s is renewed", p.Name)
	}
}

// anyPipeline makes a pipeline of a team or a user, or removes one.
func (d *day) anyPipeline(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.Pipelines), 9) {
		gone := *some(r, h.Pipelines)
		h.removePipeline(gone.ID)
		d.heroku("pipeline %s is removed", gone.Name)
		return
	}
	p := Pipeline{d.uuid(), d.word(r), d.Now, d.Now, some(r, h.Teams).ID, "team"}
	if chance(r, 20) {
		p.OwnerID, p.OwnerType = some(r, h.Users).ID, "user"
	}
	h.Pipelines = append(h.Pipelines, p)
	d.heroku("pipeline %s is made", p.Name)
}

// anyCoupling moves an application to another stage, takes it out of its
// pipeline, or puts it into one.
func (d *day) anyCoupling(r *rand.Rand) {
	h := &d.Heroku
	stage := pick(r, []string{"review", "development", "staging", "production"})
	a, p := some(r, h.Apps), some(r, h.Pipelines)
	i := find(h.Couplings, func(c *Coupling) bool { return c.AppID == a.ID })
	switch {
	case i < 0:
		h.Couplings = append(h.Couplings, Coupling{d.uuid(), p.ID, a.ID, stage, d.Now, d.Now})
		d.heroku("application %s enters pipeline %s", a.Name, p.Name)
	case chance(r, 70):
		h.Couplings[i].Stage, h.Couplings[i].UpdatedAt = stage, d.Now
		d.heroku("application %s is in stage %s", a.Name, stage)
	default:
		h.Couplings = drop(h.Couplings, func(c *Coupling) bool { return c.AppID == a.ID })
		d.heroku("application %s leaves its pipeline", a.Name)
	}
}

// anySpace makes a space with members, or removes one: its applications move out.
func (d *day) anySpace(r *rand.Rand) {
	h := &d.Heroku
	if !grow(r, len(h.Spaces), 2) {
		gone := *some(r, h.Spaces)
		h.removeSpace(gone.ID)
		d.heroku("space %s is removed", gone.Name)
		return
	}
	s := Space{
		ID: d.uuid(), Name: d.word(r), CIDR: "10.77.0.0/16", DataCIDR: "10.78.0.0/20", Shield: chance(r, 50),
		State: pick(r, []string{"allocated", "allocating"}), CreatedAt: d.Now, UpdatedAt: d.Now, TeamID: some(r, h.Teams).ID, Region: "virginia",
	}
	h.Spaces = append(h.Spaces, s)
	for range 6 {
		d.anySpaceMember(r)
	}
	d.heroku("space %s is made", s.Name)
}

// anySpaceMember gives a user a place in a space, or takes one.
func (d *day) anySpaceMember(r *rand.Rand) {
	h := &d.Heroku
	s, u := some(r, h.Spaces), some(r, h.Users)
	if s == nil {
		return
	}
	if !grow(r, len(h.SpaceMembers), 12) {
		gone := *some(r, h.SpaceMembers)
		h.SpaceMembers = drop(h.SpaceMembers, func(m *SpaceMember) bool { return m.ID == gone.ID })
		d.heroku("user %s leaves space %s", gone.UserID, gone.SpaceID)
		return
	}
	if find(h.SpaceMembers, func(m *SpaceMember) bool { return m.SpaceID == s.ID && m.UserID == u.ID }) < 0 {
		h.SpaceMembers = append(h.SpaceMembers, SpaceMember{d.uuid(), s.ID, u.ID, []string{"view"}, d.Now, d.Now})
		d.heroku("%s joins space %s", u.Email, s.Name)
	}
}
