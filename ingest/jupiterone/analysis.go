package jupiterone

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

type kindType struct {
	kind graph.Kind
	typ  string
}

// typeStat counts one type of a lane.
type typeStat struct {
	total  int // objects of the version that is exported
	bytes  int // of them as JSON, without raw data
	before int // objects of the confirmed version, when that is known
	graph.Counts
}

// analysis is what is known of a lane before a mode is chosen.
type analysis struct {
	lane    *lane
	pos     position
	to      uint64
	history *history // nil when nothing was ever confirmed
	// unknown says why nothing is assumed of what the account holds; "" when its
	// state is known.
	unknown string
	stale   set
	heir    string // of a scope that an instance left, "" for none

	types  map[kindType]*typeStat
	digest digest
	bytes  int // of all objects as JSON, without raw data
	home   int // relationships that stay home
	refs   set // instances at which relationships of a cross lane end

	counts    graph.Counts
	todo      int          // changes and disturbances that a job can do something about
	echoes    int          // disturbed objects that did not change otherwise
	owed      int          // deletions in types that were not read whole
	patchable int          // changes that a PATCH can bring and none has brought
	waiting   graph.Counts // the others, as a PATCH would leave them
	moved     set          // refs of what changed
	movedSize int          // bytes of what changed
	lost      set          // types in which something was deleted
	purges    bool         // entities were deleted
	rejoined  bool         // relationships got other ends
	robbed    bool         // other lanes' jobs may have taken relationships on the way
	// survivors counts the deleted relationships that the server cannot have lost
	// with an end.
	survivors int
}

// analyse looks at everything that a lane holds in a version, and at what changed.
func (l *lane) analyse(ctx context.Context, p position, to uint64, unknown string, purges []uint64) (*analysis, error) {
	if p.version > to {
		return nil, fmt.Errorf("version %d was confirmed, which is newer than version %d", p.version, to)
	}
	stale, err := l.e.graph.Stale(ctx, l.instance)
	if err != nil {
		return nil, fmt.Errorf("list stale types: %w", err)
	}
	a := &analysis{
		lane: l, pos: p, to: to, unknown: unknown, stale: setOf(stale),
		types: map[kindType]*typeStat{}, refs: set{}, moved: set{}, lost: set{},
		robbed: slices.ContainsFunc(purges, func(version uint64) bool { return version < to }),
	}
	if l.target.Removed {
		return a, a.leave(ctx)
	}
	if err := a.scan(ctx); err != nil {
		return nil, err
	}
	if p.version == 0 {
		orDefault(&a.unknown, p.state.Dirty)
		orDefault(&a.unknown, "nothing was exported to this scope before")
		return a, nil
	}
	orDefault(&a.unknown, p.state.Dirty)
	if a.history, err = l.history(ctx, p, to, purges); err != nil {
		return nil, err
	}
	return a, a.compare(ctx)
}

// leave counts what goes with an instance that is not exported any more: all that
// the account confirmed.
func (a *analysis) leave(ctx context.Context) error {
	st := &a.pos.state
	a.stale = set{} // nothing of it is ever read again
	orDefault(&a.unknown, st.Dirty)
	if a.heir = a.lane.e.targets.heir(a.lane.scope()); a.heir != "" {
		a.unknown = ""
		return nil
	}
	if len(st.Disturbed) > 0 {
		orDefault(&a.unknown, "an export was interrupted")
	}
	if a.pos.version == 0 {
		orDefault(&a.unknown, "nothing was confirmed")
		return nil
	}
	if st.Emptied {
		return nil
	}
	a.todo = len(st.Owed)
	for _, kind := range a.lane.kinds() {
		for im, err := range a.lane.e.graph.Objects(ctx, a.pos.version, kind, a.lane.instance) {
			if err != nil {
				return fmt.Errorf("read objects: %w", err)
			}
			own := a.lane.e.targets.place(im) == placeMain
			if own == a.lane.cross {
				continue
			}
			s := a.stat(kind, im.Type)
			s.before++
			s.Deleted++
			a.counts.Deleted++
			a.waiting.Deleted++
			a.todo++
			a.lost[im.Type] = true
			a.purges = a.purges || kind == graph.EntityKind
		}
	}
	return nil
}

func (a *analysis) stat(kind graph.Kind, typ string) *typeStat {
	k := kindType{kind, typ}
	s := a.types[k]
	if s == nil {
		s = &typeStat{}
		a.types[k] = s
	}
	return s
}

// scan counts and measures what the lane holds.
func (a *analysis) scan(ctx context.Context) error {
	enc, buf := a.lane.encoder(), []byte(nil)
	for _, kind := range a.lane.kinds() {
		for im, err := range a.lane.e.graph.Objects(ctx, a.to, kind, a.lane.instance) {
			if err != nil {
				return fmt.Errorf("read objects: %w", err)
			}
			if !a.lane.has(im) {
				if a.lane.e.targets.place(im) == placeHome {
					a.home++
				}
				continue
			}
			buf = enc.object(buf[:0], im)
			a.digest.add(digestOf(kind, buf))
			s := a.stat(kind, im.Type)
			s.total++
			s.before++
			s.bytes += len(buf)
			a.bytes += len(buf)
			if a.lane.cross {
				a.refs[im.From.Instance], a.refs[im.To.Instance] = true, true
			}
		}
	}
	return nil
}

// compare counts what changed since the confirmed version, and checks that the
// cursor's digest leads to today's content.
func (a *analysis) compare(ctx context.Context) error {
	enc, expected, buf := a.lane.encoder(), a.digest, []byte(nil)
	var cut []*graph.Image
	for _, kind := range a.lane.kinds() {
		for c, err := range a.history.each(ctx, kind) {
			if err != nil {
				return err
			}
			if c.echo {
				a.echo(&c)
				continue
			}
			var before, after digest
			if c.before != nil {
				buf = enc.object(buf[:0], c.before)
				before = digestOf(kind, buf)
			}
			if c.after != nil {
				buf = enc.object(buf[:0], c.after)
				after = digestOf(kind, buf)
				a.movedSize += len(buf)
			}
			expected.subtract(after)
			expected.add(before)
			a.count(&c)
			if c.after == nil && kind == graph.RelationshipKind && !a.stale[c.before.Type] {
				cut = append(cut, c.before)
			}
		}
	}
	if was := a.pos.state.Digest; a.unknown == "" && expected.String() != was {
		a.unknown = "the cursor does not belong to this history"
	}
	var err error
	a.survivors, err = a.lane.survivors(ctx, cut, a.pos.version, a.to)
	return err
}

// survivors counts the deleted relationships that lost no end: whether the server
// counts the others as deleted is its choice.
func (l *lane) survivors(ctx context.Context, cut []*graph.Image, from, to uint64) (int, error) {
	ends := map[string]map[string]bool{} // by instance and key: whether the end is gone
	for _, im := range cut {
		for _, end := range []graph.End{im.From, im.To} {
			if ends[end.Instance] == nil {
				ends[end.Instance] = map[string]bool{}
			}
			ends[end.Instance][end.Key] = false
		}
	}
	for _, instance := range slices.Sorted(maps.Keys(ends)) {
		for c, err := range l.e.graph.Changes(ctx, from, to, instance) {
			if err != nil {
				return 0, fmt.Errorf("read changes: %w", err)
			}
			if _, asked := ends[instance][c.Image().Key]; asked && c.After == nil && c.Before.Kind == graph.EntityKind {
				ends[instance][c.Before.Key] = true
			}
		}
	}
	n := 0
	for _, im := range cut {
		if !ends[im.From.Instance][im.From.Key] && !ends[im.To.Instance][im.To.Key] {
			n++
		}
	}
	return n, nil
}

// count takes note of a change.
func (a *analysis) count(c *change) {
	kind := graph.EntityKind
	switch {
	case c.after == nil:
		kind = c.before.Kind
		s := a.stat(kind, c.before.Type)
		s.before++
		s.Deleted++
		a.counts.Deleted++
		for _, typ := range c.lostTypes() {
			a.lost[typ] = true
		}
	case c.before == nil:
		kind = c.after.Kind
		s := a.stat(kind, c.after.Type)
		s.before--
		s.Created++
		a.counts.Created++
	default:
		kind = c.after.Kind
		a.stat(kind, c.after.Type).before--
		a.stat(kind, c.before.Type).before++
		a.stat(kind, c.after.Type).Updated++
		a.counts.Updated++
		a.rejoined = a.rejoined || c.before.From != c.after.From || c.before.To != c.after.To
	}
	a.purges = a.purges || kind == graph.EntityKind && c.after == nil
	if a.lane.cross && c.after != nil {
		a.moved[c.after.From.Instance], a.moved[c.after.To.Instance] = true, true
	}
	a.sortOut(c)
}

// sortOut tells who can do something about a change.
func (a *analysis) sortOut(c *change) {
	if a.history.there(c) {
		return
	}
	stale := func(typ string) bool { return a.stale[typ] }
	if c.after == nil && allOf(c.lostTypes(), stale) {
		a.owed++
	} else {
		a.todo++
	}
	switch {
	case c.patchable():
		a.patchable++
	case c.after == nil:
		a.waiting.Deleted++
	case c.before == nil:
		a.waiting.Created++
	default:
		a.waiting.Updated++
	}
}

// echo takes note of a disturbed object.
func (a *analysis) echo(c *change) {
	a.echoes++
	if c.after == nil {
		for _, typ := range c.lostTypes() {
			a.lost[typ] = true
		}
		a.purges = true
	} else if a.lane.cross {
		a.moved[c.after.From.Instance], a.moved[c.after.To.Instance] = true, true
	}
	a.sortOut(c)
}

func allOf(names []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !holds(name) })
}

// nothing reports that the account holds what it should, as far as a job can do
// anything about it.
func (a *analysis) nothing() bool {
	return a.unknown == "" && a.todo == 0 && len(a.released()) == 0
}

// released lists the types in which deletions are owed and may be sent now.
func (a *analysis) released() []string {
	var out []string
	for _, typ := range a.pos.state.Owed {
		if !a.stale[typ] {
			out = append(out, typ)
		}
	}
	return out
}

// empty reports that the lane holds nothing at all.
func (a *analysis) empty() bool { return a.bytes == 0 }
