package jupiterone

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// stateFormat is the number of the form in which states are written. A state of
// another one is not trusted.
const stateFormat = 1

// Bounds on what a state remembers one by one. Beyond them nothing is assumed of
// the account.
const (
	maxDisturbed = 16
	maxPurges    = 16
)

// state is what a cursor says besides its version.
type state struct {
	Format int    `json:"format"`
	Scope  string `json:"scope"` // that the cursor is about
	// Source is the source of its jobs, and Emptied says that the last of them
	// deleted everything, because the instance is not exported any more.
	Source  string `json:"source,omitempty"`
	Emptied bool   `json:"emptied,omitempty"`
	// Job is the job that confirmed the version, Last the last one that anything was
	// uploaded to, however it ended.
	Job    string       `json:"job,omitempty"`
	Last   string       `json:"last,omitempty"`
	Mode   Mode         `json:"mode,omitempty"`
	Counts graph.Counts `json:"counts"` // of Job
	// Digest is of all that the lane holds in the version.
	Digest string `json:"digest,omitempty"`
	// Types were ever sent to the scope. Owed are those among the declared partial
	// ones in which something was deleted.
	Types []string `json:"types,omitempty"`
	Owed  []string `json:"owed,omitempty"`
	// Disturbed are versions of which the account may hold parts.
	Disturbed []disturbance `json:"disturbed,omitempty"`
	// Dirty says why nothing is known of what the account holds.
	Dirty string `json:"dirty,omitempty"`
	// Reset is the last job before which nothing was known, and Purges the versions
	// to which jobs went that deleted entities: both take relationships of other
	// lanes with them.
	// Forgotten is the last purge that is no longer among them.
	Reset     string   `json:"reset,omitempty"`
	Purges    []uint64 `json:"purges,omitempty"`
	Forgotten uint64   `json:"forgotten,omitempty"`
	// Targets and Resets are of a cross lane: what was exported where, and the
	// Reset of each main lane, when the version was confirmed.
	Targets string            `json:"targets,omitempty"`
	Resets  map[string]string `json:"resets,omitempty"`

	Pending *pending `json:"pending,omitempty"`
}

// disturbance is a version that a job went to which did not confirm it: one that
// was interrupted, or a PATCH, which sends entities only.
type disturbance struct {
	Version uint64 `json:"version"`
	Mode    Mode   `json:"mode"`
	// Sure says that the job FINISHED.
	Sure bool `json:"sure,omitempty"`
}

// The phases of a job that has begun.
const (
	phaseUploading  = "uploading"
	phaseFinalising = "finalising"
)

// pending is a job that has begun.
type pending struct {
	Job   string `json:"job"`
	Phase string `json:"phase"`
	Mode  Mode   `json:"mode"`
	To    uint64 `json:"to"` // the version whose content it carries
	// What follows is known once everything is uploaded.
	Partial []string `json:"partial,omitempty"`
	Version uint64   `json:"version,omitempty"` // that it confirms
	Next    *state   `json:"next,omitempty"`    // the state once it FINISHED
	Expect  *expect  `json:"expect,omitempty"`
}

// position is a cursor with its state decoded.
type position struct {
	version uint64
	state   state
}

// decodePosition reads a cursor. One that cannot be read is as good as none.
func decodePosition(c Cursor, scope string) position {
	p := position{c.Version, state{Format: stateFormat, Scope: scope}}
	if c.State == "" {
		p.version = 0
		return p
	}
	var st state
	err := json.Unmarshal([]byte(c.State), &st)
	switch {
	case err != nil:
		p.version, p.state.Dirty = 0, "the cursor cannot be read"
	case st.Format != stateFormat:
		p.version, p.state.Dirty = 0, fmt.Sprintf("the cursor is of format %d", st.Format)
	case st.Scope != scope:
		p.version, p.state.Dirty = 0, fmt.Sprintf("the scope was %s before, which keeps what it holds", st.Scope)
	default:
		p.state = st
	}
	return p
}

// same reports whether two states are one.
func (st *state) same(other *state) bool {
	a, errA := st.encode()
	b, errB := other.encode()
	return errA == nil && errB == nil && a == b
}

// encode writes the state.
func (st *state) encode() (string, error) {
	b, err := json.Marshal(st)
	if err != nil {
		return "", fmt.Errorf("encode cursor: %w", err)
	}
	return string(b), nil
}

// abandoned is the position after a job that did not get as far as finalising.
func (p position) abandoned() position {
	if p.state.Pending == nil {
		return p
	}
	d := disturbance{Version: p.state.Pending.To, Mode: p.state.Pending.Mode}
	p.state.Last, p.state.Pending = p.state.Pending.Job, nil
	switch {
	case slices.Contains(p.state.Disturbed, d):
	case len(p.state.Disturbed) < maxDisturbed:
		p.state.Disturbed = append(slices.Clone(p.state.Disturbed), d)
	default:
		p.state.Dirty = fmt.Sprintf("%d exports in a row were interrupted", maxDisturbed)
	}
	return p
}

// confirmed is the position after a job FINISHED.
func (p position) confirmed() position {
	job := p.state.Pending
	return position{job.Version, *job.Next}
}

// spoiled is the position after a job ended in a way that leaves open what it did.
func (p position) spoiled(why string) position {
	if p.state.Pending != nil {
		p.state.Last = p.state.Pending.Job
	}
	p.state.Pending, p.state.Dirty = nil, why
	return p
}

// patched is the newest version whose entities a PATCH brought, as far as they
// were known before; 0 for none.
func (st *state) patched() uint64 {
	for _, d := range slices.Backward(st.Disturbed) {
		if d.Sure {
			return d.Version
		}
	}
	return 0
}

// set collects names.
type set map[string]bool

func setOf(names ...[]string) set {
	s := set{}
	for _, list := range names {
		for _, name := range list {
			s[name] = true
		}
	}
	return s
}

func (s set) sorted() []string { return slices.Sorted(maps.Keys(s)) }
