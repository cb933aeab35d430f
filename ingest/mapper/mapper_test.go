package mapper_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store/graph"
)

func check(t *testing.T, w *world, o mapper.Options, want string) made {
	t.Helper()
	m := derive(t, w, o)
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	var got []string
	if text := m.text(); text != "" {
		got = strings.Split(text, "\n")
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("what was made differs (-want +got):\n%s", diff)
	}
	return m
}

func TestPeople(t *testing.T) {
	tests := []struct {
		name string
		w    *world
		want string
	}{
		{"a user of an identity provider is a person, another's user is joined to it",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "Pip@Orchard.example", "firstName", "Pip", "lastName", "Core",
				"username", "pip", "id", "u1", "jobTitle", "Gardener", "employeeId", 7, "active", true).
				add("hk/m1", "heroku_account_member", "User", "username", "pip@orchard.example", "name", "pip@orchard.example"),
			`employee:pip@orchard.example employee [Person] {"displayName":"Pip Core","email":"pip@orchard.example","employeeId":7,"firstName":"Pip","lastName":"Core","name":"Pip Core","title":"Gardener","userIds":["pip","u1"]}
			hk/m1 IS mapper/employee:pip@orchard.example (mapping_source_is_employee)
			jc/u1 IS mapper/employee:pip@orchard.example (mapping_source_is_employee)`},
		{"an inactive user is a person too",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "pip@x.example", "active", false, "suspended", true),
			`employee:pip@x.example employee [Person] {"displayName":"pip@x.example","email":"pip@x.example","name":"pip@x.example"}
			jc/u1 IS mapper/employee:pip@x.example (mapping_source_is_employee)`},
		{"machines are nobody",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "a@x.example", "employeeType", "Service").
				add("ok/u2", "okta_user", "User", "email", "b@x.example", "userType", "BOT").
				add("jc/u3", "jumpcloud_user", "User", "email", "c@x.example", "employeeType", []string{"x", "generic"}), ""},
		{"no address, no person", new(world).add("jc/u1", "jumpcloud_user", "User", "email", " ", "name", "Pip"), ""},
		{"users of other providers make nobody", new(world).add("hk/u1", "heroku_account_member", "User", "email", "a@x.example"), ""},
		{"users with one address are one person; who counts more",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "pip@x.example", "firstName", "P", "department", "Pears", "id", "1").
				add("ok/u2", "okta_user", "User", "email", "PIP@x.example", "firstName", "Old", "active", false, "title", "Was").
				add("ok/u3", "okta_user", "User", "email", "pip@x.example", "firstName", "Pip", "lastName", "Core", "id", "3").
				add("ok/u4", "okta_user", "User", "email", "pip@x.example", "firstName", "Four", "manager", "m"),
			`employee:pip@x.example employee [Person] {"department":"Pears","displayName":"Pip Core","email":"pip@x.example","firstName":"Pip","lastName":"Core","manager":"m","name":"Pip Core","title":"Was","userIds":["1","3"]}
			jc/u1 IS mapper/employee:pip@x.example (mapping_source_is_employee)
			ok/u2 IS mapper/employee:pip@x.example (mapping_source_is_employee)
			ok/u3 IS mapper/employee:pip@x.example (mapping_source_is_employee)
			ok/u4 IS mapper/employee:pip@x.example (mapping_source_is_employee)`},
		{"a real person takes the place of the mapper's",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "pip@x.example").
				add("hr/p1", "hr_employee", "Person", "email", []string{"other@x.example", "Pip@X.example"}),
			`jc/u1 IS hr/p1 (mapping_source_is_employee)`},
		{"two real people with one address",
			new(world).add("jc/u1", "jumpcloud_user", "User", "email", "pip@x.example").
				add("hr/p1", "hr_employee", "Person", "email", "pip@x.example").add("wd/p2", "wd_worker", "Person", "email", "pip@x.example"),
			`jc/u1 IS hr/p1 (mapping_source_is_employee)
			jc/u1 IS wd/p2 (mapping_source_is_employee)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { check(t, test.w, defaults(t), test.want) })
	}
}

// The rules by which a user is found to be a person, in their order.
func TestUserIsPerson(t *testing.T) {
	person := func(key string, pairs ...any) func(*world) {
		return func(w *world) { w.add("hr/"+key, "hr_employee", "Person", pairs...) }
	}
	tests := []struct {
		name   string
		user   []any
		people []func(*world)
		want   string // keys of people; "" for none
	}{
		{"email", []any{"email", "PIP@x.example"}, []func(*world){person("p", "email", "pip@X.example")}, "p"},
		{"name", []any{"name", "Pip Core"}, []func(*world){person("p", "name", "Pip Core")}, "p"},
		{"name in another case is another name", []any{"name", "pip core"}, []func(*world){person("p", "name", "Pip Core")}, ""},
		{"displayName", []any{"displayName", "Pip"}, []func(*world){person("p", "displayName", "Pip")}, "p"},
		{"id", []any{"id", "U-1"}, []func(*world){person("p", "userId", "u-1")}, "p"},
		{"a number", []any{"id", 17}, []func(*world){person("p", "userId", "17")}, "p"},
		{"userId", []any{"userId", "u-1"}, []func(*world){person("p", "userId", "u-1")}, "p"},
		{"username as userId", []any{"username", "Pip"}, []func(*world){person("p", "userId", "pip")}, "p"},
		{"alias", []any{"email", "pip@old.example"}, []func(*world){person("p", "aliases", []string{"x@y", "Pip@old.example"})}, "p"},
		{"username as email", []any{"username", "pip@x.example"}, []func(*world){person("p", "email", "pip@x.example")}, "p"},
		{"userIds are not userId", []any{"username", "pip"}, []func(*world){person("p", "userIds", []string{"pip"})}, ""},
		{"the first rule that finds somebody decides", []any{"email", "pip@x.example", "name", "Pip", "username", "q@x.example"},
			[]func(*world){person("mail", "email", "pip@x.example"), person("name", "name", "Pip"), person("user", "email", "q@x.example")}, "mail"},
		{"name before username", []any{"name", "Pip", "username", "q@x.example"},
			[]func(*world){person("name", "name", "Pip"), person("user", "email", "q@x.example")}, "name"},
		{"a name of two people is nobody's", []any{"name", "Pip"}, []func(*world){person("p", "name", "Pip"), person("q", "name", "Pip")}, ""},
		{"a name of two people, and a better rule after", []any{"name", "Pip", "username", "q@x.example"},
			[]func(*world){person("p", "name", "Pip"), person("q", "name", "Pip", "email", "q@x.example")}, "q"},
		{"nothing to go by", nil, []func(*world){person("p", "name", "", "email", "")}, ""},
		{"empty matches nothing", []any{"name", "", "email", ""}, []func(*world){person("p", "name", "", "email", "")}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := new(world).add("hk/u", "heroku_account_member", "User", test.user...)
			for _, add := range test.people {
				add(w)
			}
			want := ""
			for _, key := range strings.Fields(test.want) {
				want += fmt.Sprintf("hk/u IS hr/%s (mapping_source_is_employee)\n", key)
			}
			check(t, w, defaults(t), want)
		})
	}
}

func TestAmbiguity(t *testing.T) {
	w := new(world).add("hr/p", "hr_employee", "Person", "name", "Pip", "displayName", "P").add("hr/q", "hr_employee", "Person", "name", "Pip", "displayName", "P")
	for i := range 30 {
		w.add(fmt.Sprintf("hk/u%02d", i), "heroku_account_member", "User", "name", "Pip", "displayName", "P")
	}
	r := check(t, w, defaults(t), "").report
	want := mapper.Ambiguity{Rule: "User IS Person", Source: graph.End{Instance: "hk", Key: "u00"}, Names: []string{"Pip"},
		People: []graph.End{{Instance: "hr", Key: "p"}, {Instance: "hr", Key: "q"}}}
	if r.Ambiguous != 30 || len(r.Samples) != 20 {
		t.Errorf("%d ambiguities, %d shown", r.Ambiguous, len(r.Samples))
	} else if diff := cmp.Diff(want, r.Samples[0]); diff != "" {
		t.Errorf("the first differs (-want +got):\n%s", diff)
	}
}

func TestOtherRules(t *testing.T) {
	check(t, new(world).
		add("hr/boss", "hr_employee", "Person", "email", "boss@x.example", "employeeId", "E-1", "name", "Bo Boss").
		add("hr/a", "hr_employee", "Person", "email", "a@x.example", "managerId", "e-1").
		add("hr/b", "hr_employee", "Person", "email", "b@x.example", "manager", "Bo Boss").
		add("hr/self", "hr_employee", "Person", "email", "s@x.example", "employeeId", "9", "managerId", "9").
		add("jc/u", "jumpcloud_user", "User", "email", "j@x.example", "managerId", "E-1").
		add("gh/t", "gh_team", "Team", "members", []string{"A@x.example", "b@x.example", "nobody@x.example"}, "lead", "boss@x.example").
		add("gh/o", "gh_org", "Account Organization", "members", "a@x.example"),
		defaults(t), `
		employee:j@x.example employee [Person] {"displayName":"j@x.example","email":"j@x.example","managerId":"E-1","name":"j@x.example"}
		gh/o HAS hr/a (mapping_source_has_employee)
		gh/t HAS hr/a (mapping_source_has_employee)
		gh/t HAS hr/b (mapping_source_has_employee)
		hr/boss MANAGES gh/t (mapping_source_manages_employee)
		hr/boss MANAGES hr/a (mapping_source_manages_employee)
		hr/boss MANAGES hr/b (mapping_source_manages_employee)
		hr/boss MANAGES mapper/employee:j@x.example (mapping_source_manages_employee)
		jc/u IS mapper/employee:j@x.example (mapping_source_is_employee)`)
}

func TestMappedRelationships(t *testing.T) {
	base := func() *world {
		return new(world).add("hk/acc", "heroku_account", "Account", "name", "Orchard").add("hk/app", "heroku_application", "Application")
	}
	byClassAndName := [][]string{{"_class", "name"}, {"name"}}
	tests := []struct {
		name string
		w    *world
		want string
	}{
		{"found across instances", base().add("v/heroku", "vendor", "Vendor Company", "name", "Heroku").
			addMapped("hk/m", "acc", "HOSTS", graph.Mapping{Direction: graph.Reverse, Filters: byClassAndName, Target: target("heroku", "Vendor", "", "name", "Heroku")}, "note", 1),
			`v/heroku HOSTS hk/acc (mapping_source_hosts_heroku) {"note":1}`},
		{"every class asked for", base().add("v/heroku", "vendor", "Vendor", "name", "Heroku").
			addMapped("hk/m", "acc", "USES", graph.Mapping{Direction: graph.Forward, SkipCreation: true, Filters: byClassAndName[:1],
				Target: target("heroku", "Vendor Company", "", "name", "Heroku")}), ""},
		{"the second alternative", base().add("v/x", "thing", "Record", "name", "Heroku").
			addMapped("hk/m", "acc", "USES", graph.Mapping{Direction: graph.Forward, Filters: byClassAndName, Target: target("heroku", "Vendor", "", "name", "Heroku")}),
			`hk/acc USES v/x (mapping_source_uses_heroku)`},
		{"the first alternative wins", base().add("v/x", "thing", "Record", "name", "Heroku").add("v/y", "heroku", "Vendor", "name", "Heroku").
			addMapped("hk/m", "acc", "USES", graph.Mapping{Direction: graph.Forward, Filters: byClassAndName, Target: target("heroku", "Vendor", "", "name", "Heroku")}),
			`hk/acc USES v/y (mapping_source_uses_heroku)`},
		{"type and key, in whatever instance", base().add("a/global:internet", "internet", "Internet").
			addMapped("hk/m", "app", "CONNECTS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "_key"}}, Target: target("internet", "Internet", "global:internet")}),
			`hk/app CONNECTS a/global:internet (mapping_source_connects_internet)`},
		{"made, with the key that is given", base().
			addMapped("hk/m", "app", "CONNECTS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "_key"}}, Target: target("internet", "Internet Network", "global:internet")}).
			addMapped("hk/n", "acc", "CONNECTS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "_key"}}, Target: target("internet", "Internet Network", "global:internet")}),
			`global:internet internet [Internet Network] {"displayName":"global:internet"}
			hk/acc CONNECTS mapper/global:internet (mapping_source_connects_internet)
			hk/app CONNECTS mapper/global:internet (mapping_source_connects_internet)`},
		{"made, with a key of what it is looked up by", base().
			addMapped("hk/m", "acc", "HOSTS", graph.Mapping{Direction: graph.Reverse, Filters: byClassAndName[:1], Target: target("heroku", "Vendor", "", "name", "Heroku")}),
			`heroku:name=Heroku heroku [Vendor] {"displayName":"Heroku","name":"Heroku"}
			mapper/heroku:name=Heroku HOSTS hk/acc (mapping_source_hosts_heroku)`},
		{"what one makes another finds, even if it may make nothing", base().
			addMapped("hk/a", "app", "USES", graph.Mapping{Direction: graph.Forward, SkipCreation: true, Filters: byClassAndName[:1], Target: target("heroku", "Vendor", "", "name", "Heroku")}).
			addMapped("hk/b", "acc", "USES", graph.Mapping{Direction: graph.Forward, Filters: byClassAndName[:1], Target: target("heroku", "Vendor", "k", "name", "Heroku")}),
			`k heroku [Vendor] {"displayName":"Heroku","name":"Heroku"}
			hk/acc USES mapper/k (mapping_source_uses_heroku)
			hk/app USES mapper/k (mapping_source_uses_heroku)`},
		{"one key for two types", base().
			addMapped("hk/a", "app", "USES", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "_key"}}, Target: target("pear", "Record", "k")}).
			addMapped("hk/b", "app", "USES", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "_key"}}, Target: target("plum", "Record", "k")}),
			`k pear [Record] {"displayName":"k"}
			plum:k plum [Record] {"displayName":"plum:k"}
			hk/app USES mapper/k (mapping_source_uses_pear)
			hk/app USES mapper/plum:k (mapping_source_uses_plum)`},
		{"a source that is not there", base().
			addMapped("hk/m", "gone", "HOSTS", graph.Mapping{Direction: graph.Reverse, Filters: byClassAndName, Target: target("heroku", "Vendor", "", "name", "Heroku")}), ""},
		{"a source of another instance", base().add("v/v", "vendor", "Vendor", "name", "V").
			addMapped("other/m", "hk/acc", "USES", graph.Mapping{Direction: graph.Forward, Filters: byClassAndName, Target: target("vendor", "Vendor", "", "name", "V")}),
			`hk/acc USES v/v (mapping_source_uses_vendor)`},
		{"a target that lacks what it is looked up by", base().add("v/v", "vendor", "Vendor", "name", "V").
			addMapped("hk/m", "acc", "USES", graph.Mapping{Direction: graph.Forward, SkipCreation: true, Filters: [][]string{{"email"}, {}, {"_class"}}, Target: target("vendor", "", "", "name", "V")}), ""},
		{"numbers and texts differ", base().add("v/v", "vendor", "Vendor", "n", "1").add("v/w", "vendor", "Vendor", "n", 1.0).
			addMapped("hk/m", "acc", "USES", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"n"}}, Target: target("vendor", "Vendor", "", "n", 1)}),
			`hk/acc USES v/w (mapping_source_uses_vendor)`},
		{"class alone", base().add("v/root", "org", "Root").
			addMapped("hk/m", "acc", "IS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_class"}}, Target: target("org", "Root", "")}),
			`hk/acc IS v/root (mapping_source_is_org)`},
		{"a person is made by address, and everybody is joined to it", base().add("hk/u", "heroku_account_member", "User", "username", "pip@x.example").
			addMapped("hk/m", "acc", "HAS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_class", "email"}}, Target: target("employee", "Person", "", "email", "Pip@x.example")}),
			`employee:pip@x.example employee [Person] {"displayName":"Pip@x.example","email":"Pip@x.example"}
			hk/acc HAS mapper/employee:pip@x.example (mapping_source_has_employee)
			hk/u IS mapper/employee:pip@x.example (mapping_source_is_employee)`},
		{"a person in another case is the same one", base().add("hr/p", "hr_employee", "Person", "email", "pip@x.example").
			addMapped("hk/m", "acc", "HAS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_class", "email"}}, Target: target("employee", "Person", "", "email", "Pip@x.example")}),
			`hk/acc HAS hr/p (mapping_source_has_employee)`},
		{"a rule does not repeat what a mapped relationship says", base().
			add("jc/u", "jumpcloud_user", "User", "email", "pip@x.example").
			addMapped("jc/m", "u", "IS", graph.Mapping{Direction: graph.Forward, SkipCreation: true, Filters: [][]string{{"_class", "email"}}, Target: target("employee", "Person", "", "email", "pip@x.example")}, "sure", true),
			`employee:pip@x.example employee [Person] {"displayName":"pip@x.example","email":"pip@x.example","name":"pip@x.example"}
			jc/u IS mapper/employee:pip@x.example (mapping_source_is_employee) {"sure":true}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { check(t, test.w, defaults(t), test.want) })
	}
}

func TestKeysOfRelationships(t *testing.T) {
	w := new(world).add("jc/u", "jumpcloud_user", "User", "email", "pip@x.example")
	m := derive(t, w, defaults(t))
	user := graph.Identity{Kind: graph.EntityKind, Instance: "jc", Key: "u"}.ID()
	person := graph.Identity{Kind: graph.EntityKind, Instance: graph.MapperInstance, Key: "employee:pip@x.example"}.ID()
	if _, ok := m.links[user.String()+"|is|"+person.String()]; !ok || len(m.links) != 1 {
		t.Errorf("relationships are %v", m.links)
	}
}

func TestOptions(t *testing.T) {
	build := func() *world {
		return new(world).add("jc/u", "jumpcloud_user", "User", "email", "pip@x.example").add("imp/u", "okta_user", "User", "email", "q@x.example").
			addMapped("imp/m", "u", "IS", graph.Mapping{Direction: graph.Forward, Filters: [][]string{{"_type", "email"}}, Target: target("jumpcloud_user", "User", "", "email", "pip@x.example")})
	}
	t.Run("no rules", func(t *testing.T) {
		check(t, build(), mapper.Options{}, `imp/u IS jc/u (mapping_source_is_jumpcloud_user)`)
	})
	t.Run("not of imports", func(t *testing.T) {
		o := defaults(t)
		o.Persons = func(in *graph.Instance) bool { return in.Provider != "imp" }
		check(t, build(), o, `
			employee:pip@x.example employee [Person] {"displayName":"pip@x.example","email":"pip@x.example","name":"pip@x.example"}
			imp/u IS jc/u (mapping_source_is_jumpcloud_user)
			jc/u IS mapper/employee:pip@x.example (mapping_source_is_employee)`)
	})
	t.Run("nothing there", func(t *testing.T) { check(t, new(world), defaults(t), "") })
	t.Run("nothing to do", func(t *testing.T) { check(t, new(world).add("a/b", "c", "Record"), mapper.Options{}, "") })
}

func TestErrorsAndCancellation(t *testing.T) {
	w := new(world).add("jc/u", "jumpcloud_user", "User", "email", "pip@x.example")
	full := errors.New("disk is full")
	if _, err := mapper.Derive(t.Context(), w, defaults(t), func(graph.Batch) error { return full }); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := mapper.Derive(ctx, w, defaults(t), func(graph.Batch) error { t.Error("something is put"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestParseRules(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "links: []": "", "persons: [{type: x_user}]": "", "transfer: {title: []}": "",
		"\nperson: []":                                  `line 2: unknown field "person"; here stand persons, transfer, fullName, userIds and links`,
		"persons:\n- {type: a}\n- {skip: {}}":           "line 3: persons entry 2: it has no type",
		"persons:\n- {type: a}\n- {type: b}\n- type: a": `line 4: persons entry 3: the type "a" has a rule already`,
		"persons: [{type: a, skip: {_type: [x]}}]":      "line 1: persons entry 1: _type is not among",
		"persons: [{type: [a]}]":                        "line 1: a list where a text is expected",
		"persons: {}":                                   "line 1: a map where a list of maps is expected",
		"persons: [a]":                                  "line 1: a text where a map is expected",
		"transfer:\n  title: role":                      "line 2: a text where a list of texts is expected",
		"transfer:\n  a: [b]\n  email: [mail]":          `line 3: transfer of "email": the mapper makes this property itself`,
		"transfer:\n  title: [role]\n  _key: [id]":      `line 3: transfer of "_key": _key is not among`,
		"transfer: {a: [b], a: [c]}":                    `already defined`,
		"fullName: ['']":                                "line 1: fullName: the property is empty",
		"userIds:\n- id\n- _id":                         "line 1: userIds: _id is not among",
		"links: [{verb: IS}]":                           "line 1: link 1: it has no source",
		"links: [{source: A, verb: is}]":                `link 1: its verb "is" is not one in upper case`,
		"links: [{source: A, verb: IS}]":                `link 1: its direction "" is neither FORWARD nor REVERSE`,
		"links:\n- &l {source: A, verb: IS, direction: FORWARD, match: [{person: [a], source: [b]}]}\n- {<<: *l, match: []}":                 "line 3: link 2: it has no match",
		"links:\n- source: A\n  verb: IS\n  direction: FORWARD\n  match:\n  - {person: [a], source: [b]}\n  - {person: [a]}":                 "line 7: link 1: a match lacks",
		"links:\n- source: A\n  verb: IS\n  direction: FORWARD\n  match:\n  - {person: [a], source: [b]}\n  - {person: [a], source: [_key]}": "line 7: link 1: _key is not among",
		"links: [{source: A, verb: IS, direction: FORWARD, match: [{persn: [a]}]}]":                                                          `line 1: unknown field "persn"; here stand person, source, fold and unique`,
		"links: [{source: A, verb: IS, direction: FORWARD, match: [{person: [{}]}]}\n":                                                       "line 1: did not find expected",
		"links: []\n---\nlinks: []": "line 2: a second document begins here",
		"links: *none":              "line 1: unknown anchor",
		"\tlinks: []":               "line 1: ",
	} {
		_, err := mapper.ParseRules([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error is %v, want %q", text, err, want)
		}
		if _, ok := errors.AsType[*mapper.RuleError](err); err != nil && !ok {
			t.Errorf("%s: the error is a %T", text, err)
		}
	}
}

// Users add providers, properties and links of their own.
func TestRulesOfUsers(t *testing.T) {
	o := defaults(t)
	mine, err := mapper.ParseRules([]byte(`
persons: [{type: pear_user}, {type: jumpcloud_user}]
transfer: {title: [role], badge: [badge]}
fullName: [nick]
userIds: [badge]
links: [{source: Device, verb: OWNS, direction: REVERSE, match: [{person: [badge], source: [ownerBadge]}]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	before := len(o.Rules.Links)
	rules := o.Rules.With(mine)
	if len(o.Rules.Links) != before || o.Rules.Transfer["badge"] != nil {
		t.Error("With changed the rules that it extends")
	}
	o.Rules = rules
	check(t, new(world).add("p/u", "pear_user", "User", "email", "pip@x.example", "badge", "B7", "role", "Picker", "nick", "Pippo").
		add("jc/s", "jumpcloud_user", "User", "email", "s@x.example", "employeeType", "service").
		add("p/d", "pear_device", "Device", "ownerBadge", "B7"), o, `
		employee:pip@x.example employee [Person] {"badge":"B7","displayName":"Pippo","email":"pip@x.example","name":"Pippo","title":"Picker","userIds":["B7"]}
		employee:s@x.example employee [Person] {"displayName":"s@x.example","email":"s@x.example","employeeType":"service","name":"s@x.example"}
		jc/s IS mapper/employee:s@x.example (mapping_source_is_employee)
		mapper/employee:pip@x.example OWNS p/d (mapping_source_owns_employee)
		p/u IS mapper/employee:pip@x.example (mapping_source_is_employee)`)
}
