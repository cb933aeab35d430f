package jumpcloud

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// systemEntity converts a computer that runs JumpCloud's agent. What a Device must
// have and the API does not tell is null.
func systemEntity(s ingest.Source) ingest.EntityInput {
	name := firstOf(s.Text("displayName"), s.Text("hostname"), text(idOf(s)))
	return entity(systemType, s, ingest.Props{
		"name":                  name,
		"displayName":           name,
		"hostname":              orNull(s.Text("hostname")),
		"category":              category(s),
		"make":                  orNull(s.Text("hwVendor")),
		"model":                 nil,
		"serial":                orNull(s.Text("serialNumber")),
		"deviceId":              idOf(s),
		"lastSeenOn":            orNull(s.Time("lastContact")),
		"createdOn":             s.Time("created"),
		"platform":              platform(s),
		"osName":                s.Text("os"),
		"osVersion":             s.Text("version"),
		"arch":                  s.Text("arch"),
		"agentVersion":          s.Text("agentVersion"),
		"ipAddress":             addresses(s, netip.Addr.IsValid),
		"privateIpAddress":      addresses(s, netip.Addr.IsPrivate),
		"publicIpAddress":       address(s.Str("remoteIP")),
		"awsInstanceId":         s.Text("amazonInstanceID"),
		"encrypted":             given(s.Get("fde", "active")),
		"encryptionKeyEscrowed": given(s.Get("fde", "keyPresent")),
		"sshRootLoginAllowed":   given(s.Get("allowSshRootLogin")),
		"sshPasswordAllowed":    given(s.Get("allowSshPasswordAuthentication")),
		"publicKeyAllowed":      given(s.Get("allowPublicKeyAuthentication")),
		"mfaAllowed":            given(s.Get("allowMultiFactorAuthentication")),
		"webLink":               console + "/#/devices/" + idOf(s) + "/details",
	})
}

// category tells the machines of a cloud from those that people carry.
func category(s ingest.Source) string {
	if s.Str("amazonInstanceID") != "" {
		return "server"
	}
	return "endpoint"
}

// platform finds the word of JupiterOne's data model for an operating system.
func platform(s ingest.Source) graph.Value {
	os := strings.ToLower(s.Str("osFamily") + " " + s.Str("os"))
	for _, known := range [...]struct{ part, platform string }{
		{"darwin", "darwin"}, {"mac os", "darwin"}, {"macos", "darwin"}, {"windows", "windows"},
		{"android", "android"}, {"ios", "ios"}, {"ipados", "ios"}, {"linux", "linux"},
	} {
		if strings.Contains(os, known.part) {
			return graph.StringValue(known.platform)
		}
	}
	if os == " " {
		return graph.Value{}
	}
	return graph.StringValue("other")
}

// address leaves out what is no IP address.
func address(s string) graph.Value {
	if _, err := netip.ParseAddr(s); err != nil {
		return graph.Value{}
	}
	return graph.StringValue(s)
}

// addresses lists those of a system's interfaces that are wanted, sorted: the API
// gives them in the order in which the interfaces came up. Addresses that only
// the system itself or its neighbours on a cable can use say nothing.
func addresses(s ingest.Source, wanted func(netip.Addr) bool) graph.Value {
	var found []string
	for _, nic := range s.Objects("networkInterfaces") {
		a, err := netip.ParseAddr(nic.Str("address"))
		if err != nil || nic.Bool("internal") || a.IsLoopback() || a.IsLinkLocalUnicast() || !wanted(a) {
			continue
		}
		found = append(found, a.String())
	}
	if found == nil {
		return graph.Value{}
	}
	slices.Sort(found)
	return graph.StringsValue(slices.Compact(found))
}

// systems lists the systems of an organization.
func (c *collector) systems(ctx context.Context, org string) pages {
	return c.api.list1(ctx, org, "systems")
}

// fetchSystems reads the computers with JumpCloud's agent.
func (c *collector) fetchSystems(ctx context.Context, job *ingest.Job) error {
	return c.eachInOrganizations(ctx, job, c.systems, func(ctx context.Context, job *ingest.Job, row ingest.Source, org string) error {
		return supply(ctx, job, systemEntity(row), accountHasSystem, org)
	})
}

// fetchSystemUsers reads who may sign in to every system, bound to it or through
// groups, and with which rights.
func (c *collector) fetchSystemUsers(ctx context.Context, job *ingest.Job) error {
	list := ingest.List{Gone: func(ctx context.Context, system ingest.Known) (bool, error) {
		return lacks(c.systems(ctx, system.Parent), system.Key)
	}}
	return job.Each(ctx, systemType.Type, list, func(ctx context.Context, job *ingest.Job, system ingest.Known) error {
		users := c.api.list2(ctx, system.Parent, "systems", system.Key, "users")
		for row, err := range job.Rows(ctx, users, userHasSystem.Type) {
			if err != nil {
				return err
			}
			user := row.Str("id")
			if user != "" && !job.MayHave(userType.Type, user) {
				continue
			}
			if err := relate(ctx, job, userHasSystem, user, system.Key, signIn(row)); err != nil {
				return err
			}
		}
		return nil
	})
}

// signIn says how a user may sign in to a system.
func signIn(row ingest.Source) ingest.Props {
	return ingest.Props{
		"direct":           isDirect(row),
		"sudo":             row.Bool("compiledAttributes", "sudo", "enabled"),
		"passwordlessSudo": row.Bool("compiledAttributes", "sudo", "withoutPassword"),
	}
}
