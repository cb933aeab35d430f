package emulator

import (
	"strings"
	"sync"
)

// jumpcloudIndex finds the rows of one estate.
type jumpcloudIndex struct {
	*JumpCloudEstate
	user, group, application, mdm, system, systemGroup map[string]int32

	members, memberOf        map[string][]int32 // group to, user to positions in GroupMembers
	appUsers, appGroups      map[string][]int32
	devices                  map[string][]int32
	systemUsers, userSystems map[string][]int32
	systemMembers            map[string][]int32

	direct map[Binding]bool // application and user that are bound directly

	mu       sync.Mutex // guards what follows, computed when first asked for
	orders   map[string][]int32
	orgs     map[string]*orgRows
	reaching map[string][]int32 // application to the users who reach it
}

// orgRows are the rows of one organization.
type orgRows struct {
	*jumpcloudIndex
	id                                                  string
	users, groups, applications, mdms, systems, sysgrps []int32
}

// indexJumpCloud builds the index of an estate that no longer changes.
func indexJumpCloud(j *JumpCloudEstate) *jumpcloudIndex {
	from := func(b *Binding) string { return b.From }
	to := func(b *Binding) string { return b.To }
	x := &jumpcloudIndex{
		JumpCloudEstate: j,
		user:            where(j.Users, func(u *User) string { return u.ID }),
		group:           where(j.Groups, func(g *Group) string { return g.ID }),
		application:     where(j.Applications, func(a *Application) string { return a.ID }),
		mdm:             where(j.MDMs, func(m *MDM) string { return m.ID }),
		system:          where(j.Systems, func(s *System) string { return s.ID }),
		systemGroup:     where(j.SystemGroups, func(g *Group) string { return g.ID }),
		members:         under(j.GroupMembers, from),
		memberOf:        under(j.GroupMembers, to),
		appUsers:        under(j.AppUsers, from),
		appGroups:       under(j.AppGroups, from),
		devices:         under(j.Devices, func(d *Device) string { return d.MDMID }),
		systemUsers:     under(j.SystemUsers, from),
		userSystems:     under(j.SystemUsers, to),
		systemMembers:   under(j.SystemMembers, from),
		direct:          make(map[Binding]bool, len(j.AppUsers)),
		orgs:            map[string]*orgRows{},
		orders:          map[string][]int32{},
		reaching:        map[string][]int32{},
	}
	for _, b := range j.AppUsers {
		x.direct[Binding{From: b.From, To: b.To}] = true
	}
	return x
}

// rows gives the rows of an organization, nil when there is none of that id.
func (x *jumpcloudIndex) rows(org string) *orgRows {
	x.mu.Lock()
	defer x.mu.Unlock()
	if o := x.orgs[org]; o != nil {
		return o
	}
	if find(x.Organizations, func(o *Organization) bool { return o.ID == org }) < 0 {
		return nil
	}
	x.orgs[org] = &orgRows{
		jumpcloudIndex: x, id: org,
		users:        all(x.Users, func(u *User) bool { return u.Organization == org }),
		groups:       all(x.Groups, func(g *Group) bool { return g.Organization == org }),
		applications: all(x.Applications, func(a *Application) bool { return a.Organization == org }),
		mdms:         all(x.MDMs, func(m *MDM) bool { return m.Organization == org }),
		systems:      all(x.Systems, func(s *System) bool { return s.Organization == org }),
		sysgrps:      all(x.SystemGroups, func(g *Group) bool { return g.Organization == org }),
	}
	return x.orgs[org]
}

// inOrder gives the rows of a list in the order of the parameter sort, such as
// _id or -name. A column that the list cannot be sorted by changes nothing. Each
// order is computed once per estate.
func (x *jumpcloudIndex) inOrder(c *call, l *list, sort string) []int32 {
	name, descending := strings.CutPrefix(sort, "-")
	by, known := l.column(strings.TrimPrefix(name, "_"))
	if !known {
		return l.at
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	key := c.request.Header.Get("X-Org-Id") + " " + c.request.URL.Path + " " + sort
	if _, done := x.orders[key]; !done {
		x.orders[key] = l.sorted(by, descending)
	}
	return x.orders[key]
}
