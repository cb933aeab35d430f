package jupiterone

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Request says what to export.
type Request struct {
	// Version is the version to export, usually the newest. It must stay readable
	// until the export is over.
	Version   uint64
	Instances []string // each with a Target
	Mode      Mode     // Diff when empty
	Force     bool     // overrules the guard
	// Doubts says, by instance, why its last collection should not be exported
	// without a look at it: objects that failed validation.
	Doubts map[string]string
}

// Plan is what an export would do, or does.
type Plan struct {
	Destination string
	Version     uint64
	Jobs        []JobPlan // in the order in which they run
}

// JobPlan is what happens to one lane: one job, or none.
type JobPlan struct {
	Instance string
	// Cross says that it is about the relationships to other instances, else about
	// everything else that the instance supplies.
	Cross bool
	Spec  JobSpec // empty when the mode is None
	Mode  Mode
	Why   string // for people: why this mode
	// Resumes is a job that an earlier export left behind and that is asked for
	// first. The rest of the plan takes it for finished.
	Resumes string
	From    uint64 // the version that the account confirmed; 0 for none
	// Known says that the account is known to hold From. Else what the job deletes
	// there is not known, and the counts are against From alone.
	Known bool
	Types []TypePlan // by kind and name

	Entities, Relationships int // objects to send
	Batches                 int
	Bytes                   int64 // of the objects as JSON
	// Partial lists the types that the job declares partial.
	Partial []string
	// TooLarge lists objects that do not fit into an upload.
	TooLarge []TooLarge
	// RawDropped counts objects that are sent without their raw data, which do not
	// fit into an upload, and Dropped properties that the API does not take.
	RawDropped, Dropped int
	Home                int // relationships that stay home: an end is not exported
	// Waiting counts changes that a PATCH cannot bring.
	Waiting graph.Counts

	guards []Finding
}

// TypePlan is what happens to one type.
type TypePlan struct {
	Kind graph.Kind
	Type string
	graph.Counts
	Held int // objects of the type in the version
	Send int // of them, those that are sent
	// Whole says that all of the type is sent and what the account holds besides
	// is deleted.
	Whole bool
	// Owed says that deletions in it wait until it is read whole.
	Owed bool
}

// Counts sums the changes of a kind.
func (p *JobPlan) Counts(kind graph.Kind) graph.Counts {
	var n graph.Counts
	for _, t := range p.Types {
		if t.Kind == kind {
			n = n.Plus(t.Counts)
		}
	}
	return n
}

// Sends reports whether the plan sends anything at all.
func (p *Plan) Sends() bool {
	return slices.ContainsFunc(p.Jobs, func(j JobPlan) bool { return j.Mode != None || j.Resumes != "" })
}

// Guard returns a *GuardError when the plan deletes suspiciously much.
func (p *Plan) Guard() error {
	var found []Finding
	for i := range p.Jobs {
		found = append(found, p.Jobs[i].guards...)
	}
	if len(found) == 0 {
		return nil
	}
	return &GuardError{found}
}

// job is the plan of a lane with what is needed to carry it out.
type job struct {
	JobPlan
	*analysis
	whole   set // types that are sent whole and not declared partial
	partial set
	// advance says that the cursor moves although nothing is sent.
	advance bool
}

// typePlans describes the types of the job.
func (j *job) typePlans(sends map[kindType]int) []TypePlan {
	var out []TypePlan
	for k, s := range j.types {
		if s.total == 0 && s.Total() == 0 {
			continue
		}
		t := TypePlan{Kind: k.kind, Type: k.typ, Held: s.total, Send: sends[k]}
		if j.history != nil || j.lane.target.Removed {
			t.Counts = s.Counts
		} else {
			t.Created = s.total
		}
		t.Whole = j.Mode == Diff && !j.partial[k.typ] || j.Mode == Delta && j.whole[k.typ]
		t.Owed = j.lost[k.typ] && j.partial[k.typ]
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b TypePlan) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Type, b.Type))
	})
	return out
}

// knownTypes lists every type that the scope ever held, and holds now.
func (j *job) knownTypes() set {
	types := setOf(j.pos.state.Types)
	for k, s := range j.types {
		if s.total > 0 {
			types[k.typ] = true
		}
	}
	return types
}

func (s set) without(t set) set {
	out := maps.Clone(s)
	maps.DeleteFunc(out, func(name string, _ bool) bool { return t[name] })
	return out
}
