package jupiterone

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// encoder writes objects as the API takes them.
type encoder struct {
	scopeOf func(instance string) string // set for relationships between scopes
	dropped int                          // properties that the API does not take
}

// object appends an object without raw data.
func (e *encoder) object(b []byte, im *graph.Image) []byte {
	b = e.open(b, im)
	for name, v := range im.Props.All() {
		if e.takes(name, v) {
			b = v.AppendJSON(appendName(b, name))
		}
	}
	return append(b, '}')
}

// patch appends an entity with null for what it no longer has.
func (e *encoder) patch(b []byte, im *graph.Image, gone []string) []byte {
	b = e.object(b, im)
	b = b[:len(b)-1]
	for _, name := range gone {
		if e.takes(name, graph.NullValue()) {
			b = append(appendName(b, name), "null"...)
		}
	}
	return append(b, '}')
}

// open appends what is not a property.
func (e *encoder) open(b []byte, im *graph.Image) []byte {
	b = append(b, `{"_key":`...)
	b = graph.AppendJSONString(b, im.Key)
	b = graph.AppendJSONString(appendName(b, graph.PropType), im.Type)
	b = appendName(b, graph.PropClass)
	if im.Kind == graph.EntityKind {
		return graph.StringsValue(im.Class).AppendJSON(b)
	}
	b = graph.AppendJSONString(b, strings.Join(im.Class, ""))
	b = graph.AppendJSONString(appendName(b, graph.PropFromKey), im.From.Key)
	b = graph.AppendJSONString(appendName(b, graph.PropToKey), im.To.Key)
	if e.scopeOf != nil {
		b = graph.AppendJSONString(appendName(b, "_fromEntityScope"), e.scopeOf(im.From.Instance))
		b = graph.AppendJSONString(appendName(b, "_toEntityScope"), e.scopeOf(im.To.Instance))
	}
	return b
}

// takes reports whether the API takes a property: names that begin with an
// underscore are its own, and lists are of one kind.
func (e *encoder) takes(name string, v graph.Value) bool {
	if strings.HasPrefix(name, "_") || v.Mixed() {
		e.dropped++
		return false
	}
	return true
}

func appendName(b []byte, name string) []byte {
	return append(graph.AppendJSONString(append(b, ','), name), ':')
}

// withRaw adds raw data, which is JSON, to an encoded object. The API takes a list
// of names and data; anything else is given the name default.
func withRaw(b, raw []byte) []byte {
	if len(raw) == 0 {
		return b
	}
	b = appendName(b[:len(b)-1], "_rawData")
	if raw[0] == '[' {
		b = append(b, raw...)
	} else {
		b = append(append(append(b, `[{"name":"default","rawData":`...), raw...), "}]"...)
	}
	return append(b, '}')
}
