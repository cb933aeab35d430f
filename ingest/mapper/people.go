package mapper

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// user is an entity that may be a person.
type user struct {
	subject
	rule int // its place in Rules.Persons
}

// texts returns the non-empty texts that a value stands for: its own, or those of
// its elements.
func texts(v graph.Value) []string {
	if v.Kind() != graph.List {
		if t := v.Text(); t != "" {
			return []string{t}
		}
		return nil
	}
	var out []string
	for _, e := range v.List() {
		if t := e.Text(); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// firstText returns the first text under the first of names that has one.
func firstText(props graph.Properties, names ...string) string {
	for _, name := range names {
		if t := texts(props.Get(name)); len(t) > 0 {
			return t[0]
		}
	}
	return ""
}

// address returns the e-mail address in lower case, "" when there is none.
func address(props graph.Properties) string {
	return strings.ToLower(strings.TrimSpace(firstText(props, "email")))
}

// personKey is the key of the person with that address.
func personKey(address string) string { return personType + ":" + address }

// machine reports whether a rule says that the user is nobody.
func (d *derivation) machine(u *user) bool {
	for name, values := range d.rules.Persons[u.rule].Skip {
		for _, t := range texts(u.props.Get(name)) {
			if slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, t) }) {
				return true
			}
		}
	}
	return false
}

// makePeople makes a person of every address that no real person has.
func (d *derivation) makePeople() {
	d.known = map[string][]graph.End{}
	for _, p := range d.people {
		for _, t := range texts(p.props.Get("email")) {
			a := strings.ToLower(strings.TrimSpace(t))
			if ends := d.known[a]; a != "" && (len(ends) == 0 || ends[len(ends)-1] != p.end) {
				d.known[a] = append(ends, p.end)
			}
		}
	}
	byAddress := map[string][]user{}
	for _, u := range d.users {
		a := address(u.props)
		if a != "" && d.known[a] == nil && !d.machine(&u) && graph.CheckKey(personKey(a)) == nil {
			byAddress[a] = append(byAddress[a], u)
		}
	}
	for _, a := range slices.Sorted(maps.Keys(byAddress)) {
		d.add(d.personOf(a, byAddress[a]))
		d.report.Persons++
	}
}

// add adds an entity that was made here, and shows it to all that look for one.
func (d *derivation) add(e graph.Entity) {
	d.entities[e.Key] = e
	s := subject{end: graph.End{Instance: graph.MapperInstance, Key: e.Key}, class: e.Class, props: e.Props}
	d.wants.offer(s.end, s.class, func(name string) graph.Value { return propertyOf(&e, name) })
	if slices.Contains(e.Class, personClass) {
		d.people = append(d.people, s)
	}
	d.sources = append(d.sources, s)
}

// personOf makes one person of the users with one address.
func (d *derivation) personOf(address string, users []user) graph.Entity {
	slices.SortFunc(users, precedes)
	var props graph.Properties
	for _, name := range slices.Sorted(maps.Keys(d.rules.Transfer)) {
		for _, u := range users {
			if v := firstValue(u.props, d.rules.Transfer[name]); v.Kind() != graph.Undefined {
				props.Set(name, v)
				break
			}
		}
	}
	name := d.fullName(props, users)
	if name == "" {
		name = address
	}
	props.Set("email", graph.StringValue(address))
	props.Set("name", graph.StringValue(name))
	props.Set(graph.PropDisplayName, graph.StringValue(name))
	if ids := d.userIDs(users); len(ids) > 0 {
		props.Set("userIds", graph.StringsValue(ids))
	}
	return graph.Entity{Object: graph.Object{Key: personKey(address), Type: personType, Props: props}, Class: []string{personClass}}
}

// precedes orders users by whose word counts more.
func precedes(a, b user) int {
	inactive := func(u user) int {
		if v := u.props.Get("active"); v.Kind() == graph.Bool && !v.Bool() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(inactive(a), inactive(b)), compareEnds(a.end, b.end))
}

// firstValue returns the first value under names that is there and not empty.
func firstValue(props graph.Properties, names []string) graph.Value {
	for _, name := range names {
		if v := props.Get(name); !v.Missing() && v.Text() != "" {
			return v
		}
	}
	return graph.Value{}
}

// fullName is "first last" where both are known, else a name that a user has.
func (d *derivation) fullName(props graph.Properties, users []user) string {
	first, last := firstText(props, "firstName"), firstText(props, "lastName")
	if first != "" && last != "" {
		return first + " " + last
	}
	for _, u := range users {
		if name := firstText(u.props, d.rules.FullName...); name != "" {
			return name
		}
	}
	return ""
}

func (d *derivation) userIDs(users []user) []string {
	var ids []string
	for _, u := range users {
		for _, name := range d.rules.UserIDs {
			ids = append(ids, texts(u.props.Get(name))...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
