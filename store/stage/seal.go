package stage

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// partition is a part of a shelf; when it is settled it is sorted and every key
// stands in it once.
type partition struct {
	list
	settled bool
}

// shelving is all partitions.
type shelving [shelves][Partitions]partition

// seal is Seal under the lock.
func (s *Stage) seal(ctx context.Context) error {
	if err := s.blocks.failed(); err != nil {
		return err
	}
	s.collect()
	s.sealed = true
	if err := s.settle(ctx); err != nil {
		return err
	}
	s.summarise()
	return nil
}

// collect takes from the encoders what they hold and lets them go.
func (s *Stage) collect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.idle {
		if e.block != nil {
			s.blocks.keep(e.number, e.block)
		}
		for sh := range e.lists {
			for p := range e.lists[sh] {
				to := &s.shelf[sh][p]
				to.chunks = append(to.chunks, e.lists[sh][p].chunks...)
			}
		}
		s.ignore += e.ignored
		s.bad.merge(&e.rejected)
	}
	s.idle = nil
}

// settle settles every partition, on all processors.
func (s *Stage) settle(ctx context.Context) error {
	var next atomic.Int64
	var found sync.Mutex // guards s.lost
	work, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() error {
			d := &deduper{reader: s.Reader()}
			for i := int(next.Add(1) - 1); i < shelves*Partitions; i = int(next.Add(1) - 1) {
				p := &s.shelf[i/Partitions][i%Partitions]
				if p.settled || len(p.chunks) == 0 {
					continue
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := d.settle(p, &s.blocks.held); err != nil {
					return err
				}
				found.Lock()
				s.lost.merge(&d.lost)
				found.Unlock()
			}
			return nil
		})
	}
	return work.Wait()
}

// summarise counts what is there and publishes the groups and names.
func (s *Stage) summarise() {
	s.counts = [shelves]int{}
	counts := make([]int, len(s.lexicon.groups))
	for sh := range s.shelf {
		for p := range s.shelf[sh] {
			for _, c := range s.shelf[sh][p].chunks {
				for i := range c {
					counts[c[i].Group()]++
				}
			}
		}
	}
	s.groups = make([]Group, len(counts))
	for i, g := range s.lexicon.groups {
		s.groups[i] = g.Group
		if i >= shelves {
			s.groups[i].Count = counts[i]
			s.counts[g.Shelf] += counts[i]
		}
	}
	s.names = make([]string, len(s.lexicon.names))
	for i, n := range s.lexicon.names {
		s.names[i] = n.text
	}
}
