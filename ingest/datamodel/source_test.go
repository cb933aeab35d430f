package datamodel_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/datamodel"
)

var update = flag.Bool("update", false, "write data/*.model anew from the tables in ../shared/data")

// tables is where the tables that the model files derive from may lie.
const tables = "../../../shared/data/model"

// sourceClass is a class in such a table.
type sourceClass struct {
	Extends       []string              `json:"extends"`
	Ancestors     []string              `json:"ancestors"`
	Required      []string              `json:"required"`
	AllRequired   []string              `json:"allRequired"`
	AllProperties []string              `json:"allProperties"`
	Properties    map[string]sourceRule `json:"properties"`
}

// sourceRule is what a table says of a property.
type sourceRule struct {
	Type     any          `json:"type"` // a name or several
	Format   string       `json:"format"`
	Pattern  string       `json:"pattern"`
	Enum     []any        `json:"enum"`
	Min      *float64     `json:"minimum"`
	Max      *float64     `json:"maximum"`
	MinLen   int          `json:"minLength"`
	MinItems int          `json:"minItems"`
	Items    *sourceRule  `json:"items"`
	AnyOf    []sourceRule `json:"anyOf"`
	OneOf    []sourceRule `json:"oneOf"`
	Default  any          `json:"default"`
	Examples any          `json:"examples"`
}

// source reads the table of version, and the verbs, or skips the test.
func source(t *testing.T, version string) (map[string]sourceClass, []string) {
	t.Helper()
	name := map[string]string{"0.55.0": "data-model.json", "0.64.2": "data-model-0.64.2.json"}[version]
	classes := map[string]sourceClass{}
	readTable(t, name, &classes)
	verbs := map[string][]string{}
	readTable(t, "relationship-classes.json", &verbs)
	return classes, verbs[version]
}

func readTable(t *testing.T, name string, out any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tables, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: %s is not there, so the model files cannot be compared with their source", filepath.Join(tables, name))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
}

const header = `# JupiterOne data model %[1]s: classes, properties and relationship verbs.
#
# Derived from the JSON schemas of @jupiterone/data-model %[1]s
# (https://github.com/JupiterOne/data-model), Copyright JupiterOne, in another
# notation and without descriptions, examples and defaults.
#
# This Source Code Form is subject to the terms of the Mozilla Public License,
# v. 2.0. If a copy of the MPL was not distributed with this file (LICENSE in this
# folder), you can obtain one at https://mozilla.org/MPL/2.0/.
#
# class NAME [< PARENT], what it requires, then one line a property: its name and
# its schema. TYPE[/TYPE], [ELEMENT] for a list, followed by :FORMAT, ~PATTERN,
# {ALLOWED,VALUES}, >=LEAST LENGTH, (LOW..HIGH); "any A | B" is anyOf, "one A | B"
# is oneOf.

model %[1]s

verbs %[2]s
`

// patterns names the regular expressions of the schemas.
var patterns = map[string]string{
	`^([0-9]{1,3}\.){3}[0-9]{1,3}(/([0-9]|[1-2][0-9]|3[0-2]))?$`: "cidr4",
	`^CVE-\d{4}-\d{4,}$`: "cve",
	`^CWE-\d+$`:          "cwe",
	`(?=^.{4,253}$)(^((?!-)[a-zA-Z0-9-]{0,62}[a-zA-Z0-9]\.)+[a-zA-Z]{2,63}$)`: "fqdn",
	`^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$`:                              "label",
	`^([0-9a-f]{2}:){5}([0-9a-f]{2})$`:                                        "mac",
}

// notation prints a rule as the model files have it.
func notation(t *testing.T, r sourceRule) string {
	alternatives := func(word string, rules []sourceRule) string {
		parts := make([]string, len(rules))
		for i, a := range rules {
			parts[i] = notation(t, a)
		}
		return word + " " + strings.Join(parts, " | ")
	}
	switch {
	case r.AnyOf != nil:
		return alternatives("any", r.AnyOf)
	case r.OneOf != nil:
		return alternatives("one", r.OneOf)
	}
	var b strings.Builder
	switch {
	case r.Items != nil:
		b.WriteString("[" + notation(t, *r.Items) + "]")
	default:
		if list, ok := r.Type.([]any); ok {
			for i, name := range list {
				b.WriteString(strings.Repeat("/", min(i, 1)) + name.(string))
			}
		} else {
			b.WriteString(r.Type.(string))
		}
	}
	if r.Format != "" {
		b.WriteString(":" + r.Format)
	}
	if r.Pattern != "" {
		name, ok := patterns[r.Pattern]
		if !ok {
			t.Fatalf("no name for the pattern %s", r.Pattern)
		}
		b.WriteString("~" + name)
	}
	if r.Enum != nil {
		values := make([]string, len(r.Enum))
		for i, v := range r.Enum {
			values[i] = fmt.Sprint(v)
		}
		b.WriteString("{" + strings.Join(values, ",") + "}")
	}
	if least := max(r.MinLen, r.MinItems); least > 0 {
		fmt.Fprintf(&b, ">=%d", least)
	}
	if r.Min != nil && r.Max != nil {
		b.WriteString("(" + number(*r.Min) + ".." + number(*r.Max) + ")")
	}
	return b.String()
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// modelFile prints a table as a model file.
func modelFile(t *testing.T, version string, classes map[string]sourceClass, verbs []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, header, version, strings.Join(verbs, " "))
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		c := classes[name]
		b.WriteString("\nclass " + name)
		if len(c.Extends) > 0 {
			b.WriteString(" < " + c.Extends[0])
		}
		if len(c.Required) > 0 {
			b.WriteString("\nrequired " + strings.Join(c.Required, " "))
		}
		for _, property := range c.AllProperties {
			if rule, ok := c.Properties[property]; ok {
				b.WriteString("\n\t" + property + " " + notation(t, rule))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestFilesEqualTheirSource holds every class, property and rule of the embedded
// files to the tables, through the parsed model.
func TestFilesEqualTheirSource(t *testing.T) {
	for _, version := range datamodel.Versions() {
		t.Run(version, func(t *testing.T) {
			classes, verbs := source(t, version)
			if *update {
				text := modelFile(t, version, classes, verbs)
				if err := os.WriteFile(filepath.Join("data", version+".model"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				t.Skip("SKIPPED: written; run again without -update, which embeds the new files")
			}
			m := load(t, version)
			if diff := cmp.Diff(verbs, m.Verbs()); diff != "" {
				t.Errorf("verbs (-source +model):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(classes)), m.Classes()); diff != "" {
				t.Errorf("classes (-source +model):\n%s", diff)
			}
			for name, want := range classes {
				compareClass(t, m, name, want)
			}
		})
	}
}

func compareClass(t *testing.T, m *datamodel.Model, name string, want sourceClass) {
	t.Helper()
	c, ok := m.Class(name)
	if !ok {
		t.Errorf("class %s is missing", name)
		return
	}
	var properties []string
	rules, wantRules := map[string]string{}, map[string]string{}
	for p := range c.Properties() {
		properties = append(properties, p.Name)
		if _, own := want.Properties[p.Name]; own {
			rules[p.Name] = p.Schema.String()
		}
	}
	for property, rule := range want.Properties {
		wantRules[property] = notation(t, rule)
	}
	for what, pair := range map[string][2]any{
		"ancestors":  {nonNil(want.Ancestors), nonNil(c.Ancestors())},
		"required":   {want.AllRequired, c.Required()},
		"properties": {want.AllProperties, properties},
		"rules":      {wantRules, rules},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s of %s (-source +model):\n%s", what, name, diff)
		}
	}
}

func nonNil(names []string) []string { return append([]string{}, names...) }
