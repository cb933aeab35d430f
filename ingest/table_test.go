package ingest_test

import (
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// goodSteps is a table without a fault.
func goodSteps() []ingest.Step {
	return []ingest.Step{
		{ID: "fetch-accounts", Entities: []ingest.EntityType{{Resource: "Account", Type: "pear_account", Class: []string{"Account"}}}},
		{
			ID: "fetch-users", Needs: []string{"fetch-accounts"}, Uses: []ingest.Use{{Type: "pear_account"}},
			Entities:      []ingest.EntityType{{Resource: "User", Type: "pear_user", Class: []string{"User"}}},
			Relationships: []ingest.RelationshipType{{Type: "pear_account_has_user", Class: "HAS", Source: "pear_account", Target: "pear_user"}},
			Mapped: []ingest.MappedType{{Type: "mapping_source_is_employee", Class: "IS", Source: "pear_user", Target: "employee",
				Direction: graph.Forward}},
		},
		{ID: "fetch-groups", Needs: []string{"fetch-users"}, Uses: []ingest.Use{{Type: "pear_account", Props: []string{"name"}}},
			Entities: []ingest.EntityType{{Resource: "Group", Type: "pear_group", Class: []string{"Group"}}}},
	}
}

func TestCheckSteps(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(s []ingest.Step) []ingest.Step
		want  string // "" for no error
	}{
		{"good", func(s []ingest.Step) []ingest.Step { return s }, ""},
		{"empty", func([]ingest.Step) []ingest.Step { return nil }, "the table has no steps"},
		{"no id", func(s []ingest.Step) []ingest.Step { s[0].ID = ""; return s }, "row 1 has no id"},
		{"double id", func(s []ingest.Step) []ingest.Step { s[2].ID = "fetch-users"; return s }, "step fetch-users: the id is given twice"},
		{"unknown need", func(s []ingest.Step) []ingest.Step { s[1].Needs = []string{"fetch-acounts"}; return s },
			`step fetch-users: needs the step "fetch-acounts", which does not exist`},
		{"unknown need, nothing like it", func(s []ingest.Step) []ingest.Step { s[1].Needs = []string{"zzz"}; return s },
			`step fetch-users: needs the step "zzz", which does not exist`},
		{"needs itself", func(s []ingest.Step) []ingest.Step { s[0].Needs = []string{"fetch-accounts"}; return s },
			"steps need each other: fetch-accounts > fetch-accounts"},
		{"circle", func(s []ingest.Step) []ingest.Step { s[0].Needs = []string{"fetch-groups"}; return s },
			"steps need each other: fetch-accounts > fetch-groups > fetch-users > fetch-accounts"},
		{"uses what comes later", func(s []ingest.Step) []ingest.Step { s[0].Uses = []ingest.Use{{Type: "pear_user"}}; return s },
			"step fetch-accounts: uses pear_user, which no step that it needs supplies"},
		{"uses what is not needed", func(s []ingest.Step) []ingest.Step { s[2].Needs = nil; return s },
			"step fetch-groups: uses pear_account, which no step that it needs supplies"},
		{"no type", func(s []ingest.Step) []ingest.Step { s[0].Entities[0].Type = ""; return s }, "step fetch-accounts: the type is empty"},
		{"no class", func(s []ingest.Step) []ingest.Step { s[0].Entities[0].Class = nil; return s }, "step fetch-accounts: pear_account has no class"},
		{"unknown class", func(s []ingest.Step) []ingest.Step { s[0].Entities[0].Class = []string{"Acount"}; return s },
			`step fetch-accounts: pear_account: the data model has no class "Acount"`},
		{"two classes for one type", func(s []ingest.Step) []ingest.Step {
			s[2].Entities = append(s[2].Entities, ingest.EntityType{Type: "pear_user", Class: []string{"Account"}})
			return s
		}, "step fetch-groups: pear_user is of class [Account] here and [User] elsewhere"},
		{"undeclared end", func(s []ingest.Step) []ingest.Step {
			s[1].Relationships[0] = ingest.RelationshipType{Type: "pear_account_has_device", Class: "HAS", Source: "pear_account", Target: "pear_device"}
			return s
		}, `step fetch-users: pear_account_has_device has an end of type "pear_device", which no step declares`},
		{"undeclared source of a mapped one", func(s []ingest.Step) []ingest.Step { s[1].Mapped[0].Source = "plum"; return s },
			`step fetch-users: mapping_source_is_employee has an end of type "plum", which no step declares`},
		{"no direction", func(s []ingest.Step) []ingest.Step { s[1].Mapped[0].Direction = graph.Both; return s },
			"step fetch-users: mapping_source_is_employee has no direction"},
		{"unknown verb", func(s []ingest.Step) []ingest.Step { s[1].Relationships[0].Class = "HUGS"; return s },
			`step fetch-users: pear_account_has_user: the vocabulary has no verb "HUGS"`},
		{"verb in lower case", func(s []ingest.Step) []ingest.Step { s[1].Relationships[0].Class = "has"; return s },
			`step fetch-users: pear_account_has_user: the verb "has" is not in upper case`},
		{"wrong name", func(s []ingest.Step) []ingest.Step {
			s[1].Relationships[0].Type = "pear_account_has_pear_user"
			return s
		},
			"step fetch-users: pear_account_has_pear_user should be called pear_account_has_user"},
		{"one name for both kinds", func(s []ingest.Step) []ingest.Step {
			s[2].Entities = append(s[2].Entities, ingest.EntityType{Type: "pear_account_has_user", Class: []string{"Record"}})
			return s
		}, "pear_account_has_user is a type of entities and of relationships"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := ingest.CheckSteps(test.spoil(goodSteps()), model(t))
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

// Everything that is wrong is said at once.
func TestCheckStepsListsAll(t *testing.T) {
	s := goodSteps()
	s[0].Entities[0].Class, s[1].Relationships[0].Class, s[2].Needs = []string{"Acount"}, "HUGS", []string{"nobody"}
	err := ingest.CheckSteps(s, model(t))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("error does not list three problems: %v", err)
	}
}

// The tables of the collectors hold under every data model that a configuration
// may name.
func TestTablesOfCollectors(t *testing.T) {
	for _, version := range datamodel.Versions() {
		model, err := datamodel.Load(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range trials() {
			if err := ingest.CheckSteps(x.provider.Steps, model); err != nil {
				t.Errorf("%s under %s: %v", x.provider.Name, version, err)
			}
		}
	}
}
