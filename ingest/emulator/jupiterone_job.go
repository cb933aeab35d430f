package emulator

import (
	"maps"
	"slices"
)

// The modes of a job.
const (
	jupiterOneDiff       = "DIFF"
	jupiterOnePatch      = "PATCH"
	jupiterOneCrossScope = "CROSS_SCOPE"
)

// The states of a job.
const (
	jupiterOneAwaiting      = "AWAITING_UPLOADS"
	jupiterOnePending       = "FINALIZE_PENDING"
	jupiterOneEntities      = "FINALIZING_ENTITIES"
	jupiterOneRelationships = "FINALIZING_RELATIONSHIPS"
	jupiterOneFinished      = "FINISHED"
	jupiterOneAborted       = "ABORTED"
)

// JupiterOneJob is a synchronization job as the API shows it.
type JupiterOneJob struct {
	ID         string `json:"id"`
	Source     string `json:"source"`
	Scope      string `json:"scope,omitempty"`
	InstanceID string `json:"integrationInstanceId,omitempty"`
	SyncMode   string `json:"syncMode"`
	Status     string `json:"status"`
	Done       bool   `json:"done"`
	Start      int64  `json:"startTimestamp"`

	EntitiesUploaded          int `json:"numEntitiesUploaded"`
	EntitiesCreated           int `json:"numEntitiesCreated"`
	EntitiesUpdated           int `json:"numEntitiesUpdated"`
	EntitiesDeleted           int `json:"numEntitiesDeleted"`
	RelationshipsUploaded     int `json:"numRelationshipsUploaded"`
	RelationshipsCreated      int `json:"numRelationshipsCreated"`
	RelationshipsUpdated      int `json:"numRelationshipsUpdated"`
	RelationshipsDeleted      int `json:"numRelationshipsDeleted"`
	RelationshipsCreateErrors int `json:"numRelationshipCreateErrors"`

	// Keys lists what was uploaded, in order, with repetitions; Partial the types
	// that finalising declared partial.
	Keys    []string `json:"-"`
	Partial []string `json:"-"`
}

// jupiterOneJob is a job with what it has staged.
type jupiterOneJob struct {
	JupiterOneJob
	entities, relationships []*JupiterOneObject // in the order of upload
	staged                  map[string]int      // kind and key to the position in its list
	polls                   int                 // that are left before it begins
	fail                    string              // the state in which it shall end, between entities and relationships
}

// home is the scope that a job is about.
func (j *jupiterOneJob) home() string { return or(j.InstanceID, j.Scope) }

// stage takes an object into the job; of two with one key the later wins.
func (j *jupiterOneJob) stage(kind string, o *JupiterOneObject) {
	list := &j.entities
	if kind == "relationships" {
		list = &j.relationships
	}
	j.Keys = append(j.Keys, o.Key)
	if at, ok := j.staged[kind+o.Key]; ok {
		(*list)[at] = o
		return
	}
	j.staged[kind+o.Key] = len(*list)
	*list = append(*list, o)
	if kind == "relationships" {
		j.RelationshipsUploaded++
	} else {
		j.EntitiesUploaded++
	}
}

// advance moves a finalised job to its next state, as time would.
func (j *jupiterOneJob) advance(d jupiterOneData, keepsCrossScope bool) {
	switch j.Status {
	case jupiterOnePending:
		if j.polls > 0 {
			j.polls--
			return
		}
		j.Status = jupiterOneEntities
		j.putEntities(d)
		j.deleteEntities(d)
	case jupiterOneEntities:
		if j.fail != "" {
			j.end(j.fail)
			return
		}
		j.Status = jupiterOneRelationships
		j.putRelationships(d, true)
		if j.SyncMode == jupiterOneDiff || j.SyncMode == jupiterOneCrossScope && !keepsCrossScope {
			j.deleteRelationships(d)
		}
	case jupiterOneRelationships:
		j.end(jupiterOneFinished)
	}
}

// end closes the job and lets go of what it staged.
func (j *jupiterOneJob) end(status string) {
	j.Status, j.Done = status, true
	j.entities, j.relationships, j.staged = nil, nil, nil
}

// putEntities creates and updates what the job brought.
func (j *jupiterOneJob) putEntities(d jupiterOneData) {
	held := d.scope(j.home()).entities
	for _, o := range j.entities {
		was := held[o.Key]
		if was != nil && j.SyncMode == jupiterOnePatch {
			o = was.patched(o)
		}
		switch {
		case was == nil:
			j.EntitiesCreated++
		case !was.same(o):
			j.EntitiesUpdated++
		}
		held[o.Key] = o
	}
}

// deleteEntities deletes what a DIFF job did not bring, and the relationships of
// what it deleted.
func (j *jupiterOneJob) deleteEntities(d jupiterOneData) {
	if j.SyncMode != jupiterOneDiff {
		return
	}
	if n := j.deleteAbsent("entities", d.scope(j.home()).entities); n > 0 {
		j.EntitiesDeleted += n
		j.RelationshipsDeleted += d.dropDangling()
	}
}

func (j *jupiterOneJob) deleteRelationships(d jupiterOneData) {
	j.RelationshipsDeleted += j.deleteAbsent("relationships", d.scope(j.home()).relationships)
}

func (j *jupiterOneJob) deleteAbsent(kind string, held map[string]*JupiterOneObject) int {
	n := len(held)
	maps.DeleteFunc(held, func(key string, o *JupiterOneObject) bool {
		_, brought := j.staged[kind+key]
		return !brought && !slices.Contains(j.Partial, o.Type)
	})
	return n - len(held)
}

// putRelationships creates and updates relationships. One without both ends is an
// error of the job once it is finalised.
func (j *jupiterOneJob) putRelationships(d jupiterOneData, final bool) {
	held := d.scope(j.home()).relationships
	for _, o := range j.relationships {
		was := held[o.Key]
		switch {
		case !d.joined(o):
			if final {
				j.RelationshipsCreateErrors++
			}
			continue
		case was == nil:
			j.RelationshipsCreated++
		case !was.same(o):
			j.RelationshipsUpdated++
		}
		held[o.Key] = o
	}
}
