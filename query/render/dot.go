package render

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// writeDOT prints a tree in Graphviz's language: a node per entity, labelled with
// its name and type, an edge per relationship, labelled with its verb.
func writeDOT(w *bufio.Writer, t *exec.Subgraph) {
	w.WriteString("digraph j1db {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n")
	for _, v := range t.Vertices {
		fmt.Fprintf(w, "  %s [label=%s];\n", DOTString(v.Get(graph.PropID).Str()), DOTString(v.DisplayName()+"\n"+v.Type))
	}
	for _, e := range t.Edges {
		fmt.Fprintf(w, "  %s -> %s [label=%s];\n", DOTString(e.Get(graph.PropFromID).Str()),
			DOTString(e.Get(graph.PropToID).Str()), DOTString(e.Get(graph.PropClass).Str()))
	}
	w.WriteString("}\n")
}

// DOTString makes a quoted string of DOT. Inside one only the quote ends it, and a
// backslash begins an escape of labels, so both are escaped.
func DOTString(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(Clean(l))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
