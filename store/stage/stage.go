package stage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/graph"
)

// DefaultBudget is how much memory a Stage takes unless told otherwise, in bytes.
const DefaultBudget = 384 << 20

// Errors of a Stage that is asked for what it cannot do any more.
var (
	ErrSealed = errors.New("the stage is sealed")
	ErrClosed = errors.New("the stage is closed")
)

var errTooManyGroups = fmt.Errorf("a run cannot bring more than %d combinations of type and class", maxGroups)

// Options say what a Stage is for.
type Options struct {
	Instance graph.Instance // that supplies the objects
	Secret   [16]byte       // of the hashes: see Rekey
	// Budget is how many bytes of memory are held before records go to disk, 0 for
	// DefaultBudget. Entries, names and completeness always stay in memory: 32
	// bytes an object. What several Readers take is not counted.
	Budget int64
	// TempFile makes the file for records that exceed the budget. It is asked once
	// at most, and the Stage removes the file by its name.
	TempFile func() (*os.File, error)
}

// Stage is what one run of one instance brought. Put may be called by several
// goroutines; after Seal all but Rekey and Close may be. Close it in the end.
type Stage struct {
	instance graph.Instance
	blocks   blocks
	lexicon  *lexicon

	raws   atomic.Bool  // some object has raw data
	use    sync.RWMutex // held to read by Put, to write by what changes everything
	hasher Hasher
	sealed bool
	shelf  shelving // after Seal
	groups []Group
	names  []string
	counts [shelves]int
	lost   findings[Duplicate]
	bad    findings[Rejection]
	ignore int

	mu      sync.Mutex // guards what follows
	idle    []*encoder
	scope   Scope
	deletes map[graph.Deletion]bool
}

// New returns an empty Stage.
func New(opt Options) *Stage {
	h := NewHasher(opt.Secret)
	return &Stage{
		instance: opt.Instance, hasher: h, lexicon: newLexicon(h),
		blocks: blocks{budget: cmp.Or(opt.Budget, DefaultBudget), tempFile: opt.TempFile},
		scope:  NewScope(), deletes: map[graph.Deletion]bool{},
	}
}

// Put stages a batch and keeps nothing of it. An object that cannot be stored is
// counted among Rejected and does not fail the batch; a malformed Complete or
// Partial does, and nothing of the batch is staged, because guessing at it could
// delete. After any other error (the disk is full) the Stage is of no more use:
// every further Put, and Seal, return it.
func (s *Stage) Put(b *graph.Batch) error {
	s.use.RLock()
	defer s.use.RUnlock()
	if s.sealed {
		return ErrSealed
	}
	if err := s.blocks.failed(); err != nil {
		return err
	}
	if err := checkScope(b.Complete, b.Partial); err != nil {
		return fmt.Errorf("put batch of %s: %w", b.Origin, err)
	}
	e := s.borrow()
	defer s.giveBack(e)
	if err := e.put(b); err != nil {
		return fmt.Errorf("put batch of %s: %w", b.Origin, err)
	}
	s.declare(b)
	return nil
}

// borrow takes an encoder that nobody uses.
func (s *Stage) borrow() *encoder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.idle); n > 0 {
		e := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return e
	}
	return newEncoder(s)
}

func (s *Stage) giveBack(e *encoder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, e)
}

// declare keeps what a batch says beside its objects.
func (s *Stage) declare(b *graph.Batch) {
	if len(b.Deletes)+len(b.Complete)+len(b.Partial) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.scope.add(b.Complete, b.Partial)
	for _, d := range b.Deletes {
		if !s.deletes[d] {
			s.deletes[graph.Deletion{Kind: d.Kind, Key: strings.Clone(d.Key)}] = true
			kept += mapCost + len(d.Key)
		}
	}
	s.blocks.held.Add(int64(kept))
}

// Overrule makes the Stage say that this is complete and nothing else, whatever
// the batches said.
func (s *Stage) Overrule(complete ...graph.Complete) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scope = NewScope(complete...)
}

// Close drops everything and removes the temporary file. It may be called again.
func (s *Stage) Close() error {
	s.use.Lock()
	defer s.use.Unlock()
	s.sealed = true
	s.shelf = shelving{}
	s.groups, s.names, s.idle = nil, nil, nil
	return s.blocks.close()
}

// Instance returns the supplier.
func (s *Stage) Instance() graph.Instance { return s.instance }

// Hasher returns what computed the hashes of the entries.
func (s *Stage) Hasher() Hasher { return s.hasher }

// Scope returns what the run says it read whole.
func (s *Stage) Scope() Scope { return s.scope }

// Deleted reports whether the run names an object as deleted.
func (s *Stage) Deleted(d graph.Deletion) bool { return s.deletes[d] }

// Deletes lists what the run names as deleted, by kind and key.
func (s *Stage) Deletes() []graph.Deletion {
	return slices.SortedFunc(maps.Keys(s.deletes), func(a, b graph.Deletion) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
}

// Len is the number of objects on a shelf.
func (s *Stage) Len(sh Shelf) int { return s.counts[sh] }

// Entries yields the objects of one partition of a shelf by the hash of their key.
func (s *Stage) Entries(sh Shelf, partition int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, c := range s.shelf[sh][partition].chunks {
			for _, e := range c {
				if !e.Spared() && !yield(e) {
					return
				}
			}
		}
	}
}

// Lookup yields what stands on a shelf under a hash, spared objects too: nothing
// or one, but for the rare keys that share a hash.
func (s *Stage) Lookup(sh Shelf, hash uint64) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for e := range s.shelf[sh][Partition(hash)].from(hash) {
			if e.Key != hash || !yield(e) {
				return
			}
		}
	}
}

// Groups lists the groups; an entry names one by its index. The first few are of
// spared objects and count none.
func (s *Stage) Groups() []Group { return s.groups }

// Names lists the names of properties; records name them by their index.
func (s *Stage) Names() []string { return s.names }

// Types lists the types of the objects that the run brought, by name.
func (s *Stage) Types() []string {
	types := map[string]bool{}
	for _, g := range s.groups {
		if g.Count > 0 {
			types[g.Type] = true
		}
	}
	return slices.Sorted(maps.Keys(types))
}

// Duplicates are objects whose key came before in the supplier's order.
func (s *Stage) Duplicates() Found[Duplicate] { return s.lost.found() }

// Rejected are objects that cannot be stored.
func (s *Stage) Rejected() Found[Rejection] { return s.bad.found() }

// Ignored counts properties with names that the engine keeps for itself.
func (s *Stage) Ignored() int { return s.ignore }

// HasRaw reports whether some object came with raw data that are kept.
func (s *Stage) HasRaw() bool { return s.raws.Load() }

// Empty reports whether the run brought nothing and said nothing.
func (s *Stage) Empty() bool {
	return s.counts == [shelves]int{} && s.bad.count == 0 && len(s.deletes) == 0 && !s.scope.Declares()
}

// Held is about how much memory the Stage takes, and Spilled how much it wrote to
// its temporary file, in bytes.
func (s *Stage) Held() int64 { return s.blocks.held.Load() + s.lexicon.size() }

// Spilled: see Held.
func (s *Stage) Spilled() int64 {
	s.blocks.mu.Lock()
	defer s.blocks.mu.Unlock()
	return s.blocks.end
}

// Seal ends Put: it decides which of the objects with one key stay and makes the
// Stage ready to be read. After an error of ctx it may be called again.
func (s *Stage) Seal(ctx context.Context) error {
	s.use.Lock()
	defer s.use.Unlock()
	return s.seal(ctx)
}
