package estate

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	day   = int64(86_400_000)
	epoch = int64(1_735_689_600_000) // 2025-01-01, epoch milliseconds
)

// key is the `_key` of an entity.
func (e *Estate) key(k kind, row int) string {
	d := diceOf(e.seed, uint64(k), uint64(row), 'k')
	switch k {
	case user, group, device:
		return "jumpcloud:" + strings.TrimPrefix(infos[k].name, "jumpcloud_") + ":" + d.hex(24)
	case host:
		return fmt.Sprintf("arn:aws:ec2:%s:%012d:instance/i-%s", e.region(row), 100_000_000_000+d.below(40), d.hex(16))
	case employee:
		return "employee:" + strconv.Itoa(100_000+row)
	}
	return uuid(d.next(), d.next())
}

// region is where a host is, which its key tells too.
func (e *Estate) region(row int) string { return diceOf(e.seed, uint64(row), 'r').one(hostRegions) }

// fill makes r what an entity holds in a version.
func (e *Estate) fill(r *record, d *dice, k kind, row, version int) {
	r.reset()
	d.reset(e.seed, uint64(k), uint64(row))
	infos[k].fill(r, d, row, version > 1 && e.fate(k, row) == altered)
	if k == host {
		r.text("region", e.region(row))
	}
}

// named begins a record with what every entity has, and returns when it was last
// touched, which a change moves on by a day.
func (r *record) named(d *dice, name string, changed bool) (updated int64) {
	created := epoch + int64(d.below(500))*day + int64(d.below(int(day)))
	updated = created + int64(d.below(250))*day
	if changed {
		updated += day
	}
	r.text("displayName", name)
	r.text("name", name)
	r.number("createdOn", created)
	r.number("updatedOn", updated)
	return updated
}

// capital begins a word with a capital letter.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// person is the name of somebody; the number makes the address unique.
func person(d *dice, row int) (first, last, address string) {
	first, last = d.one(given), d.one(family)
	return capital(first), capital(last), first + "." + last + strconv.Itoa(row) + "@orchard.example"
}

func fillAccount(r *record, d *dice, row int, changed bool) {
	n := strconv.Itoa(row)
	r.named(d, "Orchard "+capital(d.one(nouns))+" "+n, changed)
	r.text("vendor", []string{"AWS", "Heroku", "JumpCloud"}[d.below(3)])
	r.text("accountId", "acct-"+n)
	r.flag("production", d.chance(0.5))
	r.flag("mfaEnforced", d.chance(0.7))
	r.number("seats", int64(d.below(5000)))
	r.text("webLink", "https://console.orchard.example/accounts/"+n)
	r.texts("tags", d.labels()...)
}

func fillTeam(r *record, d *dice, row int, changed bool) {
	n := strconv.Itoa(row)
	r.named(d, d.one(nouns)+"-"+d.one(nouns)+"-team-"+n, changed)
	r.text("role", d.one(roles))
	r.flag("default", d.chance(0.05))
	r.flag("creditCardCollections", d.chance(0.3))
	r.number("membershipLimit", int64(25+d.below(500)))
	r.flag("provisionedLicenses", d.chance(0.6))
	r.text("enterpriseAccount", "enterprise-"+strconv.Itoa(d.below(40)))
	r.text("webLink", "https://dashboard.orchard.example/teams/"+n)
	r.texts("tags", d.labels()...)
}

func fillMember(r *record, d *dice, row int, changed bool) {
	first, last, address := person(d, row)
	updated := r.named(d, first+" "+last, changed)
	r.text("email", address)
	r.text("username", address)
	r.text("role", d.one(roles))
	r.flag("twoFactorAuthentication", d.chance(0.8))
	r.flag("federated", d.chance(0.5))
	r.flag("active", d.chance(0.9))
	r.number("lastLoginOn", updated-int64(d.below(90))*day)
	r.texts("permissions", d.one(permissions), d.one(permissions))
}

func fillApplication(r *record, d *dice, row int, changed bool) {
	n, stage := strconv.Itoa(row), d.one(stages)
	updated := r.named(d, stage+"-"+d.one(nouns)+"-"+d.one(nouns)+"-"+n, changed)
	r.text("region", d.one(appRegions))
	r.text("stack", d.one(stacks))
	r.flag("maintenance", d.chance(0.03) != changed)
	r.flag("acm", d.chance(0.6))
	r.flag("production", stage == "prod")
	r.number("repoSize", int64(d.below(1<<28)))
	r.number("slugSize", int64(d.below(1<<28)))
	r.number("releasedOn", updated)
	r.text("buildpack", d.one(buildpacks))
	r.text("webLink", "https://dashboard.orchard.example/apps/"+n)
	r.texts("tags", d.labels()...)
}

func fillAddon(r *record, d *dice, row int, changed bool) {
	service := d.one(services)
	r.named(d, service+"-"+d.one(nouns)+"-"+strconv.Itoa(row), changed)
	r.text("service", service)
	r.text("plan", d.one(plans))
	state := "provisioned"
	if d.chance(0.04) || changed {
		state = "deprovisioned"
	}
	r.text("state", state)
	r.number("priceCents", int64(d.below(40_000)))
	r.flag("encrypted", d.chance(0.7))
	r.flag("public", d.chance(0.1))
	r.text("providerId", uuid(d.next(), d.next()))
	r.texts("configVars", strings.ToUpper(strings.ReplaceAll(service, "-", "_"))+"_URL")
	r.text("webLink", "https://addons.orchard.example/"+service)
}

func fillUser(r *record, d *dice, row int, changed bool) {
	first, last, address := person(d, row)
	updated := r.named(d, first+" "+last, changed)
	r.text("email", address)
	r.text("username", strings.TrimSuffix(address, "@orchard.example"))
	r.flag("active", d.chance(0.92) && !changed)
	r.flag("mfaEnabled", d.chance(0.75))
	r.flag("suspended", d.chance(0.03))
	r.number("passwordExpiresOn", updated+int64(d.below(90))*day)
	r.text("department", d.one(departments))
	r.text("employeeType", d.one(contracts))
	r.number("unixUid", int64(5000+row))
	r.number("sshKeys", int64(d.below(4)))
}

func fillGroup(r *record, d *dice, row int, changed bool) {
	n := strconv.Itoa(row)
	r.named(d, d.one(departments)+"-"+d.one(nouns)+"-"+n, changed)
	r.text("description", "Opens "+d.one(nouns)+" and "+d.one(nouns)+" to its members")
	r.text("membershipMethod", []string{"DYNAMIC", "STATIC"}[d.below(2)])
	r.flag("sudo", d.chance(0.1))
	r.flag("ldap", d.chance(0.4))
	r.flag("samba", d.chance(0.1))
	r.number("posixGid", int64(10_000+row))
	r.text("email", "group"+n+"@orchard.example")
	r.texts("tags", d.labels()...)
}

func fillDevice(r *record, d *dice, row int, changed bool) {
	platform := d.one(platforms)
	updated := r.named(d, fmt.Sprintf("%s-%s-%05d", strings.ToUpper(platform[:3]), d.one(nouns), row), changed)
	r.text("platform", platform)
	r.text("osVersion", fmt.Sprintf("%d.%d.%d", 10+d.below(6), d.below(8), d.below(10)))
	r.text("serial", "S"+strings.ToUpper(d.hex(10)))
	r.flag("encrypted", d.chance(0.85))
	r.text("agentVersion", fmt.Sprintf("1.%d.0", 100+d.below(80)))
	r.number("lastSeenOn", updated+int64(d.below(30))*day)
	r.text("ipAddress", d.address())
	r.texts("macAddresses", d.hex(12), d.hex(12))
	r.number("ramGb", int64(8<<d.below(4)))
}

func fillHost(r *record, d *dice, row int, changed bool) {
	r.named(d, d.one(stages)+"-"+d.one(nouns)+"-host-"+strconv.Itoa(row), changed)
	r.text("instanceType", d.one(machineSizes))
	state := "running"
	if d.chance(0.2) || changed {
		state = "stopped"
	}
	r.text("state", state)
	r.text("publicIpAddress", fmt.Sprintf("198.51.100.%d", d.below(256))) // RFC 5737
	r.text("privateIpAddress", d.address())
	r.flag("encrypted", d.chance(0.7))
	r.flag("public", d.chance(0.15))
	r.text("imageId", fmt.Sprintf("ami-%08x", d.below(3000)))
	r.number("cpuCount", int64(2<<d.below(5)))
	r.texts("securityGroupIds", fmt.Sprintf("sg-%08x", d.below(5000)), fmt.Sprintf("sg-%08x", d.below(5000)))
}

func fillFinding(r *record, d *dice, row int, changed bool) {
	pkg, severity := d.one(packages), d.one(severities)
	advisory := fmt.Sprintf("ORC-20%02d-%05d", 18+d.below(9), d.below(30_000))
	r.named(d, advisory+" "+pkg+" "+d.one(flaws), changed)
	r.text("severity", severity)
	r.number("numericSeverity", weights[severity])
	r.flag("open", d.chance(0.6) != changed)
	r.text("category", "software")
	r.text("package", pkg)
	r.text("fixedVersion", fmt.Sprintf("%d.%d.%d", d.below(9), d.below(20), d.below(30)))
	r.flag("exploitable", d.chance(0.12))
	r.text("cvssVector", fmt.Sprintf("CVSS:3.1/AV:%c/AC:%c/PR:%c/UI:%c", "NAL"[d.below(3)], "LH"[d.below(2)], "NLH"[d.below(3)], "NR"[d.below(2)]))
	r.texts("references", "https://advisories.orchard.example/"+advisory)
}

func fillEmployee(r *record, d *dice, row int, changed bool) {
	first, last, address := person(d, row)
	r.named(d, first+" "+last, changed)
	r.text("email", address)
	r.text("firstName", first)
	r.text("lastName", last)
	department := d.one(departments)
	if changed {
		department = "IT"
	}
	r.text("department", department)
	r.text("title", d.one(titles))
	r.flag("active", d.chance(0.95))
	r.text("location", d.one(cities))
	r.number("startedOn", epoch-int64(d.below(3000))*day)
	r.number("level", int64(1+d.below(9)))
	r.texts("groups", d.labels()...)
}
