package querytest

import (
	"context"
	"maps"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Types implements plan.Catalog.
func (s *Source) Types(ctx context.Context) ([]graph.TypeStat, error) {
	var out []graph.TypeStat
	for _, t := range s.tables {
		live := s.live(t)
		if len(live) == 0 {
			continue
		}
		var classes, instances []string
		for _, im := range live {
			classes = append(classes, im.Class...)
			instances = append(instances, im.Instance)
		}
		stat := graph.TypeStat{Kind: t.kind, Type: t.typ, Classes: set(classes), Count: len(live), Instances: set(instances)}
		// The tables of one type of relationships are neighbours.
		if n := len(out); n > 0 && out[n-1].Kind == t.kind && out[n-1].Type == t.typ {
			last := &out[n-1]
			last.Classes = set(append(last.Classes, stat.Classes...))
			last.Instances = set(append(last.Instances, stat.Instances...))
			last.Count += stat.Count
			continue
		}
		out = append(out, stat)
	}
	return out, ctx.Err()
}

// live lists the objects of a table that the source shows.
func (s *Source) live(t *table) []*graph.Image {
	return slices.DeleteFunc(slices.Clone(t.rows), func(im *graph.Image) bool { return !s.alive(im) })
}

// set sorts texts and drops repetitions.
func set(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// Relationships implements plan.Catalog.
func (s *Source) Relationships(ctx context.Context) ([]graph.RelationshipStat, error) {
	var out []graph.RelationshipStat
	for _, t := range s.tables {
		live := s.live(t)
		if t.kind != graph.RelationshipKind || len(live) == 0 {
			continue
		}
		outward, inward := map[graph.End]int{}, map[graph.End]int{}
		for _, im := range live {
			outward[im.From]++
			inward[im.To]++
		}
		out = append(out, graph.RelationshipStat{
			Type: t.typ, Verb: t.verb, FromType: t.from, ToType: t.to, Count: len(live),
			FromDistinct: len(outward), ToDistinct: len(inward),
			MaxOut: slices.Max(slices.Collect(maps.Values(outward))), MaxIn: slices.Max(slices.Collect(maps.Values(inward))),
		})
	}
	return out, ctx.Err()
}

// topValues is how many of a property's values Properties lists.
const topValues = 10

// Properties implements plan.Catalog.
func (s *Source) Properties(ctx context.Context, kind graph.Kind, typ string) ([]graph.PropertyStat, error) {
	values := map[string][]graph.Value{}
	for _, t := range s.tables {
		if t.kind != kind || t.typ != typ {
			continue
		}
		for _, im := range s.live(t) {
			for name, v := range im.Props.All() {
				values[name] = append(values[name], v)
			}
		}
	}
	var out []graph.PropertyStat
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, propertyStat(name, values[name]))
	}
	return out, ctx.Err()
}

// propertyStat describes the values of one property; it sorts them.
func propertyStat(name string, values []graph.Value) graph.PropertyStat {
	stat := graph.PropertyStat{Name: name}
	slices.SortFunc(values, graph.Compare)
	for _, v := range values {
		kind := v.Kind()
		if kind == graph.Int {
			kind = graph.Float
		}
		stat.Kinds = append(stat.Kinds, kind)
		if v.Missing() {
			continue
		}
		stat.Filled++
		if n := len(stat.Top); n > 0 && graph.Equal(stat.Top[n-1].Value, v) {
			stat.Top[n-1].Count++
			continue
		}
		stat.Top = append(stat.Top, graph.ValueCount{Value: v, Count: 1})
	}
	slices.Sort(stat.Kinds)
	stat.Kinds, stat.Distinct = slices.Compact(stat.Kinds), len(stat.Top)
	slices.SortStableFunc(stat.Top, func(a, b graph.ValueCount) int { return b.Count - a.Count })
	stat.Top = stat.Top[:min(len(stat.Top), topValues)]
	return stat
}
