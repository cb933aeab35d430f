package mapper

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// mappedLink is a mapped relationship and what it looks for.
type mappedLink struct {
	instance string
	rel      graph.Relationship
	source   graph.End
	wants    []*want // its alternatives, in order; nil where one finds nothing
}

// readMapped reads all mapped relationships, sorted by instance and key.
func (d *derivation) readMapped(ctx context.Context, v View) error {
	d.wants = newWants()
	for _, instance := range d.instances {
		for r, err := range v.Mapped(instance) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if r.Mapping == nil {
				continue
			}
			m := mappedLink{instance: instance, rel: *r, source: r.Mapping.Source}
			if m.source.Instance == "" {
				m.source.Instance = instance
			}
			for _, names := range r.Mapping.Filters {
				m.wants = append(m.wants, d.wants.add(names, &r.Mapping.Target))
			}
			d.mapped = append(d.mapped, m)
		}
	}
	slices.SortFunc(d.mapped, func(a, b mappedLink) int {
		return cmp.Or(strings.Compare(a.instance, b.instance), strings.Compare(a.rel.Key, b.rel.Key))
	})
	return nil
}

// found returns what the first alternative that finds something found, sorted.
func (m *mappedLink) found() []graph.End {
	for _, n := range m.wants {
		if n != nil && len(n.found) > 0 {
			slices.SortFunc(n.found, compareEnds)
			return n.found
		}
	}
	return nil
}

// resolve finds the far end of every mapped relationship whose source is there.
// First it looks at what is in the graph and at the people made so far; then, in
// order, it makes what is missing and to be made; at last those that may not make
// anything look once more, among what the others made.
func (d *derivation) resolve(v View) error {
	var left []*mappedLink
	for i := range d.mapped {
		m := &d.mapped[i]
		source, err := v.Entity(m.source)
		if err != nil {
			return err
		}
		if source == nil {
			d.report.Unresolved++
			continue
		}
		if !d.joinFound(m) {
			left = append(left, m)
		}
	}
	var waiting []*mappedLink
	for _, m := range left {
		// What was made for one may be what the next one looks for.
		if !d.joinFound(m) && !d.joinCreated(m) {
			waiting = append(waiting, m)
		}
	}
	for _, m := range waiting {
		if !d.joinFound(m) {
			d.report.Unresolved++
		}
	}
	return nil
}

func (d *derivation) joinFound(m *mappedLink) bool {
	found := m.found()
	for _, end := range found {
		d.join(m, end)
	}
	return len(found) > 0
}

// join makes the relationship between the source of m and one target. Its key
// names the relationship that it comes from, so that parallel ones stay apart.
func (d *derivation) join(m *mappedLink, target graph.End) {
	from, to := m.source, target
	if m.rel.Mapping.Direction == graph.Reverse {
		from, to = target, m.source
	}
	r := graph.Relationship{Object: m.rel.Object, Class: m.rel.Class, From: from, To: to}
	id := graph.Identity{Kind: graph.RelationshipKind, Instance: m.instance, Key: m.rel.Key}.ID()
	r.Key = id.String() + "|" + strings.ToLower(m.rel.Class) + "|" + entityID(target)
	r.Parent, r.Raw = "", nil
	d.linked[link{from, to, r.Class}] = true
	d.relationships = append(d.relationships, r)
	d.report.Mapped++
}

// joinCreated makes the target of m and joins it. It reports false when m does
// not want that, or does not say enough.
func (d *derivation) joinCreated(m *mappedLink) bool {
	t := m.rel.Mapping.Target
	if m.rel.Mapping.SkipCreation || t.Type == "" || len(t.Class) == 0 {
		return false
	}
	isPerson := slices.Contains(t.Class, personClass)
	if known := d.known[address(t.Props)]; isPerson && len(known) > 0 {
		for _, end := range known {
			d.join(m, end)
		}
		return true
	}
	e := graph.Entity{Object: graph.Object{Key: targetKey(m), Type: t.Type, Props: t.Props.Clone()}, Class: t.Class}
	if same, ok := d.entities[e.Key]; ok && same.Type != e.Type {
		e.Key = boundedKey(e.Type + ":" + e.Key)
	}
	if graph.CheckKey(e.Key) != nil {
		return false
	}
	if _, ok := d.entities[e.Key]; !ok {
		nameTarget(&e)
		d.add(e)
		d.report.Created++
	}
	d.join(m, graph.End{Instance: graph.MapperInstance, Key: e.Key})
	return true
}

// targetKey names a target that is to be made: a person by its address, any other
// by the key that is given, or else by all that it is looked up by.
func targetKey(m *mappedLink) string {
	t := &m.rel.Mapping.Target
	if a := address(t.Props); a != "" && slices.Contains(t.Class, personClass) {
		return personKey(a)
	}
	if t.Key != "" {
		return t.Key
	}
	parts := []string{t.Type}
	for _, names := range m.rel.Mapping.Filters {
		for _, name := range names {
			if v := propertyOf(t, name); !v.Missing() && name != graph.PropType {
				parts = append(parts, name+"="+v.Text())
			}
		}
	}
	return boundedKey(strings.Join(parts, ":"))
}

// boundedKey returns key, or a digest of it when it is too long for one.
func boundedKey(key string) string {
	if len(key) <= graph.MaxKey {
		return key
	}
	return graph.Identity{Instance: graph.MapperInstance, Key: key}.ID().String()
}

// nameTarget gives a target that was made a displayName.
func nameTarget(e *graph.Entity) {
	if e.Props.Get(graph.PropDisplayName).Missing() {
		name := firstText(e.Props, "name", "email")
		if name == "" {
			name = e.Key
		}
		e.Props.Set(graph.PropDisplayName, graph.StringValue(name))
	}
}
