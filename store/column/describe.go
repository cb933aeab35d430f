package column

import (
	"fmt"
	"strings"
)

// Encoding names how the values are stored, for people: "dict of 4 texts, 2 bits".
func (c *Chunk) Encoding() string {
	root, err := c.node()
	if err != nil {
		return "unreadable"
	}
	text := describe(root)
	if c.packed != nil {
		text = "compressed " + text
	}
	return text
}

func describe(x node) string {
	switch x := x.(type) {
	case *constant:
		return "constant"
	case *ints:
		return x.describe()
	case *floats:
		return "floats"
	case *texts:
		return "texts"
	case *pattern:
		return x.describe()
	case *dict:
		return fmt.Sprintf("dict of %d %s, %d bits", x.size, describe(x.entries), x.codes.p.width)
	case *lists:
		return "lists of " + describe(x.elements)
	case *mixed:
		return "mixed"
	case *sparse:
		return "sparse " + describe(x.values)
	case *alias:
		return "alias of " + x.name
	}
	return "nothing"
}

func (s *series) describe() string {
	switch s.mode {
	case modeFrame:
		return fmt.Sprintf("frame of %d bits", s.data.width)
	case modeBlocks:
		return "blocks"
	}
	return "line"
}

func (p *pattern) describe() string {
	parts := make([]string, len(p.streams))
	for i := range p.streams {
		parts[i] = p.streams[i].describe()
	}
	return fmt.Sprintf("pattern of %d (%s), %d bits", p.skeletons.n, strings.Join(parts, ", "), p.codes.p.width)
}
