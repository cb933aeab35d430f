package emulator

import (
	"maps"
	"slices"
	"sync"
)

// Credentials that the JupiterOne handler accepts by default.
const (
	JupiterOneKey     = "j1_" + SecretMarker + "_0123456789abcdef"
	JupiterOneAccount = "orchard"
)

// JupiterOneOptions says how the JupiterOne API behaves. What the real service
// does where its documentation is silent is a choice here, so that an exporter
// can be held to both answers.
type JupiterOneOptions struct {
	Key     string // the API key; empty is JupiterOneKey
	Account string // the account; empty is JupiterOneAccount
	MaxBody int    // bytes of an upload once it is unpacked; 0 is 6,000,000
	Polls   int    // times that a finalised job is asked for before it begins; 0 is at once
	// Streams makes uploads take effect as they come, not when their job is
	// finalised. Only finalising deletes.
	Streams bool
	// KeepsCrossScope makes CROSS_SCOPE jobs only add and update. Without it they
	// also delete what their own scope no longer holds.
	KeepsCrossScope bool
	// IgnoresPartial makes finalising delete whatever a DIFF job did not bring.
	IgnoresPartial bool
	Faults         *JupiterOneFaults // nil is an empty plan
}

// JupiterOne is the emulated synchronization API of JupiterOne: an http.Handler
// that keeps a graph by scope. A scope is the text of a job with the source api,
// or the instance id of any other job. It is safe for concurrent use.
type JupiterOne struct {
	Faults *JupiterOneFaults
	Log    *Log
	o      JupiterOneOptions

	mu   sync.Mutex // guards what follows
	data jupiterOneData
	jobs []*jupiterOneJob // in the order in which they began
	next int              // number of the next job
}

// NewJupiterOne returns an empty account.
func NewJupiterOne(o JupiterOneOptions) *JupiterOne {
	o.Key, o.Account = or(o.Key, JupiterOneKey), or(o.Account, JupiterOneAccount)
	o.MaxBody = or(o.MaxBody, 6_000_000)
	if o.Faults == nil {
		o.Faults = &JupiterOneFaults{}
	}
	return &JupiterOne{Faults: o.Faults, Log: &Log{}, o: o, data: jupiterOneData{}}
}

// JupiterOneScope is what one scope holds, by key. It is a copy.
type JupiterOneScope struct {
	Entities, Relationships map[string]JupiterOneObject
}

// Scope gives what a scope holds; an unknown one is empty.
func (j *JupiterOne) Scope(name string) JupiterOneScope {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := JupiterOneScope{map[string]JupiterOneObject{}, map[string]JupiterOneObject{}}
	if s := j.data[name]; s != nil {
		for key, o := range s.entities {
			out.Entities[key] = *o
		}
		for key, o := range s.relationships {
			out.Relationships[key] = *o
		}
	}
	return out
}

// Scopes lists the scopes that hold something.
func (j *JupiterOne) Scopes() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(j.data)) {
		if s := j.data[name]; len(s.entities)+len(s.relationships) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// Put places an entity in a scope as if another tool had sent it.
func (j *JupiterOne) Put(scope string, o JupiterOneObject) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.data.scope(scope).entities[o.Key] = &o
}

// Settle lets time pass until every finalised job has ended, for clients that do
// not ask how their job ends.
func (j *JupiterOne) Settle() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, job := range j.jobs {
		for !job.Done && job.Status != jupiterOneAwaiting {
			job.advance(j.data, j.o.KeepsCrossScope)
		}
	}
}

// Jobs gives every job in the order in which they began.
func (j *JupiterOne) Jobs() []JupiterOneJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	jobs := make([]JupiterOneJob, len(j.jobs))
	for i, job := range j.jobs {
		jobs[i] = job.JupiterOneJob
		jobs[i].Keys = slices.Clone(job.Keys)
	}
	return jobs
}

// job finds a job, nil when there is none. Called with mu held.
func (j *JupiterOne) job(id string) *jupiterOneJob {
	for _, job := range slices.Backward(j.jobs) {
		if job.ID == id {
			return job
		}
	}
	return nil
}
