package querytest

import (
	"fmt"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// scan reads a scan whole, keeping nothing of its batches.
func (c *conformance) scan(sel graph.Selection) []graph.Ref {
	c.Helper()
	var out []graph.Ref
	for refs, err := range c.source.Scan(c.Context(), sel) {
		if err != nil {
			c.Fatalf("scan %s: %v", selectionText(sel), err)
		}
		out = append(out, refs...)
	}
	return out
}

// checkScan compares scans of random selections with what a walk over the graph
// finds, and stops one early.
func (c *conformance) checkScan() {
	for range 20 {
		sel := c.selection(entityProperties)
		var want []graph.Ref
		for _, im := range c.entities {
			if selects(sel, im) {
				want = append(want, c.refs[im.Identity()])
			}
		}
		if got := c.scan(sel); !slices.Equal(got, want) {
			c.Fatalf("scan %s: %x, want %x", selectionText(sel), got, want)
		}
		for range c.source.Scan(c.Context(), sel) {
			break
		}
	}
}

// selection makes a random selection of entities.
func (c *conformance) selection(properties []randomProperty) graph.Selection {
	var sel graph.Selection
	for range c.weighted(3, 4, 2) {
		sel.Types = append(sel.Types, c.typeName())
	}
	for range c.weighted(5, 3, 2) {
		sel.Classes = append(sel.Classes, pick(c.dice, randomClasses...))
	}
	if c.chance(50) {
		sel.Where = c.predicate(properties, 2)
	}
	return sel
}

// typeName is a type of the graph, or one that it may not have.
func (c *conformance) typeName() string {
	if len(c.entities) > 0 && c.chance(80) {
		return pick(c.dice, c.entities...).Type
	}
	return pick(c.dice, randomTypes...).name
}

// predicate makes a random condition of at most a depth.
func (c *conformance) predicate(properties []randomProperty, depth int) graph.Predicate {
	if depth > 0 && c.chance(40) {
		a, b := c.predicate(properties, depth-1), c.predicate(properties, depth-1)
		return pick[graph.Predicate](c.dice, graph.And{a, b}, graph.Or{a, b}, graph.Not{Part: a})
	}
	if c.chance(10) {
		return graph.NewFullText(pick(c.dice, "ad", "e 1", "Prod", "nothing at all"))
	}
	p := pick(c.dice, append(properties, metadataProperties...)...)
	where := graph.Where{Property: p.name, Operator: graph.Operator(c.IntN(int(graph.NotEndsWith) + 1)), All: c.chance(40)}
	for range 1 + c.weighted(70, 20, 10) {
		where.Operands = append(where.Operands, c.operand(p))
	}
	return where
}

// operand makes what a property may be compared with.
func (c *conformance) operand(p randomProperty) graph.Operand {
	switch c.weighted(80, 10, 10) {
	case 1:
		return graph.Operand{Absent: true}
	case 2:
		regex, err := graph.CompileRegex(pick(c.dice, "a", "[0-9]", "^e"), c.chance(50))
		if err != nil {
			c.Fatal(err)
		}
		return graph.Operand{Regex: regex}
	}
	return graph.Operand{Value: p.values(c.dice)}
}

// metadataProperties are the engine's properties with values that they may have.
var metadataProperties = []randomProperty{
	{graph.PropKey, 100, textValue},
	{graph.PropType, 100, func(d dice) graph.Value { return graph.StringValue(pick(d, randomTypes...).name) }},
	{graph.PropClass, 100, func(d dice) graph.Value { return graph.StringValue(pick(d, randomClasses...)) }},
	{graph.PropVersion, 100, func(d dice) graph.Value { return graph.IntValue(int64(d.IntN(3))) }},
	{graph.PropDeleted, 100, func(d dice) graph.Value { return graph.BoolValue(d.chance(50)) }},
	{graph.PropInstanceName, 100, func(d dice) graph.Value { return graph.StringValue(pick(d, "north", "south", "west")) }},
	{graph.PropEndOn, 20, timeValue},
}

// selectionText prints a selection for people.
func selectionText(sel graph.Selection) string {
	text := fmt.Sprintf("types %v classes %v", sel.Types, sel.Classes)
	if sel.Where != nil {
		text += " where " + sel.Where.String()
	}
	return text
}
