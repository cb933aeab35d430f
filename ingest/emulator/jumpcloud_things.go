package emulator

import (
	"fmt"
	"strings"
)

// applicationPlan are the SSO applications: which groups reach them, and which
// users besides. A name ends in ! when the application is switched off.
var applicationPlan = []struct{ name, groups, users string }{
	{"Heroku", "heroku-users", "heroku-audit deploy"},
	{"Larder Wiki", "all-staff", ""},
	{"Pippin Chat", "all-staff machines", ""},
	{"Trellis Issues", "platform payments storefront mobile data tools", "dilnoza.petrichay yolanthe.istrakova"},
	{"Cider CRM", "support growth", "vikram.nettlebrook wilhelmina.okparaeke-lind xander.greywether"},
	{"Windfall Payroll", "finance", "sunniva.averell-roche"},
	{"Grafter CI", "platform mobile", "ci-runner goran.thistlewane amara.quarrendon"},
	{"Must Analytics", "data growth", "kalani.ndalamo"},
	{"Barrel Backup", "", "backup"},
	{"Rootstock Vault", "administrators", "bjarki.tavenish"},
	{"Espalier Design!", "storefront", "saoirse.mandrevic"},
	{"Bramley Travel", "alumni", ""},
}

// applications makes the SSO applications and binds groups and users to them.
func (m *jumpcloudMaker) applications() {
	for n, plan := range applicationPlan {
		name, off := strings.CutSuffix(plan.name, "!")
		slug := strings.ReplaceAll(strings.ToLower(name), " ", "-")
		a := Application{
			ID: objectID(m.seed, "application", slug), Name: slug, DisplayName: name, DisplayLabel: name, Active: !off,
			Description: Opt("Sign-on to " + name), LearnMore: "https://docs.orchard.example/" + Opt(slug),
			SSOURL: "https://sso.jumpcloud.example/saml2/" + slug, Organization: m.org,
			SSO:     SSO{Type: "saml", JIT: n%3 == 0, IDPCertExpirationAt: firstDay.Days(20 * n)},
			Created: m.age(30, 900, "application", slug), Logo: Opt("https://cdn.orchard.example/" + slug + ".png"),
			Secret: SecretMarker + "-sso-" + objectID(m.seed, "secret", slug),
		}
		if n%4 == 3 {
			a.Description, a.Logo, a.LearnMore, a.Color = "", "", "", "#0b7a3b"
		}
		m.j.Applications = append(m.j.Applications, a)
		for group := range strings.FieldsSeq(plan.groups) {
			m.j.AppGroups = append(m.j.AppGroups, Binding{From: a.ID, To: objectID(m.seed, "group", group)})
		}
		for user := range strings.FieldsSeq(plan.users) {
			m.j.AppUsers = append(m.j.AppUsers, Binding{From: a.ID, To: m.user(user)})
		}
	}
}

// mdm makes the Apple MDM, and devices that are no computers.
func (m *jumpcloudMaker) mdm() {
	m.j.MDMs = append(m.j.MDMs, MDM{
		ID: objectID(m.seed, "mdm"), Name: "Orchard Apple fleet", Organization: m.org,
		PushTopic: "com.apple.mgmt.External.invented", CertExpiry: firstDay.Days(41),
		CertCreatorAppleID: "mdm@orchard.example", CertSerialNumber: "5EED0BADC0FFEE",
		DEPServerTokenState: "enrolled", DEPAccessTokenExpiry: firstDay.Days(200),
	})
	for n, model := range []string{"iPhone", "iPhone", "iPad", "Apple TV"} {
		m.device(fmt.Sprintf("orchard-%s-%d", strings.ToLower(strings.ReplaceAll(model, " ", "-")), n+1), model, m.serial("device", n), "26.1")
	}
	m.j.Devices[3].Bare, m.j.Devices[3].Enrolled = true, false
}

// serial invents a serial number that no vendor would give.
func (m *jumpcloudMaker) serial(parts ...any) string {
	return "ORC" + strings.ToUpper(objectID(m.seed, parts...)[:9])
}

// device enrols an Apple device in the MDM. A computer's serial number is that of
// its system, which is how the two can be joined.
func (m *jumpcloudMaker) device(name, model, serial, version string) {
	r := chooser(m.seed, "device", name)
	m.j.Devices = append(m.j.Devices, Device{
		ID: objectID(m.seed, "device", name), MDMID: m.j.MDMs[0].ID, SerialNumber: serial,
		UDID: strings.ToUpper(uuid(m.seed, "udid", name)), OSVersion: version, DEPRegistered: chance(r, 80),
		Enrolled: true, CreatedAt: m.age(20, 700, "device", name), ActivationLock: chance(r, 50),
		Name: name, Model: model, WifiMAC: mac(m.seed, name), Capacity: 256, Supervised: chance(r, 70),
	})
}

// mac invents a locally administered hardware address.
func mac(seed uint64, name string) string {
	d := digest(seed, "mac", name)
	return fmt.Sprintf("02:00:5e:%02x:%02x:%02x", d[0], d[1], d[2])
}

// laptop gives somebody a computer; those who have left gave theirs back, but
// one did not.
func (m *jumpcloudMaker) laptop(p person) {
	if !p.human() || p.is("outside") || p.is("staged") || p.is("suspended") && p.first != "Paloma" {
		return
	}
	name := p.username()
	r := chooser(m.seed, "laptop", name)
	s := m.system(strings.ReplaceAll(name, ".", "-")+"-laptop", pick(r, []string{"mac", "mac", "mac", "windows", "linux"}))
	s.FDE = &FDE{Active: chance(r, 88), KeyPresent: chance(r, 90)}
	s.AllowMFA = chance(r, 70)
	if s.OSFamily == "darwin" {
		s.InMDM = true
		s.Description = ""
		m.device(s.Hostname, pick(r, []string{"MacBook Pro", "MacBook Air"}), string(s.SerialNumber), s.Version)
	}
	switch p.first {
	case "Xiadani": // enrolled, and never seen since
		s.LastContact, s.Active, s.RemoteIP, s.SerialNumber = 0, false, "", ""
	case "Paloma":
		s.LastContact, s.Active = firstDay.Days(-40), false
	}
	m.j.Systems = append(m.j.Systems, s)
	m.j.SystemUsers = append(m.j.SystemUsers, Binding{From: s.ID, To: m.user(name), Sudo: chance(r, 40)})
}

// systemKinds are what the agent says of operating systems.
var systemKinds = map[string]System{
	"mac": {
		OS: "Mac OS X", OSFamily: "darwin", Version: "26.1", Arch: "arm64", ArchFamily: "arm",
		Vendor: "Apple Inc.", FileSystem: "apfs", TemplateName: "mac",
	},
	"windows": {
		OS: "Windows", OSFamily: "windows", Version: "11 Pro", Arch: "x86_64", ArchFamily: "x86_64",
		Vendor: "Invented Computers", FileSystem: "NTFS", TemplateName: "windows",
	},
	"linux": {
		OS: "Ubuntu", OSFamily: "linux", Version: "24.04", Arch: "x86_64", ArchFamily: "x86_64",
		FileSystem: "ext4", TemplateName: "ubuntu",
	},
}

// system makes a computer of a kind that was seen within the last days.
func (m *jumpcloudMaker) system(host, kind string) System {
	r := chooser(m.seed, "system", host)
	s := systemKinds[kind]
	s.ID, s.Hostname, s.DisplayName, s.Organization = objectID(m.seed, "system", host), host, host, m.org
	s.AgentVersion, s.Active, s.Insights = "2.41.0", true, pick(r, []string{"enabled", "enabled", "deferred"})
	s.SerialNumber, s.RemoteIP = Opt(m.serial("system", host)), Opt(fmt.Sprintf("198.51.100.%d", 1+r.IntN(250)))
	s.LastContact, s.Created = firstDay.Days(-r.IntN(3))-Stamp(r.IntN(3600_000)), m.age(30, 900, "system", host)
	s.Interfaces = List[Interface]{
		{"127.0.0.1", "IPv4", true, "lo0"},
		{fmt.Sprintf("192.0.2.%d", 1+r.IntN(250)), "IPv4", false, "en0"},
	}
	s.AllowPublicKey, s.Timezone = true, 60*r.IntN(3)
	return s
}

// servers are the computers that nobody carries.
func (m *jumpcloudMaker) servers() {
	for n, host := range []string{"bastion-1", "bastion-2", "build-1", "build-2", "vpn-1", "warehouse-1", "office-nas", "reception-kiosk"} {
		s := m.system(host, "linux")
		s.Description, s.Tags = Opt("Server "+host), List[string]{"server"}
		s.AllowSSHPassword, s.AllowSSHRoot, s.SSHRootEnabled = host == "office-nas", host == "office-nas", host == "office-nas"
		s.ModifySSHD, s.ServiceAccount = true, true
		if n < 6 {
			s.AmazonInstanceID = Opt("i-0" + objectID(m.seed, "instance", host)[:16])
		}
		if host == "reception-kiosk" {
			s.FDE = &FDE{}
		}
		m.j.Systems = append(m.j.Systems, s)
		for _, user := range []string{"bjarki.tavenish", "amara.quarrendon"} {
			m.j.SystemUsers = append(m.j.SystemUsers, Binding{From: s.ID, To: m.user(user), Sudo: true, Passwordless: true})
		}
	}
}

// systemGroups sorts the systems by what they are; one group is empty.
func (m *jumpcloudMaker) systemGroups() {
	groups := []struct {
		name string
		of   func(System) bool
	}{
		{"macs", func(s System) bool { return s.OSFamily == "darwin" }},
		{"windows", func(s System) bool { return s.OSFamily == "windows" }},
		{"linux", func(s System) bool { return s.OSFamily == "linux" }},
		{"servers", func(s System) bool { return len(s.Tags) > 0 }},
		{"quarantine", func(System) bool { return false }},
	}
	for _, plan := range groups {
		g := Group{ID: objectID(m.seed, "system group", plan.name), Name: plan.name, Type: "system_group", Organization: m.org}
		m.j.SystemGroups = append(m.j.SystemGroups, g)
		for _, s := range m.j.Systems {
			if plan.of(s) {
				m.j.SystemMembers = append(m.j.SystemMembers, Binding{From: g.ID, To: s.ID})
			}
		}
	}
}
