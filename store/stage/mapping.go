package stage

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/wire"
)

// cleanMapping returns a checked copy of a mapping, which shares texts with it,
// and how many of the target's properties have names that are the engine's.
func cleanMapping(in *graph.Mapping, own string, reserved map[string]bool) (*graph.Mapping, int, error) {
	m := *in
	m.Source = ownEnd(in.Source, own)
	var kept []graph.Property
	ignored := 0
	for i := range in.Target.Props {
		p := &in.Target.Props[i]
		if reserved[p.Name] {
			ignored++
			continue
		}
		if err := checkProperty(p); err != nil {
			return nil, 0, fmt.Errorf("mapping target: %w", err)
		}
		kept = append(kept, *p)
	}
	m.Target.Props = graph.SortProperties(kept)
	if n := len(m.Target.Props); n > graph.MaxProps {
		return nil, 0, fmt.Errorf("mapping target: there are %d properties, the limit is %d", n, graph.MaxProps)
	}
	return &m, ignored, checkMapping(&m)
}

// appendMapping appends a mapping, the last thing in a body.
func appendMapping(b []byte, m *graph.Mapping) []byte {
	w := wire.Writer{B: b}
	w.Byte(byte(m.Direction))
	w.Text(m.Source.Instance)
	w.Text(m.Source.Key)
	w.Uint(uint64(len(m.Filters)))
	for _, f := range m.Filters {
		w.Texts(f)
	}
	w.Text(m.Target.Key)
	w.Text(m.Target.Type)
	w.Texts(m.Target.Class)
	w.Props(m.Target.Props)
	w.Bool(m.SkipCreation)
	return w.B
}

// parseMapping reads what appendMapping wrote, sharing no memory with it.
func parseMapping(b []byte) (*graph.Mapping, error) {
	p := &wire.Parser{B: b}
	m := &graph.Mapping{Direction: graph.Direction(p.Byte())}
	if m.Direction != graph.Forward && m.Direction != graph.Reverse {
		p.Fail(errors.New("the mapping has no direction"))
	}
	m.Source = graph.End{Instance: p.Text(), Key: p.Text()}
	m.Filters = make([][]string, p.Count())
	for i := range m.Filters {
		m.Filters[i] = p.Texts()
	}
	m.Target.Key, m.Target.Type = p.Text(), p.Text()
	m.Target.Class, m.Target.Props = p.Texts(), p.Props()
	m.SkipCreation = p.Bool()
	return m, p.Done()
}
