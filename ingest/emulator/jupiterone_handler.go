package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

const jupiterOneJobs = "/persister/synchronization/jobs"

// jupiterOneRoutes are the routes by method and pattern.
var jupiterOneRoutes = []struct{ method, pattern string }{
	{http.MethodPost, jupiterOneJobs},
	{http.MethodGet, jupiterOneJobs + "/{id}"},
	{http.MethodPost, jupiterOneJobs + "/{id}/entities"},
	{http.MethodPost, jupiterOneJobs + "/{id}/relationships"},
	{http.MethodPost, jupiterOneJobs + "/{id}/upload"},
	{http.MethodPost, jupiterOneJobs + "/{id}/events"},
	{http.MethodPost, jupiterOneJobs + "/{id}/finalize"},
	{http.MethodPost, jupiterOneJobs + "/{id}/abort"},
}

// ServeHTTP answers one request; a fault may come before or after the answer is
// worked out.
func (j *JupiterOne) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := jupiterOneRoute(r)
	entry := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Route: route, Header: redact(r.Header)}
	fault, hit := j.Faults.take(r.Method, r.URL.Path)
	if hit {
		entry.Fault = fault.Action.String()
		if !wait(r.Context(), fault.Delay) || fault.Action == JupiterOneReset {
			j.Log.add(entry)
			reset(w)
		}
		j.prepare(fault, r)
	}
	a := fault.reply()
	if !hit || fault.Action != JupiterOneAnswer {
		a = j.answer(r, route)
	}
	if hit && fault.Action == JupiterOneResetAfter {
		j.Log.add(entry)
		reset(w)
	}
	if hit && fault.Action == JupiterOneAnswerAfter {
		a = fault.reply()
	}
	entry.Status = a.status
	j.Log.add(entry)
	a.write(w, r)
}

// jupiterOneRoute finds the pattern of a request, "" for none.
func jupiterOneRoute(r *http.Request) string {
	for _, route := range jupiterOneRoutes {
		if r.Method == route.method && matchRoute(route.pattern, r.URL.Path) {
			return route.pattern
		}
	}
	return ""
}

// answer works out the right answer.
func (j *JupiterOne) answer(r *http.Request, route string) *reply {
	body, err := j.handle(r, route)
	var p *jupiterOneProblem
	if errors.As(err, &p) {
		return jupiterOneError(p)
	}
	return &reply{status: http.StatusOK, header: http.Header{}, body: body}
}

func jupiterOneError(p *jupiterOneProblem) *reply {
	body := map[string]any{"error": map[string]string{"code": p.code, "message": p.message}}
	return &reply{status: p.status, header: http.Header{}, body: body}
}

func (j *JupiterOne) handle(r *http.Request, route string) (any, error) {
	if !j.allowed(r.Header) {
		return nil, &jupiterOneProblem{http.StatusUnauthorized, "UNAUTHORIZED", "the key or the account is not valid"}
	}
	if route == "" {
		return nil, &jupiterOneProblem{http.StatusNotFound, "NOT_FOUND", "no such route"}
	}
	doc, err := unpackUpload(r, j.o.MaxBody)
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if route == jupiterOneJobs {
		return j.start(doc)
	}
	job := j.job(variable(route, r.URL.Path))
	if job == nil {
		return nil, &jupiterOneProblem{http.StatusNotFound, "JOB_NOT_FOUND", "no such job"}
	}
	switch strings.TrimPrefix(route, jupiterOneJobs+"/{id}") {
	case "":
		job.advance(j.data, j.o.KeepsCrossScope)
	case "/finalize":
		err = job.finalize(doc)
		if j.o.IgnoresPartial {
			job.Partial = nil
		}
	case "/abort":
		err = job.abort()
	case "/events": // kept by the integration's log, which nobody asks for here
	default:
		err = j.upload(job, r, doc)
	}
	return map[string]JupiterOneJob{"job": job.JupiterOneJob}, err
}

// allowed checks the credential; either form of the account's header is taken.
func (j *JupiterOne) allowed(h http.Header) bool {
	key := strings.TrimPrefix(h.Get("Authorization"), "Bearer ")
	account := or(h.Get("JupiterOne-Account"), h.Get("LifeOmic-Account"))
	return subtle.ConstantTimeCompare([]byte(key), []byte(j.o.Key)) == 1 && account == j.o.Account
}

// start begins a job. Called with mu held.
func (j *JupiterOne) start(doc []byte) (any, error) {
	job := &jupiterOneJob{staged: map[string]int{}}
	if err := json.Unmarshal(doc, &job.JupiterOneJob); err != nil {
		return nil, badUpload("BAD_REQUEST", "the body is not JSON")
	}
	job.SyncMode = or(job.SyncMode, jupiterOneDiff)
	switch {
	case job.SyncMode != jupiterOneDiff && job.SyncMode != jupiterOnePatch && job.SyncMode != jupiterOneCrossScope:
		return nil, badUpload("BAD_REQUEST", "the mode %s is not available", job.SyncMode)
	case job.Source == "api" && (job.Scope == "" || job.InstanceID != ""):
		return nil, badUpload("BAD_REQUEST", "a job of the source api has a scope and no instance")
	case job.Source != "api" && (job.Scope != "" || job.InstanceID == ""):
		return nil, badUpload("BAD_REQUEST", "a job of the source %s has an instance and no scope", job.Source)
	}
	n := j.next
	j.next++
	job.ID, job.Status, job.polls = uuid(7, "job", n), jupiterOneAwaiting, j.o.Polls
	job.Start = 1_795_300_000_000 + int64(n)*1000
	j.jobs = append(j.jobs, job)
	return map[string]JupiterOneJob{"job": job.JupiterOneJob}, nil
}

var errNotAwaiting = badUpload("JOB_NOT_AWAITING_UPLOADS", "the job is not awaiting uploads")

// upload stages the objects of a document. Called with mu held.
func (j *JupiterOne) upload(job *jupiterOneJob, r *http.Request, doc []byte) error {
	if job.Status != jupiterOneAwaiting {
		return errNotAwaiting
	}
	var u jupiterOneUpload
	if err := json.Unmarshal(doc, &u); err != nil {
		return badUpload("BAD_REQUEST", "the body is not JSON")
	}
	if u.DeleteEntities != nil || u.DeleteRelationships != nil {
		return badUpload("BAD_REQUEST", "jobs of the mode %s take no deletions", job.SyncMode)
	}
	read := map[string][]*JupiterOneObject{}
	for _, kind := range []string{"entities", "relationships"} {
		objects, err := job.readAll(kind, &u, r)
		if err != nil {
			return err
		}
		read[kind] = objects
	}
	for _, kind := range []string{"entities", "relationships"} {
		for _, o := range read[kind] {
			job.stage(kind, o)
		}
	}
	if j.o.Streams {
		job.putEntities(j.data)
		job.putRelationships(j.data, false)
	}
	return nil
}

// readAll checks one list of an upload as a whole.
func (j *jupiterOneJob) readAll(kind string, u *jupiterOneUpload, r *http.Request) ([]*JupiterOneObject, error) {
	list, err := u.objects(kind)
	if err != nil {
		return nil, err
	}
	if kind == "relationships" && j.SyncMode == jupiterOnePatch || kind == "entities" && j.SyncMode == jupiterOneCrossScope {
		if len(list) > 0 {
			return nil, badUpload("BAD_REQUEST", "jobs of the mode %s take no %s", j.SyncMode, kind)
		}
	}
	flags := r.URL.Query()
	seen := map[string]bool{}
	out := make([]*JupiterOneObject, 0, len(list))
	for _, in := range list {
		o, err := j.readObject(kind, in, flags.Get("ignoreIllegalProperties") == "true")
		if err != nil {
			return nil, err
		}
		_, staged := j.staged[kind+o.Key]
		if (staged || seen[o.Key]) && flags.Get("ignoreDuplicates") != "true" {
			return nil, badUpload("DUPLICATE_KEY", "the key %s was uploaded before", o.Key)
		}
		seen[o.Key] = true
		out = append(out, o)
	}
	return out, nil
}

// finalize closes the job for uploads.
func (j *jupiterOneJob) finalize(doc []byte) error {
	if j.Status != jupiterOneAwaiting {
		return errNotAwaiting
	}
	var in struct {
		PartialDatasets struct {
			Types []string `json:"types"`
		} `json:"partialDatasets"`
	}
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &in); err != nil {
			return badUpload("BAD_REQUEST", "the body is not JSON")
		}
	}
	j.Status, j.Partial = jupiterOnePending, in.PartialDatasets.Types
	return nil
}

// abort ends a job that was not finalised.
func (j *jupiterOneJob) abort() error {
	if j.Status != jupiterOneAwaiting {
		return errNotAwaiting
	}
	j.end(jupiterOneAborted)
	return nil
}
