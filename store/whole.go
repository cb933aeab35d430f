package store

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// wholeColumn is a property of a table that is decoded for all rows at once, when many
// of them were asked for: texts are long to decode, and those who list names ask for
// each of them.
type wholeColumn struct {
	asked  atomic.Int64
	values atomic.Pointer[[]graph.Value] // by row

	mu      sync.Mutex // held while values are made
	refused bool       // they are few, derived, or too many
}

const (
	// wholeShare is the part of a table, as a divisor, of which a property is asked for
	// before it is decoded for all rows.
	wholeShare = 4
	// wholeRows is the least number of rows for which that is worth the memory.
	wholeRows = 1 << 10
	// wholeBytes bounds what an edition keeps of such properties.
	wholeBytes = 64 << 20
	// valueBytes is about what a decoded text takes.
	valueBytes = 56 + 32
)

// whole returns a property of all rows, nil while n rows more are too few, or when it
// is better fetched row by row.
func (s *sheet) whole(name string, n int) ([]graph.Value, error) {
	w := s.wholeColumn(name)
	if p := w.values.Load(); p != nil {
		return *p, nil
	}
	rows, err := s.rows()
	if err != nil || rows < wholeRows || w.asked.Add(int64(n))*wholeShare < int64(rows) {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.values.Load(); p != nil || w.refused {
		if w.refused {
			return nil, nil
		}
		return *p, nil
	}
	values, err := s.decodeAll(name, int(rows))
	if err != nil {
		return nil, err
	}
	if w.refused = values == nil; !w.refused {
		w.values.Store(&values)
	}
	return values, nil
}

// wholeColumn returns what is kept of a property.
func (s *sheet) wholeColumn(name string) *wholeColumn {
	s.wholeMu.RLock()
	w := s.wholes[name]
	s.wholeMu.RUnlock()
	if w != nil {
		return w
	}
	s.wholeMu.Lock()
	defer s.wholeMu.Unlock()
	if w = s.wholes[name]; w == nil {
		if s.wholes == nil {
			s.wholes = map[string]*wholeColumn{}
		}
		w = &wholeColumn{}
		s.wholes[name] = w
	}
	return w
}

// decodeAll decodes a property of all rows, several row groups at once; nil when it is
// stored as codes, follows from others, or there is no room for it.
func (s *sheet) decodeAll(name string, rows int) ([]graph.Value, error) {
	groups, err := s.groups()
	if err != nil || s.virtual {
		return nil, err
	}
	o := s.origin(name)
	if o.column == "" {
		return nil, nil
	}
	for g := range groups {
		c, err := s.column(g, o.column)
		if err != nil || c == nil {
			return nil, err
		}
		if few, err := fewValues(c); few || err != nil {
			return nil, s.damage(err)
		}
	}
	bytes := int64(rows) * valueBytes
	if s.wholeBytes.Add(bytes) > wholeBytes {
		s.wholeBytes.Add(-bytes)
		return nil, nil
	}
	values, errs := make([]graph.Value, rows), make([]error, groups)
	var decoding sync.WaitGroup
	for g := range groups {
		part := values[g*table.GroupRows : min((g+1)*table.GroupRows, rows)]
		decoding.Go(func() { errs[g] = s.decodeGroup(g, name, part) })
	}
	decoding.Wait()
	if err := errors.Join(errs...); err != nil {
		s.wholeBytes.Add(-bytes)
		return nil, err
	}
	return values, nil
}

// decodeGroup decodes a property of all rows of a group.
func (s *sheet) decodeGroup(group int, name string, into []graph.Value) error {
	rows := make([]uint32, len(into))
	for i := range rows {
		rows[i] = uint32(i)
	}
	v := graph.Vector{Values: into[:0]}
	if err := s.gather(group, name, rows, &v); err != nil {
		return err
	}
	for i := range into {
		into[i] = v.At(i)
	}
	return nil
}

// fetchWhole fills into with a property of handles that are all of one table, as codes
// of the values of all its rows; false where it is to be fetched otherwise.
func (e *edition) fetchWhole(refs []graph.Ref, name string, into *graph.Vector) (bool, error) {
	if len(refs) == 0 {
		return false, nil
	}
	number := refs[0].Table()
	s := e.sheet(number)
	if s == nil {
		return false, nil
	}
	values, err := s.whole(name, len(refs))
	if values == nil || err != nil {
		return false, err
	}
	codes := slices.Grow(into.Codes[:0], len(refs))[:len(refs)]
	for i, ref := range refs {
		row := ref.Row()
		if ref.Table() != number || int(row) >= len(values) {
			return false, nil
		}
		codes[i] = row
	}
	into.Values, into.Codes, into.Dict = into.Values[:0], codes, values
	return true, nil
}
