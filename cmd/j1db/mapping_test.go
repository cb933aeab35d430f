package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// office draws what an instance of a small company supplies: users of a directory
// and of a platform, people of a personnel system, and what belongs to them. Names
// and addresses are few, so that things meet, part and are ambiguous.
type office struct{ rnd *rand.Rand }

func (o office) pick(n int) int { return o.rnd.IntN(n) }

func (o office) address() string { return fmt.Sprintf("p%d@orchard.example", o.pick(6)) }

func (o office) name() string { return fmt.Sprintf("Pip %d", o.pick(4)) }

func (o office) supply(instance string) []map[string]any {
	var out []map[string]any
	for i := range 4 + o.pick(5) {
		if o.pick(3) == 0 {
			continue
		}
		out = append(out, o.member(instance, i)...)
	}
	return out
}

// member is one entity of an instance, and perhaps a mapped relationship from it.
func (o office) member(instance string, i int) []map[string]any {
	key := fmt.Sprintf("%s-thing-%d", instance, i)
	e := map[string]any{"_key": key, "name": o.name(), "displayName": o.name()}
	switch instance {
	case "directory":
		e["_type"], e["_class"], e["email"], e["username"] = "jumpcloud_user", "User", o.address(), fmt.Sprint("u", o.pick(6))
		e["active"], e["manager"] = o.pick(2) == 0, o.name()
		if o.pick(5) == 0 {
			e["employeeType"] = "service"
		}
	case "platform":
		e["_type"], e["_class"], e["username"] = "heroku_account_member", "User", o.address()
	default:
		e["_type"], e["_class"], e["email"] = "personnel_person", "Person", strings.ToUpper(o.address())
		e["firstName"], e["lastName"] = "Pip", fmt.Sprint(o.pick(4))
	}
	if o.pick(3) > 0 {
		return []map[string]any{e}
	}
	target := map[string]any{"_type": "badge", "_class": "AccessKey", "_key": fmt.Sprintf("badge-number-%d", o.pick(4)), "owner": o.address()}
	mapping := map[string]any{"sourceEntityKey": key, "relationshipDirection": []string{"FORWARD", "REVERSE"}[o.pick(2)], "targetEntity": target}
	if o.pick(2) == 0 {
		mapping["targetEntity"] = map[string]any{"_class": "Person", "email": o.address()}
		mapping["targetFilterKeys"], mapping["skipTargetCreation"] = [][]string{{"_class", "email"}}, true
	}
	r := map[string]any{"_key": key + "|uses|" + fmt.Sprint(o.pick(3)), "_type": "uses", "_class": "USES", "_mapping": mapping}
	return []map[string]any{e, r}
}

// What the mapper holds is made of what the instances hold now, whatever happened
// on the way there: a database that never knew anything else holds the same.
func TestMapperFromScratch(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := newStation(t, map[string]string{"j1db.yaml": ""})
			o := office{rand.New(rand.NewPCG(seed, 1))}
			held := map[string][]map[string]any{}
			instances := []string{"directory", "platform", "personnel"}
			for range 12 {
				in := instances[o.pick(3)]
				if o.pick(6) == 0 && held[in] != nil {
					s.must("--db", s.path("lived.db"), "instances", "remove", in)
					delete(held, in)
					continue
				}
				held[in] = o.supply(in)
				s.importObjects("lived.db", in, held[in])
			}
			for _, in := range slices.Backward(sortedKeys(held)) {
				s.importObjects("fresh.db", in, held[in])
			}
			fresh := s.mapperOf("fresh.db")
			if diff := cmp.Diff(fresh, s.mapperOf("lived.db")); diff != "" {
				t.Errorf("what the mapper holds (-from scratch +after a life):\n%s", diff)
			}
			if len(fresh) == 0 {
				t.Error("the mapper made nothing")
			}
		})
	}
}

func (s *station) path(name string) string { return filepath.Join(s.dir, name) }

// must runs a command that has to succeed.
func (s *station) must(args ...string) {
	s.t.Helper()
	if code := s.run(args...); code != exitDone {
		s.t.Fatalf("%v: exit code %d\n%s", args, code, &s.stderr)
	}
}

func (s *station) importObjects(db, instance string, objects []map[string]any) {
	s.t.Helper()
	var text strings.Builder
	for _, o := range objects {
		line, err := json.Marshal(o)
		if err != nil {
			s.t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	s.write("objects.jsonl", text.String())
	s.must("--db", s.path(db), "import", s.path("objects.jsonl"), "--instance", instance, "--mapper", "--allow-deletes")
}

// mapperOf returns the lines of an export of what the mapper made.
func (s *station) mapperOf(db string) []string {
	s.t.Helper()
	s.must("--db", s.path(db), "check")
	s.must("--db", s.path(db), "export", "jsonl", "--instance", "mapper", "--output", s.path(db+".jsonl"))
	return sortedLines(s.t, s.dir, db+".jsonl")
}
