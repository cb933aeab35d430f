package stage

import (
	"iter"
	"sync/atomic"
)

// maxChunk is how many entries a piece of a list holds at most: 16 KiB.
const maxChunk = 512

// list holds entries in pieces, so that it grows without copying.
type list struct {
	chunks [][]Entry
}

// add appends an entry and counts the memory that it takes.
func (l *list) add(e Entry, held *atomic.Int64) {
	if last := len(l.chunks) - 1; last >= 0 {
		if c := l.chunks[last]; len(c) < cap(c) {
			l.chunks[last] = append(c, e)
			return
		}
	}
	size := 8
	if last := len(l.chunks) - 1; last >= 0 {
		size = min(2*cap(l.chunks[last]), maxChunk)
	}
	held.Add(int64(size) * entrySize)
	l.chunks = append(l.chunks, append(make([]Entry, 0, size), e))
}

func (l *list) len() int {
	n := 0
	for _, c := range l.chunks {
		n += len(c)
	}
	return n
}

// replace makes entries, which it copies, all that the list holds, in one piece:
// they are found by number then.
func (l *list) replace(entries []Entry, held *atomic.Int64) {
	for _, c := range l.chunks {
		held.Add(-int64(cap(c)) * entrySize)
	}
	held.Add(int64(len(entries)) * entrySize)
	l.chunks = append(l.chunks[:0:0], append(make([]Entry, 0, len(entries)), entries...))
	if len(entries) == 0 {
		l.chunks = nil
	}
}

// from yields the entries of a sorted list whose hash is at least hash.
func (l *list) from(hash uint64) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		i := l.search(hash)
		if i == len(l.chunks) {
			return
		}
		c := l.chunks[i]
		for _, e := range c[searchEntries(c, hash):] {
			if !yield(e) {
				return
			}
		}
		for _, c := range l.chunks[i+1:] {
			for _, e := range c {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// search finds the first piece whose last hash is at least hash.
func (l *list) search(hash uint64) int {
	lo, hi := 0, len(l.chunks)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if c := l.chunks[mid]; c[len(c)-1].Key < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func searchEntries(c []Entry, hash uint64) int {
	lo, hi := 0, len(c)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if c[mid].Key < hash {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
