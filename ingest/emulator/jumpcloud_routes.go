package emulator

import "net/http"

// jumpcloudRoute is a pattern and what answers it: a list, or one object. Both
// are nil when there is no such parent or object.
type jumpcloudRoute struct {
	pattern string
	list    func(x *orgRows, id string) *list
	object  func(x *orgRows, id string) any
}

// jumpcloudRoutes are all routes, in the order of the API reference.
var jumpcloudRoutes = []jumpcloudRoute{
	{pattern: "/api/organizations", list: (*orgRows).organizations},
	{pattern: "/api/systemusers", list: (*orgRows).userList},
	{pattern: "/api/systemusers/{user}", object: (*orgRows).oneUser},
	{pattern: "/api/applications", list: (*orgRows).applicationList},
	{pattern: "/api/applications/{application}", object: (*orgRows).oneApplication},
	{pattern: "/api/systems", list: (*orgRows).systemList},
	{pattern: "/api/systems/{system}", object: (*orgRows).oneSystem},
	{pattern: "/api/v2/usergroups", list: (*orgRows).groupList},
	{pattern: "/api/v2/usergroups/{group}", object: (*orgRows).oneGroup},
	{pattern: "/api/v2/usergroups/{group}/members", list: (*orgRows).groupMembers},
	{pattern: "/api/v2/usergroups/{group}/membership", list: (*orgRows).groupMembership},
	{pattern: "/api/v2/applications/{application}/users", list: (*orgRows).applicationUsers},
	{pattern: "/api/v2/applications/{application}/usergroups", list: (*orgRows).applicationGroups},
	{pattern: "/api/v2/applemdms", list: (*orgRows).mdmList},
	{pattern: "/api/v2/applemdms/{mdm}/devices", list: (*orgRows).mdmDevices},
	{pattern: "/api/v2/systemgroups", list: (*orgRows).systemGroupList},
	{pattern: "/api/v2/systemgroups/{group}/members", list: (*orgRows).systemGroupMembers},
	{pattern: "/api/v2/systemgroups/{group}/membership", list: (*orgRows).systemGroupMembership},
	{pattern: "/api/v2/systems/{system}/users", list: (*orgRows).systemUserList},
	{pattern: "/api/v2/users/{user}/systems", list: (*orgRows).userSystemList},
	{pattern: "/api/v2/users/{user}/memberof", list: (*orgRows).userGroups},
}

// JumpCloudRoutes lists the patterns of the routes that the JumpCloud handler
// serves.
func JumpCloudRoutes() []string {
	patterns := make([]string, len(jumpcloudRoutes))
	for i, r := range jumpcloudRoutes {
		patterns[i] = r.pattern
	}
	return patterns
}

// matchJumpCloud finds the pattern of a path and what stands for its variable.
func matchJumpCloud(path string) (pattern, id string) {
	for _, r := range jumpcloudRoutes {
		if matchRoute(r.pattern, path) {
			return r.pattern, variable(r.pattern, path)
		}
	}
	return "", ""
}

// route answers a request that was admitted.
func (a *jumpcloudAPI) route(c *call, x *orgRows) *reply {
	for _, r := range jumpcloudRoutes {
		if r.pattern != c.route {
			continue
		}
		if r.list != nil {
			if l := r.list(x, c.id); l != nil {
				return a.list(c, l)
			}
			break
		}
		if body := r.object(x, c.id); body != nil {
			return ok(body)
		}
		break
	}
	return a.refuse(http.StatusNotFound, "")
}

// organizations are the tenants of the administrator, whichever was chosen.
func (x *orgRows) organizations(string) *list {
	return &list{
		at: all(x.Organizations, nil), key: func(i int32) string { return x.Organizations[i].ID },
		body: x.organizationBody,
		columns: []column{
			{"id", func(i int32) string { return x.Organizations[i].ID }},
			{"displayName", func(i int32) string { return string(x.Organizations[i].DisplayName) }},
		},
	}
}

// userList, applicationList and systemList are the lists of version 1, in the
// order in which the rows were made unless sort says otherwise.
func (x *orgRows) userList(string) *list {
	return &list{
		at: x.users, key: func(i int32) string { return x.Users[i].ID }, body: x.userBody,
		columns: []column{
			{"id", func(i int32) string { return x.Users[i].ID }},
			{"username", func(i int32) string { return x.Users[i].Username }},
			{"email", func(i int32) string { return x.Users[i].Email }},
			{"created", func(i int32) string { return x.Users[i].Created.String() }},
		},
	}
}

func (x *orgRows) applicationList(string) *list {
	return &list{
		at: x.applications, key: func(i int32) string { return x.Applications[i].ID }, body: x.applicationBody,
		columns: []column{
			{"id", func(i int32) string { return x.Applications[i].ID }},
			{"name", func(i int32) string { return x.Applications[i].Name }},
			{"displayLabel", func(i int32) string { return x.Applications[i].DisplayLabel }},
		},
	}
}

func (x *orgRows) systemList(string) *list {
	return &list{
		at: x.systems, key: func(i int32) string { return x.Systems[i].ID }, body: x.systemBody,
		columns: []column{
			{"id", func(i int32) string { return x.Systems[i].ID }},
			{"hostname", func(i int32) string { return x.Systems[i].Hostname }},
			{"displayName", func(i int32) string { return x.Systems[i].DisplayName }},
			{"created", func(i int32) string { return x.Systems[i].Created.String() }},
		},
	}
}

// groupList, systemGroupList and mdmList are the lists of version 2.
func (x *orgRows) groupList(string) *list       { return groupList(x.Groups, x.groups) }
func (x *orgRows) systemGroupList(string) *list { return groupList(x.SystemGroups, x.sysgrps) }

func groupList(groups []Group, at []int32) *list {
	return &list{
		at: at, key: func(i int32) string { return groups[i].ID }, body: func(i int32) any { return groups[i] },
		columns: []column{
			{"id", func(i int32) string { return groups[i].ID }},
			{"name", func(i int32) string { return groups[i].Name }},
		},
	}
}

func (x *orgRows) mdmList(string) *list {
	return &list{
		at: x.mdms, key: func(i int32) string { return x.MDMs[i].ID }, body: x.mdmBody,
		columns: []column{{"id", func(i int32) string { return x.MDMs[i].ID }}},
	}
}

// mdmDevices are the devices of an MDM.
func (x *orgRows) mdmDevices(mdm string) *list {
	if !x.hasMDM(mdm) {
		return nil
	}
	return &list{
		at: x.devices[mdm], key: func(i int32) string { return x.Devices[i].ID }, body: x.deviceBody,
		columns: []column{{"id", func(i int32) string { return x.Devices[i].ID }}},
	}
}
