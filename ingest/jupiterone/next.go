package jupiterone

import (
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// next is where the lane stands once a job of that id has FINISHED.
func (j *job) next(id string, larges []TooLarge) position {
	if j.Mode == Patch && (j.waiting.Total() > 0 || len(larges) > 0) {
		return j.patchedOnly(id, len(larges) == 0)
	}
	st := j.settled()
	st.Job, st.Last, st.Mode, st.Counts = id, id, j.Mode, j.counts
	st.Types = j.knownTypes().sorted()
	owed := setOf(j.pos.state.Owed)
	maps.Copy(owed, j.lost)
	if j.unknown != "" {
		// What the account holds of a type that was not read whole was not compared.
		maps.Copy(owed, j.stale)
		st.Reset, st.Purges, st.Forgotten = id, nil, 0
	} else if j.purges || len(j.released()) > 0 {
		st.purge(j.to)
	}
	st.Owed = owed.without(owed.without(j.partial)).sorted()
	if j.Mode == Patch {
		st.Owed = j.pos.state.Owed
	}
	return position{j.to, st}
}

// patchedOnly is where the lane stands after a PATCH that left something waiting:
// the version stays the one that was confirmed whole.
func (j *job) patchedOnly(id string, sure bool) position {
	p := j.pos
	p.state.Pending, p.state.Last = nil, id
	p.state.Disturbed = append(slices.Clone(p.state.Disturbed), disturbance{j.to, Patch, sure})
	return p
}

// settled is the state of a lane of which the account holds the whole version.
func (j *job) settled() state {
	st := j.pos.state
	st.Emptied = j.lane.target.Removed
	st.Digest = j.digest.String()
	st.Disturbed, st.Dirty, st.Pending = nil, "", nil
	return st
}

// advanced is where the lane stands when no job is needed to get there.
func (j *job) advanced() position {
	st := j.settled()
	owed := setOf(st.Owed)
	maps.Copy(owed, j.lost)
	st.Owed = owed.sorted()
	return position{j.to, st}
}

// purge takes note of a job that deletes entities.
func (st *state) purge(version uint64) {
	st.Purges = append(slices.Clone(st.Purges), version)
	if n := len(st.Purges) - maxPurges; n > 0 {
		st.Forgotten = st.Purges[n-1]
		st.Purges = st.Purges[n:]
	}
}

// expect is what the server's counters should say of a job. -1 is whatever they
// say.
type expect struct {
	EntitiesSent, RelationshipsSent int
	EntitiesCreated                 int
	EntitiesUpdated                 int
	EntitiesDeleted                 int
	RelationshipsCreated            int
	RelationshipsUpdated            int
	RelationshipsDeletedLeast       int
	RelationshipsDeletedMost        int
}

// expectation says what the server should count. Without knowing what the account
// held, that is no more than what was sent.
func (j *job) expectation(t *tally) *expect {
	e := &expect{t.objects[graph.EntityKind], t.objects[graph.RelationshipKind], -1, -1, -1, -1, -1, -1, -1}
	was := &j.pos.state
	// What is owed is there although the confirmed version lacks it.
	if j.unknown != "" || j.robbed || j.echoes > 0 || len(was.Owed) > 0 || len(was.Disturbed) > 0 || len(j.TooLarge) > 0 {
		return e
	}
	var n [2]graph.Counts
	for k, s := range j.types {
		c := s.Counts
		if j.partial[k.typ] && j.lost[k.typ] {
			c.Deleted = 0
		}
		n[k.kind] = n[k.kind].Plus(c)
	}
	entities, relationships := n[graph.EntityKind], n[graph.RelationshipKind]
	e.EntitiesUpdated = entities.Updated
	if j.Mode == Patch {
		e.EntitiesCreated, e.EntitiesDeleted = 0, 0
		return e
	}
	e.EntitiesCreated, e.EntitiesDeleted = entities.Created, entities.Deleted
	if !j.rejoined { // else an old end may have taken a relationship with it
		e.RelationshipsCreated, e.RelationshipsUpdated = relationships.Created, relationships.Updated
	}
	e.RelationshipsDeletedLeast = j.survivors
	if entities.Deleted == 0 {
		e.RelationshipsDeletedMost = relationships.Deleted
	}
	return e
}
