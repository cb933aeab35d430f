package jupiterone

import (
	"fmt"
	"strings"
)

// The modes of a synchronization job.
const (
	SyncDiff       = "DIFF"        // what is not brought is deleted
	SyncPatch      = "PATCH"       // entities are changed, nothing is deleted
	SyncCrossScope = "CROSS_SCOPE" // relationships between scopes
)

// States of a job that are not the end of it, and the one good end.
const (
	StatusAwaiting = "AWAITING_UPLOADS"
	StatusPending  = "FINALIZE_PENDING"
	StatusFinished = "FINISHED"
)

// JobSpec says what kind of job to start.
type JobSpec struct {
	Source     string `json:"source"`
	Scope      string `json:"scope,omitempty"`
	InstanceID string `json:"integrationInstanceId,omitempty"`
	SyncMode   string `json:"syncMode"`
}

// Job is a synchronization job as the server describes it.
type Job struct {
	ID string `json:"id"`
	JobSpec
	Status string `json:"status"`
	Done   bool   `json:"done"`
	Counters
}

// Counters are what a job says of its work. They are final when it FINISHED.
type Counters struct {
	EntitiesUploaded      int `json:"numEntitiesUploaded"`
	EntitiesCreated       int `json:"numEntitiesCreated"`
	EntitiesUpdated       int `json:"numEntitiesUpdated"`
	EntitiesDeleted       int `json:"numEntitiesDeleted"`
	RelationshipsUploaded int `json:"numRelationshipsUploaded"`
	RelationshipsCreated  int `json:"numRelationshipsCreated"`
	RelationshipsUpdated  int `json:"numRelationshipsUpdated"`
	RelationshipsDeleted  int `json:"numRelationshipsDeleted"`

	EntityCreateErrors       int `json:"numEntityCreateErrors,omitempty"`
	EntityUpdateErrors       int `json:"numEntityUpdateErrors,omitempty"`
	EntityDeleteErrors       int `json:"numEntityDeleteErrors,omitempty"`
	RelationshipCreateErrors int `json:"numRelationshipCreateErrors,omitempty"`
	RelationshipUpdateErrors int `json:"numRelationshipUpdateErrors,omitempty"`
	RelationshipDeleteErrors int `json:"numRelationshipDeleteErrors,omitempty"`
}

// Errors is the number of objects that the server failed to create, update or
// delete.
func (c *Counters) Errors() int {
	return c.EntityCreateErrors + c.EntityUpdateErrors + c.EntityDeleteErrors +
		c.RelationshipCreateErrors + c.RelationshipUpdateErrors + c.RelationshipDeleteErrors
}

// finished reports the one good end.
func (j *Job) finished() bool { return j.Status == StatusFinished }

// failed reports an end that is not good. A state that is not known is not taken
// for an end unless the job says that it is done.
func (j *Job) failed() bool {
	return !j.finished() && (j.Done || j.Status == "UNKNOWN" ||
		strings.HasPrefix(j.Status, "ABORTED") || strings.HasPrefix(j.Status, "ERROR"))
}

// JobError says that a job ended badly: nothing is known of what it applied.
type JobError struct {
	Job    string
	Status string // such as ERROR_BAD_DATA; "" when the server does not know the job
	Err    error  // what led there; nil when the status says it all
}

func (e *JobError) Error() string {
	text := fmt.Sprintf("synchronization job %s ended as %s", e.Job, e.Status)
	if e.Status == "" {
		text = fmt.Sprintf("synchronization job %s is not known to the server", e.Job)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *JobError) Unwrap() error { return e.Err }

// ClosedError says that the server closed a job that was still being uploaded to.
type ClosedError struct {
	Job string
	Err error
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("synchronization job %s was closed by the server: %v", e.Job, e.Err)
}

func (e *ClosedError) Unwrap() error { return e.Err }

// UnfinishedError says that a job was finalised and has not ended in time. The
// next export finds out how it ended.
type UnfinishedError struct {
	Job    string
	Status string // when it was last looked at, "" for never
	Err    error
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("synchronization job %s has not ended yet (%s): %v", e.Job, e.Status, e.Err)
}

func (e *UnfinishedError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *UnfinishedError) Hint() string {
	return "export again later: it begins by asking how the job ended"
}
