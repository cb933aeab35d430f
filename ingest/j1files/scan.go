package j1files

import (
	"github.com/j1db/j1db/store/graph"
)

// scanner decodes flat objects: entities and relationships as nearly all files
// hold them. What it does not expect it leaves to decode; what it takes, decode
// would have made the same of. Its results alias the bytes that it was given and
// its own memory: they are valid until reset.
type scanner struct {
	root   *shape
	shapes int // in the tree
	text   int // bytes of their names
	terms  map[string]*term
	class  map[string]*classes

	// The object that is being read.
	values []graph.Value // its properties, in the order of the file
	got    object
	spaced bool // what was skipped has white space between its tokens

	props slab[graph.Property]
	lists slab[graph.Value]
	bytes slab[byte]
}

func newScanner() *scanner {
	s := &scanner{}
	s.forget()
	return s
}

// forget drops what was learned of the shapes of objects.
func (s *scanner) forget() {
	s.root, s.shapes, s.text = &shape{}, 0, 0
	s.terms, s.class = map[string]*term{}, map[string]*classes{}
}

// reset takes back the memory of all results.
func (s *scanner) reset() {
	s.props.reset()
	s.lists.reset()
	s.bytes.reset()
	if s.shapes > maxShapes || s.text > maxShapeText {
		s.forget()
	}
}

// pad is how many zero bytes must follow the text that a scanner reads, so that
// it may look ahead.
const pad = 16

// object reads the object at b[start:end] and reports whether it could; the
// result is in got. b is padded.
func (s *scanner) object(b []byte, start, end int) bool {
	i := space(b, start)
	if b[i] != '{' {
		return false
	}
	s.values = s.values[:0]
	s.got = object{}
	i = space(b, i+1)
	at := s.root
	for {
		if at, i = s.name(at, b, i); i < 0 {
			return false
		}
		if i = s.member(at, b, i); i < 0 {
			return false
		}
		// What stands here is never white space: member passed over it.
		switch b[i] {
		case ',':
			i++
			if b[i] != '"' {
				i = space(b, i)
			}
			continue
		case '}':
			for i++; i < end && b[i] <= ' '; i++ {
				if b[i] != ' ' && b[i] != '\t' && b[i] != '\r' && b[i] != '\n' {
					return false
				}
			}
			return i == end && s.finish(at.finish())
		}
		return false
	}
}

// space returns the first position from i that holds no white space.
func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// name reads a member's name and the colon, and steps from at to its child.
func (s *scanner) name(at *shape, b []byte, i int) (*shape, int) {
	if b[i] != '"' {
		return nil, -1
	}
	i++
	if h := at.hint; h != nil {
		if n := i + len(h.quoted); n <= len(b) && string(b[i:n]) == h.quoted {
			return h, n
		}
	}
	end, plain := textEnd(b, i)
	if end < 0 || !plain {
		return nil, -1
	}
	child, ok := at.kids[string(b[i:end])]
	if !ok {
		name := s.intern(b[i:end]).text
		if child, ok = newShape(at, name); !ok {
			return nil, -1
		}
		s.shapes++
		s.text += len(name)
	}
	at.hint = child
	if i = space(b, end+1); b[i] != ':' {
		return nil, -1
	}
	return child, i + 1
}

// member reads the value of a member and the white space after it.
func (s *scanner) member(at *shape, b []byte, i int) int {
	if b[i] <= ' ' {
		i = space(b, i)
	}
	switch at.field {
	case fieldProp, fieldTag:
		i = s.property(at, b, i)
	case fieldKey:
		i = s.key(b, i, &s.got.key)
	case fieldFrom:
		i = s.key(b, i, &s.got.from.Key)
	case fieldTo:
		i = s.key(b, i, &s.got.to.Key)
	case fieldType:
		i = s.term(at, b, i, &s.got.typ)
	case fieldFromScope:
		i = s.term(at, b, i, &s.got.from.Instance)
	case fieldToScope:
		i = s.term(at, b, i, &s.got.to.Instance)
	case fieldClass:
		i = s.classes(at, b, i)
	case fieldRaw:
		i = s.raw(b, i)
	case fieldFromID, fieldToID:
		if b[i] == 'n' { // a null one does not count
			return -1
		}
		i = s.skip(b, i, 1)
	case fieldIgnored:
		i = s.skip(b, i, 1)
	default:
		return -1
	}
	if i > 0 && b[i] <= ' ' {
		i = space(b, i)
	}
	return i
}

// finish makes the object of what was read.
func (s *scanner) finish(e *ending) bool {
	if !e.ok {
		return false
	}
	got := &s.got
	got.sort = e.sort
	got.ignored = e.ignored
	if e.sort == sortRelationship && got.verb == "" {
		return false // several classes, or none
	}
	if len(e.props) == 0 {
		return true
	}
	// The values stand in the order of the file; the shape knows the sorted one.
	props := s.props.take(len(e.props))
	for i := range e.props {
		v := &s.values[e.props[i].slot]
		if v.Kind() == graph.Undefined {
			got.nested++
			continue
		}
		props = append(props, graph.Property{Name: e.props[i].name, Value: *v})
	}
	got.props = props
	return true
}
