package j1files

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// WriteGraphML writes objects as GraphML: a node for each entity, an edge for each
// relationship, both named by their `_id`, and their properties as typed data. Lists
// are JSON text, a property whose values are of several kinds is text, a null is
// not there. Ends that are not among the objects become nodes of their own, with
// key and instance, because programs refuse edges without them. Characters that
// XML cannot hold become U+FFFD.
//
// It goes through images twice: the file begins with the names of all properties.
func WriteGraphML(w io.Writer, images Images) (Written, error) {
	g := &graphML{stream: newStream(w), keys: map[graphKey]*graphColumn{}, ends: ends{suppliers: map[string]bool{}}, stubs: map[graph.ID]bool{}}
	return g.graph(images)
}

// WriteGraphMLChanges writes changes as WriteGraphML writes objects: each as it is
// afterwards, or was before its deletion, with what happened to it (see
// [PropChange]).
func WriteGraphMLChanges(w io.Writer, changes Changes) (Written, error) {
	g := &graphML{stream: newStream(w), keys: map[graphKey]*graphColumn{}, ends: ends{among: map[graph.ID]bool{}}, stubs: map[graph.ID]bool{}}
	return g.graph(changedImages(changes))
}

func (g *graphML) graph(images Images) (Written, error) {
	var out Written
	for im, err := range images {
		if err != nil {
			return out, err
		}
		g.learn(im)
	}
	g.header()
	for im, err := range images {
		if err != nil {
			return out, err
		}
		out.count(im)
		if err := g.object(im); err != nil {
			return out, err
		}
	}
	g.text = append(g.text[:0], "</graph>\n</graphml>\n"...)
	if _, err := g.Write(g.text); err != nil {
		return out, fmt.Errorf("write export: %w", err)
	}
	return out, g.finish(&out)
}

type graphKey struct {
	kind graph.Kind
	name string
}

// graphColumn is what is known of one property.
type graphColumn struct {
	id  string
	typ graphType
}

// graphType is the type of an attribute.
type graphType uint8

const (
	graphNone graphType = iota
	graphBool
	graphLong
	graphDouble
	graphText
)

func (t graphType) String() string {
	return [...]string{"string", "boolean", "long", "double", "string"}[t]
}

// graphTypeOf returns the type that holds v.
func graphTypeOf(v graph.Value) graphType {
	switch v.Kind() {
	case graph.Undefined, graph.Null:
		return graphNone
	case graph.Bool:
		return graphBool
	case graph.Int:
		return graphLong
	case graph.Float:
		return graphDouble
	}
	return graphText
}

// with returns the type that holds what t and u hold.
func (t graphType) with(u graphType) graphType {
	switch {
	case t == u || u == graphNone:
		return t
	case t == graphNone:
		return u
	case t == graphLong && u == graphDouble, t == graphDouble && u == graphLong:
		return graphDouble
	}
	return graphText
}

type graphML struct {
	stream
	keys    map[graphKey]*graphColumn
	ends    ends
	stubs   map[graph.ID]bool
	text    []byte
	escaped bytes.Buffer
}

// fixedData are the data that every node, or edge, has.
var fixedData = [...]string{graph.PropKey, graph.PropType, graph.PropClass, graph.PropInstanceName}

// learn notes the properties of im.
func (g *graphML) learn(im *graph.Image) {
	if im.Kind == graph.EntityKind {
		g.ends.add(im)
	}
	for _, name := range fixedData {
		g.column(im.Kind, name).typ = graphText
	}
	for i := range im.Props {
		c := g.column(im.Kind, im.Props[i].Name)
		c.typ = c.typ.with(graphTypeOf(im.Props[i].Value))
	}
	// In case that an end is not here, and no entity at all.
	if im.Kind == graph.RelationshipKind {
		for _, name := range fixedData {
			g.column(graph.EntityKind, name).typ = graphText
		}
	}
}

func (g *graphML) column(kind graph.Kind, name string) *graphColumn {
	key := graphKey{kind, name}
	c, ok := g.keys[key]
	if !ok {
		c = &graphColumn{}
		g.keys[key] = c
	}
	return c
}

// header begins the file, and numbers the properties by kind and name.
func (g *graphML) header() {
	b := append(g.text[:0], xml.Header+`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`+"\n"...)
	keys := slices.SortedFunc(maps.Keys(g.keys), func(a, b graphKey) int {
		if a.kind != b.kind {
			return int(a.kind) - int(b.kind)
		}
		return strings.Compare(a.name, b.name)
	})
	for i, key := range keys {
		c := g.keys[key]
		c.id = fmt.Sprintf("d%d", i)
		domain := "node"
		if key.kind == graph.RelationshipKind {
			domain = "edge"
		}
		b = append(b, `<key id="`+c.id+`" for="`+domain+`" attr.name="`...)
		b = g.appendEscaped(b, key.name)
		b = append(b, `" attr.type="`+c.typ.String()+"\"/>\n"...)
	}
	b = append(b, `<graph id="j1db" edgedefault="directed">`+"\n"...)
	g.text = b
	_, _ = g.Write(b) // the next write, or finish, tells the error
}

// object writes a node or an edge.
func (g *graphML) object(im *graph.Image) error {
	b := g.text[:0]
	id := im.Identity().ID().String()
	if im.Kind == graph.EntityKind {
		b = append(b, `<node id="`+id+`">`...)
		b = append(g.appendData(b, im), "</node>\n"...)
	} else {
		b = g.appendStub(b, im.From)
		b = g.appendStub(b, im.To)
		b = append(b, `<edge id="`+id+`" source="`+endID(im.From).String()+`" target="`+endID(im.To).String()+`">`...)
		b = append(g.appendData(b, im), "</edge>\n"...)
	}
	g.text = b
	if _, err := g.Write(b); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

func endID(e graph.End) graph.ID {
	return graph.Identity{Kind: graph.EntityKind, Instance: e.Instance, Key: e.Key}.ID()
}

// appendStub appends a node for an end that is not here.
func (g *graphML) appendStub(b []byte, e graph.End) []byte {
	if g.ends.here(e) {
		return b
	}
	id := endID(e)
	if g.stubs[id] {
		return b
	}
	g.stubs[id] = true
	b = append(b, `<node id="`+id.String()+`">`...)
	b = g.appendDatum(b, graph.EntityKind, graph.PropKey, e.Key)
	b = g.appendDatum(b, graph.EntityKind, graph.PropInstanceName, e.Instance)
	return append(b, "</node>\n"...)
}

// appendData appends the properties of im.
func (g *graphML) appendData(b []byte, im *graph.Image) []byte {
	b = g.appendDatum(b, im.Kind, graph.PropKey, im.Key)
	b = g.appendDatum(b, im.Kind, graph.PropType, im.Type)
	b = g.appendDatum(b, im.Kind, graph.PropClass, cellText(im.Get(graph.PropClass)))
	b = g.appendDatum(b, im.Kind, graph.PropInstanceName, im.Instance)
	for i := range im.Props {
		p := &im.Props[i]
		if !p.Value.Missing() && !slices.Contains(fixedData[:], p.Name) {
			b = g.appendDatum(b, im.Kind, p.Name, cellText(p.Value))
		}
	}
	return b
}

func (g *graphML) appendDatum(b []byte, kind graph.Kind, name, text string) []byte {
	b = append(b, `<data key="`+g.column(kind, name).id+`">`...)
	return append(g.appendEscaped(b, text), "</data>"...)
}

func (g *graphML) appendEscaped(b []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < ' ', c >= 0x80, c == '<', c == '>', c == '&', c == '"', c == '\'':
			g.escaped.Reset()
			_ = xml.EscapeText(&g.escaped, []byte(text)) // a buffer takes everything
			return append(b, g.escaped.Bytes()...)
		}
	}
	return append(b, text...)
}
