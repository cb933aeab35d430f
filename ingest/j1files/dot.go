package j1files

import (
	"fmt"
	"io"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// WriteDOT writes objects as a graph for Graphviz: a node for each entity with its
// displayName and type, an edge for each relationship with its verb. It is for
// pictures and holds no further properties. Ends that are not among the objects
// are nodes with their key.
func WriteDOT(w io.Writer, images Images) (Written, error) {
	d := &dot{stream: newStream(w), ends: ends{suppliers: map[string]bool{}}}
	return d.graph(images)
}

// WriteDOTChanges writes changes as WriteDOT writes objects: what was created in
// green, what was updated in orange, what was deleted in red.
func WriteDOTChanges(w io.Writer, changes Changes) (Written, error) {
	d := &dot{stream: newStream(w), ends: ends{among: map[graph.ID]bool{}}}
	return d.graph(changedImages(changes))
}

func (d *dot) graph(images Images) (Written, error) {
	var out Written
	d.text = append(d.text, "digraph j1db {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n"...)
	for im, err := range images {
		if err != nil {
			return out, err
		}
		out.count(im)
		if im.Kind == graph.EntityKind {
			d.node(im)
		} else {
			d.edge(im)
		}
		if err := d.write(); err != nil {
			return out, err
		}
	}
	d.text = append(d.text, "}\n"...)
	if err := d.write(); err != nil {
		return out, err
	}
	return out, d.finish(&out)
}

type dot struct {
	stream
	ends ends
	text []byte
}

func (d *dot) write() error {
	_, err := d.Write(d.text)
	d.text = d.text[:0]
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

func (d *dot) node(im *graph.Image) {
	d.ends.add(im)
	d.begin(im.Identity().ID())
	d.attribute(" [label=", im.DisplayName()+"\n"+im.Type)
	d.attribute(", tooltip=", im.Instance+": "+im.Key)
	d.colour(im)
	d.text = append(d.text, "];\n"...)
}

func (d *dot) edge(im *graph.Image) {
	for _, e := range [...]graph.End{im.From, im.To} {
		if !d.ends.here(e) {
			d.begin(endID(e))
			d.attribute(" [label=", e.Key+"\n"+e.Instance)
			d.text = append(d.text, ", style=dashed];\n"...)
		}
	}
	d.begin(endID(im.From))
	d.text = append(d.text, ` -> "`+endID(im.To).String()+`"`...)
	d.attribute(" [label=", verbOf(im))
	d.colour(im)
	d.text = append(d.text, "];\n"...)
}

// colour tells what happened to an object, where something did.
func (d *dot) colour(im *graph.Image) {
	if d.ends.among == nil {
		return
	}
	colours := map[string]string{graph.Create.String(): "forestgreen", graph.Update.String(): "darkorange", graph.Delete.String(): "red"}
	d.text = append(d.text, ", color="+colours[im.Props.Get(PropChange).Str()]...)
}

func (d *dot) begin(id graph.ID) { d.text = append(d.text, `  "`+id.String()+`"`...) }

func (d *dot) attribute(name, text string) {
	d.text = append(appendDOTText(append(append(d.text, name...), '"'), text), '"')
}

// maxDOTText bounds what is shown of one text, in characters.
const maxDOTText = 120

// appendDOTText appends text for the inside of a quoted label. Graphviz reads
// backslashes and, as HTML does, ampersands in labels; what would steer a terminal
// or turn the direction of text is left out.
func appendDOTText(b []byte, text string) []byte {
	n := 0
	for _, r := range text {
		if n++; n > maxDOTText && r != '\n' {
			if n == maxDOTText+1 {
				b = append(b, "..."...)
			}
			continue
		}
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
			n = 0
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '\t' || r == '\r':
			b = append(b, ' ')
		case r < ' ' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", r):
			b = append(b, "\ufffd"...)
		default:
			b = append(b, string(r)...)
		}
	}
	return b
}
