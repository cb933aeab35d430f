package store_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// kept are the databases that are kept of every format, by name, with the program
// that writes each.
var kept = map[string]func(t *testing.T, db *store.DB){
	"empty":  func(*testing.T, *store.DB) {},
	"pruned": func(t *testing.T, db *store.DB) { tellPruned(t, &teller{T: t, db: db}) },
	"whole":  func(t *testing.T, db *store.DB) { tellWhole(t, &teller{T: t, db: db}) },
}

// teller makes the runs of a kept database.
type teller struct {
	*testing.T
	db *store.DB
}

// run commits batches of an instance.
func (s *teller) run(instance string, out store.Outcome, batches ...graph.Batch) store.Result {
	s.Helper()
	in := storetest.Instance(instance)
	in.Mapped = instance == "grove"
	sync, err := s.db.Begin(s.Context(), store.SyncOptions{
		Instance: in, Derive: storetest.Persons, AllowDeletes: true, Note: "told for " + instance,
	})
	s.must(err)
	defer sync.Discard()
	for _, b := range batches {
		s.must(sync.Put(s.Context(), b))
	}
	res, err := sync.Commit(s.Context(), out)
	s.must(err)
	return res
}

func (s *teller) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// tellWhole makes every sort of record, every encoding, patches over most of them,
// and objects that come, change, move, go and return.
func tellWhole(t *testing.T, s *teller) {
	all := graph.Batch{Rank: 1 << 20, Complete: []graph.Complete{{Type: graph.AllTypes}}}
	s.run("orchard", store.Outcome{Steps: []graph.StepOutcome{
		{Step: "fetch-hosts", Entities: hosts, Relationships: links, Requests: 7, Millis: 1234},
		{Step: "fetch-locks", Outcome: graph.Forbidden, Reason: "403 forbidden", Partial: []string{"orchard_lock"}},
	}}, people("Orchard"), oddities(), estate(hosts, links), all)
	s.run("grove", store.Outcome{Rejected: 1, Invalid: 2}, people("Grove"), across(), all)
	// Some of many change: patches over columns, over adjacency and over dead rows.
	s.run("orchard", store.Outcome{}, changedHosts(), graph.Batch{Rank: 1 << 19, Deletes: []graph.Deletion{
		{Key: "host:9"}, {Key: "host:350"}, {Kind: graph.RelationshipKind, Key: linkKey(41)},
	}})
	// A type changes, and the relationships of the object go with it.
	s.run("orchard", store.Outcome{}, promoted())
	// What was deleted returns, and the ends of a relationship change.
	s.run("orchard", store.Outcome{}, graph.Batch{Entities: estate(10, 0).Entities[9:10], Relationships: []graph.Relationship{
		relate("orchard_team_has_user", "HAS", "bough", "bo"),
	}})
	// A list was not read whole, another one was, and is empty.
	s.run("grove", store.Outcome{Outcome: graph.PartialOK}, graph.Batch{
		Complete: []graph.Complete{{Type: "orchard_team"}}, Partial: []graph.Partial{{Type: "orchard_user", Reason: "fetch-users: 500"}},
	})
	s.run("grove", store.Outcome{}) // brings nothing: a run, and no version
	s.must(s.db.SetCursor(t.Context(), store.Cursor{Destination: "account-1", Instance: "orchard", Version: 2, State: "job 7"}))
	s.must(s.db.SetPin(t.Context(), "audit", 3))
}

// tellPruned makes a history whose beginning is forgotten, and an instance that is.
func tellPruned(t *testing.T, s *teller) {
	s.run("orchard", store.Outcome{}, people("Orchard"))
	s.run("grove", store.Outcome{}, people("Grove"), across())
	s.run("orchard", store.Outcome{}, promoted(), graph.Batch{Rank: 100, Deletes: []graph.Deletion{{Key: "cy"}}})
	_, err := s.db.RemoveInstance(t.Context(), "grove", store.RemovalOptions{Derive: storetest.Persons})
	s.must(err)
	s.run("orchard", store.Outcome{}, graph.Batch{Deletes: []graph.Deletion{{Key: "dee"}}})
	_, err = s.db.Prune(t.Context(), store.AtVersion(3))
	s.must(err)
}

// classed returns an entity of a class.
func classed(typ, class, key string, props ...graph.Property) graph.Entity {
	e := entity(key, typ, props...)
	e.Class = []string{class}
	return e
}

// relate makes a relationship whose key follows from its ends.
func relate(typ, verb, from, to string, props ...graph.Property) graph.Relationship {
	return graph.Relationship{
		Object: graph.Object{Key: from + "|" + strings.ToLower(verb) + "|" + to, Type: typ, Props: graph.SortProperties(props)},
		Class:  verb, From: graph.End{Key: from}, To: graph.End{Key: to},
	}
}

// people are teams and users, who are persons too.
func people(company string) graph.Batch {
	b := graph.Batch{Origin: "people"}
	for _, team := range []string{"bough", "root", "twig"} {
		b.Entities = append(b.Entities, classed("orchard_team", "Team", team, prop("displayName", company+" "+team)))
	}
	for i, name := range []string{"ada", "bo", "cy", "dee"} {
		e := classed("orchard_user", "User", name, prop("displayName", name),
			prop("email", name+"@orchard.example"), prop("active", i != 2))
		e.Raw = fmt.Appendf(nil, `{"id":%q,"company":%q}`, name, company)
		b.Entities = append(b.Entities, e)
		b.Relationships = append(b.Relationships,
			relate("orchard_team_has_user", "HAS", []string{"bough", "root"}[i%2], name, prop("since", int64(2010+i))))
	}
	return b
}

// promoted makes an administrator of a user.
func promoted() graph.Batch {
	e := people("Orchard").Entities[4] // bo
	e.Type, e.Class = "orchard_admin", []string{"User", "Administrator"}
	return graph.Batch{Origin: "people", Entities: []graph.Entity{e}}
}

// across are relationships that leave the instance, and one for the mapper.
func across() graph.Batch {
	out := relate("grove_user_uses_team", "USES", "cy", "twig")
	out.Key, out.To.Instance = "grove-uses-1", "orchard"
	return graph.Batch{Origin: "across", Rank: 1000, Relationships: []graph.Relationship{out, {
		Object: graph.Object{Key: "mapped-1", Type: "grove_team_manages_person", Props: graph.Properties{prop("level", 3)}},
		Class:  "MANAGES",
		Mapping: &graph.Mapping{
			Direction: graph.Forward, Source: graph.End{Key: "root"}, Filters: [][]string{{"_type", "email"}, {"_key"}},
			Target: classed("employee", "Person", "employee:ada", prop("email", "ada@orchard.example")), SkipCreation: true,
		},
	}}}
}

// oddities are values and names at the edge of what is allowed.
func oddities() graph.Batch {
	one := classed("orchard_oddity", "Record", "odd|key/with \"marks\" and ünïcödé 🍐",
		prop("displayName", "odd"), prop("empty", ""), prop("none", graph.ListValue()), prop("null", nil),
		prop("greatest", math.MaxInt64), prop("smallest", math.MinInt64), prop("fraction", 0.1),
		prop("vast", 1e300), prop("long", strings.Repeat("pear and apple, ", 500)),
		prop("mixed list", graph.ListValue(graph.IntValue(1), graph.StringValue("one"), graph.NullValue(), graph.BoolValue(true))))
	two := classed("orchard_oddity", "Record", "2", prop("empty", 7), prop("mixed list", "none"))
	two.Class = append(two.Class, "Document", "Key")
	two.Raw = []byte(`[1,2,3]`)
	return graph.Batch{Origin: "oddities", Rank: 2000, Entities: []graph.Entity{one, two}}
}

// How many hosts there are, and links between them: enough for patches, and for
// an index of several shards.
const (
	hosts = 600
	links = 6200
)

// noise returns a number that looks random and is the same for ever.
func noise(i int) uint64 {
	x := uint64(i+1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// estate are hosts with a property for every encoding, and links between them.
func estate(hosts, links int) graph.Batch {
	b := graph.Batch{Origin: "hosts", Rank: 10000}
	for i := range hosts {
		b.Entities = append(b.Entities, host(i))
	}
	for i := range links {
		from, to := i*hosts/links, int(noise(i)%uint64(hosts))
		r := relate("orchard_host_uses_host", "USES", fmt.Sprint("host:", from), fmt.Sprint("host:", to))
		r.Key = linkKey(i)
		if i%9 == 0 {
			r.Key = r.From.Key + "|uses|" + r.To.Key
		}
		if i%50 == 0 {
			r.Props = graph.Properties{prop("port", int64(noise(i)%1000))}
		}
		b.Relationships = append(b.Relationships, r)
	}
	return b
}

func linkKey(i int) string { return fmt.Sprintf("link-%d", i) }

func host(i int) graph.Entity {
	n := noise(i)
	name := fmt.Sprintf("%s-%04d.orchard.example", [...]string{"web", "db", "cache"}[n%3], i)
	e := classed("orchard_host", "Host", fmt.Sprint("host:", i),
		prop("displayName", name), prop("name", name), prop("vendor", "Orchard"),
		prop("number", int64(5000+3*i)), prop("memory", int64(n%97)*1024),
		prop("seenOn", 1700000000000+int64(i)*86400000+int64(n%1000)), prop("load", float64(n%8000)/16),
		prop("active", n%5 != 0), prop("words", prose(i)),
		prop("uuid", graph.StringValue(fmt.Sprintf("%08x-4a5b-4c6d-8e7f-%012x", uint32(n), n>>16))), prop("kernel", fmt.Sprintf("6.%d.%d-generic", n%7, n%40)))
	if n%3 > 0 {
		e.Props.Set("region", graph.StringValue([...]string{"eu", "us", "ap"}[n%7%3]))
	}
	if n%4 == 0 {
		e.Props.Set("tags", graph.StringsValue([]string{"a", "b", "c", "d"}[:n%5]))
	}
	if n%6 == 0 {
		e.Props.Set("rare", graph.IntValue(int64(n%100000)))
	}
	e.Props.Set("anything", [...]graph.Value{graph.IntValue(int64(n % 1e6)), graph.StringValue(prose(i + 1)), graph.FloatValue(float64(n%1000) / 8), graph.NullValue()}[n%4])
	e.Parent = prose(i%300) + " of a parent that is read by writers alone"
	return e
}

// prose makes words without any digits.
func prose(i int) string {
	words := strings.Fields("apple bark cider damson elder fig graft hazel ivy juniper kernel larch medlar nut olive pear")
	var out []string
	for n := noise(i); len(out) < 3; n >>= 4 {
		out = append(out, words[n%16])
	}
	return strings.Join(out, " ")
}

// changedHosts are some hosts with other properties, new ones, and new links.
func changedHosts() graph.Batch {
	b := graph.Batch{Origin: "hosts", Rank: 10000}
	for i := 5; i < hosts; i += 40 {
		e := host(i)
		e.Props.Set("memory", graph.IntValue(int64(i)))
		e.Props.Set("active", graph.NullValue())
		e.Props.Set("patched", graph.StringValue("yes"))
		if i == 5 {
			e.Props.Set("words", graph.StringValue(strings.Repeat(prose(i)+". ", 300)))
		}
		b.Entities = append(b.Entities, e)
	}
	for i := hosts; i < hosts+10; i++ {
		b.Entities = append(b.Entities, host(i))
		r := relate("orchard_host_uses_host", "USES", fmt.Sprint("host:", i), fmt.Sprint("host:", i-hosts))
		b.Relationships = append(b.Relationships, r)
	}
	return b
}

// lastMapped returns the mapped relationships that the mapper would see.
func lastMapped(t *testing.T, db *store.DB) (out []graph.Relationship) {
	t.Helper()
	look := func(_ context.Context, v *store.View, _ func(graph.Batch) error) error {
		out = nil
		for _, in := range v.Instances() {
			for r, err := range v.Mapped(in.Name) {
				if err != nil {
					return err
				}
				out = append(out, *r)
			}
		}
		return nil
	}
	opt := store.SyncOptions{Instance: storetest.Instance("visitor"), Derive: look, DryRun: true}
	storetest.Commit(t, db, opt)
	return out
}
