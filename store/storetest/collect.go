package storetest

import (
	"cmp"
	"math"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// sort is a sort of object and a key: plain and mapped relationships do not
// share keys.
type sort struct {
	kind   graph.Kind
	mapped bool
	key    string
}

// brought is a run without duplicates and bad objects.
type brought struct {
	objects  []Object
	mapped   []graph.Relationship
	came     map[sort]bool // also what was bad
	deletes  map[graph.Deletion]bool
	complete map[graph.Complete]bool
	partial  map[string]bool
}

// ranked is one object on its way.
type ranked struct {
	rank uint64
	sort
	object Object
	rel    graph.Relationship
	bad    bool
}

// collect sorts a run by rank; of equal keys the first good one wins.
func collect(r Run) brought {
	in := brought{
		came: map[sort]bool{}, deletes: map[graph.Deletion]bool{},
		complete: map[graph.Complete]bool{}, partial: map[string]bool{},
	}
	var all []ranked
	for _, b := range r.Batches {
		for i, e := range b.Entities {
			im := graph.Image{Kind: graph.EntityKind, Instance: r.Instance, Key: e.Key, Type: e.Type, Class: e.Class}
			all = append(all, newRanked(b.Rank+uint64(i), im, &e.Object))
		}
		for i, rel := range b.Relationships {
			im := graph.Image{
				Kind: graph.RelationshipKind, Instance: r.Instance, Key: rel.Key, Type: rel.Type, Class: []string{rel.Class},
				From: own(rel.From, r.Instance), To: own(rel.To, r.Instance),
			}
			x := newRanked(b.Rank+uint64(len(b.Entities)+i), im, &rel.Object)
			x.mapped, x.rel = rel.Mapping != nil, rel
			if x.mapped {
				mapping := *rel.Mapping
				mapping.Source = own(mapping.Source, r.Instance)
				x.rel.Mapping = &mapping
			}
			all = append(all, x)
		}
		for _, d := range b.Deletes {
			in.deletes[d] = true
		}
		for _, c := range b.Complete {
			in.complete[c] = true
		}
		for _, p := range b.Partial {
			in.partial[p.Type] = true
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	good := map[sort]bool{}
	for _, x := range all {
		in.came[x.sort] = true
		if x.bad || good[x.sort] {
			continue
		}
		good[x.sort] = true
		if x.mapped {
			in.mapped = append(in.mapped, x.rel)
		} else {
			in.objects = append(in.objects, x.object)
		}
	}
	return in
}

func newRanked(rank uint64, im graph.Image, o *graph.Object) ranked {
	im.Props = slices.Clone(o.Props)
	bad := o.Key == ""
	for _, p := range o.Props {
		bad = bad || math.IsNaN(p.Value.Float())
	}
	return ranked{rank: rank, sort: sort{im.Kind, false, im.Key}, object: Object{im, o.Parent}, bad: bad}
}

func own(e graph.End, instance string) graph.End {
	e.Instance = cmp.Or(e.Instance, instance)
	return e
}

// gone decides about one object that did not come, by the table:
//
//	named as deleted                                 yes
//	its type is complete under its parent            yes
//	its type is partial                              no
//	all types are complete under its parent          yes
//	its type is complete                             yes
//	all types are complete, and not all are partial  yes
//	otherwise                                        no
func (in *brought) gone(kind graph.Kind, key, typ, parent string) bool {
	switch {
	case in.deletes[graph.Deletion{Kind: kind, Key: key}]:
		return true
	case parent != "" && in.complete[graph.Complete{Type: typ, Parent: parent}]:
		return true
	case in.partial[typ]:
		return false
	case parent != "" && in.complete[graph.Complete{Type: graph.AllTypes, Parent: parent}]:
		return true
	case in.complete[graph.Complete{Type: typ}]:
		return true
	}
	return in.complete[graph.Complete{Type: graph.AllTypes}] && !in.partial[graph.AllTypes]
}
