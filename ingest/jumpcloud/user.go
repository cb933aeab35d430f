package jumpcloud

import (
	"context"
	"strings"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// userEntity converts a user. Tags of users are the administrators' own notes:
// they are kept as raw data under userTags and make no tag properties.
func userEntity(s ingest.Source) ingest.EntityInput {
	source := s.Without("tags")
	if tags, ok := s["tags"]; ok {
		source["userTags"] = tags
	}
	in := entity(userType, source, ingest.Props{
		"email":             s.Text("email"),
		"displayName":       s.Text("username"),
		"name":              fullName(s),
		"login":             s.Text("username"),
		"firstName":         given(s.Get("firstname")),
		"lastName":          given(s.Get("lastname")),
		"employeeType":      given(s.Get("employeeType")),
		"employeeId":        s.Text("employeeIdentifier"),
		"company":           given(s.Get("company")),
		"department":        given(s.Get("department")),
		"jobTitle":          given(s.Get("jobTitle")),
		"managerId":         s.Text("manager"),
		"state":             text(strings.ToLower(s.Str("state"))),
		"active":            isActive(s),
		"suspended":         s.Bool("suspended"),
		"sudo":              s.Bool("sudo"),
		"externallyManaged": s.Bool("externally_managed"),
		"ldapBindingUser":   s.Bool("ldap_binding_user"),
		"sambaServiceUser":  s.Bool("samba_service_user"),
		"createdOn":         s.Time("created"),
		"webLink":           console + "/#/users/" + idOf(s) + "/details",
	})
	addMFA(in.Assign, s)
	addPassword(in.Assign, s)
	return in
}

// fullName joins the names that there are; a bot may have none but its username.
func fullName(s ingest.Source) graph.Value {
	var names []string
	for _, part := range []string{"firstname", "lastname"} {
		if name := strings.TrimSpace(s.Str(part)); name != "" {
			names = append(names, name)
		}
	}
	if names == nil {
		return s.Text("username")
	}
	return graph.StringValue(strings.Join(names, " "))
}

// isActive follows the state where there is one: a user who is staged or
// suspended is not active, activated or not.
func isActive(s ingest.Source) bool {
	if s.Str("state") == "ACTIVATED" || !s.Bool("suspended") {
		return s.Bool("activated")
	}
	return false
}

// addMFA adds the state of the second factor. mfaEnabled is about one-time
// passwords, as in JupiterOne's integration; mfaConfigured about any factor.
func addMFA(p ingest.Props, s ingest.Source) {
	p["mfaEnabled"] = s.Bool("totp_enabled")
	p["mfaConfigured"] = s.Bool("mfa", "configured")
	p["mfaExclusion"] = s.Bool("mfa", "exclusion")
	p["mfaExclusionUntil"] = s.Time("mfa", "exclusionUntil")
	p["mfaRequired"] = given(s.Get("enable_user_portal_multifactor"))
}

// addPassword adds the age and state of the password, beyond JupiterOne's
// integration.
func addPassword(p ingest.Props, s ingest.Source) {
	p["passwordChangedOn"] = s.Time("password_date")
	p["passwordExpiresOn"] = s.Time("password_expiration_date")
	p["passwordExpired"] = given(s.Get("password_expired"))
	p["passwordNeverExpires"] = given(s.Get("password_never_expires"))
	p["passwordlessSudo"] = given(s.Get("passwordless_sudo"))
	p["accountLocked"] = given(s.Get("account_locked"))
	p["accountLockedOn"] = s.Time("account_locked_date")
}

// fetchUsers reads the users of every organization. Bots and services are users
// too, told by employeeType.
func (c *collector) fetchUsers(ctx context.Context, job *ingest.Job) error {
	list := func(ctx context.Context, org string) pages { return c.api.list1(ctx, org, "systemusers") }
	return c.eachInOrganizations(ctx, job, list, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		return supply(ctx, job, userEntity(row), accountHasUser, org)
	})
}
