package estate

// join draws the relationships. The numbers are those of estates that people
// have: a third of the teams owns nothing, few hosts run much, everybody is in
// several groups.
func (e *Estate) join() {
	e.joinAccounts()
	d := diceOf(e.seed, 'j')
	teams := newSkew(e.rows[team], 1, 0.7, d)
	apps := newSkew(e.rows[application], 1, 0.8, d)
	hosts := newSkew(e.rows[host], 1, 0.75, d)
	e.joinApplications(d, hosts)
	e.joinMembers(d, teams, apps)
	e.joinPeople(d)
	e.joinGroups(d, apps)
	e.joinDevices(d)
	e.joinFindings(d, hosts)
	for row := range e.ever[host] {
		e.add(teamHost, teams.draw(d), uint32(row))
	}
}

func (e *Estate) add(j join, from, to uint32) { e.links[j] = append(e.links[j], link{from, to}) }

// joinAccounts gives everything to one of the accounts.
func (e *Estate) joinAccounts() {
	d := diceOf(e.seed, 'a')
	for j := accountTeam; j <= accountHost; j++ {
		for row := range e.ever[joinInfos[j].to] {
			e.add(j, uint32(d.below(e.rows[account])), uint32(row))
		}
	}
}

func (e *Estate) joinApplications(d *dice, hosts *skew) {
	owners := newSkew(e.rows[team], 0.7, 0.9, d)
	for row := range uint32(e.ever[application]) {
		if owner := owners.draw(d); d.chance(0.95) {
			e.add(teamApplication, owner, row)
		}
		hosts.distinct(d, d.below(5), func(host uint32) { e.add(applicationHost, row, host) })
	}
	users := newSkew(e.rows[application], 1, 0.6, d)
	for row := range e.ever[addon] {
		e.add(applicationAddon, users.draw(d), uint32(row))
	}
}

func (e *Estate) joinMembers(d *dice, teams, apps *skew) {
	for row := range uint32(e.ever[member]) {
		teams.distinct(d, 1+d.below(5), func(team uint32) { e.add(teamMember, team, row) })
		apps.distinct(d, d.below(9), func(app uint32) { e.add(memberApplication, row, app) })
	}
}

// joinPeople says whose accounts they are and who reports to whom: everybody
// leads nine others, in the order in which they came.
func (e *Estate) joinPeople(d *dice) {
	const span = 9
	for row := range uint32(e.ever[employee]) {
		if row < uint32(e.ever[member]) {
			e.add(employeeMember, row, row)
		}
		if row < uint32(e.ever[user]) {
			e.add(employeeUser, row, row)
		}
		if row > 0 {
			e.add(employeeEmployee, row/span, row)
		}
	}
	for row := uint32(1); row < uint32(e.ever[user]); row++ {
		e.add(userUser, row/span, row)
	}
}

func (e *Estate) joinGroups(d *dice, apps *skew) {
	groups := newSkew(e.rows[group], 1, 0.9, d)
	for row := range uint32(e.ever[user]) {
		groups.distinct(d, 1+d.below(15), func(group uint32) { e.add(groupUser, group, row) })
	}
	for row := range uint32(e.ever[group]) {
		seen := map[uint32]bool{}
		for range d.below(40) {
			if app := apps.draw(d); !seen[app] {
				seen[app] = true
				e.add(groupApplication, row, app)
			}
		}
	}
}

// joinDevices gives every device to a user and, mostly, to the same employee.
func (e *Estate) joinDevices(d *dice) {
	for row := range uint32(e.ever[device]) {
		user := d.below(e.rows[user])
		owner := user
		if owner >= e.rows[employee] || d.chance(0.15) {
			owner = d.below(e.rows[employee])
		}
		e.add(userDevice, uint32(user), row)
		e.add(employeeDevice, uint32(owner), row)
	}
}

func (e *Estate) joinFindings(d *dice, hosts *skew) {
	devices := newSkew(e.rows[device], 1, 0.5, d)
	for row := range uint32(e.ever[finding]) {
		hosts.distinct(d, 1+d.below(5), func(host uint32) { e.add(hostFinding, host, row) })
		devices.distinct(d, d.below(3), func(device uint32) { e.add(deviceFinding, device, row) })
	}
}
