package estate

import "strings"

// kind numbers the types of entities.
type kind uint8

const (
	account kind = iota
	team
	member
	application
	addon
	user
	group
	device
	host
	finding
	employee
	kinds // how many there are
)

// kindInfo is what all entities of a type have in common.
type kindInfo struct {
	name  string
	class []string
	share float64 // of all entities; findings are the rest
	fill  func(r *record, d *dice, row int, changed bool)
}

var infos = [kinds]kindInfo{
	account:     {"heroku_account", []string{"Account"}, 0.00005, fillAccount},
	team:        {"heroku_team", []string{"Team"}, 0.01, fillTeam},
	member:      {"heroku_account_member", []string{"User"}, 0.06, fillMember},
	application: {"heroku_application", []string{"Application"}, 0.10, fillApplication},
	addon:       {"heroku_addon", []string{"Service"}, 0.13, fillAddon},
	user:        {"jumpcloud_user", []string{"User"}, 0.08, fillUser},
	group:       {"jumpcloud_user_group", []string{"UserGroup", "Group"}, 0.005, fillGroup},
	device:      {"jumpcloud_device", []string{"Device"}, 0.10, fillDevice},
	host:        {"aws_instance", []string{"Host"}, 0.15, fillHost},
	finding:     {"scanner_finding", []string{"Finding", "Vulnerability"}, 0, fillFinding},
	employee:    {"employee", []string{"Person"}, 0.065, fillEmployee},
}

// join numbers the kinds of relationships.
type join uint8

// joinInfo is what all relationships of a kind have in common.
type joinInfo struct {
	from, to kind
	verb     string
	since    string // the property that holds a time, "" for none
}

const (
	accountTeam join = iota
	accountMember
	accountApplication
	accountAddon
	accountUser
	accountGroup
	accountDevice
	accountHost
	teamApplication
	teamMember
	teamHost
	memberApplication
	applicationAddon
	applicationHost
	employeeMember
	employeeUser
	employeeEmployee
	employeeDevice
	groupUser
	groupApplication
	userUser
	userDevice
	hostFinding
	deviceFinding
	joins // how many there are
)

var joinInfos = [joins]joinInfo{
	accountTeam:        {account, team, "HAS", ""},
	accountMember:      {account, member, "HAS", ""},
	accountApplication: {account, application, "HAS", ""},
	accountAddon:       {account, addon, "HAS", ""},
	accountUser:        {account, user, "HAS", ""},
	accountGroup:       {account, group, "HAS", ""},
	accountDevice:      {account, device, "HAS", ""},
	accountHost:        {account, host, "HAS", ""},
	teamApplication:    {team, application, "OWNS", "createdOn"},
	teamMember:         {team, member, "HAS", ""},
	teamHost:           {team, host, "MANAGES", ""},
	memberApplication:  {member, application, "USES", "createdOn"},
	applicationAddon:   {application, addon, "HAS", ""},
	applicationHost:    {application, host, "USES", ""},
	employeeMember:     {employee, member, "IS", ""},
	employeeUser:       {employee, user, "IS", ""},
	employeeEmployee:   {employee, employee, "MANAGES", ""},
	employeeDevice:     {employee, device, "OWNS", ""},
	groupUser:          {group, user, "HAS", ""},
	groupApplication:   {group, application, "ASSIGNED", "assignedOn"},
	userUser:           {user, user, "MANAGES", ""},
	userDevice:         {user, device, "HAS", ""},
	hostFinding:        {host, finding, "HAS", ""},
	deviceFinding:      {device, finding, "HAS", ""},
}

// typ is the `_type` of the relationships: from, verb, and to without its provider.
func (j *joinInfo) typ() string {
	to := infos[j.to].name
	if _, after, found := strings.Cut(to, "_"); found {
		to = after
	}
	return infos[j.from].name + "_" + strings.ToLower(j.verb) + "_" + to
}
