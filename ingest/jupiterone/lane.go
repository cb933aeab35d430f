package jupiterone

import (
	"context"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// lane is what of an instance goes to one scope, with a cursor of its own.
type lane struct {
	instance string
	cross    bool // the relationships to other instances; else all the rest
	target   Target
	e        *Exporter
}

// place is where an object belongs.
type place uint8

const (
	placeHome  place = iota // nowhere: an end of it is not exported
	placeMain               // the scope of its instance
	placeCross              // the scope of its instance's relationships to others
)

func (ts targets) place(im *graph.Image) place {
	if im.Kind == graph.EntityKind || im.From.Instance == im.Instance && im.To.Instance == im.Instance {
		return placeMain
	}
	if ts.has(im.From.Instance) && ts.has(im.To.Instance) {
		return placeCross
	}
	return placeHome
}

// has reports whether an object, which may be nil, belongs to the lane.
func (l *lane) has(im *graph.Image) bool {
	if im == nil {
		return false
	}
	p := l.e.targets.place(im)
	return p == placeMain && !l.cross || p == placeCross && l.cross
}

// kinds are the kinds of object that the lane may hold, in the order of upload.
func (l *lane) kinds() []graph.Kind {
	if l.cross {
		return []graph.Kind{graph.RelationshipKind}
	}
	return []graph.Kind{graph.EntityKind, graph.RelationshipKind}
}

// scope is where at JupiterOne the lane leads.
func (l *lane) scope() string {
	if l.cross {
		return l.target.CrossScope
	}
	return l.target.name()
}

// spec is the job that a mode needs. Cross lanes have a scope of their own even
// where the instance is one of an integration.
func (l *lane) spec(m Mode) JobSpec {
	if l.cross {
		return JobSpec{Source: SourceAPI, Scope: l.scope(), SyncMode: SyncCrossScope}
	}
	spec := JobSpec{Source: l.target.Source, Scope: l.target.Scope, InstanceID: l.target.InstanceID, SyncMode: SyncDiff}
	if m == Patch {
		spec.SyncMode = SyncPatch
	}
	return spec
}

func (l *lane) encoder() *encoder {
	e := &encoder{}
	if l.cross {
		e.scopeOf = l.e.targets.scopeOf
	}
	return e
}

// String names the lane in messages.
func (l *lane) String() string {
	if l.cross {
		return "relationships of " + l.instance + " to other instances"
	}
	return "instance " + l.instance
}

// crossMark ends the destination of the cursors of cross lanes.
const crossMark = "#cross"

// destination names the lane's cursor.
func (l *lane) destination() string {
	if l.cross {
		return l.e.client.Destination() + crossMark
	}
	return l.e.client.Destination()
}

// begun reports whether the lane has a cursor.
func (l *lane) begun(ctx context.Context) (bool, error) {
	c, err := l.e.cursors.Cursor(ctx, l.destination(), l.instance)
	if err != nil {
		return false, fmt.Errorf("read cursor: %w", err)
	}
	return c.Version > 0 || c.State != "", nil
}

// read returns where the lane stands, without asking the server. When the journal
// knows of a later job than the cursor nothing is assumed.
func (l *lane) read(ctx context.Context) (position, error) {
	c, err := l.e.cursors.Cursor(ctx, l.destination(), l.instance)
	if err != nil {
		return position{}, fmt.Errorf("read cursor: %w", err)
	}
	p := decodePosition(c, l.scope())
	last, err := l.e.journal.LastJob(ctx, l.e.client.Destination(), l.scope())
	if err != nil {
		return position{}, fmt.Errorf("read journal: %w", err)
	}
	known := last == "" || last == p.state.Last || p.state.Pending != nil && last == p.state.Pending.Job
	if !known {
		p.state.Pending = nil
		orDefault(&p.state.Dirty, fmt.Sprintf("the last job there was %s, which this database does not know: "+
			"it was restored from a backup, or another one exports to the same scope", last))
	}
	return p, nil
}

// write moves the lane's cursor. That of an instance that is not exported any more
// goes once the account has nothing of it.
func (l *lane) write(ctx context.Context, p position) error {
	if l.target.Removed && p.state.Emptied && p.state.Pending == nil && p.state.Dirty == "" {
		if err := l.e.cursors.DeleteCursor(ctx, l.destination(), l.instance); err != nil {
			return fmt.Errorf("delete cursor: %w", err)
		}
		return nil
	}
	if p.state.Source = l.target.Source; l.cross {
		p.state.Source = SourceAPI
	}
	text, err := p.state.encode()
	if err == nil {
		err = l.e.cursors.SetCursor(ctx, Cursor{
			Destination: l.destination(), Instance: l.instance, Version: p.version, State: text,
		})
	}
	if err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	return nil
}

// note tells the journal that a job is about to be uploaded to. The cursor names
// it already: there is no moment at which the journal knows a job that the cursor
// does not.
func (l *lane) note(ctx context.Context, job string) error {
	if err := l.e.journal.SetLastJob(ctx, l.e.client.Destination(), l.scope(), job); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}
