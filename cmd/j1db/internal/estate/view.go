package estate

// View is one version of an estate.
type View struct {
	estate  *Estate
	version int
	living  [kinds][]bool // by row
}

// Version returns version 1 or 2 of the estate. In the second two entities in a
// thousand are gone, six are altered and two are new, and the relationships go
// and come with their ends.
func (e *Estate) Version(version int) *View {
	v := &View{estate: e, version: version}
	for k := range kinds {
		v.living[k] = make([]bool, e.ever[k])
		for row := range v.living[k] {
			v.living[k][row] = e.alive(k, row, version)
		}
	}
	return v
}

// each calls use with every relationship of a kind.
func (v *View) each(j join, use func(at int, l link)) {
	from, to := v.living[joinInfos[j].from], v.living[joinInfos[j].to]
	for at, l := range v.estate.links[j] {
		if from[l.from] && to[l.to] {
			use(at, l)
		}
	}
}

// Counts returns how many entities and relationships the version has.
func (v *View) Counts() (entities, relationships int) {
	for k := range kinds {
		for _, alive := range v.living[k] {
			if alive {
				entities++
			}
		}
	}
	for j := range joins {
		v.each(j, func(int, link) { relationships++ })
	}
	return entities, relationships
}

// Changes returns how many entities and relationships together the second version
// creates, updates and deletes.
func (e *Estate) Changes() (created, updated, deleted int) {
	first, second := e.Version(1), e.Version(2)
	count := func(before, after bool) {
		switch {
		case after && !before:
			created++
		case before && !after:
			deleted++
		}
	}
	for k := range kinds {
		for row := range e.ever[k] {
			count(first.living[k][row], second.living[k][row])
			if row < e.rows[k] && e.fate(k, row) == altered {
				updated++
			}
		}
	}
	for j, links := range e.links {
		from, to := joinInfos[j].from, joinInfos[j].to
		for _, l := range links {
			count(first.living[from][l.from] && first.living[to][l.to], second.living[from][l.from] && second.living[to][l.to])
		}
	}
	return created, updated, deleted
}
