package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// CheckSteps says everything that is wrong with a table of steps: ids that are
// missing or double, needs that are unknown or run in a circle, types that are
// looked up and never supplied, or at an end of a relationship and never
// declared, classes and verbs that the model does not have, names of types that
// do not follow from verb and ends. Run asks it before the first request.
func CheckSteps(steps []Step, model *datamodel.Model) error {
	c := &tableCheck{steps: steps, model: model, byID: map[string]int{}, classes: map[string][]string{}, links: map[string]bool{}}
	if len(steps) == 0 {
		c.bad("", "the table has no steps")
	}
	if len(steps) > maxSteps {
		c.bad("", "the table has more than %d steps", maxSteps)
	}
	c.ids()
	c.needs()
	c.entities()
	c.relationships()
	if len(c.problems) == 0 {
		c.cycles()
	}
	if len(c.problems) == 0 {
		c.uses()
	}
	if len(c.problems) > 0 {
		return fmt.Errorf("check steps: %w", errors.Join(c.problems...))
	}
	return nil
}

// tableCheck collects problems.
type tableCheck struct {
	steps    []Step
	model    *datamodel.Model
	byID     map[string]int
	classes  map[string][]string // of every declared type of entities
	links    map[string]bool     // every declared type of relationships
	problems []error
}

func (c *tableCheck) bad(step, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if step != "" {
		text = "step " + step + ": " + text
	}
	c.problems = append(c.problems, errors.New(text))
}

func (c *tableCheck) ids() {
	for i, s := range c.steps {
		if s.ID == "" {
			c.bad("", "row %d has no id", i+1)
			continue
		}
		if _, ok := c.byID[s.ID]; ok {
			c.bad(s.ID, "the id is given twice")
			continue
		}
		c.byID[s.ID] = i
	}
}

func (c *tableCheck) needs() {
	for _, s := range c.steps {
		for _, need := range s.Needs {
			if _, ok := c.byID[need]; !ok {
				c.bad(s.ID, "needs the step %q, which does not exist", need)
			}
		}
	}
}

func (c *tableCheck) entities() {
	for _, s := range c.steps {
		for _, t := range s.Entities {
			c.name(s.ID, t.Type)
			if len(t.Class) == 0 {
				c.bad(s.ID, "%s has no class", t.Type)
			}
			for _, class := range t.Class {
				if !hasClass(c.model, class) {
					c.bad(s.ID, "%s: the data model has no class %q", t.Type, class)
				}
			}
			if earlier, ok := c.classes[t.Type]; ok && !graph.SameClass(earlier, t.Class) {
				c.bad(s.ID, "%s is of class %v here and %v elsewhere", t.Type, t.Class, earlier)
			}
			c.classes[t.Type] = t.Class
		}
	}
}

func (c *tableCheck) name(step, typ string) {
	if err := graph.CheckName("type", typ); err != nil {
		c.bad(step, "%v", err)
	}
}

func (c *tableCheck) relationships() {
	for _, s := range c.steps {
		for _, t := range s.Relationships {
			c.link(s.ID, t.Type, t.Class, RelationshipTypeName(t.Class, t.Source, t.Target))
			c.end(s.ID, t.Type, t.Source)
			c.end(s.ID, t.Type, t.Target)
		}
		for _, t := range s.Mapped {
			c.link(s.ID, t.Type, t.Class, mappedTypeName(t.Class, t.Target))
			c.end(s.ID, t.Type, t.Source)
			if t.Direction != graph.Forward && t.Direction != graph.Reverse {
				c.bad(s.ID, "%s has no direction", t.Type)
			}
		}
	}
	for typ := range c.links {
		if _, ok := c.classes[typ]; ok {
			c.bad("", "%s is a type of entities and of relationships", typ)
		}
	}
}

func (c *tableCheck) link(step, typ, verb, want string) {
	c.name(step, typ)
	c.links[typ] = true
	switch {
	case verb != strings.ToUpper(verb):
		c.bad(step, "%s: the verb %q is not in upper case", typ, verb)
	case !c.model.IsVerb(verb):
		c.bad(step, "%s: the vocabulary has no verb %q", typ, verb)
	case typ != want:
		c.bad(step, "%s should be called %s", typ, want)
	}
}

func (c *tableCheck) end(step, link, typ string) {
	if _, ok := c.classes[typ]; !ok {
		c.bad(step, "%s has an end of type %q, which no step declares", link, typ)
	}
}

// cycles finds steps that need each other.
func (c *tableCheck) cycles() {
	done := map[string]bool{}
	var path []string
	var visit func(id string) bool
	visit = func(id string) bool {
		if at := slices.Index(path, id); at >= 0 {
			c.bad("", "steps need each other: %s", strings.Join(append(path[at:], id), " > "))
			return false
		}
		if done[id] {
			return true
		}
		path = append(path, id)
		for _, need := range c.steps[c.byID[id]].Needs {
			if !visit(need) {
				return false
			}
		}
		path = path[:len(path)-1]
		done[id] = true
		return true
	}
	for _, s := range c.steps {
		if !visit(s.ID) {
			return
		}
	}
}

// uses checks that what a step looks up is supplied before.
func (c *tableCheck) uses() {
	for i, s := range c.steps {
		supplied := map[string]bool{}
		for _, b := range before(c.steps, i) {
			for _, t := range c.steps[b].Entities {
				supplied[t.Type] = true
			}
		}
		for _, u := range s.Uses {
			if !supplied[u.Type] {
				c.bad(s.ID, "uses %s, which no step that it needs supplies", u.Type)
			}
		}
	}
}

// before lists, ascending, the rows that the i-th step needs, directly or not.
func before(steps []Step, i int) []int {
	at := map[string]int{}
	for i, s := range steps {
		at[s.ID] = i
	}
	seen := map[int]bool{}
	var visit func(i int)
	visit = func(i int) {
		for _, need := range steps[i].Needs {
			if n := at[need]; !seen[n] {
				seen[n] = true
				visit(n)
			}
		}
	}
	visit(i)
	var out []int
	for i := range steps {
		if seen[i] {
			out = append(out, i)
		}
	}
	return out
}
