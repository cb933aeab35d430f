package store

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// edition is one version as its snapshots show it: what was decoded so far, and the
// file to read the rest from while a snapshot of it is open. Its tables are numbered
// in the order of the directory, those of entities from 1 with the virtual one of
// run records in its place by name, then those of relationships. It may be used by
// several goroutines at once.
type edition struct {
	key     editionKey
	version graph.Version
	newest  uint64 // version of the file
	stamp   string

	file *vault
	hash stage.Hasher
	dir  *table.Directory
	// tables are those of the version, plain those of the newest, which are the
	// same unless something differs.
	tables, plain *table.Tables
	runAt         int // the place of the run records among the entity tables
	sheets        []atomic.Pointer[sheet]

	handles   lazy[[]uint32] // by the number of a table in the file
	asked     atomic.Int32   // how often one was looked for before they were made
	instances lazy[*suppliers]
	keys      lazy[*table.Index]
	ids       lazy[*table.Index]
	rels      lazy[*table.Index]
	past      lazy[*past]
	runs      lazy[[]*graph.Image]
	joined    lazy[*strands]
	types     lazy[[]graph.TypeStat]
	joins     lazy[[]graph.RelationshipStat]
	images    imageCache
	props     propertyCache
	// stepMemory are *graph.Steps that nobody looks at any more.
	stepMemory sync.Pool
	// wholeBytes is what the properties take that are decoded for all rows of a table.
	wholeBytes atomic.Int64

	mu    sync.Mutex // guards users
	users int        // snapshots that are open
}

// newEdition reads as little as it can of a version.
func newEdition(db *DB, r *reader, v graph.Version, key editionKey) (*edition, error) {
	e := &edition{key: key, version: v, stamp: strconv.FormatUint(rand.Uint64(), 36), file: &vault{db: db}}
	var err error
	if e.newest, err = r.last(bucketVersion); err != nil {
		return nil, err
	}
	secret, err := r.secret()
	if err != nil {
		return nil, err
	}
	e.hash = stage.NewHasher(secret)
	if e.dir, err = r.directory(); err != nil {
		return nil, err
	}
	e.plain = table.NewTables(e.file, e.dir, nil)
	e.tables = e.plain
	if e.rewound() {
		e.tables = table.NewOverlaid(e.file, e.dir, e.overlay)
	}
	e.runAt, _ = slices.BinarySearchFunc(e.dir.Entities, graph.RunType, compareType)
	e.sheets = make([]atomic.Pointer[sheet], len(e.dir.Entities)+1+len(e.dir.Edges))
	return e, nil
}

// rewound reports whether the version may differ from the newest tables.
func (e *edition) rewound() bool {
	return e.version.Number < e.newest || e.key.opt.IncludeDeleted
}

// enter counts one more snapshot, which brings an open file.
func (e *edition) enter(h *handle, r *reader) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.users++
	if !e.file.attach(h, r) {
		h.release()
	}
}

// leave counts one snapshot less; the last one lets the file go.
func (e *edition) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.users--; e.users == 0 {
		e.file.close()
	}
}

// entitySheets is the number of entity tables, which have the first numbers.
func (e *edition) entitySheets() int { return len(e.dir.Entities) + 1 }

// sheet returns a table, nil if there is none of that number.
func (e *edition) sheet(number uint32) *sheet {
	i := int(number) - 1
	if i < 0 || i >= len(e.sheets) {
		return nil
	}
	if s := e.sheets[i].Load(); s != nil {
		return s
	}
	e.sheets[i].CompareAndSwap(nil, e.newSheet(number))
	return e.sheets[i].Load()
}

func (e *edition) newSheet(number uint32) *sheet {
	i := int(number) - 1
	s := &sheet{edition: e, number: number}
	switch {
	case i == e.runAt:
		s.virtual, s.typ = true, graph.RunType
	case i < e.entitySheets():
		if i > e.runAt {
			i--
		}
		s.typ, s.stored = e.dir.Entities[i].Type, e.dir.Entities[i].Number
	default:
		t := &e.dir.Edges[i-e.entitySheets()]
		s.kind, s.typ, s.class, s.stored = t.Kind, t.Type, t.Class, t.Number
	}
	return s
}

// fewHandles are looked for one by one: whoever reads one object of ten thousand
// types need not number them all.
const fewHandles = 8

// handle returns the number of a table of the file among the sheets, 0 if there is
// none.
func (e *edition) handle(stored uint32) uint32 {
	if e.handles.made.Load() == nil && e.asked.Add(1) <= fewHandles {
		return e.searchHandle(stored)
	}
	handles, _ := e.handles.get(func() ([]uint32, error) { return e.listHandles(), nil })
	if int(stored) >= len(handles) {
		return 0
	}
	return handles[stored]
}

func (e *edition) searchHandle(stored uint32) uint32 {
	for i := range e.dir.Entities {
		if e.dir.Entities[i].Number == stored {
			return e.entityHandle(i)
		}
	}
	for i := range e.dir.Edges {
		if e.dir.Edges[i].Number == stored {
			return uint32(e.entitySheets() + i + 1)
		}
	}
	return 0
}

// entityHandle is the number of the i-th entity table of the directory.
func (e *edition) entityHandle(i int) uint32 {
	if i >= e.runAt {
		i++
	}
	return uint32(i + 1)
}

func (e *edition) listHandles() []uint32 {
	most := uint32(0)
	for _, list := range [...][]table.Entry{e.dir.Entities, e.dir.Edges} {
		for i := range list {
			most = max(most, list[i].Number)
		}
	}
	if int(most) > 16*len(e.sheets)+1024 {
		return nil // no such numbers were ever given
	}
	out := make([]uint32, most+1)
	for i := range e.dir.Entities {
		out[e.dir.Entities[i].Number] = e.entityHandle(i)
	}
	for i := range e.dir.Edges {
		out[e.dir.Edges[i].Number] = uint32(e.entitySheets() + i + 1)
	}
	return out
}

// wrong says where in the file something is damaged.
func (e *edition) wrong(err error, where string) error {
	if corrupt := (*CorruptError)(nil); err == nil || errors.Is(err, errParked) || errors.As(err, &corrupt) {
		return err
	}
	return &CorruptError{Path: e.file.db.path, Where: where, Err: err}
}

// suppliers are the instances by name.
type suppliers struct {
	names  []string // sorted
	byName map[string]*graph.Instance
}

// suppliers returns what supplies the graph, or did so once.
func (e *edition) suppliers() (*suppliers, error) {
	return e.instances.get(func() (*suppliers, error) {
		s := &suppliers{byName: map[string]*graph.Instance{}}
		err := e.file.read(func(r *reader) error {
			list, err := r.instances()
			for _, in := range list {
				s.names = append(s.names, in.Name)
				s.byName[in.Name] = &in.Instance
			}
			return err
		})
		return s, err
	})
}
