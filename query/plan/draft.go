package plan

import (
	"strings"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// planner plans one statement with its sub-queries.
type planner struct {
	stats    *stats
	options  Options
	warnings []Warning
}

// draft is one query on its way to a plan: what it says, with names resolved, and
// what the rules have decided.
type draft struct {
	*planner
	query *syntax.Query
	scope *syntax.Scope
	names map[*syntax.Binding]Slot
	// labels name the slots for people. The first slots are the bindings of the
	// scope in order; those after them are the ends of runs without an alias.
	labels []string
	// order are the slots by which rows are ordered: all that can be bound and are
	// no second name of another.
	order []Slot

	start Scan
	steps []step
	tail  Pattern // must be found at the end of the chain; nil for nothing
	where []Cond  // what WHERE asks, all of it
	out   output
	subs  []*Sub

	choices
	expect *estimator // nil until something is estimated
}

// step is a mandatory hop or a run of optional groups.
type step struct {
	hop *Step // nil for a run
	run []Branch
	// current is bound to where the row stands after the step.
	current Slot
}

// newDraft reads the chain and the clauses of q.
func (p *planner) newDraft(q *syntax.Query) (*draft, error) {
	d := &draft{planner: p, query: q, scope: q.Scope(), names: map[*syntax.Binding]Slot{}}
	for i, b := range d.scope.Bindings() {
		d.names[b] = Slot(i)
		d.labels = append(d.labels, bindingLabel(b))
		if !b.Negated && b.Group == nil {
			d.order = append(d.order, Slot(i))
		}
	}
	if err := d.readChain(); err != nil {
		return nil, err
	}
	if q.Where != nil {
		cond, err := d.cond(q.Where)
		if err != nil {
			return nil, err
		}
		d.where = conjuncts(cond)
	}
	if err := d.readOutput(); err != nil {
		return nil, err
	}
	d.choices = defaultChoices(d)
	return d, nil
}

// bindingLabel names a place of the chain: as the statement does, or else by what
// may stand there.
func bindingLabel(b *syntax.Binding) string {
	if b.Name != "" {
		return b.Name
	}
	switch {
	case b.Hop != nil && b.Hop.AnyVerb:
		return "RELATES TO"
	case b.Hop != nil:
		verbs := make([]string, len(b.Hop.Verbs))
		for i, v := range b.Hop.Verbs {
			verbs[i] = v.Class
		}
		return "(" + strings.Join(verbs, "|") + ")"
	case b.Selector.Text != nil:
		return b.Selector.Text.String()
	}
	names := make([]string, len(b.Selector.Names))
	for i, n := range b.Selector.Names {
		names[i] = n.Text
	}
	switch smart := b.Selector.Smart; {
	case len(names) > 0:
		return "(" + strings.Join(names, "|") + ")"
	case smart != nil:
		return "#" + smart.Name
	}
	return "*"
}

// newSlot adds a slot that no name of the statement stands for.
func (d *draft) newSlot(label string) Slot {
	d.labels = append(d.labels, label)
	return Slot(len(d.labels) - 1)
}

// find is the slot of a name. A name inside a negation has one too, which nothing
// ever binds: found is false, as for a name that is unknown.
func (d *draft) find(name string) (slot Slot, found bool) {
	b, ok := d.scope.Find(name)
	if !ok || b.Negated {
		return None, false
	}
	return d.names[b], true
}

// newSet is an empty set of d's slots.
func (d *draft) newSet() SlotSet { return make(SlotSet, len(d.labels)) }

// kindOf says what a slot can be bound to.
func (d *draft) kindOf(slot Slot) graph.Kind {
	if b := d.scope.Bindings(); int(slot) < len(b) && b[slot].Hop != nil {
		return graph.RelationshipKind
	}
	return graph.EntityKind
}

// conjuncts are the parts of which all must hold.
func conjuncts(c Cond) []Cond {
	if all, ok := c.(AllOf); ok {
		return all
	}
	return []Cond{c}
}
