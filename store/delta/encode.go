package delta

import (
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/j1db/j1db/store/graph"
)

// Names that a change uses inside `before` for what is not a property: the
// suppliers of objects cannot use them for properties.
const (
	fromScope = "_fromEntityScope"
	toScope   = "_toEntityScope"
)

// Encode writes changes to w as JSON Lines, in the order in which they come:
//
//	{"op":"update","kind":"entity","version":7,"instance":"crm","key":"u1","type":"crm_user",
//	 "class":["User"],"before":{…},"after":{…},"changed":["active"]}
//
// Top-level fields name the object as it is afterwards, or was, if it is deleted.
// before and after are all of its properties; a null is null and a missing one
// missing. Where an update changed type, class or ends, before holds the earlier
// ones under the names that imports use: `_type`, `_class`, `_fromEntityKey` and
// `_fromEntityScope`, `_toEntityKey` and `_toEntityScope`.
func Encode(w io.Writer, changes iter.Seq2[graph.Change, error]) error {
	var b []byte
	for c, err := range changes {
		if err != nil {
			return err
		}
		b = append(Append(b[:0], &c), '\n')
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("write delta: %w", err)
		}
	}
	return nil
}

// Append appends the JSON of one change, without a line end.
func Append(b []byte, c *graph.Change) []byte {
	im := c.Image()
	b = append(b, `{"op":"`...)
	b = append(b, c.Op().String()...)
	b = append(b, `","kind":"`...)
	b = append(b, im.Kind.String()...)
	b = append(b, `","version":`...)
	b = strconv.AppendUint(b, c.Version, 10)
	b = appendText(b, "instance", im.Instance)
	b = appendText(b, "key", im.Key)
	b = appendText(b, "type", im.Type)
	b = append(b, `,"class":`...)
	b = graph.StringsValue(im.Class).AppendJSON(b)
	if im.Kind == graph.RelationshipKind {
		b = appendEnd(b, "from", im.From)
		b = appendEnd(b, "to", im.To)
	}
	if c.Before != nil {
		b = append(b, `,"before":`...)
		b = beforeProps(c).AppendJSON(b)
	}
	if c.After != nil {
		b = append(b, `,"after":`...)
		b = c.After.Props.AppendJSON(b)
	}
	if c.Op() == graph.Update {
		b = append(b, `,"changed":`...)
		b = graph.StringsValue(c.Changed()).AppendJSON(b)
	}
	return append(b, '}')
}

func appendText(b []byte, name, text string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return graph.AppendJSONString(b, text)
}

func appendEnd(b []byte, name string, e graph.End) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":{"instance":`...)
	b = graph.AppendJSONString(b, e.Instance)
	b = append(b, `,"key":`...)
	return append(graph.AppendJSONString(b, e.Key), '}')
}

// beforeProps are the properties before, with what else an update changed.
func beforeProps(c *graph.Change) graph.Properties {
	old, now := c.Before, c.After
	if now == nil {
		return old.Props
	}
	props := append(graph.Properties{}, old.Props...)
	if old.Type != now.Type {
		props.Set(graph.PropType, graph.StringValue(old.Type))
	}
	if !graph.SameClass(old.Class, now.Class) {
		props.Set(graph.PropClass, graph.StringsValue(old.Class))
	}
	if old.From != now.From {
		props.Set(graph.PropFromKey, graph.StringValue(old.From.Key))
		props.Set(fromScope, graph.StringValue(old.From.Instance))
	}
	if old.To != now.To {
		props.Set(graph.PropToKey, graph.StringValue(old.To.Key))
		props.Set(toScope, graph.StringValue(old.To.Instance))
	}
	return props
}
