package jupiterone

import (
	"context"
	"fmt"
	"maps"
	"strings"
)

// What Auto asks for before it takes Delta: an upload of some size, of which the
// changes are a small part.
const (
	autoLeast = 1 << 20
	autoShare = 4
)

// decide chooses the mode and makes the plan of a lane.
func (a *analysis) decide(ctx context.Context, asked Mode, roughly bool) (*job, error) {
	j := &job{analysis: a, whole: set{}, partial: set{}}
	j.Instance, j.Cross, j.From, j.Home = a.lane.instance, a.lane.cross, a.pos.version, a.home
	j.Known = a.unknown == ""
	if a.lane.cross {
		j.Home = 0 // told with the main lane
	}
	a.choose(j, asked)
	if j.Mode == None {
		j.partial = a.stale
		j.Types = j.typePlans(nil)
		return j, nil
	}
	j.Spec = a.lane.spec(j.Mode)
	a.scopeOut(j)
	return j, j.measure(ctx, roughly)
}

// choose sets mode and reason.
func (a *analysis) choose(j *job, asked Mode) {
	set := func(m Mode, format string, args ...any) { j.Mode, j.Why = m, fmt.Sprintf(format, args...) }
	fresh := a.pos.version == 0 && a.pos.state.Dirty == "" && len(a.pos.state.Disturbed) == 0
	switch {
	case a.heir != "":
		set(None, "its scope belongs to instance %s now", a.heir)
		j.advance = true
	case a.nothing():
		set(None, "%s", a.whyNothing())
		j.advance = true
	case a.lane.target.Removed && asked == Patch:
		set(None, "PATCH deletes nothing")
		j.Waiting = a.waiting
	case a.lane.target.Removed:
		set(Diff, "it is not exported any more; what the account has of it is deleted")
	case fresh && a.empty():
		set(None, "there are none yet")
	case asked == Patch && a.lane.cross:
		set(None, "PATCH takes no relationships")
		j.Waiting = a.waiting
	case a.unknown != "":
		set(Diff, "%s", a.unknown)
	case asked == Patch && len(a.pos.state.Disturbed) >= maxDisturbed:
		set(Diff, "%d exports in a row were interrupted or left something waiting", maxDisturbed)
	case asked == Patch && a.patchable == 0:
		set(None, "there is nothing that PATCH could bring")
		j.Waiting = a.waiting
	case asked == Patch:
		set(Patch, "asked for")
		j.Waiting = a.waiting
	case asked == Delta:
		set(Delta, "asked for")
	case asked == Auto && a.bytes >= autoLeast && a.deltaSize()*autoShare <= a.bytes:
		set(Delta, "the changes are %d %% of the whole", 100*a.deltaSize()/a.bytes)
	case asked == Auto:
		set(Diff, "the changes are not much less than the whole")
	default:
		set(Diff, "the default")
	}
	if released := a.released(); len(released) > 0 && j.Mode != None && a.unknown == "" && !a.lane.target.Removed {
		j.Why += "; deletions were owed in " + strings.Join(released, ", ")
	}
}

func (a *analysis) whyNothing() string {
	switch {
	case a.lane.target.Removed:
		return "it is not exported any more, and the account has nothing of it"
	case a.owed > 0:
		return fmt.Sprintf("%d deletions wait until their types are read whole", a.owed)
	case a.counts.Total() > 0:
		return "PATCH has brought everything that changed"
	}
	return fmt.Sprintf("nothing has changed since version %d", a.pos.version)
}

// deltaSize estimates the bytes that a Delta would send.
func (a *analysis) deltaSize() int {
	whole := a.wholeTypes()
	n := a.movedSize
	for k, s := range a.types {
		if whole[k.typ] {
			n += s.bytes
		}
	}
	return n
}

// wholeTypes are the types that a Delta sends whole: those in which something was
// deleted and that were read whole.
func (a *analysis) wholeTypes() set {
	out := maps.Clone(a.lost)
	for _, typ := range a.released() {
		out[typ] = true
	}
	return out.without(a.stale)
}

// scopeOut decides which types the job is about as a whole, and which it declares
// partial.
func (a *analysis) scopeOut(j *job) {
	switch j.Mode {
	case Diff:
		j.partial = maps.Clone(a.stale)
	case Delta:
		j.whole = a.wholeTypes()
		j.partial = j.knownTypes()
		maps.Copy(j.partial, a.stale)
		maps.Copy(j.partial, a.lost)
		j.partial = j.partial.without(j.whole)
	}
}
