package querytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// checkContext makes every call with a context that is over, and ends one in the
// middle of the calls that go on.
func (c *conformance) checkContext() {
	over, cancel := context.WithCancel(c.Context())
	cancel()
	refs := c.mixed()
	calls := map[string]error{}
	for _, err := range c.source.Scan(over, graph.Selection{}) {
		calls["scan"] = err
	}
	if len(c.relationships) > 0 {
		for _, err := range c.source.Expand(over, c.handles(c.entities), graph.Hop{}) {
			calls["expand"] = err
		}
	}
	calls["fetch"] = c.source.Fetch(over, refs, []string{"name"}, make([]graph.Vector, 1))
	_, calls["images"] = c.source.Images(over, refs)
	_, calls["types"] = c.source.Types(over)
	_, calls["relationships"] = c.source.Relationships(over)
	for _, table := range c.source.Tables(graph.Selection{}) {
		_, _, calls["adjacency"] = c.source.Adjacency(over, table.Number, graph.Hop{})
		_, calls["properties"] = c.source.Properties(over, graph.EntityKind, table.Type)
	}
	for call, err := range calls {
		if !errors.Is(err, context.Canceled) {
			c.Fatalf("%s: the error of a context that is over is %v", call, err)
		}
	}
	c.checkCancel()
}

// checkCancel ends the context at the first batch: no more than another batch or
// two may come.
func (c *conformance) checkCancel() {
	const more = 2
	ctx, cancel := context.WithCancel(c.Context())
	batches, failed := 0, false
	for _, err := range c.source.Scan(ctx, graph.Selection{}) {
		cancel()
		if failed = err != nil; !failed {
			batches++
		}
	}
	if batches > 1+more {
		c.Fatalf("scan: %d batches of a context that was over after the first, failed %v", batches, failed)
	}
	ctx, cancel = context.WithCancel(c.Context())
	defer cancel()
	batches = 0
	for steps, err := range c.source.Expand(ctx, c.handles(c.entities), graph.Hop{}) {
		cancel()
		if failed = err != nil; !failed && steps.Len() > 0 {
			batches++
		}
	}
	if batches > 1+more {
		c.Fatalf("expand: %d batches of a context that was over after the first, failed %v", batches, failed)
	}
}

// checkConcurrency asks the same of several goroutines at once.
func (c *conformance) checkConcurrency() {
	hops := []graph.Hop{{}, c.hop(), c.hop()}
	sels := []graph.Selection{{}, c.selection(entityProperties), c.selection(entityProperties)}
	refs, names := c.mixed(), c.propertyNames()
	want := c.everything(sels, hops, refs, names)
	var all sync.WaitGroup
	got := make([]string, 4)
	for i := range got {
		all.Go(func() { got[i] = c.everything(sels, hops, refs, names) })
	}
	all.Wait()
	for i := range got {
		if got[i] != want {
			c.Fatalf("goroutine %d of %d was told\n%s, want\n%s", i+1, len(got), got[i], want)
		}
	}
}

// everything prints what all calls answer. It may run in any goroutine.
func (c *conformance) everything(sels []graph.Selection, hops []graph.Hop, refs []graph.Ref, names []string) string {
	var b strings.Builder
	ctx := c.Context()
	for _, sel := range sels {
		for batch, err := range c.source.Scan(ctx, sel) {
			fmt.Fprintln(&b, batch, err)
		}
		fmt.Fprintln(&b, c.source.Tables(sel))
	}
	from := c.handles(c.entities)
	for _, hop := range hops {
		for steps, err := range c.source.Expand(ctx, from, hop) {
			fmt.Fprintln(&b, steps, err)
		}
		hop.Where, hop.Target.Where = nil, nil
		for _, table := range c.source.Tables(graph.Selection{}) {
			fmt.Fprintln(&b, table)
			b.WriteString(fmt.Sprintln(c.source.Adjacency(ctx, table.Number, hop)))
			b.WriteString(fmt.Sprintln(c.source.Properties(ctx, graph.EntityKind, table.Type)))
		}
	}
	if source, ok := c.source.(columnar); ok {
		for _, table := range c.source.Tables(graph.Selection{}) {
			b.WriteString(fmt.Sprintln(source.Select(ctx, table.Number, sels[1].Where)))
			b.WriteString(fmt.Sprintln(source.Codes(ctx, table.Number, names[0])))
		}
	}
	into := make([]graph.Vector, len(names))
	fmt.Fprintln(&b, c.source.Fetch(ctx, refs, names, into))
	for p := range into {
		for i := range refs {
			b.WriteString(into[p].At(i).String() + " ")
		}
	}
	images, err := c.source.Images(ctx, refs)
	for _, im := range images {
		if im != nil {
			b.WriteString(im.Key + " ")
		}
	}
	fmt.Fprintln(&b, err)
	b.WriteString(fmt.Sprintln(c.source.Types(ctx)))
	b.WriteString(fmt.Sprintln(c.source.Relationships(ctx)))
	return b.String()
}
