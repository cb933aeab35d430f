package querytest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// String prints the graph as a text graph that ParseGraph reads back: entities
// first, objects in their order, properties by name, and nothing that the reader
// would add by itself.
func (g *Graph) String() string {
	p := textPrinter{instance: textInstance, described: map[string]bool{}, taken: map[string]bool{}}
	for _, im := range g.entities {
		p.supplier(im)
		p.entity(im)
	}
	types := map[graph.End]*graph.Image{}
	for _, im := range g.entities {
		types[endOf(im)] = im
	}
	for _, im := range g.relationships {
		p.supplier(im)
		p.relationship(im, types[im.From], types[im.To])
	}
	return p.out.String()
}

type textPrinter struct {
	out       strings.Builder
	instance  string
	described map[string]bool // instances whose settings were printed
	taken     map[string]bool // keys of relationships, with their instance
}

// supplier prints the line that begins an instance, where that changes.
func (p *textPrinter) supplier(im *graph.Image) {
	settings := ""
	if in := im.Supplier; in != nil && !p.described[in.Name] {
		p.described[in.Name] = true
		settings = instanceSettings(in)
	}
	if im.Instance == p.instance && settings == "" {
		return
	}
	p.instance = im.Instance
	p.out.WriteString("instance " + im.Instance + settings + "\n")
}

// instanceSettings prints what an instance has beyond the reader's defaults.
func instanceSettings(in *graph.Instance) string {
	out := ""
	if in.Provider != in.Name {
		out += " provider=" + valueText(graph.StringValue(in.Provider))
	}
	if in.Source != graph.SourceImport {
		out += " source=" + valueText(graph.StringValue(in.Source))
	}
	if len(in.Class) > 0 {
		out += " class=" + valueText(graph.StringsValue(in.Class))
	}
	return out
}

// entity prints an entity after its classes and key.
func (p *textPrinter) entity(im *graph.Image) {
	class := "(" + strings.Join(im.Class, ",") + ")"
	if len(im.Class) == 1 {
		class = im.Class[0]
	}
	typ, _, _ := strings.Cut(im.Key, ":")
	p.object(im, class+" "+word(im.Key), typ)
}

// relationship prints a relationship after its ends and verb, and its key where the
// reader would give it another.
func (p *textPrinter) relationship(im, from, to *graph.Image) {
	head := p.end(im.From) + " " + im.Class[0] + " " + p.end(im.To)
	if key := relationshipKey(im, p.taken); key != im.Key {
		head += " _key=" + valueText(graph.StringValue(im.Key))
	}
	p.taken[im.Instance+"\x00"+im.Key] = true
	p.object(im, head, relationshipType(from, im.Class[0], to))
}

// end names an entity, with its instance where that is not the current one.
func (p *textPrinter) end(end graph.End) string {
	if end.Instance == p.instance {
		return word(end.Key)
	}
	return end.Instance + "::" + word(end.Key)
}

// object prints one line: head, the metadata that is not the reader's default, and
// the properties.
func (p *textPrinter) object(im *graph.Image, head, typ string) {
	endOn := int64(0)
	if im.Meta.Deleted {
		head, endOn = "deleted "+head, textTime+1
	}
	p.out.WriteString(head)
	if im.Type != typ {
		p.out.WriteString(" _type=" + valueText(graph.StringValue(im.Type)))
	}
	for _, m := range []struct {
		name       string
		is, normal int64
	}{
		{graph.PropVersion, int64(im.Meta.Version), 1},
		{graph.PropCreatedOn, im.Meta.CreatedOn, textTime},
		{graph.PropBeginOn, im.Meta.BeginOn, textTime},
		{graph.PropEndOn, im.Meta.EndOn, endOn},
	} {
		if m.is != m.normal {
			p.out.WriteString(" " + m.name + "=" + strconv.FormatInt(m.is, 10))
		}
	}
	for name, v := range im.Props.All() {
		p.out.WriteString(" " + word(name) + "=" + valueText(v))
	}
	p.out.WriteByte('\n')
}

// plainWord is what needs no quotes.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:/@|+-]*$`)

// word prints a key or a name.
func word(s string) string {
	if plainWord.MatchString(s) && !strings.Contains(s, "::") {
		return s
	}
	return string(graph.AppendJSONString(nil, s))
}

// valueText prints a value so that readValue reads it back.
func valueText(v graph.Value) string {
	switch v.Kind() {
	case graph.String:
		s := v.Str()
		if plainWord.MatchString(s) && !numberText.MatchString(s) && s != "true" && s != "false" && s != "null" {
			return s
		}
	case graph.List:
		parts := make([]string, len(v.List()))
		for i, e := range v.List() {
			parts[i] = valueText(e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return string(v.AppendJSON(nil))
}
