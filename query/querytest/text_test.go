package querytest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/query/querytest"
	"github.com/j1db/j1db/store/graph"
)

const orchard = `# a small estate
instance acme provider=acme_api source=integration-managed class=[SaaS,"Fruit, fresh"]
User                okta_user:ada    name="Ada L." active=true age=36 score=1.5 nick=null
(DataStore,Disk)    disk:1           size=-20 tags=[prod, "cost centre", 3, true, null, ""]
()                  thing:1          text="10" truth="true" empty="" big=1e21 "odd name"=x "tag.[a]=b"=1
User                "okta_user:b b"  _type=guest _version=3 _createdOn=@2024-02-29 _beginOn=@2024-02-29T10:00:00Z
deleted User        okta_user:gone   _endOn=@2024-03-01
okta_user:ada OWNS disk:1   since=@2024-03-31
okta_user:ada OWNS disk:1
okta_user:ada OWNS disk:1   _key=own _type=owns
okta_user:ada KNOWS okta_user:gone
okta_user:ada KNOWS "okta_user:b b"
instance other
User                okta_user:ada
okta_user:ada IS acme::okta_user:ada
acme::okta_user:ada IS okta_user:ada
disk:1 HAS okta_user:ada
`

func parse(t *testing.T, text string) *querytest.Graph {
	t.Helper()
	g, err := querytest.ParseGraph(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func find(t *testing.T, g *querytest.Graph, instance, key string) *graph.Image {
	t.Helper()
	for _, im := range append(g.Entities(), g.Relationships()...) {
		if im.Instance == instance && im.Key == key {
			return im
		}
	}
	t.Fatalf("no %s of %s", key, instance)
	return nil
}

func TestParseGraph(t *testing.T) {
	g := parse(t, orchard)
	if n, m := len(g.Entities()), len(g.Relationships()); n != 6 || m != 8 {
		t.Fatalf("%d entities and %d relationships, want 6 and 8", n, m)
	}
	for _, c := range []struct{ instance, key, property, want string }{
		{"acme", "okta_user:ada", "name", `"Ada L."`},
		{"acme", "okta_user:ada", "active", `true`},
		{"acme", "okta_user:ada", "age", `36`},
		{"acme", "okta_user:ada", "score", `1.5`},
		{"acme", "okta_user:ada", "nick", `null`},
		{"acme", "okta_user:ada", "size", `undefined`},
		{"acme", "okta_user:ada", "_class", `["User"]`},
		{"acme", "okta_user:ada", "_type", `"okta_user"`},
		{"acme", "okta_user:ada", "_version", `1`},
		{"acme", "okta_user:ada", "_integrationClass", `["SaaS","Fruit, fresh"]`},
		{"acme", "okta_user:ada", "_source", `"integration-managed"`},
		{"other", "okta_user:ada", "_source", `"integration-external"`},
		{"acme", "disk:1", "_class", `["DataStore","Disk"]`},
		{"acme", "disk:1", "tags", `["prod","cost centre",3,true,null,""]`},
		{"acme", "thing:1", "_class", `[]`},
		{"acme", "thing:1", "text", `"10"`},
		{"acme", "thing:1", "truth", `"true"`},
		{"acme", "thing:1", "big", `1e+21`},
		{"acme", "thing:1", "odd name", `"x"`},
		{"acme", "thing:1", "tag.[a]=b", `1`},
		{"acme", "okta_user:b b", "_type", `"guest"`},
		{"acme", "okta_user:b b", "_version", `3`},
		{"acme", "okta_user:b b", "_createdOn", `1709164800000`},
		{"acme", "okta_user:gone", "_deleted", `true`},
		{"acme", "okta_user:gone", "_endOn", `1709251200000`},
		{"acme", "okta_user:ada|owns|disk:1", "_type", `"okta_user_owns_disk"`},
		{"acme", "okta_user:ada|owns|disk:1|2", "_fromEntityKey", `"okta_user:ada"`},
		{"acme", "own", "_type", `"owns"`},
		{"acme", "okta_user:ada|knows|okta_user:gone", "_deleted", `true`},
		{"acme", "okta_user:ada|knows|okta_user:b b", "_type", `"okta_user_knows_guest"`},
		{"other", "disk:1|has|okta_user:ada", "_class", `"HAS"`},
	} {
		if got := find(t, g, c.instance, c.key).Get(c.property).String(); got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.property, c.key, got, c.want)
		}
	}
	is := g.Relationships()[5]
	if is.From.Instance != "other" || is.To.Instance != "acme" {
		t.Errorf("the ends are of %s and %s, want other and acme", is.From.Instance, is.To.Instance)
	}
}

func TestGraphPrintsItselfBack(t *testing.T) {
	g := parse(t, orchard)
	again := parse(t, g.String())
	if d := cmp.Diff(g.String(), again.String()); d != "" {
		t.Errorf("printed twice (-first +second):\n%s", d)
	}
	sameObjects(t, g, again)
}

func TestRandomGraphsPrintThemselvesBack(t *testing.T) {
	for seed := range uint64(200) {
		g := querytest.NewPair(seed).Graph
		sameObjects(t, g, parse(t, g.String()))
	}
}

// sameObjects compares graphs object by object.
func sameObjects(t *testing.T, a, b *querytest.Graph) {
	t.Helper()
	x, y := append(a.Entities(), a.Relationships()...), append(b.Entities(), b.Relationships()...)
	if len(x) != len(y) {
		t.Fatalf("%d objects, want %d", len(y), len(x))
	}
	for i := range x {
		same := x[i].Identity() == y[i].Identity() && graph.SameState(x[i], y[i]) && x[i].Meta == y[i].Meta
		if !same || x[i].Supplier.Provider != y[i].Supplier.Provider {
			t.Fatalf("object %d is %+v, want %+v\n%s", i, y[i], x[i], a)
		}
	}
}

func TestParseGraphErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no key":              {"User", "line 1: a line is"},
		"no second end":       {"User u:1\nu:1 HAS", "line 2: a relationship is"},
		"unknown end":         {"User u:1\nu:1 HAS u:2", "line 2: no entity u:2"},
		"end of a later line": {"u:1 HAS u:1\nUser u:1", "line 1: no entity u:1"},
		"twice":               {"User u:1\nUser u:1", `entity "u:1" is there twice`},
		"no value":            {"User u:1 name=", "a value is missing"},
		"no name":             {"User u:1 =x", "is not name=value"},
		"open quote":          {`User u:1 name="x`, "does not end"},
		"open list":           {"User u:1 name=[a", "brackets do not match"},
		"bad time":            {"User u:1 on=@yesterday", "is no time"},
		"instance setting":    {"instance a color=red", `an instance has no "color"`},
		"list in a list":      {"User u:1 a=[[b]]", "a list holds no lists"},
		"huge number":         {"User u:1 a=1e999", "is too large"},
		"odd class":           {"(A,b\"c) u:1", "does not end"},
		"class like a word":   {"(deleted) u:1", "cannot be a class"},
		"odd verb":            {"User u:1\nu:1 =x u:1", "cannot be a class or a verb"},
		"no instance":         {"instance", "an instance needs a name"},
		"no UTF-8":            {"User u:1 a=\xff", "is not UTF-8"},
		"bad escape":          {`User u:1 name="\q"`, "is no quoted text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := querytest.ParseGraph(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// FuzzParseGraph reads any text: an error, or a graph that prints itself back.
func FuzzParseGraph(f *testing.F) {
	f.Add(orchard)
	f.Add("User u:1 a=[b,c] \"x=y\"=\"\\u00e9\"\nu:1 A u:1 _key=\"k k\" _type=\"\"\ndeleted () :x _endOn=-1")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := querytest.ParseGraph(text)
		if err != nil {
			return
		}
		again, err := querytest.ParseGraph(g.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, g)
		}
		sameObjects(t, g, again)
	})
}
