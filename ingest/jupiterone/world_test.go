package jupiterone_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// world is a graph with all its versions, as plain maps. It is what the store is
// to an exporter.
type world struct {
	versions []version // versions[n] is version n; 0 is the empty graph
	stale    map[string]map[string]bool
	raw      map[graph.Identity][]byte
}

type version struct {
	objects map[graph.Identity]*graph.Image
	wrote   map[graph.Identity]bool
}

func newWorld() *world {
	return &world{
		versions: []version{{map[graph.Identity]*graph.Image{}, map[graph.Identity]bool{}}},
		stale:    map[string]map[string]bool{}, raw: map[graph.Identity][]byte{},
	}
}

func (w *world) newest() uint64 { return uint64(len(w.versions) - 1) }

// edit makes a version.
func (w *world) edit(change func(e *edit)) {
	e := &edit{objects: maps.Clone(w.versions[w.newest()].objects), wrote: map[graph.Identity]bool{}}
	change(e)
	w.versions = append(w.versions, version(*e))
}

// edit is a version in the making.
type edit version

func (e *edit) put(im *graph.Image) {
	e.objects[im.Identity()] = im
	e.wrote[im.Identity()] = true
}

// remove deletes an object, and the relationships of an entity with it.
func (e *edit) remove(id graph.Identity) {
	delete(e.objects, id)
	e.wrote[id] = true
	if id.Kind != graph.EntityKind {
		return
	}
	end := graph.End{Instance: id.Instance, Key: id.Key}
	for other, im := range e.objects {
		if im.Kind == graph.RelationshipKind && (im.From == end || im.To == end) {
			delete(e.objects, other)
			e.wrote[other] = true
		}
	}
}

func (w *world) setStale(instance, typ string, stale bool) {
	if w.stale[instance] == nil {
		w.stale[instance] = map[string]bool{}
	}
	w.stale[instance][typ] = stale
}

func (w *world) Objects(ctx context.Context, n uint64, kind graph.Kind, instance string) iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		for _, id := range sortedIDs(w.versions[n].objects) {
			if id.Kind == kind && id.Instance == instance && !yield(w.versions[n].objects[id], nil) {
				return
			}
		}
	}
}

func (w *world) Changes(_ context.Context, from, to uint64, instance string) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		before, after := w.versions[from].objects, w.versions[to].objects
		all := maps.Clone(before)
		maps.Copy(all, after)
		for _, id := range sortedIDs(all) {
			if id.Instance != instance || graph.SameState(before[id], after[id]) {
				continue
			}
			if !yield(graph.Change{Version: w.lastWrite(id, from, to), Before: before[id], After: after[id]}, nil) {
				return
			}
		}
	}
}

// lastWrite is the last version after from, up to to, that wrote an object; 0 for
// none.
func (w *world) lastWrite(id graph.Identity, from, to uint64) uint64 {
	for n := to; n > from; n-- {
		if w.versions[n].wrote[id] {
			return n
		}
	}
	return 0
}

func (w *world) Stale(_ context.Context, instance string) ([]string, error) {
	var out []string
	for _, typ := range slices.Sorted(maps.Keys(w.stale[instance])) {
		if w.stale[instance][typ] {
			out = append(out, typ)
		}
	}
	return out, nil
}

// Raws gives up to three at once, so that there is a rest to ask for.
func (w *world) Raws(_ context.Context, ids []graph.Identity) ([][]byte, error) {
	var out [][]byte
	for _, id := range ids[:min(3, len(ids))] {
		out = append(out, w.raw[id])
	}
	return out, nil
}

func sortedIDs(objects map[graph.Identity]*graph.Image) []graph.Identity {
	return slices.SortedFunc(maps.Keys(objects), func(a, b graph.Identity) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Instance, b.Instance),
			strings.Compare(objects[a].Type, objects[b].Type), strings.Compare(a.Key, b.Key))
	})
}

// entity makes an entity; props are names and values in turn.
func entity(instance, typ, key string, props ...any) *graph.Image {
	return &graph.Image{
		Kind: graph.EntityKind, Instance: instance, Key: key, Type: typ, Class: []string{"Record"}, Props: properties(props),
	}
}

// relationship makes a relationship; ends are keys, or instance/key.
func relationship(instance, typ, key, from, to string, props ...any) *graph.Image {
	end := func(text string) graph.End {
		if other, key, ok := strings.Cut(text, "/"); ok {
			return graph.End{Instance: other, Key: key}
		}
		return graph.End{Instance: instance, Key: text}
	}
	return &graph.Image{
		Kind: graph.RelationshipKind, Instance: instance, Key: key, Type: typ, Class: []string{"HAS"},
		From: end(from), To: end(to), Props: properties(props),
	}
}

func properties(props []any) graph.Properties {
	var out graph.Properties
	for i := 0; i+1 < len(props); i += 2 {
		v, ok := graph.ValueOf(props[i+1])
		if !ok {
			panic(fmt.Sprintf("no value: %v", props[i+1]))
		}
		out.Set(props[i].(string), v)
	}
	return out
}

// plainProps are the properties that the account should hold, as JSON decodes
// them. Null is as good as missing.
func plainProps(im *graph.Image) map[string]any {
	out := map[string]any{}
	for name, v := range im.Props.All() {
		if v.Missing() || strings.HasPrefix(name, "_") || v.Mixed() {
			continue
		}
		var x any
		d := json.NewDecoder(strings.NewReader(string(v.AppendJSON(nil))))
		d.UseNumber()
		if err := d.Decode(&x); err != nil {
			panic(err)
		}
		out[name] = x
	}
	return out
}
