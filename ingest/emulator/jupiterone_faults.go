package emulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// JupiterOneAction is what a fault does to a request of the JupiterOne API.
type JupiterOneAction int

// The actions.
const (
	JupiterOneAnswer      JupiterOneAction = iota // answer Status, do nothing
	JupiterOneAnswerAfter                         // do what was asked, answer Status
	JupiterOneReset                               // cut the connection, do nothing
	JupiterOneResetAfter                          // do what was asked, cut the connection
	JupiterOneClose                               // the server aborts the job before it looks at the request
	JupiterOneSlow                                // the job of the request takes Polls more polls to begin finalising
	JupiterOneFail                                // the job of the request will end as End once its entities are in
	JupiterOneForget                              // the job of the request is no longer known
)

var jupiterOneActionNames = [...]string{
	"status", "status after", "reset", "reset after", "close job", "slow job", "fail job", "forget job",
}

// String names the action.
func (a JupiterOneAction) String() string { return jupiterOneActionNames[a] }

// JupiterOneFault is one misbehaviour of the JupiterOne API. The zero values of
// Method, Route, Nth and Times match every request, always.
type JupiterOneFault struct {
	Method string
	Route  string // a path whose segments are literal, * or {name}
	Nth    int    // the first of the otherwise matching requests that is hit; 0 and 1 are the first
	Times  int    // how often it fires; 0 is for ever

	Action JupiterOneAction
	Status int               // for the answers
	Code   string            // of the error that is answered
	Header map[string]string // of the error that is answered, such as Retry-After
	Polls  int               // for JupiterOneSlow
	End    string            // for JupiterOneFail, such as ERROR_BAD_DATA
	Delay  time.Duration     // waited first, unless the client leaves
}

// JupiterOneFaults is a plan of faults. Of several that meet a request the first
// in the plan fires, alone. It is safe for concurrent use.
type JupiterOneFaults struct {
	mu   sync.Mutex // guards plan
	plan []armedJupiterOne
}

type armedJupiterOne struct {
	JupiterOneFault
	met, fired int
}

// Set replaces the plan and forgets all counts.
func (f *JupiterOneFaults) Set(faults ...JupiterOneFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan = nil
	for _, fault := range faults {
		f.plan = append(f.plan, armedJupiterOne{JupiterOneFault: fault})
	}
}

// Fired gives how often each fault of the plan has fired, in the plan's order.
func (f *JupiterOneFaults) Fired() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := make([]int, len(f.plan))
	for i := range f.plan {
		counts[i] = f.plan[i].fired
	}
	return counts
}

// take finds the fault that meets a request and counts it.
func (f *JupiterOneFaults) take(method, path string) (JupiterOneFault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.plan {
		a := &f.plan[i]
		if a.Method != "" && a.Method != method || !matchRoute(a.Route, path) {
			continue
		}
		a.met++
		if a.met < a.Nth || a.Times > 0 && a.fired == a.Times {
			continue
		}
		a.fired++
		return a.JupiterOneFault, true
	}
	return JupiterOneFault{}, false
}

// reply is the error that a fault answers.
func (f *JupiterOneFault) reply() *reply {
	a := jupiterOneError(&jupiterOneProblem{or(f.Status, http.StatusInternalServerError), or(f.Code, "INTERNAL_SERVER_ERROR"), "injected"})
	for name, value := range f.Header {
		a.header.Set(name, value)
	}
	return a
}

// prepare does to the job of a request what the fault wants.
func (j *JupiterOne) prepare(f JupiterOneFault, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	job := j.job(variable(jupiterOneRoute(r), r.URL.Path))
	switch {
	case job == nil:
	case f.Action == JupiterOneForget:
		j.jobs = slices.DeleteFunc(j.jobs, func(other *jupiterOneJob) bool { return other == job })
	case job.Done:
	case f.Action == JupiterOneClose && job.Status == jupiterOneAwaiting:
		job.end(jupiterOneAborted)
	case f.Action == JupiterOneSlow:
		job.polls += f.Polls
	case f.Action == JupiterOneFail:
		job.fail = or(f.End, "ERROR_UNEXPECTED_FAILURE")
	}
}
