package jupiterone

import "fmt"

// JobReport is what became of one lane.
type JobReport struct {
	JobPlan
	Job       string   // "" when none was started
	Confirmed uint64   // the version that the account holds whole since this job; 0 for none
	Counters  Counters // the server's, of a job that ended
	// Batches, Bytes and objects of the plan are what was meant to be sent; these
	// are what the server took.
	SentBatches int
	SentObjects int
	SentBytes   int64
	Trimmed     int // objects whose raw data were shortened because the server asked for it
	// Differences say where the server counted otherwise than the plan.
	Differences []string
	Err         error // nil when it went well, or nothing was to be done
}

func (r *JobReport) take(t *tally) {
	r.SentBatches, r.SentBytes, r.Trimmed = t.batches, t.bytes, t.trimmed
	r.SentObjects = t.objects[0] + t.objects[1]
}

// doubtful says why a job that FINISHED did not leave the account as planned, ""
// when it did: objects that were not applied, and, in a job that named what it
// does not delete, deletions beyond the plan.
func (left *pending) doubtful(job *Job) string {
	e := left.Expect
	switch n := job.Errors(); {
	case n > 0:
		return fmt.Sprintf("failed to apply %d objects", n)
	case left.Mode == Diff || e == nil:
		return ""
	case e.EntitiesDeleted >= 0 && job.EntitiesDeleted > e.EntitiesDeleted,
		e.RelationshipsDeletedMost >= 0 && job.RelationshipsDeleted > e.RelationshipsDeletedMost:
		return "deleted more than was planned"
	}
	return ""
}

// compare lists where the server counted otherwise than expected.
func (e *expect) compare(c *Counters) []string {
	var out []string
	differ := func(what string, planned, counted int) {
		out = append(out, fmt.Sprintf("%s: %d planned, %d counted by the server", what, planned, counted))
	}
	exact := func(what string, planned, counted int) {
		if planned >= 0 && planned != counted {
			differ(what, planned, counted)
		}
	}
	if c.EntitiesUploaded < e.EntitiesSent {
		differ("entities uploaded", e.EntitiesSent, c.EntitiesUploaded)
	}
	if c.RelationshipsUploaded < e.RelationshipsSent {
		differ("relationships uploaded", e.RelationshipsSent, c.RelationshipsUploaded)
	}
	exact("entities created", e.EntitiesCreated, c.EntitiesCreated)
	exact("entities updated", e.EntitiesUpdated, c.EntitiesUpdated)
	exact("entities deleted", e.EntitiesDeleted, c.EntitiesDeleted)
	exact("relationships created", e.RelationshipsCreated, c.RelationshipsCreated)
	exact("relationships updated", e.RelationshipsUpdated, c.RelationshipsUpdated)
	if least := e.RelationshipsDeletedLeast; least >= 0 && c.RelationshipsDeleted < least {
		differ("relationships deleted", least, c.RelationshipsDeleted)
	}
	if most := e.RelationshipsDeletedMost; most >= 0 && c.RelationshipsDeleted > most {
		differ("relationships deleted", most, c.RelationshipsDeleted)
	}
	if n := c.Errors(); n > 0 {
		out = append(out, fmt.Sprintf("the server failed to apply %d objects; the next export sends everything", n))
	}
	return out
}
