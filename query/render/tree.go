package render

import (
	"bufio"
	"strings"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// writeIndented draws a tree answer by depth: under each entity the entities that
// its relationships lead to, with verb and direction. Each relationship is drawn
// once; an entity that was drawn with its own neighbours before is only named.
func writeIndented(w *bufio.Writer, t *exec.Subgraph, color bool) {
	d := &drawing{w: w, color: color, byID: map[string]*graph.Image{}, edges: map[string][]*graph.Image{},
		drawn: map[string]bool{}, used: map[*graph.Image]bool{}}
	incoming := map[string]int{}
	for _, v := range t.Vertices {
		d.byID[v.Get(graph.PropID).Str()] = v
	}
	for _, e := range t.Edges {
		from, to := e.Get(graph.PropFromID).Str(), e.Get(graph.PropToID).Str()
		d.edges[from] = append(d.edges[from], e)
		if to != from {
			d.edges[to] = append(d.edges[to], e)
			incoming[to]++
		}
	}
	// Entities to which nothing leads make the best roots; what only cycles reach
	// comes after them.
	for _, rootsOnly := range []bool{true, false} {
		for _, v := range t.Vertices {
			id := v.Get(graph.PropID).Str()
			if !d.drawn[id] && (!rootsOnly || incoming[id] == 0) {
				w.WriteString(d.label(v) + "\n")
				d.draw(id, "")
			}
		}
	}
}

// drawing is the state of one indented tree.
type drawing struct {
	w     *bufio.Writer
	color bool
	byID  map[string]*graph.Image
	edges map[string][]*graph.Image // by the id of either end
	drawn map[string]bool           // entities whose neighbours were drawn
	used  map[*graph.Image]bool     // relationships that were drawn
}

// frame is an entity whose neighbours are being drawn.
type frame struct {
	id, indent string
	edges      []*graph.Image
}

// draw draws what hangs under an entity. It keeps its own stack: a chain may be
// longer than the goroutine's would allow.
func (d *drawing) draw(id, indent string) {
	stack := []frame{d.open(id, indent)}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		f.edges = d.skipUsed(f.edges)
		if len(f.edges) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		e := f.edges[0]
		f.edges = d.skipUsed(f.edges[1:])
		d.used[e] = true
		f.edges = d.skipUsed(f.edges)
		branch, below := "├─ ", "│  "
		if len(f.edges) == 0 {
			branch, below = "└─ ", "   "
		}
		next, line := d.step(f.id, e)
		d.w.WriteString(f.indent + branch + line + "\n")
		if next != "" && !d.drawn[next] {
			stack = append(stack, d.open(next, f.indent+below))
		}
	}
}

func (d *drawing) open(id, indent string) frame {
	d.drawn[id] = true
	return frame{id, indent, d.edges[id]}
}

func (d *drawing) skipUsed(edges []*graph.Image) []*graph.Image {
	for len(edges) > 0 && d.used[edges[0]] {
		edges = edges[1:]
	}
	return edges
}

// step prints one relationship as seen from an entity and says where it leads.
func (d *drawing) step(id string, e *graph.Image) (next, line string) {
	verb := paint(d.color, link, Clean(strings.Join(e.Class, " ")))
	from, to := e.Get(graph.PropFromID).Str(), e.Get(graph.PropToID).Str()
	next, line = to, verb+" → "
	if from != id {
		next, line = from, verb+" ← "
	}
	v := d.byID[next]
	if v == nil {
		return "", line + "?"
	}
	if d.drawn[next] {
		return next, line + Clean(v.DisplayName()) + " (above)"
	}
	return next, line + d.label(v)
}

func (d *drawing) label(v *graph.Image) string {
	return Clean(v.DisplayName()) + "  " + paint(d.color, aside, Clean(v.Type))
}
