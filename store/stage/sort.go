package stage

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// bucketBits bounds into how many buckets a partition is sorted at first.
const bucketBits = 12

// gatherSorted copies the entries of a list into scratch, by the hash of the key.
// Hashes are spread evenly, so that one pass into buckets nearly sorts them.
func gatherSorted(scratch []Entry, l *list) []Entry {
	n := l.len()
	scratch = slices.Grow(scratch[:0], n)[:n]
	used := min(max(bits.Len(uint(n))-3, 1), bucketBits)
	shift := 64 - used
	var counts [1 << bucketBits]int32
	ends := counts[:1<<used]
	for _, c := range l.chunks {
		for i := range c {
			ends[c[i].Key<<8>>shift]++
		}
	}
	sum := int32(0)
	for i, n := range ends {
		ends[i] = sum
		sum += n
	}
	for _, c := range l.chunks {
		for i := range c {
			b := c[i].Key << 8 >> shift
			scratch[ends[b]] = c[i]
			ends[b]++
		}
	}
	from := int32(0)
	for _, end := range ends {
		sortKeys(scratch[from:end])
		from = end
	}
	return scratch
}

// sortKeys sorts what is mostly a handful of entries.
func sortKeys(es []Entry) {
	if len(es) > 24 {
		slices.SortFunc(es, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
		return
	}
	for i := 1; i < len(es); i++ {
		for j := i; j > 0 && es[j].Key < es[j-1].Key; j-- {
			es[j], es[j-1] = es[j-1], es[j]
		}
	}
}

// SortByRank sorts entries of one shelf by their place in the supplier's order;
// where suppliers gave one rank twice, by key.
func (s *Stage) SortByRank(entries []Entry) error {
	sortRanks(entries)
	var r *Reader
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].Rank == entries[i].Rank {
			j++
		}
		if j-i > 1 {
			if r == nil {
				r = s.Reader()
			}
			if err := r.sortKeys(entries[i:j]); err != nil {
				return err
			}
		}
		i = j
	}
	return nil
}

// sortKeys sorts entries by their keys.
func (r *Reader) sortKeys(entries []Entry) error {
	type keyed struct {
		Entry
		key string
	}
	list := make([]keyed, len(entries))
	for i, e := range entries {
		rec, err := r.Record(e)
		if err != nil {
			return err
		}
		list[i] = keyed{e, strings.Clone(rec.Key())}
	}
	slices.SortFunc(list, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	for i, k := range list {
		entries[i] = k.Entry
	}
	return nil
}

// sortRanks sorts in place by the bytes of the ranks, the highest first that
// differs: ranks are near to each other, and there may be millions.
func sortRanks(es []Entry) {
	if len(es) < 2 {
		return
	}
	all, some := ^uint64(0), uint64(0)
	for i := range es {
		all, some = all&es[i].Rank, some|es[i].Rank
	}
	differ := bits.Len64(all ^ some)
	if differ == 0 {
		return
	}
	shift := max(differ-8, 0)
	if len(es) < parallelRanks {
		radixRanks(es, shift)
		return
	}
	ends := spreadRanks(es, shift)
	if shift == 0 {
		return
	}
	var next atomic.Int64
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for b := next.Add(1) - 1; b < int64(len(ends)); b = next.Add(1) - 1 {
				from := 0
				if b > 0 {
					from = ends[b-1]
				}
				radixRanks(es[from:ends[b]], max(shift-8, 0))
			}
		})
	}
	work.Wait()
}

// parallelRanks is from how many entries on all processors sort.
const parallelRanks = 1 << 16

// radixRanks sorts entries whose ranks agree above the eight bits from shift on.
func radixRanks(es []Entry, shift int) {
	if len(es) <= 48 {
		insertRanks(es)
		return
	}
	ends := spreadRanks(es, shift)
	if shift == 0 {
		return
	}
	from := 0
	for _, end := range ends {
		radixRanks(es[from:end], max(shift-8, 0))
		from = end
	}
}

// spreadRanks swaps entries into the order of eight bits of their ranks and
// returns where those of each value end.
func spreadRanks(es []Entry, shift int) (ends [256]int) {
	var next [256]int
	for i := range es {
		ends[byte(es[i].Rank>>shift)]++
	}
	sum := 0
	for b := range ends {
		next[b] = sum
		sum += ends[b]
		ends[b] = sum
	}
	for b := range next {
		for next[b] < ends[b] {
			e := es[next[b]]
			for to := byte(e.Rank >> shift); int(to) != b; to = byte(e.Rank >> shift) {
				e, es[next[to]] = es[next[to]], e
				next[to]++
			}
			es[next[b]] = e
			next[b]++
		}
	}
	return ends
}

func insertRanks(es []Entry) {
	for i := 1; i < len(es); i++ {
		e, j := es[i], i
		for ; j > 0 && e.Rank < es[j-1].Rank; j-- {
			es[j] = es[j-1]
		}
		es[j] = e
	}
}
