package jumpcloud_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// expected is what a run must supply of the types of JupiterOne's integration,
// worked out from the estate alone.
type expected struct{ *ingesttest.Expected }

// opt is a text that the API may leave out.
func opt[S ~string](s S) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.StringValue(string(s))
}

// on is a time, when there is one.
func on(s emulator.Stamp) graph.Value {
	if s == 0 {
		return graph.Value{}
	}
	return graph.IntValue(s.Time().UnixMilli())
}

const console = "https://console.jumpcloud.com"

// fromEstate follows the tables of JupiterOne's integration row by row.
func fromEstate(j emulator.JumpCloudEstate) *expected {
	x := &expected{ingesttest.NewExpected()}
	for _, o := range j.Organizations {
		name := cmp.Or(string(o.DisplayName), o.ID)
		x.Entity("jumpcloud_account", o.ID, "id", o.ID, "name", name, "displayName", name, "logoUrl", opt(o.LogoURL),
			"createdOn", on(o.Created), "webLink", console)
	}
	for _, u := range j.Users {
		x.user(u)
	}
	for _, g := range j.Groups {
		attributes := graph.Value{}
		if g.Attributes != nil && string(g.Attributes) != "null" {
			attributes = graph.StringValue(string(g.Attributes))
		}
		x.Entity("jumpcloud_group", g.ID, "id", g.ID, "name", g.Name, "displayName", g.Name, "description", opt(g.Description),
			"attributes", attributes, "webLink", console+"/#/groups/user/"+g.ID+"/details")
		x.Link("jumpcloud_account_has_group", g.Organization, "has", g.ID)
	}
	for _, a := range j.Applications {
		x.Entity("jumpcloud_application", a.ID, "id", a.ID, "name", a.Name, "displayName", a.DisplayName, "description", opt(a.Description),
			"active", a.Active, "createdOn", on(a.Created), "ssoUrl", a.SSOURL, "webLink", console+"/#/sso/"+a.ID+"/details")
		x.Link("jumpcloud_account_has_application", a.Organization, "has", a.ID)
	}
	x.apple(j)
	x.bindings(j)
	return x
}

func (x *expected) user(u emulator.User) {
	name := strings.TrimSpace(string(u.Firstname) + " " + string(u.Lastname))
	active := u.Activated && (u.State == "ACTIVATED" || !u.Suspended)
	x.Entity("jumpcloud_user", u.ID,
		"id", u.ID, "username", u.Username, "email", opt(u.Email), "description", opt(u.Description),
		"displayName", u.Username, "name", cmp.Or(name, u.Username), "state", strings.ToLower(u.State), "active", active,
		"suspended", u.Suspended, "sudo", u.Sudo, "createdOn", on(u.Created),
		"firstName", opt(u.Firstname), "lastName", opt(u.Lastname), "login", u.Username,
		"employeeType", u.EmployeeType, "company", u.Company, "department", u.Department, "jobTitle", u.JobTitle,
		"employeeId", opt(u.EmployeeIdentifier), "mfaEnabled", u.TOTPEnabled,
		"mfaExclusion", u.MFA.Exclusion, "mfaConfigured", u.MFA.Configured, "mfaExclusionUntil", on(u.MFA.ExclusionUntil),
		"externallyManaged", u.ExternallyManaged, "ldapBindingUser", u.LDAPBindingUser, "sambaServiceUser", u.SambaServiceUser,
		"webLink", console+"/#/users/"+u.ID+"/details",
		// Beyond JupiterOne's integration:
		"managerId", opt(u.Manager), "mfaRequired", u.PortalMultifactor,
		"passwordChangedOn", on(u.PasswordDate), "passwordExpiresOn", on(u.PasswordExpirationDate),
		"passwordExpired", u.PasswordExpired, "passwordNeverExpires", u.PasswordNeverExpires, "passwordlessSudo", u.PasswordlessSudo,
		"accountLocked", u.AccountLocked, "accountLockedOn", on(u.AccountLockedDate))
	x.Link("jumpcloud_account_has_user", u.Organization, "has", u.ID)
}

func (x *expected) apple(j emulator.JumpCloudEstate) {
	for _, m := range j.MDMs {
		x.Entity("jumpcloud_apple_mdm", m.ID, "id", m.ID, "name", m.Name, "displayName", m.Name,
			"depServerTokenState", m.DEPServerTokenState, "apnsCertExpiry", opt(m.CertExpiry.String()), "appleCertSerialNumber", m.CertSerialNumber)
		x.Link("jumpcloud_account_has_apple_mdm", m.Organization, "has", m.ID)
	}
	for _, d := range j.Devices {
		props := []any{
			"id", d.ID, "serial", d.SerialNumber, "deviceId", d.UDID, "osVersion", d.OSVersion, "depRegistered", d.DEPRegistered,
			"enrolled", d.Enrolled, "createdAt", on(d.CreatedAt), "createdOn", on(d.CreatedAt),
			"hasActivationLockBypassCodes", d.ActivationLock, "make", "Apple", "lastSeenOn", nil,
		}
		if d.Bare {
			props = append(props, "name", d.SerialNumber, "displayName", d.SerialNumber, "category", nil, "model", nil)
		} else {
			props = append(props, "name", d.Name, "displayName", d.Name, "category", d.Model, "model", d.Model, "isSupervised", d.Supervised,
				"deviceCapacity", d.Capacity, "macAddress", d.WifiMAC, "encrypted", true, "firewallEnabled", d.Supervised)
		}
		x.Entity("jumpcloud_apple_device", d.ID, props...)
		x.Link("jumpcloud_apple_device_has_mdm", d.ID, "has", d.MDMID)
	}
}

// bindings follows who reaches what: members of groups, and applications by user
// and by group.
func (x *expected) bindings(j emulator.JumpCloudEstate) {
	membersOf, direct := map[string][]string{}, map[emulator.Binding]bool{}
	for _, b := range j.GroupMembers {
		x.Link("jumpcloud_group_has_user", b.From, "has", b.To)
		membersOf[b.From] = append(membersOf[b.From], b.To)
	}
	for _, b := range j.AppUsers {
		direct[emulator.Binding{From: b.From, To: b.To}] = true
		x.Link("jumpcloud_user_assigned_application", b.To, "assigned", b.From, "direct", true)
	}
	for _, b := range j.AppGroups {
		x.Link("jumpcloud_group_assigned_application", b.To, "assigned", b.From, "direct", true)
		for _, user := range membersOf[b.To] {
			x.Link("jumpcloud_user_assigned_application", user, "assigned", b.From, "direct", direct[emulator.Binding{From: b.From, To: user}])
		}
	}
}

// TestEstate compares a run with the estate itself, object by object and property
// by property, for one organization and for three, and over days of change.
func TestEstate(t *testing.T) {
	for _, organizations := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d organizations", organizations), func(t *testing.T) {
			state := emulator.NewState(emulator.New(emulator.Options{Organizations: organizations}))
			for day := range 4 {
				compare(t, state, day)
				state.Advance()
			}
		})
	}
}

func compare(t *testing.T, state *emulator.State, day int) {
	t.Helper()
	stage, report := collect(t, emulator.JumpCloud(state, emulator.JumpCloudOptions{}))
	if d := stage.Duplicates(); len(d)+len(report.Errors)+len(report.Warnings) > 0 {
		t.Errorf("day %d: %v %v %v", day, d, report.Errors, report.Warnings)
	}
	want := fromEstate(state.Estate().JumpCloud)
	want.Compare(t, stage)
	for _, object := range want.Unexpected(stage) {
		t.Errorf("day %d: nothing in the estate is %s", day, object)
	}
}
