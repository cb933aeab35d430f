package jupiterone

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// DefaultDeleteShare is how much of a type, in percent, a job may delete.
const DefaultDeleteShare = 20

// Finding is one reason not to export without a look at the plan.
type Finding struct {
	Instance    string
	Kind        graph.Kind
	Type        string // "" when it is about the whole instance
	Deleted, Of int    // objects that would go, and that the account has
	Reason      string // for people
}

// GuardError says that an export would delete suspiciously much, or follows a
// collection that went wrong. Nothing was sent.
type GuardError struct{ Findings []Finding }

func (e *GuardError) Error() string {
	reasons := make([]string, 0, 4)
	for i, f := range e.Findings {
		if i == 3 && len(e.Findings) > 4 {
			reasons = append(reasons, fmt.Sprintf("and %d more", len(e.Findings)-i))
			break
		}
		reasons = append(reasons, f.Reason)
	}
	return "export refused: " + strings.Join(reasons, "; ")
}

// Hint says what to do about it.
func (e *GuardError) Hint() string {
	return "look at the plan with --dry-run; if it is right, run it again with --force"
}

// guard finds the reasons not to run a job without a look at it.
func (j *job) guard(share float64, doubt string) []Finding {
	if j.Mode == None {
		return nil
	}
	in := j.lane.instance
	var found []Finding
	if doubt != "" && !j.lane.cross {
		found = append(found, Finding{Instance: in, Reason: fmt.Sprintf("the last sync of %s failed validation: %s", in, doubt)})
	}
	if f, ok := j.wipes(); ok {
		return append(found, f)
	}
	if j.Mode == Patch || j.history == nil {
		return found
	}
	for _, t := range j.Types {
		of := j.types[kindType{t.Kind, t.Type}].before
		if t.Owed || float64(t.Deleted)*100 <= share*float64(of) {
			continue
		}
		found = append(found, Finding{in, t.Kind, t.Type, t.Deleted, of, fmt.Sprintf(
			"%d of %d %s of %s would be deleted, which is more than %s %%", t.Deleted, of, t.Type, in, percent(share))})
	}
	return found
}

// percent prints a share without what only its smallness needs.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*100)/100, 'f', -1, 64)
}

// wipes finds a job that leaves nothing of an instance.
func (j *job) wipes() (Finding, bool) {
	if j.lane.cross || !j.empty() || j.Mode == Patch {
		return Finding{}, false
	}
	f := Finding{Instance: j.lane.instance}
	for _, s := range j.types {
		f.Deleted += s.Deleted
		f.Of += s.before
	}
	f.Reason = fmt.Sprintf("everything of %s would be deleted", j.lane.instance)
	return f, true
}
