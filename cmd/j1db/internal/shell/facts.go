package shell

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// patience is how long TAB waits for a graph that another process has locked, or
// that takes time to be asked.
const patience = 250 * time.Millisecond

// errReading is why nothing is known yet.
var errReading = errors.New("it is still being read, press TAB again")

// facts is what completion knows of the graph. A large one may take long to
// answer, so it is asked beside the editor, which waits no longer than patience:
// TAB then works with what has come.
type facts struct {
	open  OpenCatalog
	ctx   context.Context // ends with the shell
	stop  context.CancelFunc
	tasks sync.WaitGroup // what runs beside the editor

	mu      sync.Mutex // guards what follows
	closed  bool
	now     *known        // of the newest version that was seen; nil before
	err     error         // of the last look
	looking chan struct{} // closed when the look that is under way ends; nil without
}

// known is what is known of one version, which never changes.
type known struct {
	version   stamp
	entities  []graph.TypeStat
	relations []graph.TypeStat
	joins     []graph.RelationshipStat

	// The rest comes to be known when somebody asks; facts.mu guards it.
	starts []Candidate // what a statement can start from
	props  map[typeName]*properties
}

// stamp tells versions apart, also those of a file that has replaced another.
type stamp struct {
	number uint64
	time   int64
}

func stampOf(c Catalog) stamp { return stamp{c.Version().Number, c.Version().Time} }

type typeName struct {
	kind graph.Kind
	name string
}

// properties are those of one type.
type properties struct {
	read chan struct{} // closed once list is there
	list []graph.PropertyStat
}

func newFacts(open OpenCatalog) *facts {
	k := &facts{open: open}
	k.ctx, k.stop = context.WithCancel(context.Background())
	return k
}

// close ends what runs beside the editor.
func (k *facts) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.stop()
	k.tasks.Wait()
}

// beside runs f in a goroutine that close waits for. The caller holds mu.
func (k *facts) beside(f func()) {
	if !k.closed {
		k.tasks.Go(f)
	}
}

// latest is what is known of the newest version, or, if that takes too long or
// fails, of an older one.
func (k *facts) latest(late <-chan struct{}) (*known, error) {
	select {
	case <-k.look():
	case <-late:
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.now != nil:
		return k.now, nil
	case k.err != nil:
		return nil, k.err
	}
	return nil, errReading
}

// look looks which version is the newest, and returns when that is known.
func (k *facts) look() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.looking != nil {
		return k.looking
	}
	done := make(chan struct{})
	k.looking = done
	seen := k.now
	k.beside(func() {
		defer close(done)
		fresh, err := k.learn(seen)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.looking, k.err = nil, err
		if err == nil {
			k.now = fresh
		}
	})
	return done
}

// learn opens the graph and returns what it holds; seen, if that has not changed.
func (k *facts) learn(seen *known) (*known, error) {
	c, done, err := k.opened()
	if err != nil {
		return nil, err
	}
	defer done()
	if seen != nil && seen.version == stampOf(c) {
		return seen, nil
	}
	types, err := c.Types(k.ctx)
	if err != nil {
		return nil, err
	}
	fresh := &known{version: stampOf(c), props: map[typeName]*properties{}}
	if fresh.joins, err = c.Relationships(k.ctx); err != nil {
		return nil, err
	}
	for _, t := range types {
		if t.Kind == graph.EntityKind {
			fresh.entities = append(fresh.entities, t)
		} else {
			fresh.relations = append(fresh.relations, t)
		}
	}
	return fresh, nil
}

func (k *facts) opened() (Catalog, func(), error) {
	ctx, cancel := context.WithTimeout(k.ctx, patience)
	defer cancel()
	return k.open(ctx)
}

// read learns the properties of types that nobody has asked for yet, and returns
// when all are there or it is late.
func (k *facts) read(of *known, types []typeName, late <-chan struct{}) {
	var waits []*properties
	k.mu.Lock()
	var mine []typeName
	for _, t := range types {
		p := of.props[t]
		if p == nil {
			p = &properties{read: make(chan struct{})}
			of.props[t] = p
			mine = append(mine, t)
		}
		waits = append(waits, p)
	}
	if len(mine) > 0 {
		k.beside(func() { k.describe(of, mine) })
	}
	k.mu.Unlock()
	for _, p := range waits {
		select {
		case <-p.read:
		case <-late:
			return
		}
	}
}

// describe asks for the properties of types, one after the other. What cannot be
// told now is forgotten, to be asked again.
func (k *facts) describe(of *known, types []typeName) {
	c, done, err := k.opened()
	if err == nil {
		defer done()
		if stampOf(c) != of.version {
			err = errReading // the next TAB will see the newer version
		}
	}
	for _, t := range types {
		var list []graph.PropertyStat
		if err == nil {
			list, err = c.Properties(k.ctx, t.kind, t.name)
		}
		k.mu.Lock()
		p := of.props[t]
		p.list = cloned(list)
		if err != nil {
			delete(of.props, t)
		}
		k.mu.Unlock()
		close(p.read)
	}
}

// cloned takes the values out of the graph's own memory.
func cloned(list []graph.PropertyStat) []graph.PropertyStat {
	for i := range list {
		for j, top := range list[i].Top {
			list[i].Top[j].Value = top.Value.Clone()
		}
	}
	return list
}

// warm learns the properties of every type before anybody asks.
func (k *facts) warm() {
	ended := k.ctx.Done()
	of, err := k.latest(ended)
	if err != nil {
		return // TAB will say why
	}
	for _, t := range slices.Concat(of.entities, of.relations) {
		if k.ctx.Err() != nil {
			return
		}
		k.read(of, []typeName{{t.Kind, t.Type}}, ended)
	}
}

// view is what one TAB sees of the facts.
type view struct {
	*known
	facts   *facts
	missing []typeName // what it would have liked to know
}

// properties describes the properties of a type, nil while they are not known.
func (v *view) properties(kind graph.Kind, typ string) []graph.PropertyStat {
	key := typeName{kind, typ}
	v.facts.mu.Lock()
	defer v.facts.mu.Unlock()
	if p := v.props[key]; p != nil {
		select {
		case <-p.read:
			return p.list
		default:
		}
	}
	v.missing = append(v.missing, key)
	return nil
}
