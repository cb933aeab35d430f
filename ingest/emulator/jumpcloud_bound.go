package emulator

import (
	"encoding/json"
	"slices"
)

// node is one end of a binding in the graph of version 2.
type node struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Attributes json.RawMessage `json:"attributes"`
}

// membership is a direct edge of the graph.
type membership struct {
	Attributes json.RawMessage `json:"attributes"`
	From       node            `json:"from"`
	To         node            `json:"to"`
}

// hop is one step of a path from the object that was asked for.
type hop struct {
	Attributes json.RawMessage `json:"attributes"`
	To         node            `json:"to"`
}

// bound is an object that is reached, by one path or several.
type bound struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Compiled json.RawMessage `json:"compiledAttributes"`
	Paths    List[List[hop]] `json:"paths"`
}

// hopTo is a step without attributes.
func hopTo(id, kind string) hop { return hop{To: node{ID: id, Type: kind}} }

// The six methods below say whether an object is there and belongs to the
// organization.

func (x *orgRows) hasUser(id string) bool {
	i, found := x.user[id]
	return found && x.Users[i].Organization == x.id
}

func (x *orgRows) hasGroup(id string) bool {
	i, found := x.group[id]
	return found && x.Groups[i].Organization == x.id
}

func (x *orgRows) hasApplication(id string) bool {
	i, found := x.application[id]
	return found && x.Applications[i].Organization == x.id
}

func (x *orgRows) hasMDM(id string) bool {
	i, found := x.mdm[id]
	return found && x.MDMs[i].Organization == x.id
}

func (x *orgRows) hasSystem(id string) bool {
	i, found := x.system[id]
	return found && x.Systems[i].Organization == x.id
}

func (x *orgRows) hasSystemGroup(id string) bool {
	i, found := x.systemGroup[id]
	return found && x.SystemGroups[i].Organization == x.id
}

// edges lists direct bindings as memberships.
func edges(at []int32, bindings []Binding, fromType, toType string) *list {
	to := func(i int32) string { return bindings[i].To }
	return &list{
		at: at, key: to, columns: []column{{"id", to}},
		body: func(i int32) any {
			b := bindings[i]
			return membership{From: node{ID: b.From, Type: fromType}, To: node{ID: b.To, Type: toType}}
		},
	}
}

// reached lists direct bindings as objects that are reached by one hop; other
// gives the end that is listed.
func reached(at []int32, bindings []Binding, kind string, other func(Binding) string) *list {
	id := func(i int32) string { return other(bindings[i]) }
	return &list{
		at: at, key: id, columns: []column{{"id", id}},
		body: func(i int32) any {
			b := bindings[i]
			h := hopTo(other(b), kind)
			h.Attributes = sudo(b)
			return bound{ID: other(b), Type: kind, Compiled: h.Attributes, Paths: List[List[hop]]{{h}}}
		},
	}
}

// sudo gives the attributes of a system's binding, null without any right.
func sudo(b Binding) json.RawMessage {
	if !b.Sudo {
		return nil
	}
	type rights struct {
		Enabled         bool `json:"enabled"`
		WithoutPassword bool `json:"withoutPassword"`
	}
	return encode(map[string]rights{"sudo": {b.Sudo, b.Passwordless}})
}

// toEnd and fromEnd pick the end that reached lists.
func toEnd(b Binding) string   { return b.To }
func fromEnd(b Binding) string { return b.From }

// groupMembers are the edges from a group to its users, groupMembership the same
// users as objects with the path to them.
func (x *orgRows) groupMembers(group string) *list {
	if !x.hasGroup(group) {
		return nil
	}
	return edges(x.members[group], x.GroupMembers, "user_group", "user")
}

func (x *orgRows) groupMembership(group string) *list {
	if !x.hasGroup(group) {
		return nil
	}
	return reached(x.members[group], x.GroupMembers, "user", toEnd)
}

// userGroups are the groups that a user is in.
func (x *orgRows) userGroups(user string) *list {
	if !x.hasUser(user) {
		return nil
	}
	return reached(x.memberOf[user], x.GroupMembers, "user_group", fromEnd)
}

// systemGroupMembers and systemGroupMembership are the same for systems.
func (x *orgRows) systemGroupMembers(group string) *list {
	if !x.hasSystemGroup(group) {
		return nil
	}
	return edges(x.systemMembers[group], x.SystemMembers, "system_group", "system")
}

func (x *orgRows) systemGroupMembership(group string) *list {
	if !x.hasSystemGroup(group) {
		return nil
	}
	return reached(x.systemMembers[group], x.SystemMembers, "system", toEnd)
}

// systemUserList are the users who may log in to a system, with their sudo
// rights; userSystemList is the other direction.
func (x *orgRows) systemUserList(system string) *list {
	if !x.hasSystem(system) {
		return nil
	}
	return reached(x.systemUsers[system], x.SystemUsers, "user", toEnd)
}

func (x *orgRows) userSystemList(user string) *list {
	if !x.hasUser(user) {
		return nil
	}
	return reached(x.userSystems[user], x.SystemUsers, "system", fromEnd)
}

// applicationGroups are the groups that reach an application.
func (x *orgRows) applicationGroups(app string) *list {
	if !x.hasApplication(app) {
		return nil
	}
	return reached(x.appGroups[app], x.AppGroups, "user_group", toEnd)
}

// applicationUsers lists the users who reach an application, bound to it
// themselves or through groups.
func (x *orgRows) applicationUsers(app string) *list {
	if !x.hasApplication(app) {
		return nil
	}
	id := func(i int32) string { return x.Users[i].ID }
	return &list{
		at: x.reach(app), key: id, columns: []column{{"id", id}},
		body: func(i int32) any {
			return bound{ID: id(i), Type: "user", Paths: x.paths(app, id(i))}
		},
	}
}

// reach gives the positions of the users who reach an application, in their
// own order. It is computed once per estate.
func (x *jumpcloudIndex) reach(app string) []int32 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if at, known := x.reaching[app]; known {
		return at
	}
	var at []int32
	for _, i := range x.appUsers[app] {
		at = append(at, x.user[x.AppUsers[i].To])
	}
	for _, i := range x.appGroups[app] {
		for _, m := range x.members[x.AppGroups[i].To] {
			at = append(at, x.user[x.GroupMembers[m].To])
		}
	}
	slices.Sort(at)
	x.reaching[app] = slices.Compact(at)
	return x.reaching[app]
}

// paths gives the ways from an application to a user: one hop when bound
// directly, two through each group.
func (x *jumpcloudIndex) paths(app, user string) List[List[hop]] {
	var paths List[List[hop]]
	if x.direct[Binding{From: app, To: user}] {
		paths = append(paths, List[hop]{hopTo(user, "user")})
	}
	for _, i := range x.appGroups[app] {
		group := x.AppGroups[i].To
		for _, m := range x.memberOf[user] {
			if x.GroupMembers[m].From == group {
				paths = append(paths, List[hop]{hopTo(group, "user_group"), hopTo(user, "user")})
			}
		}
	}
	return paths
}
