package estate

import "strings"

// What the questions look for.
const (
	wantedRegion  = "eu-central-1"
	wantedPackage = "OpenSSL"
	wantedWord    = "redis"
	wantedStart   = "prod-redis"
)

// Suite returns the questions, from one entity by its key to millions of paths,
// with the answers that they must have in this version.
func (v *View) Suite() []Question {
	f := v.facts()
	app := v.estate.key(application, v.estate.someApplication())
	row := v.estate.someTeam()
	hub := "heroku_team WITH _key = '" + v.estate.key(team, row) + "'"
	return []Question{
		{"q1", "FIND heroku_application WITH _key = '" + app + "'", answerOf([][]string{{app}}, false)},
		{"q2", "FIND aws_instance WITH region = '" + wantedRegion + "' AND state = 'running' AS i RETURN COUNT(i)", CountAnswer(f.runningThere)},
		{"q3", "FIND scanner_finding WITH displayName ~= '" + wantedPackage + "' AS f RETURN COUNT(f)", CountAnswer(f.ofPackage)},
		{"q4", "FIND heroku_team AS t THAT OWNS >> heroku_application AS a RETURN t._key, t.displayName, a._key, a.displayName LIMIT 250",
			answerAmong(250, v.ownedApplications())},
		{"q5", "FIND heroku_team THAT OWNS >> heroku_application THAT HAS >> heroku_addon RETURN COUNT(*)", CountAnswer(v.ownedAddons())},
		{"q6", "FIND employee WITH department = 'Engineering' THAT IS >> jumpcloud_user THAT HAS >> jumpcloud_device " +
			"THAT HAS >> scanner_finding WITH severity = 'critical' AND open = true RETURN COUNT(*)", CountAnswer(v.engineersFindings(f))},
		{"q7", "FIND heroku_team AS t THAT OWNS >> heroku_application AS a " +
			"RETURN t._key, t.displayName AS team, COUNT(a) AS apps ORDER BY apps DESC, team LIMIT 10", answerOf(v.largestTeams(f, 10), true)},
		{"q8", "FIND heroku_team AS t THAT !OWNS >> heroku_application RETURN COUNT(t)", CountAnswer(v.teamsWithout())},
		{"q9", "FIND UNIQUE jumpcloud_user AS u (THAT IS << employee)? THAT (HAS|OWNS) >> jumpcloud_device AS d RETURN u._key, d._key",
			answerOf(v.usersDevices(), false)},
		{"q10", "FIND " + hub + " AS k THAT RELATES TO AS r * AS b RETURN r._class, b._key, b._type, b.displayName",
			answerOf(v.neighbours(row), false)},
		{"q10b", "FIND " + hub + " THAT RELATES TO * THAT RELATES TO * AS c RETURN COUNT(c)", CountAnswer(v.twoSteps(row))},
		{"q11", "FIND heroku_team THAT OWNS >> heroku_application THAT USES >> aws_instance THAT HAS >> scanner_finding RETURN COUNT(*)",
			CountAnswer(v.findingPaths())},
		{"q12p", "FIND * WITH displayName ^= '" + wantedStart + "' AS n RETURN COUNT(n)", CountAnswer(f.beginning)},
		{"q12s", "FIND * WITH displayName ~= '" + wantedWord + "' AS n RETURN COUNT(n)", CountAnswer(f.holding)},
	}
}

// facts are what the questions need to know of the entities.
type facts struct {
	runningThere, ofPackage, beginning, holding int

	teams    []string // their displayName
	engineer []bool   // by employee
	serious  []bool   // by finding: critical and open
}

func (v *View) facts() *facts {
	f := &facts{
		teams:    make([]string, len(v.living[team])),
		engineer: make([]bool, len(v.living[employee])),
		serious:  make([]bool, len(v.living[finding])),
	}
	d, r := diceOf(), &record{}
	for k := range kinds {
		for row, alive := range v.living[k] {
			if alive {
				v.estate.fill(r, d, k, row, v.version)
				f.learn(k, row, r)
			}
		}
	}
	return f
}

func (f *facts) learn(k kind, row int, r *record) {
	name := r.get("displayName")
	if strings.HasPrefix(name, wantedStart) {
		f.beginning++
	}
	if strings.Contains(name, wantedWord) {
		f.holding++
	}
	switch k {
	case team:
		f.teams[row] = name
	case employee:
		f.engineer[row] = r.get("department") == "Engineering"
	case host:
		if r.get("region") == wantedRegion && r.get("state") == "running" {
			f.runningThere++
		}
	case finding:
		f.serious[row] = r.get("severity") == "critical" && r.isSet("open")
		if strings.Contains(name, wantedPackage) {
			f.ofPackage++
		}
	}
}
