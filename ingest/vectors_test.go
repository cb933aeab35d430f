package ingest_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// vectors are made-up inputs and what the functions of JupiterOne's SDK make of
// them. They are no part of the project.
type vectors struct {
	Entities map[string]struct {
		Source ingest.Source
		Entity map[string]graph.Value
	}
	DirectRelationships map[string]map[string]graph.Value
	MappedRelationships map[string]map[string]any
	Tags                map[string]map[string]graph.Value
	Converters          struct {
		Time  []([]any)
		Str   [][2]graph.Value
		Trunc []int
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	name := filepath.Join("..", "..", "shared", "data", "model", "golden-vectors.json")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: %s is missing: the normalisation is held to its own vectors only", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func model(t testing.TB) *datamodel.Model {
	t.Helper()
	m, err := datamodel.Load(datamodel.Default)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// flatten shows an entity as the SDK does: one flat object.
func flatten(e graph.Entity) map[string]graph.Value {
	out := maps.Collect(e.Props.All())
	out["_key"], out["_type"], out["_class"] = graph.StringValue(e.Key), graph.StringValue(e.Type), graph.StringsValue(e.Class)
	return out
}

// described is what a collector says of an object beyond its source.
func described(typ string, s ingest.Source) ingest.EntityInput {
	in := ingest.EntityInput{Key: s.Str("id"), Type: typ, Source: s}
	stamps := ingest.Props{"createdOn": s.Time("created_at"), "updatedOn": s.Time("updated_at")}
	with := func(class string, props ingest.Props) ingest.EntityInput {
		in.Class = strings.Fields(class)
		in.Assign = props
		return in
	}
	web := "https://console.jumpcloud.com"
	switch typ {
	case "heroku_account":
		return with("Account", stamps)
	case "heroku_team":
		stamps["enterpriseAccountId"] = s.Text("enterprise_account", "id")
		return with("Team", stamps)
	case "heroku_account_member":
		in.Key = s.Str("user", "id")
		mail := s.Text("user", "email")
		return with("User", ingest.Props{"id": in.Key, "enterpriseAccountId": s.Text("enterprise_account", "id"),
			"username": mail, "name": mail, "displayName": mail})
	case "heroku_application":
		stamps["teamId"], stamps["owner"] = s.Text("owner", "id"), s.Text("owner", "email")
		return with("Application", stamps)
	case "heroku_addon":
		stamps["applicationId"], stamps["category"] = s.Text("app", "id"), []string{"platform"}
		stamps["endpoints"], stamps["function"] = []string{s.Str("web_url")}, []string{}
		return with("Service", stamps)
	case "jumpcloud_account":
		return with("Account Organization", ingest.Props{"name": s.Text("displayName"), "createdOn": s.Time("created"), "webLink": web})
	case "jumpcloud_group":
		attributes, _ := json.Marshal(s.Object("attributes"))
		return with("Group", ingest.Props{"attributes": string(attributes), "webLink": web + "/#/groups/user/" + in.Key + "/details"})
	case "jumpcloud_application":
		return with("Application", ingest.Props{"createdOn": s.Time("created"), "ssoUrl": s.Text("ssoUrl"),
			"webLink": web + "/#/sso/" + in.Key + "/details"})
	case "jumpcloud_apple_mdm":
		return with("Configuration", ingest.Props{"displayName": s.Get("name"), "depServerTokenState": s.Get("depServerTokenState"),
			"apnsCertExpiry": s.Get("apnsCertExpiry"), "appleCertSerialNumber": s.Get("appleCertSerialNumber")})
	case "jumpcloud_apple_device":
		return with("Device", appleDevice(s))
	case "jumpcloud_user":
		return with("User", jumpcloudUser(s, web))
	case "acme_account":
		return with("Account", ingest.Props{"mfaEnabled": true, "manager": "Manager Name"})
	case "acme_user":
		return with("User", ingest.Props{"username": "testusername", "email": "test@test.com", "active": true, "firstName": "John"})
	case "acme_group":
		return with("UserGroup", ingest.Props{"email": "testgroup@test.com", "logoLink": "https://test.com/logo.png"})
	}
	return with("Entity", nil)
}

func appleDevice(s ingest.Source) ingest.Props {
	info := s.Object("deviceInformation")
	return ingest.Props{"serial": s.Get("serialNumber"), "deviceId": s.Get("udid"), "depRegistered": s.Get("depRegistered"),
		"enrolled": s.Get("enrolled"), "createdAt": s.Time("createdAt"), "osVersion": s.Get("osVersion"),
		"hasActivationLockBypassCodes": s.Get("hasActivationLockBypassCodes"), "isSupervised": info.Get("isSupervised"),
		"deviceCapacity": info.Get("deviceCapacity"), "name": info.Get("deviceName"), "macAddress": info.Get("wifiMac"),
		"category": info.Get("modelName"), "model": info.Get("modelName"), "make": "Apple"}
}

func jumpcloudUser(s ingest.Source, web string) ingest.Props {
	p := ingest.Props{"displayName": s.Get("username"), "name": s.Str("firstname") + " " + s.Str("lastname"),
		"state": strings.ToLower(s.Str("state")), "active": true, "suspended": s.Bool("suspended"), "sudo": s.Bool("sudo"),
		"createdOn": s.Time("created"), "firstName": s.Get("firstname"), "lastName": s.Get("lastname"), "login": s.Get("username"),
		"mfaEnabled": s.Bool("totp_enabled"), "mfaExclusion": s.Bool("mfa", "exclusion"), "mfaConfigured": s.Bool("mfa", "configured"),
		"externallyManaged": s.Bool("externally_managed"), "ldapBindingUser": s.Bool("ldap_binding_user"),
		"sambaServiceUser": s.Bool("samba_service_user"), "webLink": web + "/#/users/" + s.Str("id") + "/details"}
	for _, same := range []string{"employeeType", "company", "department", "jobTitle"} {
		p[same] = s.Get(same)
	}
	return p
}

func TestVectorsOfEntities(t *testing.T) {
	v := readVectors(t)
	for _, version := range datamodel.Versions() {
		m, err := datamodel.Load(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range slices.Sorted(maps.Keys(v.Entities)) {
			t.Run(version+"/"+typ, func(t *testing.T) {
				vector := v.Entities[typ]
				e, _, err := ingest.NewEntity(m, described(typ, vector.Source))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(vector.Entity, flatten(e), cmp.Comparer(graph.Equal)); diff != "" {
					t.Errorf("differs (-want +got):\n%s", diff)
				}
				if want := `[{"name":"default","rawData":{`; !strings.HasPrefix(string(e.Raw), want) {
					t.Errorf("raw data %.60s does not begin with %s", e.Raw, want)
				}
			})
		}
	}
}

func TestVectorsOfRelationships(t *testing.T) {
	for name, want := range readVectors(t).DirectRelationships {
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(name)
			r, _ := ingest.NewRelationship(words[0], ingest.Endpoint{Type: words[1], Key: "K1"}, ingest.Endpoint{Type: words[2], Key: "K2"}, nil)
			if diff := cmp.Diff(want, flattenLink(r), cmp.Comparer(graph.Equal)); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func flattenLink(r graph.Relationship) map[string]graph.Value {
	out := maps.Collect(r.Props.All())
	out["_key"], out["_type"], out["_class"] = graph.StringValue(r.Key), graph.StringValue(r.Type), graph.StringValue(r.Class)
	if r.Mapping == nil {
		out["_fromEntityKey"], out["_toEntityKey"] = graph.StringValue(r.From.Key), graph.StringValue(r.To.Key)
	}
	return out
}

func TestVectorsOfMappedRelationships(t *testing.T) {
	source := ingest.Endpoint{Type: "zed_user", Key: "src-key-0001"}
	inputs := map[string]ingest.MappedInput{
		"defaultFilters": {Verb: "IS", Source: source,
			Target: ingest.Props{"_type": "employee", "_key": "emp-key-0001", "email": "pip@orchard.example"}},
		"emailFilter": {Verb: "IS", Source: source, SkipCreation: true, Filters: [][]string{{"_class", "email"}},
			Target: ingest.Props{"_type": "employee", "_class": "Person", "email": "pip@orchard.example"}},
		"reverse": {Verb: "hosts", Source: source, Direction: graph.Reverse, Filters: [][]string{{"_class", "name"}, {"name"}},
			Target: ingest.Props{"_type": "heroku", "_class": "Vendor", "name": "Heroku"}, Props: ingest.Props{"note": 1}},
	}
	vectors := readVectors(t).MappedRelationships
	if len(vectors) != len(inputs) {
		t.Errorf("%d vectors, %d inputs", len(vectors), len(inputs))
	}
	for name, vector := range vectors {
		t.Run(name, func(t *testing.T) {
			r, _, err := ingest.NewMapped(inputs[name])
			if err != nil {
				t.Fatal(err)
			}
			got := asJSON(t, r)
			want := canonicalMapping(vector)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

// asJSON shows a mapped relationship as the SDK's plain object.
func asJSON(t *testing.T, r graph.Relationship) map[string]any {
	t.Helper()
	m := r.Mapping
	target := map[string]any{}
	for name, v := range m.Target.Props.All() {
		target[name] = v.Text()
	}
	for name, text := range map[string]string{"_key": m.Target.Key, "_type": m.Target.Type, "_class": strings.Join(m.Target.Class, ",")} {
		if text != "" {
			target[name] = text
		}
	}
	filters := []any{}
	for _, f := range m.Filters {
		names := []any{}
		for _, n := range f {
			names = append(names, n)
		}
		filters = append(filters, names)
	}
	mapping := map[string]any{"relationshipDirection": ingest.DirectionName(m.Direction), "sourceEntityKey": m.Source.Key,
		"targetEntity": target, "targetFilterKeys": filters}
	if m.SkipCreation {
		mapping["skipTargetCreation"] = true
	}
	out := map[string]any{"_mapping": mapping}
	for name, v := range flattenLink(r) {
		out[name] = v.Text()
	}
	return out
}

// canonicalMapping writes an alternative of one name as a list, and numbers as
// text.
func canonicalMapping(vector map[string]any) map[string]any {
	filters := vector["_mapping"].(map[string]any)["targetFilterKeys"].([]any)
	for i, f := range filters {
		if name, ok := f.(string); ok {
			filters[i] = []any{name}
		}
	}
	if n, ok := vector["note"].(float64); ok {
		vector["note"] = graph.FloatValue(n).Text()
	}
	return vector
}

func TestVectorsOfTags(t *testing.T) {
	pair := func(k, v string) any { return map[string]any{"Key": k, "Value": v} }
	inputs := map[string]ingest.EntityInput{
		"list": {Source: ingest.Source{"tags": []any{pair("Name", "Zed"), pair("Prod", "true"), pair("Owner", "Pip@X"),
			map[string]any{"key": "n", "value": "42"}, pair("e", ""), pair("f", "1.5")}}},
		"map": {Source: ingest.Source{"tags": map[string]any{"name": "shown", "Env": "Dev", "classification": "SECRET"}},
			Assign: ingest.Props{"name": "keep"}, TagProperties: []string{"env"}},
		"csv":     {Source: ingest.Source{"tags": "a, b,,c"}},
		"space":   {Source: ingest.Source{"tags": "a b  c"}},
		"strings": {Source: ingest.Source{"tags": []any{"x", "y"}}},
		"nul":     {Source: ingest.Source{"tags": nil}},
	}
	vectors := readVectors(t).Tags
	if len(vectors) != len(inputs) {
		t.Errorf("%d vectors, %d inputs", len(vectors), len(inputs))
	}
	for name, want := range vectors {
		t.Run(name, func(t *testing.T) {
			e, _, err := ingest.NewEntity(model(t), inputs[name])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, maps.Collect(e.Props.All()), cmp.Comparer(graph.Equal)); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVectorsOfConverters(t *testing.T) {
	v := readVectors(t).Converters
	for _, row := range v.Time {
		args := row[0].([]any)
		in, _ := graph.ValueOf(args[0])
		got := ingest.Time(in)
		if len(args) > 1 && args[1] == "sec" {
			got = ingest.TimeIn(time.Second, in)
		}
		want, _ := graph.ValueOf(row[1])
		if want.Missing() != got.Missing() || !want.Missing() && !graph.Equal(want, got) {
			t.Errorf("time of %v is %v, want %v", args, got, want)
		}
	}
	for _, row := range v.Str {
		if got := ingest.ParseText(row[0].Str()); !graph.Equal(got, row[1]) {
			t.Errorf("ParseText(%v) = %v, want %v", row[0], got, row[1])
		}
	}
	for i, n := range v.Trunc {
		text := strings.Repeat("x", 4096+i*100)
		if got := ingest.Truncate(text); len(got) != n || strings.HasSuffix(got, "...") != (i > 0) {
			t.Errorf("Truncate of %d characters has %d, want %d", len(text), len(got), n)
		}
	}
}
