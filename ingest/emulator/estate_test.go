package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

func TestEstateIsWhole(t *testing.T) {
	for _, o := range []emulator.Options{{}, {Seed: 7}, {EnterpriseAccounts: 6, Organizations: 3}} {
		if err := emulator.New(o).Check(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestCheckFindsWhatIsBroken(t *testing.T) {
	breaks := map[string]func(*emulator.Estate){
		"app without team":  func(e *emulator.Estate) { e.Heroku.Apps[0].TeamID = "gone" },
		"member twice":      func(e *emulator.Estate) { e.Heroku.TeamMembers[1] = e.Heroku.TeamMembers[0] },
		"add-on of nothing": func(e *emulator.Estate) { e.Heroku.AddOns[0].AppID = "" },
		"group without id":  func(e *emulator.Estate) { e.JumpCloud.Groups[0].ID = "" },
		"member of nothing": func(e *emulator.Estate) { e.JumpCloud.GroupMembers[0].To = "gone" },
		"two tenants bound": func(e *emulator.Estate) { e.JumpCloud.Users[0].Organization = e.JumpCloud.Organizations[1].ID },
		"key of nobody":     func(e *emulator.Estate) { e.Heroku.AccountID = "gone" },
	}
	for name, spoil := range breaks {
		e := emulator.New(emulator.Options{Organizations: 2})
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestEstateHasItsSize(t *testing.T) {
	want := map[string][2]int{ // at least, at most
		"heroku users": {45, 65}, "heroku teams": {9, 9}, "heroku apps": {40, 45}, "heroku add-ons": {50, 90},
		"jumpcloud users": {58, 66}, "jumpcloud groups": {15, 15}, "jumpcloud applications": {12, 12},
		"jumpcloud systems": {55, 65}, "jumpcloud apple mdms": {1, 1},
	}
	seen := 0
	for _, c := range emulator.New(emulator.Options{}).Size() {
		if c.Rows == 0 {
			t.Errorf("no %s", c.Kind)
		}
		if bounds, ok := want[c.Kind]; ok {
			seen++
			if c.Rows < bounds[0] || c.Rows > bounds[1] {
				t.Errorf("%d %s, want %v", c.Rows, c.Kind, bounds)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d kinds counted", seen, len(want))
	}
}

func TestEqualOptionsGiveEqualEstates(t *testing.T) {
	first, second := emulator.New(emulator.Options{Seed: 3}), emulator.New(emulator.Options{Seed: 3})
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(first.Heroku.Teams, emulator.New(emulator.Options{Seed: 4}).Heroku.Teams) {
		t.Error("another seed gives the same teams")
	}
}

// TestCloneSharesNothing changes a clone everywhere that an estate points to.
func TestCloneSharesNothing(t *testing.T) {
	e, want := emulator.New(emulator.Options{}), emulator.New(emulator.Options{})
	c := e.Clone()
	if diff := cmp.Diff(want, c); diff != "" {
		t.Fatalf("a clone differs: %s", diff)
	}
	h, j := &c.Heroku, &c.JumpCloud
	h.Accounts[0].Permissions[0] = "x"
	h.AccountMembers[0].Permissions[0] = "x"
	*h.Teams[len(h.Teams)-1].Limit = 1
	h.SpaceMembers[0].Permissions[0] = "x"
	*h.Apps[0].RepoSize, *h.Apps[0].SlugSize = 1, 1
	*h.Apps[slices.IndexFunc(h.Apps, func(a emulator.App) bool { return a.InternalRouting != nil })].InternalRouting = true
	h.AddOns[0].ConfigVars[0], *h.AddOns[0].Cents = "x", 1
	h.Collaborators[0].Permissions[0] = "x"
	h.Endpoints[0].Domains[0], h.Endpoints[0].Cert.Hostnames[0] = "x", "x"
	for i := range j.Users {
		for k := range j.Users[i].PhoneNumbers {
			j.Users[i].PhoneNumbers[k].Number = "x"
		}
		for k := range j.Users[i].Tags {
			j.Users[i].Tags[k] = "x"
		}
	}
	j.Systems[0].FDE.Active = !j.Systems[0].FDE.Active
	j.Systems[0].Interfaces[0].Name = "x"
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("the original changed: %s", diff)
	}
}

// finding lists who is suspended in JumpCloud and still a member of a Heroku
// team that owns applications.
func finding(e emulator.Estate) (found []string) {
	suspended := map[string]string{}
	for _, u := range e.JumpCloud.Users {
		if u.Suspended {
			suspended[u.Email] = u.Username
		}
	}
	owns := map[string]string{}
	for _, a := range e.Heroku.Apps {
		owns[a.TeamID] = a.Name
	}
	email, team := map[string]string{}, map[string]string{}
	for _, u := range e.Heroku.Users {
		email[u.ID] = strings.ToLower(u.Email)
	}
	for _, v := range e.Heroku.Teams {
		team[v.ID] = v.Name
	}
	for _, m := range e.Heroku.TeamMembers {
		if who := suspended[email[m.UserID]]; who != "" && owns[m.TeamID] != "" {
			found = append(found, who+" "+team[m.TeamID])
		}
	}
	return found
}

func TestLeaversStillOwnApplications(t *testing.T) {
	e := emulator.New(emulator.Options{})
	want := []string{
		"kalani.ndalamo orchard-payments", "paloma.drumshanbow orchard-storefront", "paloma.drumshanbow orchard-data",
		"wambui.estervale orchard-mobile",
	}
	if diff := cmp.Diff(want, finding(e)); diff != "" {
		t.Errorf("on the first day: %s", diff)
	}
	e, _ = e.NextDay()
	want = slices.Insert(want, 1, "jaswinder.belvaros orchard-payments", "jaswinder.belvaros orchard-data")
	got := finding(e)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a day: %s", diff)
	}
}

// everything reads every route of both APIs and gives the bodies by path.
func everything(t *testing.T, e emulator.Estate) map[string][]byte {
	t.Helper()
	s := start(t, e, emulator.ServerOptions{})
	bodies := map[string][]byte{}
	for _, path := range paths(e, emulator.HerokuRoutes()) {
		a := get(t, s.Heroku.URL+path, herokuHeader(s.Heroku.Key, "Range", "id ..; max=1000"))
		if a.status != 200 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		bodies[path] = a.body
	}
	for _, path := range paths(e, emulator.JumpCloudRoutes()) {
		a := get(t, s.JumpCloud.URL+path+"?limit=100", jumpcloudHeader(s))
		if a.status != 200 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		bodies[path] = a.body
	}
	return bodies
}

// TestNobodyIsReal looks for addresses that could belong to somebody.
func TestNobodyIsReal(t *testing.T) {
	host := regexp.MustCompile(`(?:@|://)([A-Za-z0-9.-]+)`)
	ip := regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
	phone := regexp.MustCompile(`"number":"([^"]*)"`)
	invented := []netip.Prefix{}
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8", "127.0.0.0/8"} {
		invented = append(invented, netip.MustParsePrefix(p))
	}
	for path, body := range everything(t, emulator.New(emulator.Options{})) {
		for _, m := range host.FindAllSubmatch(body, -1) {
			if !strings.HasSuffix(string(m[1]), ".example") {
				t.Errorf("%s: host %s", path, m[1])
			}
		}
		for _, m := range ip.FindAll(body, -1) {
			addr, err := netip.ParseAddr(string(m))
			if err != nil || !slices.ContainsFunc(invented, func(p netip.Prefix) bool { return p.Contains(addr) }) {
				t.Errorf("%s: address %s", path, m)
			}
		}
		for _, m := range phone.FindAllSubmatch(body, -1) {
			if !strings.HasPrefix(string(m[1]), "+1 202 555 01") {
				t.Errorf("%s: telephone %s", path, m[1])
			}
		}
	}
}

// TestSecretsAreMarked holds that secrets stand where the APIs have them, and
// nowhere else.
func TestSecretsAreMarked(t *testing.T) {
	marked := map[string]int{}
	var visit func(path string, v any)
	visit = func(path string, v any) {
		switch v := v.(type) {
		case string:
			if strings.Contains(v, emulator.SecretMarker) {
				marked[path]++
			}
		case []any:
			for _, e := range v {
				visit(path, e)
			}
		case map[string]any:
			for name, e := range v {
				visit(path+"."+name, e)
			}
		}
	}
	for _, body := range everything(t, emulator.New(emulator.Options{})) {
		visit("", decode[any](t, body))
	}
	var got []string
	for path := range marked {
		path = strings.TrimPrefix(path, ".results")
		if name := strings.Split(path, ".")[1]; !slices.Contains(got, name) {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"config", "config_vars"}, got); diff != "" {
		t.Errorf("marked fields: %s", diff)
	}
	if !strings.Contains(emulator.HerokuKey+" "+emulator.JumpCloudKey, emulator.SecretMarker) {
		t.Error("the keys carry no marker")
	}
}

// TestShapes holds every payload to the fields that the APIs document, and to
// having both null and a value wherever null may be.
func TestShapes(t *testing.T) {
	nullable := map[string][]string{
		"/enterprise-accounts/*/members": {"identity_provider"},
		"/teams":                         {"membership_limit", "enterprise_account", "identity_provider"},
		"/teams/*/members":               {"role", "identity_provider"},
		"/teams/*/invitations":           {"role"},
		"/apps":                          {"owner", "team", "space", "internal_routing", "archived_at", "released_at", "repo_size", "slug_size", "buildpack_provided_description", "web_url"},
		"/apps/*/addons":                 {"billed_price", "web_url"},
		"/apps/*/collaborators":          {"role"},
		"/apps/*/domains":                {"cname", "acm_status", "acm_status_reason", "sni_endpoint"},
		"/apps/*/sni-endpoints":          {"display_name"},
		"/pipelines":                     {"owner"},
		"/api/systemusers":               {"mfa.exclusionUntil", "account_locked_date", "password_expiration_date", "description", "employeeIdentifier", "manager", "firstname"},
		"/api/v2/usergroups":             {"description", "email", "attributes"},
		"/api/applications":              {"description", "logo", "learnMore", "color"},
		"/api/systems":                   {"fde", "description", "serialNumber", "lastContact", "remoteIP", "amazonInstanceID", "mdm", "hwVendor"},
		"/api/v2/applemdms/*/devices":    {"deviceInformation", "securityInfo"},
	}
	rows := map[string][]map[string]any{}
	for path, body := range everything(t, emulator.New(emulator.Options{})) {
		rows[pattern(path)] = append(rows[pattern(path)], rowsOf(t, body)...)
	}
	for route, fields := range nullable {
		for _, field := range fields {
			var null, value int
			for _, row := range rows[route] {
				if v, there := lookup(row, field); there && v == nil {
					null++
				} else if there {
					value++
				}
			}
			if null == 0 || value == 0 {
				t.Errorf("%s: %s is null %d times and has a value %d times", route, field, null, value)
			}
		}
	}
	absent := slices.IndexFunc(rows["/api/systemusers"], func(row map[string]any) bool { _, there := row["mfa"]; return !there })
	empty := slices.IndexFunc(rows["/apps/*/sni-endpoints"], func(row map[string]any) bool { return len(row["ssl_cert"].(map[string]any)) == 0 })
	if absent < 0 || empty < 0 {
		t.Error("no user lacks mfa, or no endpoint an uploaded certificate")
	}
}

// pattern replaces the ids in a path by stars.
func pattern(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if len(s) == 36 || len(s) == 24 && regexp.MustCompile(`^[0-9a-f]+$`).MatchString(s) {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// rowsOf takes the objects out of an answer of any kind.
func rowsOf(t *testing.T, body []byte) (rows []map[string]any) {
	t.Helper()
	if json.Unmarshal(body, &rows) == nil {
		return rows
	}
	one := decode[map[string]any](t, body)
	list, ok := one["results"].([]any)
	if !ok {
		return []map[string]any{one}
	}
	for _, row := range list {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func lookup(row map[string]any, field string) (any, bool) {
	name, rest, deeper := strings.Cut(field, ".")
	v, there := row[name]
	if inner, ok := v.(map[string]any); ok && deeper {
		return lookup(inner, rest)
	}
	return v, there && !deeper
}

func ExampleEstate_NextDay() {
	e := emulator.New(emulator.Options{})
	e, events := e.NextDay()
	fmt.Println(e.Now, events[0].Text)
	// Output: 2026-11-17T06:30:00Z Nadia Orrinfield joins Payments
}
