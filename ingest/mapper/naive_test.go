package mapper_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store/graph"
)

var seed = flag.Uint64("seed", 1, "seed of random trials")

// naive says what Derive must make, in the plainest way: everything is compared
// with everything.
type naive struct {
	w     *world
	rules *mapper.Rules
	all   []thing // what is there, then what was made
	links map[string]bool
	said  map[string]bool // from, verb, to
}

type thing struct {
	end   graph.End
	typ   string
	class []string
	props graph.Properties
}

func list(v graph.Value) []string {
	vs := []graph.Value{v}
	if v.Kind() == graph.List {
		vs = v.List()
	}
	var out []string
	for _, e := range vs {
		if e.Text() != "" {
			out = append(out, e.Text())
		}
	}
	return out
}

func mail(ps graph.Properties) string {
	for _, t := range list(ps.Get("email")) {
		return strings.ToLower(strings.TrimSpace(t))
	}
	return ""
}

func isPerson(t thing) bool { return slices.Contains(t.class, "Person") }

func byEnd(a, b graph.End) int {
	return strings.Compare(a.Instance+"\x00"+a.Key, b.Instance+"\x00"+b.Key)
}

func evaluate(w *world, rules *mapper.Rules) *naive {
	n := &naive{w: w, rules: rules, links: map[string]bool{}, said: map[string]bool{}}
	for _, im := range w.images {
		n.all = append(n.all, thing{graph.End{Instance: im.Instance, Key: im.Key}, im.Type, im.Class, im.Props})
	}
	slices.SortFunc(n.all, func(a, b thing) int { return byEnd(a.end, b.end) })
	n.people()
	n.mapped()
	for _, source := range slices.Clone(n.all) {
		for i := range rules.Links {
			if slices.Contains(source.class, rules.Links[i].Source) {
				n.rule(&rules.Links[i], source)
			}
		}
	}
	return n
}

// people makes one person of every address of a user who may be one.
func (n *naive) people() {
	var made []thing
	for i, rule := range n.rules.Persons {
		for _, active := range []bool{true, false} {
			for _, u := range n.all {
				inactive := u.props.Get("active").Kind() == graph.Bool && !u.props.Get("active").Bool()
				if u.typ != n.rules.Persons[i].Type || isPerson(u) || inactive == active || mail(u.props) == "" || skipped(rule, u) || n.real(mail(u.props)) {
					continue
				}
				end := graph.End{Instance: graph.MapperInstance, Key: "employee:" + mail(u.props)}
				at := slices.IndexFunc(made, func(t thing) bool { return t.end == end })
				if at < 0 {
					made = append(made, thing{end, "employee", []string{"Person"}, props("email", mail(u.props))})
					at = len(made) - 1
				}
				n.transfer(&made[at], u)
			}
		}
	}
	for i := range made {
		p := &made[i].props
		if first, last := list(p.Get("firstName")), list(p.Get("lastName")); len(first) > 0 && len(last) > 0 {
			p.Set("name", graph.StringValue(first[0]+" "+last[0]))
		}
		if p.Get("name").Missing() {
			p.Set("name", p.Get("email"))
		}
		p.Set("displayName", p.Get("name"))
	}
	n.all = append(n.all, made...)
}

func (n *naive) transfer(p *thing, u thing) {
	set := func(name string, from []string) {
		for _, f := range from {
			if v := u.props.Get(f); v.Text() != "" && p.props.Get(name).Missing() {
				p.props.Set(name, v)
			}
		}
	}
	for name, from := range n.rules.Transfer {
		set(name, from)
	}
	for _, f := range n.rules.FullName {
		if t := list(u.props.Get(f)); len(t) > 0 && p.props.Get("name").Missing() {
			p.props.Set("name", graph.StringValue(t[0]))
		}
	}
	ids := list(p.props.Get("userIds"))
	for _, name := range n.rules.UserIDs {
		ids = append(ids, list(u.props.Get(name))...)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > 0 {
		p.props.Set("userIds", graph.StringsValue(ids))
	}
}

func skipped(rule mapper.PersonRule, u thing) bool {
	for name, values := range rule.Skip {
		for _, v := range values {
			for _, t := range list(u.props.Get(name)) {
				if strings.EqualFold(t, v) {
					return true
				}
			}
		}
	}
	return false
}

// real reports whether somebody who was not made here has the address.
func (n *naive) real(address string) bool {
	return slices.ContainsFunc(n.all, func(t thing) bool {
		return isPerson(t) && t.end.Instance != graph.MapperInstance &&
			slices.ContainsFunc(list(t.props.Get("email")), func(a string) bool { return strings.ToLower(strings.TrimSpace(a)) == address })
	})
}

func (n *naive) say(from graph.End, verb string, to graph.End, typ string) {
	n.said[endText(from)+verb+endText(to)] = true
	n.links[fmt.Sprintf("%s %s %s (%s)", endText(from), verb, endText(to), typ)] = true
}

// rule looks through all people, once for every alternative.
func (n *naive) rule(rule *mapper.LinkRule, source thing) {
	for _, m := range rule.Match {
		found := map[graph.End]bool{}
		for _, property := range m.Source {
			for _, t := range list(source.props.Get(property)) {
				var same []graph.End
				for _, p := range n.all {
					if isPerson(p) && has(p, m, t) {
						same = append(same, p.end)
					}
				}
				if m.Unique && len(same) > 1 {
					continue
				}
				for _, end := range same {
					found[end] = end != source.end
				}
			}
		}
		any := false
		for end, other := range found {
			from, to := source.end, end
			if rule.Direction == "REVERSE" {
				from, to = end, source.end
			}
			any = any || other
			if other && !n.said[endText(from)+rule.Verb+endText(to)] {
				n.say(from, rule.Verb, to, "mapping_source_"+strings.ToLower(rule.Verb)+"_employee")
			}
		}
		if any {
			return
		}
	}
}

func has(p thing, m mapper.Match, text string) bool {
	for _, name := range m.Person {
		for _, t := range list(p.props.Get(name)) {
			if t == text || m.Fold && strings.EqualFold(strings.TrimSpace(t), strings.TrimSpace(text)) {
				return true
			}
		}
	}
	return false
}

// mapped resolves mapped relationships in order of instance and key: first among
// what is there, then with what is made on the way, then once more.
func (n *naive) mapped() {
	type job struct {
		instance string
		r        *graph.Relationship
	}
	var jobs []job
	for instance, rs := range n.w.mapped {
		for _, r := range rs {
			jobs = append(jobs, job{instance, r})
		}
	}
	slices.SortFunc(jobs, func(a, b job) int { return strings.Compare(a.instance+"\x00"+a.r.Key, b.instance+"\x00"+b.r.Key) })
	for pass := range 3 {
		var left []job
		made := 0
		for _, j := range jobs {
			source := j.r.Mapping.Source
			if source.Instance == "" {
				source.Instance = j.instance
			}
			if im, _ := n.w.Entity(source); im == nil {
				continue
			}
			found := n.search(j.r.Mapping)
			if len(found) == 0 && pass == 1 {
				found = n.create(j.r.Mapping)
				made++
			}
			for _, end := range found {
				from, to := source, end
				if j.r.Mapping.Direction == graph.Reverse {
					from, to = end, source
				}
				n.say(from, j.r.Class, to, j.r.Type)
			}
			if len(found) == 0 {
				left = append(left, j)
			}
		}
		jobs = left
	}
}

func (n *naive) search(m *graph.Mapping) []graph.End {
	for _, names := range m.Filters {
		var found []graph.End
		for _, t := range n.all {
			if len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !agrees(t, &m.Target, name) }) {
				found = append(found, t.end)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func agrees(t thing, want *graph.Entity, name string) bool {
	switch name {
	case "_class":
		return len(want.Class) > 0 && !slices.ContainsFunc(want.Class, func(c string) bool { return !slices.Contains(t.class, c) })
	case "_type":
		return want.Type != "" && t.typ == want.Type
	case "_key":
		return want.Key != "" && t.end.Key == want.Key
	}
	v := want.Props.Get(name)
	return !v.Missing() && graph.Equal(v, t.props.Get(name))
}

func (n *naive) create(m *graph.Mapping) []graph.End {
	want := &m.Target
	if m.SkipCreation || want.Type == "" || len(want.Class) == 0 {
		return nil
	}
	person, a := slices.Contains(want.Class, "Person"), mail(want.Props)
	if person && a != "" && n.real(a) {
		var found []graph.End
		for _, t := range n.all {
			if isPerson(t) && t.end.Instance != graph.MapperInstance &&
				slices.ContainsFunc(list(t.props.Get("email")), func(s string) bool { return strings.ToLower(strings.TrimSpace(s)) == a }) {
				found = append(found, t.end)
			}
		}
		return found
	}
	key := want.Key
	if person && a != "" {
		key = "employee:" + a
	}
	if key == "" {
		key = want.Type
		for _, names := range m.Filters {
			for _, name := range names {
				if v := want.Props.Get(name); !v.Missing() {
					key += ":" + name + "=" + v.Text()
				}
			}
		}
	}
	made := func(key string) int {
		return slices.IndexFunc(n.all, func(t thing) bool { return t.end == graph.End{Instance: graph.MapperInstance, Key: key} })
	}
	if i := made(key); i >= 0 && n.all[i].typ != want.Type {
		key = want.Type + ":" + key
	}
	end := graph.End{Instance: graph.MapperInstance, Key: key}
	if made(key) < 0 {
		ps := want.Props.Clone()
		for _, name := range []string{"name", "email"} {
			if t := list(ps.Get(name)); len(t) > 0 && ps.Get("displayName").Missing() {
				ps.Set("displayName", graph.StringValue(t[0]))
			}
		}
		if ps.Get("displayName").Missing() {
			ps.Set("displayName", graph.StringValue(key))
		}
		n.all = append(n.all, thing{end, want.Type, want.Class, ps})
	}
	return []graph.End{end}
}

func (n *naive) text() string {
	var lines, links []string
	for _, t := range n.all {
		if t.end.Instance == graph.MapperInstance {
			lines = append(lines, fmt.Sprintf("%s %s %v %s", t.end.Key, t.typ, t.class, t.props.AppendJSON(nil)))
		}
	}
	for l := range n.links {
		links = append(links, l)
	}
	slices.Sort(lines)
	slices.Sort(links)
	return strings.Join(append(lines, links...), "\n")
}
