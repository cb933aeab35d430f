package emulator

import (
	"fmt"
	"math/rand/v2"
)

// anySSO makes an SSO application, or deletes one with its bindings.
func (d *day) anySSO(r *rand.Rand) {
	j := &d.JumpCloud
	if grow(r, len(j.Applications), 10) {
		name := d.word(r)
		a := Application{
			ID: d.objectID(), Name: name, DisplayName: name, DisplayLabel: name, Active: true, SSOURL: "https://sso.jumpcloud.example/saml2/" + name,
			SSO: SSO{Type: "saml"}, Organization: some(r, j.Organizations).ID, Created: d.Now, Secret: SecretMarker + "-sso-" + name,
		}
		j.Applications = append(j.Applications, a)
		d.jumpcloud("application %s is made", name)
		return
	}
	a := *some(r, j.Applications)
	j.removeApplication(a.ID)
	d.jumpcloud("application %s is deleted", a.Name)
}

// anySSOState switches an application on or off.
func (d *day) anySSOState(r *rand.Rand) {
	a := some(r, d.JumpCloud.Applications)
	a.Active = !a.Active
	a.Description = pick(r, []Opt{"", "Reviewed", a.Description})
	d.jumpcloud("application %s is switched on or off", a.Name)
}

// anySSOUser binds a user to an application, or ends such a binding.
func (d *day) anySSOUser(r *rand.Rand) {
	j := &d.JumpCloud
	a, u := some(r, j.Applications), some(r, j.Users)
	if a.Organization == u.Organization {
		verb, b := rebind(r, &j.AppUsers, 15, Binding{From: a.ID, To: u.ID})
		d.jumpcloud("application %s %s user %s", b.From, verb, b.To)
	}
}

// anySSOGroup binds a group to an application: many users reach it at once.
func (d *day) anySSOGroup(r *rand.Rand) {
	j := &d.JumpCloud
	a, g := some(r, j.Applications), some(r, j.Groups)
	if a.Organization == g.Organization {
		verb, b := rebind(r, &j.AppGroups, 15, Binding{From: a.ID, To: g.ID})
		d.jumpcloud("application %s %s group %s", b.From, verb, b.To)
	}
}

// anyMDM renews the push certificate.
func (d *day) anyMDM(r *rand.Rand) {
	if m := some(r, d.JumpCloud.MDMs); m != nil {
		m.CertExpiry = d.Now.Days(30 + r.IntN(300))
		d.jumpcloud("the push certificate of %q is renewed", m.Name)
	}
}

// anyDevice enrols, updates or removes an Apple device.
func (d *day) anyDevice(r *rand.Rand) {
	j := &d.JumpCloud
	device, m := some(r, j.Devices), some(r, j.MDMs)
	switch {
	case m == nil:
	case device == nil || grow(r, len(j.Devices), 30) && chance(r, 70):
		name := d.word(r)
		j.Devices = append(j.Devices, Device{
			ID: d.objectID(), MDMID: m.ID, SerialNumber: "ORC" + d.objectID()[:9], UDID: d.uuid(), OSVersion: "26.1", Enrolled: true,
			CreatedAt: d.Now, Name: name, Model: "iPad", WifiMAC: mac(d.Seed, name), Capacity: 128,
		})
		d.jumpcloud("device %s is enrolled", name)
	case chance(r, 50):
		device.OSVersion, device.Supervised = fmt.Sprint("26.", 1+r.IntN(9)), !device.Supervised
		d.jumpcloud("device %s is updated", device.Name)
	default:
		gone := *device
		j.Devices = drop(j.Devices, func(v *Device) bool { return v.ID == gone.ID })
		d.jumpcloud("device %s is removed", gone.Name)
	}
}

// anySystem enrols a system or removes one with its bindings.
func (d *day) anySystem(r *rand.Rand) {
	j := &d.JumpCloud
	if grow(r, len(j.Systems), 45) {
		m := &jumpcloudMaker{seed: d.Seed, org: some(r, j.Organizations).ID}
		s := m.system(d.word(r), pick(r, []string{"mac", "windows", "linux"}))
		s.Created, s.LastContact, s.FDE = d.Now, d.Now, &FDE{}
		j.Systems = append(j.Systems, s)
		d.jumpcloud("system %s is enrolled", s.Hostname)
		return
	}
	s := *some(r, j.Systems)
	j.removeSystem(s.ID)
	d.jumpcloud("system %s is removed", s.Hostname)
}

// anySystemState changes a system's encryption, activity or version.
func (d *day) anySystemState(r *rand.Rand) {
	s := some(r, d.JumpCloud.Systems)
	switch r.IntN(3) {
	case 0:
		s.FDE = &FDE{Active: chance(r, 50), KeyPresent: chance(r, 50)}
	case 1:
		s.Active, s.LastContact = !s.Active, d.Now
	case 2:
		s.Version, s.AgentVersion = fmt.Sprint(20+r.IntN(10), ".", r.IntN(9)), fmt.Sprint("2.", 40+r.IntN(9), ".0")
	}
	d.jumpcloud("system %s changes", s.Hostname)
}

// anySystemUser gives a user a system, or takes one.
func (d *day) anySystemUser(r *rand.Rand) {
	j := &d.JumpCloud
	s, u := some(r, j.Systems), some(r, j.Users)
	if s.Organization == u.Organization {
		verb, b := rebind(r, &j.SystemUsers, 50, Binding{From: s.ID, To: u.ID, Sudo: chance(r, 30)})
		d.jumpcloud("system %s %s user %s", b.From, verb, b.To)
	}
}

// anySystemGroup makes a group with systems, or deletes one.
func (d *day) anySystemGroup(r *rand.Rand) {
	j := &d.JumpCloud
	if grow(r, len(j.SystemGroups), 4) {
		g := Group{ID: d.objectID(), Name: d.word(r), Type: "system_group", Organization: some(r, j.Organizations).ID}
		j.SystemGroups = append(j.SystemGroups, g)
		d.jumpcloud("system group %s is made", g.Name)
		for range r.IntN(25) {
			if s := some(r, j.Systems); s.Organization == g.Organization {
				rebind(r, &j.SystemMembers, 50, Binding{From: g.ID, To: s.ID})
			}
		}
		return
	}
	g := *some(r, j.SystemGroups)
	j.removeSystemGroup(g.ID)
	d.jumpcloud("system group %s is deleted", g.Name)
}

// anySystemMember puts a system into a group, or takes one out.
func (d *day) anySystemMember(r *rand.Rand) {
	j := &d.JumpCloud
	g, s := some(r, j.SystemGroups), some(r, j.Systems)
	if g.Organization == s.Organization {
		verb, b := rebind(r, &j.SystemMembers, 50, Binding{From: g.ID, To: s.ID})
		d.jumpcloud("system group %s %s system %s", b.From, verb, b.To)
	}
}
