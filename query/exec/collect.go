package exec

import (
	"context"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// collect notes the objects in some slots of every row that passes.
type collect struct {
	env   *env
	meter *meter
	node  *plan.Collect
	input *meter
}

// run passes every batch on as it is.
func (c *collect) run(emit func(*batch) error) error {
	held := int64(0)
	return c.input.run(func(in *batch) error {
		for _, slot := range c.node.Slots {
			for _, ref := range in.at(slot) {
				if ref != 0 { // a group that the row skips binds nothing
					c.env.collected.add(ref)
				}
			}
		}
		more := c.env.collected.bytes() - held
		held += more
		if err := c.env.keep(c.meter, more); err != nil {
			return err
		}
		return emit(in)
	})
}

// subgraph fetches what was collected.
func (e *env) subgraph(ctx context.Context) (*Subgraph, error) {
	out := &Subgraph{}
	refs := e.collected.all()
	for len(refs) > 0 {
		part := refs[:min(len(refs), e.batchRows())]
		refs = refs[len(part):]
		images, err := e.source.Images(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, im := range images {
			if im.Kind == graph.EntityKind {
				out.Vertices = append(out.Vertices, im)
			} else {
				out.Edges = append(out.Edges, im)
			}
		}
	}
	return out, nil
}
