package estate

import (
	"iter"
	"slices"
	"strings"
)

// someApplication is one in the middle of the table that both versions have.
func (e *Estate) someApplication() int {
	row := e.rows[application] / 2
	for e.fate(application, row) == gone {
		row++
	}
	return row
}

// someTeam is the first team of both versions with at least twenty neighbours, or
// the last one if none has.
func (e *Estate) someTeam() int {
	degree := make([]int, e.ever[team])
	for j, links := range e.links {
		for _, l := range links {
			if joinInfos[j].from == team {
				degree[l.from]++
			}
			if joinInfos[j].to == team {
				degree[l.to]++
			}
		}
	}
	best := 0
	for row := range e.rows[team] {
		if e.fate(team, row) == gone {
			continue
		}
		if best = row; degree[row] >= 20 {
			break
		}
	}
	return best
}

// degrees counts the relationships of a kind by one of their ends.
func (v *View) degrees(j join, end func(link) uint32) []int {
	info := joinInfos[j]
	n := make([]int, max(len(v.living[info.from]), len(v.living[info.to])))
	v.each(j, func(_ int, l link) { n[end(l)]++ })
	return n
}

func fromEnd(l link) uint32 { return l.from }
func toEnd(l link) uint32   { return l.to }

func (v *View) ownedApplications() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		more := true
		v.each(teamApplication, func(_ int, l link) {
			if more {
				t, a := int(l.from), int(l.to)
				more = yield([]string{v.estate.key(team, t), v.name(team, t), v.estate.key(application, a), v.name(application, a)})
			}
		})
	}
}

// name is the displayName of an entity.
func (v *View) name(k kind, row int) string {
	r := &record{}
	v.estate.fill(r, diceOf(), k, row, v.version)
	return r.get("displayName")
}

func (v *View) ownedAddons() (paths int) {
	owners := v.degrees(teamApplication, toEnd)
	v.each(applicationAddon, func(_ int, l link) { paths += owners[l.from] })
	return paths
}

func (v *View) findingPaths() (paths int) {
	owners, findings := v.degrees(teamApplication, toEnd), v.degrees(hostFinding, fromEnd)
	v.each(applicationHost, func(_ int, l link) { paths += owners[l.from] * findings[l.to] })
	return paths
}

func (v *View) engineersFindings(f *facts) (paths int) {
	engineers := make([]int, len(v.living[user]))
	v.each(employeeUser, func(_ int, l link) {
		if f.engineer[l.from] {
			engineers[l.to]++
		}
	})
	reached := make([]int, len(v.living[device]))
	v.each(userDevice, func(_ int, l link) { reached[l.to] += engineers[l.from] })
	v.each(deviceFinding, func(_ int, l link) {
		if f.serious[l.to] {
			paths += reached[l.from]
		}
	})
	return paths
}

func (v *View) largestTeams(f *facts, n int) [][]string {
	apps := v.degrees(teamApplication, fromEnd)
	var rows []int
	for row := range f.teams {
		if apps[row] > 0 {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b int) int {
		if apps[a] != apps[b] {
			return apps[b] - apps[a]
		}
		return strings.Compare(f.teams[a], f.teams[b])
	})
	var out [][]string
	for _, row := range rows[:min(n, len(rows))] {
		out = append(out, []string{v.estate.key(team, row), f.teams[row], CountAnswer(apps[row]).only})
	}
	return out
}

func (v *View) teamsWithout() (n int) {
	apps := v.degrees(teamApplication, fromEnd)
	for row, alive := range v.living[team] {
		if alive && apps[row] == 0 {
			n++
		}
	}
	return n
}

// usersDevices pairs users with the devices that they have, or that the employee
// whose user they are owns.
func (v *View) usersDevices() [][]string {
	pairs := map[link]bool{}
	v.each(userDevice, func(_ int, l link) { pairs[l] = true })
	users := map[uint32]uint32{}
	v.each(employeeUser, func(_ int, l link) { users[l.from] = l.to })
	v.each(employeeDevice, func(_ int, l link) {
		if u, ok := users[l.from]; ok {
			pairs[link{u, l.to}] = true
		}
	})
	out := make([][]string, 0, len(pairs))
	for p := range pairs {
		out = append(out, []string{v.estate.key(user, int(p.from)), v.estate.key(device, int(p.to))})
	}
	return out
}

// node is an entity.
type node struct {
	kind kind
	row  uint32
}

// around calls use with the other end of every relationship of some entities. One
// that joins two of them is met from both.
func (v *View) around(nodes map[node]bool, use func(j join, other node)) {
	for j := range joins {
		info := joinInfos[j]
		v.each(j, func(_ int, l link) {
			from, to := node{info.from, l.from}, node{info.to, l.to}
			if nodes[from] {
				use(j, to)
			}
			if nodes[to] && from != to {
				use(j, from)
			}
		})
	}
}

func (v *View) neighbours(row int) (rows [][]string) {
	v.around(map[node]bool{{team, uint32(row)}: true}, func(j join, other node) {
		rows = append(rows, []string{joinInfos[j].verb, v.estate.key(other.kind, int(other.row)),
			infos[other.kind].name, v.name(other.kind, int(other.row))})
	})
	return rows
}

func (v *View) twoSteps(row int) int {
	near, far := map[node]bool{}, map[node]bool{}
	v.around(map[node]bool{{team, uint32(row)}: true}, func(_ join, other node) { near[other] = true })
	v.around(near, func(_ join, other node) { far[other] = true })
	return len(far)
}
