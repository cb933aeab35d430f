package querytest

import (
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// propertyNames are all that objects of the truth have, the engine's, and one that
// none has.
func (c *conformance) propertyNames() []string {
	names := append(graph.Metadata(graph.RelationshipKind), "nothing", "_nothing")
	for _, im := range slices.Concat(c.entities, c.relationships) {
		for name := range im.Props.All() {
			names = append(names, name)
		}
	}
	return set(names)
}

// mixed is a batch of any objects, some of them twice, and of none.
func (c *conformance) mixed() []graph.Ref {
	refs := append(c.handles(c.entities), c.handles(c.relationships)...)
	refs = append(refs, refs[:len(refs)/2]...)
	refs = append(refs, 0, 0)
	c.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	return refs
}

// checkFetch reads every property of everything, into vectors that held others.
func (c *conformance) checkFetch() {
	names := c.propertyNames()
	into := make([]graph.Vector, len(names))
	for _, refs := range [][]graph.Ref{c.mixed(), {0}, nil, c.mixed()[:1], c.handles(c.entities)} {
		if err := c.source.Fetch(c.Context(), refs, names, into); err != nil {
			c.Fatalf("fetch: %v", err)
		}
		for p, name := range names {
			c.checkVector(&into[p], refs, name)
		}
		c.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	if err := c.source.Fetch(c.Context(), c.mixed(), nil, nil); err != nil {
		c.Fatalf("fetch nothing: %v", err)
	}
}

// checkVector compares one property of a batch.
func (c *conformance) checkVector(v *graph.Vector, refs []graph.Ref, name string) {
	if v.Len() != len(refs) {
		c.Fatalf("fetch %s: %d values of %d handles", name, v.Len(), len(refs))
	}
	for i, ref := range refs {
		want := graph.Value{}
		if im := c.byRef[ref]; im != nil {
			want = im.Get(name)
		}
		if got := v.At(i); !graph.Equal(got, want) {
			c.Fatalf("fetch %s of %x: %s, want %s", name, ref, got, want)
		}
	}
}

// checkImages compares whole objects.
func (c *conformance) checkImages() {
	refs, names := c.mixed(), c.propertyNames()
	images, err := c.source.Images(c.Context(), refs)
	if err != nil || len(images) != len(refs) {
		c.Fatalf("%d images of %d handles, error %v", len(images), len(refs), err)
	}
	for i, got := range images {
		want := c.byRef[refs[i]]
		if want == nil || got == nil {
			if want != got {
				c.Fatalf("the image of %x is %v", refs[i], got)
			}
			continue
		}
		if got.Identity() != want.Identity() || !graph.SameState(got, want) || got.Meta != want.Meta {
			c.Fatalf("the image of %x is\n%+v, want\n%+v", refs[i], got, want)
		}
		for _, name := range names {
			if !graph.Equal(got.Get(name), want.Get(name)) {
				c.Fatalf("%s of %q is %s, want %s", name, want.Key, got.Get(name), want.Get(name))
			}
		}
	}
}
