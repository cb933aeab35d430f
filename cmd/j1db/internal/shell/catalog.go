package shell

import (
	"context"
	"sync"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// Catalog says what one version of a graph holds. Its answers are sorted; they
// may alias the graph, which stays readable until it is let go.
type Catalog interface {
	Version() graph.Version
	// Types lists the types of entities and of relationships.
	Types(ctx context.Context) ([]graph.TypeStat, error)
	// Relationships lists what joins what.
	Relationships(ctx context.Context) ([]graph.RelationshipStat, error)
	// Properties describes the properties of a type, engine metadata not among
	// them.
	Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error)
}

// OpenCatalog opens the graph that statements are asked of, and returns how to let
// it go. It is called for each TAB, so that nothing is held while a person thinks.
type OpenCatalog func(ctx context.Context) (c Catalog, done func(), err error)

// patience is how long TAB waits for a graph that another process has locked.
const patience = 250 * time.Millisecond

// facts is what completion knows of one version of the graph. Asking the graph
// costs a walk over it; the facts of a version never change.
type facts struct {
	open OpenCatalog

	mu        sync.Mutex // guards what follows
	known     bool
	version   uint64
	entities  []graph.TypeStat
	relations []graph.TypeStat
	joins     []graph.RelationshipStat
	starts    []Candidate // what a statement can start from, once it was asked for
	props     map[typeName][]graph.PropertyStat
}

type typeName struct {
	kind graph.Kind
	name string
}

// use opens the graph, brings the facts up to date and calls f with them. Where
// the graph cannot be opened, what is known of an older version must do.
func (k *facts) use(ctx context.Context, f func(*view)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	c, done, err := k.open(ctx)
	cancel()
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		if !k.known {
			return err
		}
		f(&view{k, nil})
		return nil
	}
	defer done()
	if err := k.refresh(context.WithoutCancel(ctx), c); err != nil {
		return err
	}
	f(&view{k, c})
	return nil
}

func (k *facts) refresh(ctx context.Context, c Catalog) error {
	if k.known && k.version == c.Version().Number {
		return nil
	}
	types, err := c.Types(ctx)
	if err != nil {
		return err
	}
	joins, err := c.Relationships(ctx)
	if err != nil {
		return err
	}
	k.known, k.version, k.joins = true, c.Version().Number, joins
	k.entities, k.relations, k.starts, k.props = nil, nil, nil, map[typeName][]graph.PropertyStat{}
	for _, t := range types {
		if t.Kind == graph.EntityKind {
			k.entities = append(k.entities, t)
		} else {
			k.relations = append(k.relations, t)
		}
	}
	return nil
}

// warm learns the properties of every type, one after the other, so that TAB need
// not.
func (k *facts) warm(ctx context.Context) {
	var types []graph.TypeStat
	if err := k.use(ctx, func(v *view) { types = append(v.entities, v.relations...) }); err != nil {
		return // TAB will say why
	}
	for _, t := range types {
		if ctx.Err() != nil {
			return
		}
		// The next type is none of a TAB's business that waits for this one.
		if err := k.use(ctx, func(v *view) { v.properties(t.Kind, t.Type) }); err != nil {
			return
		}
	}
}

// view is the facts while the graph is open.
type view struct {
	*facts
	catalog Catalog // nil where only what is known already can be told
}

// properties describes the properties of a type, nil where the graph does not tell.
func (v *view) properties(kind graph.Kind, typ string) []graph.PropertyStat {
	key := typeName{kind, typ}
	if known, ok := v.props[key]; ok || v.catalog == nil {
		return known
	}
	list, err := v.catalog.Properties(context.Background(), kind, typ)
	if err != nil {
		return nil
	}
	for i := range list {
		for j, top := range list[i].Top {
			list[i].Top[j].Value = top.Value.Clone()
		}
	}
	v.props[key] = list
	return list
}
