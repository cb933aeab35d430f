package stage

import (
	"slices"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// Group is what many objects have in common: a shelf, a type and a list of
// classes. The classes of a relationship are its verb alone.
type Group struct {
	Shelf Shelf
	Type  string
	Class []string // do not write to it
	Count int      // of the objects that Seal kept
}

// group is a Group and what objects of it are encoded with.
type group struct {
	Group
	number uint32
	verb   string // in lower case, of a relationship
	digest uint64 // Hasher.group
}

func (g *group) is(typ string, class []string) bool {
	return g.Type == typ && slices.Equal(g.Class, class)
}

// name is the name of a property.
type name struct {
	number  uint32
	text    string
	coded   string // as it is hashed
	ignored [2]bool
}

// mapCost is about what an entry of a map takes beside its texts, in bytes.
const mapCost = 96

// lexicon numbers what recurs: groups, names of properties and origins. Encoders
// keep what they looked up.
type lexicon struct {
	mu       sync.Mutex
	hasher   Hasher
	reserved [2]map[string]bool
	groups   []*group
	grouped  map[string]*group // by groupKey
	names    []*name
	named    map[string]*name
	origins  []string
	origin   map[string]uint32
	held     int64 // bytes, about
}

// newLexicon returns a lexicon that knows the groups of what is spared, which
// come first.
func newLexicon(h Hasher) *lexicon {
	x := &lexicon{
		hasher:   h,
		reserved: [2]map[string]bool{reservedNames(graph.EntityKind), reservedNames(graph.RelationshipKind)},
		grouped:  map[string]*group{}, named: map[string]*name{}, origin: map[string]uint32{},
	}
	for sh := range Shelf(shelves) {
		// Of what is spared: see Entry.Spared.
		x.groups = append(x.groups, &group{Group: Group{Shelf: sh}, number: uint32(sh)})
	}
	return x
}

// group returns the group of a type and classes that are known to be valid.
func (x *lexicon) group(sh Shelf, typ string, class []string) (*group, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := groupKey(nil, sh, typ, class)
	if g := x.grouped[string(key)]; g != nil {
		return g, nil
	}
	if len(x.groups) == maxGroups {
		return nil, errTooManyGroups
	}
	g := &group{Group: Group{Shelf: sh, Type: strings.Clone(typ), Class: cloneTexts(class)}, number: uint32(len(x.groups))}
	if sh != Entities {
		g.verb = strings.ToLower(g.Class[0])
	}
	g.digest = x.hasher.group(sh, g.Type, g.Class)
	x.groups = append(x.groups, g)
	x.grouped[string(key)] = g
	x.held += int64(3*mapCost + 4*len(key) + 16*len(class))
	return g, nil
}

// groupKey appends what tells a group from others, whatever the texts contain.
func groupKey(b []byte, sh Shelf, typ string, class []string) []byte {
	b = appendName(append(b, byte(sh)), typ)
	for _, c := range class {
		b = appendName(b, c)
	}
	return b
}

// rekey gives the groups their digests under another secret.
func (x *lexicon) rekey(h Hasher) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hasher = h
	for _, g := range x.groups {
		g.digest = h.group(g.Shelf, g.Type, g.Class)
	}
}

// name returns what is known of a name, or says why it cannot be stored.
func (x *lexicon) name(text string) (*name, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n := x.named[text]; n != nil {
		return n, nil
	}
	if err := graph.CheckName("property name", text); err != nil {
		return nil, err
	}
	text = strings.Clone(text)
	n := &name{
		number: uint32(len(x.names)), text: text, coded: string(appendName(nil, text)),
		ignored: [2]bool{x.reserved[0][text], x.reserved[1][text]},
	}
	x.names = append(x.names, n)
	x.named[text] = n
	x.held += int64(2*mapCost + 2*len(text))
	return n, nil
}

// originOf returns the number of an origin.
func (x *lexicon) originOf(text string) uint32 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n, ok := x.origin[text]; ok {
		return n
	}
	text = strings.Clone(text)
	n := uint32(len(x.origins))
	x.origins = append(x.origins, text)
	x.origin[text] = n
	x.held += int64(mapCost + len(text))
	return n
}

func (x *lexicon) size() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.held
}

func cloneTexts(ss []string) []string {
	if len(ss) == 0 {
		return nil
	}
	out := make([]string, len(ss))
	for i, t := range ss {
		out[i] = strings.Clone(t)
	}
	return out
}
