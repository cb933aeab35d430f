package render

import (
	"slices"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// envelopeNames are the properties that JupiterOne's results set apart from the
// supplier's, in the order in which they are printed.
var envelopeNames = [...]string{
	graph.PropID, graph.PropKey, graph.PropType, graph.PropClass, graph.PropInstanceID, graph.PropInstanceName,
	graph.PropIntegrationType, graph.PropIntegrationCls, graph.PropSource, graph.PropVersion,
	graph.PropCreatedOn, graph.PropBeginOn, graph.PropEndOn, graph.PropDeleted,
	graph.PropFromKey, graph.PropToKey, graph.PropFromID, graph.PropToID, graph.PropDisplayName,
}

// appendObject appends {"id","entity"|"relationship","properties"}, the shape of
// a whole object in JupiterOne's results.
func appendObject(b []byte, im *graph.Image) []byte {
	b = append(b, `{"id":`...)
	b = im.Get(graph.PropID).AppendJSON(b)
	return append(appendBody(b, im), '}')
}

// appendBody appends the envelope and the properties, after a comma.
func appendBody(b []byte, im *graph.Image) []byte {
	b = append(b, `,"`...)
	b = append(b, im.Kind.String()...)
	b = append(b, `":{`...)
	first := true
	for _, name := range envelopeNames {
		v := envelopeValue(im, name)
		if v.Kind() == graph.Undefined {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(graph.AppendJSONString(b, name), ':')
		b = v.AppendJSON(b)
	}
	b = append(b, `},"properties":`...)
	return supplied(im).AppendJSON(b)
}

// envelopeValue is a metadata property as JupiterOne's list results show it: an
// entity's `_type` is a list and times are ISO 8601, although WITH compares a
// string and numbers.
func envelopeValue(im *graph.Image, name string) graph.Value {
	v := im.Get(name)
	switch name {
	case graph.PropType:
		if im.Kind == graph.EntityKind {
			return graph.ListValue(v)
		}
	case graph.PropCreatedOn, graph.PropBeginOn, graph.PropEndOn:
		if ms, ok := v.Int(); ok {
			return graph.StringValue(formatTime(ms))
		}
	}
	return v
}

// supplied is what the supplier said, without what the envelope shows.
func supplied(im *graph.Image) graph.Properties {
	i := slices.IndexFunc(im.Props, func(p graph.Property) bool { return p.Name == graph.PropDisplayName })
	if i < 0 {
		return im.Props
	}
	return slices.Delete(slices.Clone(im.Props), i, i+1)
}

func formatTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}
