package delta

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Log is what Between needs of a store: every object that the versions after
// from, up to to, wrote, once, with its states at from and at to and the last
// version that wrote it.
type Log interface {
	Touched(ctx context.Context, from, to uint64) iter.Seq2[graph.Change, error]
}

// Options narrow what Between yields; empty lists narrow nothing.
type Options struct {
	Instances []string
	Types     []string // that an object had before or has after
	// Ignore names properties that do not count: an update of them alone is
	// none, and the images of other changes lack them.
	Ignore []string
}

// Between yields what turns version from into version to, which may be the older
// one; 0 is the empty graph. Changes are ordered by kind, instance, type and key.
// Change.Version is the last version between the two that wrote the object. An
// object that came and went in between is no change.
func Between(ctx context.Context, log Log, from, to uint64, opt Options) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		var changes []graph.Change
		for c, err := range log.Touched(ctx, min(from, to), max(from, to)) {
			if err != nil {
				yield(graph.Change{}, err)
				return
			}
			if from > to {
				c.Before, c.After = c.After, c.Before
			}
			if opt.keep(&c) {
				changes = append(changes, c)
			}
		}
		slices.SortFunc(changes, compare)
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// keep decides whether c is a change in the eyes of o, and takes from it what is
// to be ignored.
func (o *Options) keep(c *graph.Change) bool {
	if len(o.Instances) > 0 && !slices.Contains(o.Instances, c.Image().Instance) {
		return false
	}
	if len(o.Types) > 0 && !o.hasType(c.Before) && !o.hasType(c.After) {
		return false
	}
	if len(o.Ignore) > 0 {
		c.Before, c.After = o.strip(c.Before), o.strip(c.After)
	}
	return !graph.SameState(c.Before, c.After)
}

func (o *Options) hasType(im *graph.Image) bool {
	return im != nil && slices.Contains(o.Types, im.Type)
}

// strip returns im without the ignored properties.
func (o *Options) strip(im *graph.Image) *graph.Image {
	if im == nil {
		return nil
	}
	out := *im
	out.Props = slices.DeleteFunc(slices.Clone(im.Props), func(p graph.Property) bool {
		return slices.Contains(o.Ignore, p.Name)
	})
	return &out
}

func compare(a, b graph.Change) int {
	x, y := a.Image(), b.Image()
	return cmp.Or(cmp.Compare(x.Kind, y.Kind), strings.Compare(x.Instance, y.Instance),
		strings.Compare(x.Type, y.Type), strings.Compare(x.Key, y.Key))
}

// TypeCounts counts the changes of one type of one instance.
type TypeCounts struct {
	Kind     graph.Kind
	Instance string
	Type     string // of an update that changed it, the later one
	graph.Counts
}

// Stat counts changes by kind, instance and type, in that order.
func Stat(changes iter.Seq2[graph.Change, error]) ([]TypeCounts, error) {
	counts := map[TypeCounts]*graph.Counts{}
	for c, err := range changes {
		if err != nil {
			return nil, err
		}
		im := c.Image()
		key := TypeCounts{Kind: im.Kind, Instance: im.Instance, Type: im.Type}
		if counts[key] == nil {
			counts[key] = &graph.Counts{}
		}
		counts[key].Add(c.Op())
	}
	out := make([]TypeCounts, 0, len(counts))
	for key, n := range counts {
		key.Counts = *n
		out = append(out, key)
	}
	slices.SortFunc(out, func(a, b TypeCounts) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Instance, b.Instance), strings.Compare(a.Type, b.Type))
	})
	return out, nil
}
