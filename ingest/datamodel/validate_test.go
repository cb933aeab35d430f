package datamodel_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// entity decodes an entity in JupiterOne's JSON shape.
func entity(t testing.TB, text string) *graph.Entity {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var e graph.Entity
	take := func(name string, out any) {
		if raw, ok := members[name]; ok {
			if err := json.Unmarshal(raw, out); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			delete(members, name)
		}
	}
	take("_key", &e.Key)
	take("_type", &e.Type)
	take("_class", &e.Class)
	rest, _ := json.Marshal(members)
	if err := e.Props.UnmarshalJSON(rest); err != nil {
		t.Fatal(err)
	}
	return &e
}

// findings prints issues as "property rule", sorted.
func findings(issues []datamodel.Issue) []string {
	out := []string{}
	for _, i := range issues {
		out = append(out, i.Property+" "+string(i.Rule))
	}
	slices.Sort(out)
	return out
}

func TestValidate(t *testing.T) {
	const user = `"_key":"pear-user-1","_type":"pear_user","name":"Pip","displayName":"Pip"`
	cases := []struct {
		name, version, entity string
		want                  []string // "property: message"
	}{
		{"clean", "0.55.0", `{` + user + `,"_class":["User"],"email":"pip@orchard.example","active":true,"createdOn":1706933106000,"tag.env":"prod","tags":["a"],"fooBar":[1,2],"x y-z.1":null}`, nil},
		{"two classes", "0.55.0", `{` + user + `,"_class":["Account","Organization"],"website":"https://orchard.example/a?b=%20"}`, nil},
		{"short key and type", "0.55.0", `{"_key":"pear-1","_type":"p","_class":["Group"],"name":"g","displayName":"g"}`,
			[]string{"_key: must have at least 10 characters", "_type: must have at least 3 characters"}},
		{"key of ten letters, not bytes", "0.55.0", `{"_key":"ééééé","_type":"pear_group","_class":["Group"],"name":"g","displayName":"g"}`,
			[]string{"_key: must have at least 10 characters"}},
		{"nothing required", "0.55.0", `{"_key":"pear-user-1","_type":"pear_person","_class":["Person"],"name":null}`,
			[]string{"firstName: must have required property 'firstName'", "lastName: must have required property 'lastName'", "email: must have required property 'email'",
				"displayName: must have required property 'displayName'", "name: must be a string"}},
		{"null is there", "0.55.0", `{` + user + `,"_class":["Device"],"category":"laptop","make":"Apple","model":"m","serial":"s","deviceId":"d","lastSeenOn":null}`, nil},
		{"no class", "0.55.0", `{` + user + `}`, []string{"_class: must have required property '_class'"}},
		{"unknown class", "0.55.0", `{` + user + `,"_class":["user","Pear","Teams"]}`, []string{
			`_class: "user" is no class of data model 0.55.0; did you mean User?`, `_class: "Pear" is no class of data model 0.55.0`,
			`_class: "Teams" is no class of data model 0.55.0; did you mean Team?`}},
		{"one unknown of two", "0.55.0", `{` + user + `,"_class":["Pear","User"],"active":"yes"}`,
			[]string{`_class: "Pear" is no class of data model 0.55.0`, "active: must be a boolean"}},
		{"class of the newer model", "0.55.0", `{` + user + `,"_class":["NHI"]}`, []string{`_class: "NHI" is no class of data model 0.55.0`}},
		{"types", "0.55.0", `{` + user + `,"_class":["User"],"active":"yes","email":7,"createdOn":"2024-02-03T04:05:06Z","tags":"a","criticality":1.5,"risk":11,"id":["a","b"],"owner":null,"complianceStatus":0.5}`,
			[]string{"active: must be a boolean", "createdOn: must be a number", "criticality: must be an integer", "email: must be a string",
				"owner: must be a string", "risk: must be from 1 to 10", "tags: must be a list of strings"}},
		{"elements", "0.55.0", `{` + user + `,"_class":["User"],"tags":["a",1],"id":[7],"notes":[]}`,
			[]string{"id: must be a string or a list of strings", "tags: must be a list of strings"}},
		{"names", "0.55.0", `{` + user + `,"_class":["User"],"first_name":"x","_internal":1,"_a_b":1,"ümlaut":1,"tag.a_b":1,"tag.":"x","":1,"a.b-c d":1}`,
			[]string{": property name must be letters, digits, spaces, dots and hyphens", "_a_b: property name must be letters, digits, spaces, dots and hyphens",
				"first_name: property name must be letters, digits, spaces, dots and hyphens", "tag.a_b: property name must be letters, digits, spaces, dots and hyphens",
				"ümlaut: property name must be letters, digits, spaces, dots and hyphens"}},
		{"tags", "0.55.0", `{` + user + `,"_class":["User"],"tag.a":"x","tag.b":1,"tag.c":true,"tag.d":null,"tag.e":["x"]}`,
			[]string{"tag.d: must be a string or a number or a boolean", "tag.e: must be a string or a number or a boolean"}},
		{"enum", "0.55.0", `{` + user + `,"_class":["Host"],"hostname":"h1","platform":"beos"}`,
			[]string{"platform: must be one of darwin, linux, unix, windows, android, ios, embedded, other"}},
		{"enum of numbers", "0.55.0", `{` + user + `,"_class":["IpAddress"],"ipAddress":"10.0.0.1","ipVersion":5}`, []string{"ipVersion: must be one of 4, 6"}},
		{"enum and null", "0.64.2", `{` + user + `,"_class":["NHI"],"nhiType":"bot","aiConfidence":"some"}`, []string{"aiConfidence: must be one of confirmed, high, medium, low"}},
		{"formats", "0.55.0", `{` + user + `,"_class":["User"],"email":"","webLink":"orchard"}`, []string{"email: must match format email", "webLink: must match format uri"}},
		{"alternatives", "0.55.0", `{` + user + `,"_class":["Host"],"hostname":"h1","ipAddress":["10.0.0.1","fe80::1"],"privateIpAddress":"10.0.0","publicIpAddress":["8.8.8.8","x"],"macAddress":7}`,
			[]string{"macAddress: must be a string or a list of strings", "privateIpAddress: must match format ip", "publicIpAddress: element 1 must match format ip"}},
		{"newer user", "0.64.2", `{` + user + `,"_class":["User"],"firstName":"Pip","lastName":null,"email":"pip@orchard.example","shortLoginId":null,"username":["pip"]}`,
			[]string{"email: must be a list of strings or null"}},
		{"newer user, bad address", "0.64.2", `{` + user + `,"_class":["User"],"firstName":"Pip","lastName":null,"email":["pip@orchard.example","pip"],"shortLoginId":null,"username":["pip"]}`,
			[]string{"email: element 1 must match format email"}},
		{"integer of any size", "0.55.0", `{` + user + `,"_class":["User"],"criticality":5.0,"createdOn":1e300}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, issue := range load(t, c.version).Validate(entity(t, c.entity)) {
				got = append(got, issue.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("issues (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIssueNamesClassAndRule(t *testing.T) {
	m := load(t, "0.64.2")
	got := m.Validate(entity(t, `{"_key":"pear-acct-1","_type":"pear_account","_class":["Account"],"name":"a","displayName":"a","mfaEnabled":"no"}`))
	want := []datamodel.Issue{
		{Class: "Account", Property: "vendor", Rule: datamodel.RuleRequired, Message: "must have required property 'vendor'"},
		{Class: "Account", Property: "mfaEnabled", Rule: datamodel.RuleType, Message: "must be a boolean"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func TestFormats(t *testing.T) {
	m := load(t, "0.64.2")
	cases := []struct {
		class, property string
		list            bool
		good, bad       []string
	}{
		{"Account", "accessURL", false, []string{"https://orchard.example", "mailto:pip@orchard.example", "urn:x:y", "https://h:8080/a?b=c#d", "a+b.c-1://x", "https://[::1]/"},
			[]string{"", "orchard.example", "/path", "https://orchard.example/a b", "https://orchard.example/é", "https://h/%zz", "1a:b", "https://h:port/"}},
		{"Person", "email", true, []string{"pip@orchard.example", "a.b+c@x-y.orchard.example", "PIP@ORCHARD.EXAMPLE", "o'neil@orchard.example"},
			[]string{"", "pip", "pip@", "@orchard.example", "pip@orchard", "a..b@orchard.example", ".a@orchard.example", "pip pip@orchard.example", "pip@-orchard.example", "pip@@orchard.example", "pip@orchard.example.", "Pip <pip@orchard.example>"}},
		{"IpAddress", "ipAddress", false, []string{"10.0.0.1", "::1", "2001:db8::ff"}, []string{"", "10.0.0", "10.0.0.256", "fe80::1%eth0", "10.0.0.0/8", "host"}},
		{"Host", "ipv4Addresses", true, []string{"10.0.0.1"}, []string{"::1", "x"}},
		{"Host", "ipv6Addresses", true, []string{"::1", "::ffff:10.0.0.1"}, []string{"10.0.0.1", "x"}},
		{"Host", "macAddresses", true, []string{"00:1a:2b:3c:4d:5e"}, []string{"00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "00:1a:2b:3c:4d", "x00:1a:2b:3c:4d:5e"}},
		{"Host", "fqdn", true, []string{"h1.orchard.example", "a-b.co"}, []string{"h1", "-a.co", "a-.co", "a.c", "a..co", strings.Repeat("a.", 126) + "co", "a.b1"}},
		{"Host", "hostname", false, []string{"h1", "my-host"}, []string{"h", "-h1", "h1.", "h_1", strings.Repeat("h", 64)}},
		{"IpRange", "cidr", true, []string{"10.0.0.0/8", "2001:db8::/32"}, []string{"10.0.0.0", "10.0.0.0/33", "x/8"}},
		{"IpRange", "asn", false, []string{"AS64512", "AS10", "AS123456"}, []string{"AS1", "AS1234567", "as64512", "64512", "AS6451x"}},
		{"Network", "CIDR", false, []string{"10.0.0.0/8", "999.1.1.1"}, []string{"10.0.0", "10.0.0.0/33", "x"}},
		{"Network", "CIDRv6", false, []string{"2001:db8::"}, []string{"2001:db8::/32", "10.0.0.0"}},
		{"IpAddress", "dnsName", false, []string{"h1", "h1.orchard.example", "orchard.example."}, []string{"", "h_1", "-h", "h-", "a..b", strings.Repeat("a", 64)}},
		{"Vulnerability", "cveId", false, []string{"CVE-2024-1234", "CVE-2024-1234567"}, []string{"CVE-24-1234", "CVE-2024-123", "cve-2024-1234"}},
		{"Weakness", "cweId", false, []string{"CWE-79"}, []string{"CWE-", "79"}},
	}
	for _, c := range cases {
		t.Run(c.class+"."+c.property, func(t *testing.T) {
			check := func(value string) bool {
				quoted, _ := json.Marshal(value)
				if c.list {
					quoted = []byte("[" + string(quoted) + "]")
				}
				e := entity(t, fmt.Sprintf(`{"_key":"pear-thing-1","_type":"pear_thing","_class":[%q],%q:%s}`, c.class, c.property, quoted))
				return !slices.ContainsFunc(m.Validate(e), func(i datamodel.Issue) bool { return i.Property == c.property })
			}
			for _, value := range c.good {
				if !check(value) {
					t.Errorf("%q is refused", value)
				}
			}
			for _, value := range c.bad {
				if check(value) {
					t.Errorf("%q passes", value)
				}
			}
		})
	}
}

// TestGoldenVectors holds Validate to what JupiterOne's own validation found in
// the same entities.
func TestGoldenVectors(t *testing.T) {
	var golden struct {
		Entities map[string]struct {
			Entity json.RawMessage     `json:"entity"`
			Errors map[string][]string `json:"errors"`
		} `json:"entities"`
	}
	readTable(t, "golden-vectors.json", &golden)
	if len(golden.Entities) == 0 {
		t.Fatal("no entities in the golden vectors")
	}
	compared := 0
	for name, vector := range golden.Entities {
		for _, version := range datamodel.Versions() {
			messages, ok := vector.Errors[version]
			if !ok {
				continue
			}
			compared++
			got := findings(load(t, version).Validate(entity(t, string(vector.Entity))))
			if diff := cmp.Diff(goldenFindings(t, messages), got); diff != "" {
				t.Errorf("%s under %s (-reference +ours):\n%s", name, version, diff)
			}
		}
	}
	t.Logf("compared %d results of %d entities", compared, len(golden.Entities))
	if compared < 2*len(golden.Entities) {
		t.Errorf("only %d results compared", compared)
	}
}

// goldenFindings turns the messages of the reference into "property rule". It
// reports each alternative of a oneOf that fails and then the oneOf itself; only
// the last one is a finding of ours.
func goldenFindings(t *testing.T, messages []string) []string {
	rules := map[string]string{}
	for _, message := range messages {
		property, text, _ := strings.Cut(message, ": ")
		rule := ""
		for part, name := range map[string]string{
			"required property": "required", "in oneOf": "oneOf", "in anyOf": "anyOf", "match format": "format",
			"match pattern": "pattern", "allowed values": "enum", "fewer than": "minLength",
		} {
			if strings.Contains(text, part) {
				rule = name
			}
		}
		if rule == "" {
			rule = "type"
			if !slices.Contains([]string{"must be string", "must be number", "must be boolean", "must be array", "must be null", "must be integer"}, text) {
				t.Errorf("unknown message of the reference: %s", message)
			}
		}
		if rules[property] == "" || rule != "type" {
			rules[property] = rule
		}
	}
	out := []string{}
	for property, rule := range rules {
		out = append(out, property+" "+rule)
	}
	slices.Sort(out)
	return out
}

func BenchmarkValidate(b *testing.B) {
	m := load(b, "0.55.0")
	e := entity(b, `{"_key":"pear-user-1","_type":"pear_user","_class":["User"],"name":"Pip","displayName":"Pip","email":"pip@orchard.example","active":true,
		"createdOn":1706933106000,"username":"pip","firstName":"Pip","lastName":"Pear","webLink":"https://orchard.example/users/1","mfaEnabled":true,"state":"activated"}`)
	b.ReportAllocs()
	for b.Loop() {
		if issues := m.Validate(e); issues != nil {
			b.Fatal(issues)
		}
	}
}
