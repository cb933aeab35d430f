package j1files

import (
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// key reads a text that is a key.
func (s *scanner) key(b []byte, i int, to *string) int {
	if b[i] != '"' {
		return -1
	}
	end, plain := textEnd(b, i+1)
	if !plain || end == i+1 || end-i-1 > graph.MaxKey {
		return -1
	}
	*to = alias(b[i+1 : end])
	return end + 1
}

// term reads a text of which there are few.
func (s *scanner) term(at *shape, b []byte, i int, to *string) int {
	if t := at.term; t != nil && follows(b, i, t.quoted) {
		*to = t.text
		return i + len(t.quoted)
	}
	if b[i] != '"' {
		return -1
	}
	end, plain := textEnd(b, i+1)
	if !plain || graph.CheckName("name", alias(b[i+1:end])) != nil {
		return -1
	}
	at.term = s.intern(b[i+1 : end])
	*to = at.term.text
	return end + 1
}

// follows reports whether text stands at b[i].
func follows(b []byte, i int, text string) bool {
	n := i + len(text)
	return n <= len(b) && string(b[i:n]) == text
}

// intern returns the term that is made once of b, which has no escape in it.
func (s *scanner) intern(b []byte) *term {
	if t, ok := s.terms[string(b)]; ok {
		return t
	}
	quoted := `"` + string(b) + `"`
	t := &term{quoted[1 : len(quoted)-1], quoted}
	s.terms[t.text] = t
	s.text += len(quoted)
	return t
}

// classes reads a `_class`.
func (s *scanner) classes(at *shape, b []byte, i int) int {
	if c := at.classes; c != nil && follows(b, i, c.raw) {
		s.setClasses(c)
		return i + len(c.raw)
	}
	if b[i] != '"' && b[i] != '[' {
		return -1
	}
	end := s.skip(b, i, 1)
	if end < 0 {
		return -1
	}
	c, ok := s.class[string(b[i:end])]
	if !ok {
		c = &classes{raw: string(b[i:end])}
		if decodeClasses(b[i:end], &c.list) != nil {
			return -1
		}
		if len(c.list) == 1 {
			c.verb = strings.ToUpper(c.list[0])
		}
		s.class[c.raw] = c
		s.text += len(c.raw)
	}
	at.classes = c
	s.setClasses(c)
	return end
}

func (s *scanner) setClasses(c *classes) {
	s.got.classes, s.got.verb = c.list, c.verb
}
