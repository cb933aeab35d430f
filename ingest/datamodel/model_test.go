package datamodel_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/datamodel"
)

func load(t testing.TB, version string) *datamodel.Model {
	t.Helper()
	m, err := datamodel.Load(version)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLoad(t *testing.T) {
	for version, want := range map[string]struct{ classes, verbs int }{"0.55.0": {99, 47}, "0.64.2": {102, 49}} {
		m := load(t, version)
		if m.Version() != version || len(m.Classes()) != want.classes || len(m.Verbs()) != want.verbs {
			t.Errorf("%s: version %s, %d classes, %d verbs", version, m.Version(), len(m.Classes()), len(m.Verbs()))
		}
	}
	_, err := datamodel.Load("0.62.0")
	if want := `load data model: version "0.62.0" is not one of 0.55.0, 0.64.2`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	if !slices.Contains(datamodel.Versions(), datamodel.Default) {
		t.Error("the default version is not known")
	}
}

func TestClass(t *testing.T) {
	m := load(t, "0.55.0")
	c, ok := m.Class("CryptoKey")
	if !ok {
		t.Fatal("no CryptoKey")
	}
	if diff := cmp.Diff([]string{"Key", "Entity", "GraphObject"}, c.Ancestors()); diff != "" {
		t.Errorf("ancestors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"_key", "_class", "_type", "name", "displayName"}, c.Required()); diff != "" {
		t.Errorf("required (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"displayName": "string", "material": "string", "id": "any string | [string]", "criticality": "integer(1..10)",
		"_key": "string>=10", "_class": "one string>=2 | [string>=2]>=1", "webLink": "string:uri", "classification": "string/null",
	} {
		p, ok := c.Property(name)
		if !ok || p.Schema.String() != want {
			t.Errorf("%s: %v %q, want %q", name, ok, p.Schema, want)
		}
	}
	if _, ok := c.Property("email"); ok {
		t.Error("CryptoKey has an email")
	}
	for _, name := range []string{"cryptokey", "", "Nothing"} {
		if _, ok := m.Class(name); ok {
			t.Errorf("there is a class %q", name)
		}
	}
	for range c.Properties() {
		break // stopping early is allowed
	}
}

func TestVersionsDiffer(t *testing.T) {
	old, recent := load(t, "0.55.0"), load(t, "0.64.2")
	for _, c := range []struct{ class, property, old, recent string }{
		{"User", "email", "string:email", "one [string:email] | null"},
		{"User", "username", "string", "one [string] | null"},
		{"Host", "macAddresses", "", "one [string~mac] | null"},
		{"IpRange", "asn", "", "string:asn"},
		{"Device", "status", "string{assigned,archived,decommissioned,defective,deployed,disposed,locked,lost/stolen,pending,ready,unknown,other}",
			"string/null{assigned,archived,decommissioned,defective,deployed,disposed,locked,lost/stolen,pending,ready,unknown,other}"},
		{"IpAddress", "ipVersion", "integer{4,6}", "integer{4,6}"},
	} {
		for m, want := range map[*datamodel.Model]string{old: c.old, recent: c.recent} {
			got := ""
			if class, ok := m.Class(c.class); ok {
				if p, ok := class.Property(c.property); ok {
					got = p.Schema.String()
				}
			}
			if got != want {
				t.Errorf("%s: %s.%s is %q, want %q", m.Version(), c.class, c.property, got, want)
			}
		}
	}
}

func TestVerbs(t *testing.T) {
	old, recent := load(t, "0.55.0"), load(t, "0.64.2")
	for verb, want := range map[string][2]bool{
		"HAS": {true, true}, "OWNS": {true, true}, "SHARED": {false, true}, "has": {false, false}, "HAD": {false, false}, "": {false, false},
	} {
		if got := [2]bool{old.IsVerb(verb), recent.IsVerb(verb)}; got != want {
			t.Errorf("%q: %v, want %v", verb, got, want)
		}
	}
	old.Verbs()[0] = "CHANGED"
	if !old.IsVerb("ALLOWS") {
		t.Error("a caller can change the model")
	}
}

func TestFilesSayWhereTheyComeFrom(t *testing.T) {
	for _, version := range datamodel.Versions() {
		text := readFile(t, "data/"+version+".model")
		for _, want := range []string{"@jupiterone/data-model " + version, "Mozilla Public License", "https://mozilla.org/MPL/2.0/"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not mention %q", version, want)
			}
		}
	}
	if !strings.HasPrefix(readFile(t, "data/LICENSE"), "Mozilla Public License Version 2.0") {
		t.Error("data/LICENSE is not the MPL")
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, "0.64.2")
	}
}
