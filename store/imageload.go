package store

import (
	"context"
	"iter"
	"sync"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
)

// imageCache keeps images that were asked for one by one, so that one object is
// one image as long as few are asked for.
type imageCache struct {
	mu    sync.RWMutex // guards known
	known map[graph.Ref]*graph.Image
}

// mostImages is how many images are kept; then all are forgotten.
const mostImages = 1 << 14

func (c *imageCache) get(ref graph.Ref) *graph.Image {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.known[ref]
}

// put keeps an image, unless there is one by now, which it returns.
func (c *imageCache) put(ref graph.Ref, im *graph.Image) *graph.Image {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.known[ref]; known != nil {
		return known
	}
	if c.known == nil || len(c.known) >= mostImages {
		c.known = map[graph.Ref]*graph.Image{}
	}
	c.known[ref] = im
	return im
}

// image returns the object behind a handle, nil for the zero handle.
func (e *edition) image(ref graph.Ref) (*graph.Image, error) {
	list, err := e.imagesOf([]graph.Ref{ref})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// imagesOf returns the objects behind handles, nil for the zero handle.
func (e *edition) imagesOf(refs []graph.Ref) ([]*graph.Image, error) {
	out := make([]*graph.Image, len(refs))
	rest := refs
	if len(refs) <= mostImages/4 {
		rest = make([]graph.Ref, len(refs))
		for i, ref := range refs {
			if out[i] = e.images.get(ref); out[i] == nil {
				rest[i] = ref
			}
		}
	}
	for _, p := range partition(rest) {
		s := e.sheet(p.table)
		if s == nil {
			return nil, errNoHandle
		}
		if err := s.scatter(&p, out); err != nil {
			return nil, err
		}
	}
	if len(refs) <= mostImages/4 {
		for i, ref := range rest {
			if ref != 0 {
				out[i] = e.images.put(ref, out[i])
			}
		}
	}
	return out, nil
}

// scatter loads the images of a portion of handles to where those stand.
func (s *sheet) scatter(p *portion, out []*graph.Image) error {
	images := make([]*graph.Image, min(len(p.rows), atOnce))
	for lo := 0; lo < len(p.rows); lo += atOnce {
		hi := min(lo+atOnce, len(p.rows))
		if err := s.load(p.group, p.rows[lo:hi], images[:hi-lo]); err != nil {
			return err
		}
		for i, at := range p.at[lo:hi] {
			out[at] = images[i]
		}
	}
	return nil
}

// Images returns the objects behind refs, nil for the zero Ref.
func (s *Snapshot) Images(ctx context.Context, refs []graph.Ref) ([]*graph.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.edition.imagesOf(refs)
}

// all yields the objects of a table by row.
func (s *sheet) all() iter.Seq2[*graph.Image, error] {
	return func(yield func(*graph.Image, error) bool) {
		for p, err := range s.from(0) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, im := range p.images {
				if !yield(im, nil) {
					return
				}
			}
		}
	}
}

// stretch is a few objects of a table in order of their rows.
type stretch struct {
	images []*graph.Image // of which the slice is used again
	next   uint32         // the row after the last one
}

// from yields the objects of a table that stand at a row or after it.
func (s *sheet) from(first uint32) iter.Seq2[stretch, error] {
	return func(yield func(stretch, error) bool) {
		alive, err := s.alive()
		if err != nil {
			yield(stretch{}, err)
			return
		}
		images := make([]*graph.Image, atOnce)
		for g := int(first / table.GroupRows); g*groupWords < len(alive); g++ {
			base := uint32(g) * table.GroupRows
			for part := range batches(groupOf(alive, g), atOnce) {
				for len(part) > 0 && base+part[0] < first {
					part = part[1:]
				}
				if len(part) == 0 {
					continue
				}
				err := s.load(g, part, images[:len(part)])
				if !yield(stretch{images[:len(part)], base + part[len(part)-1] + 1}, err) || err != nil {
					return
				}
			}
		}
	}
}

// load fills out with the objects of rows of a group, which must be alive.
func (s *sheet) load(group int, rows []uint32, out []*graph.Image) error {
	first := uint32(group) * table.GroupRows
	if s.virtual {
		runs, err := s.runImages()
		for i, row := range rows {
			if int(first+row) >= len(runs) {
				return s.noRow(first + row)
			}
			out[i] = runs[first+row]
		}
		return err
	}
	if _, err := s.view(); err != nil {
		return err
	}
	rest, at := make([]uint32, 0, len(rows)), make([]*graph.Image, 0, len(rows))
	made := make([]graph.Image, len(rows))
	for i, row := range rows {
		if out[i] = s.restored(first + row); out[i] == nil {
			out[i] = &made[i]
			rest, at = append(rest, row), append(at, &made[i])
		}
	}
	if len(rest) == 0 {
		return nil
	}
	l := &loader{sheet: s, group: group, rows: rest, images: at}
	return l.load()
}

// loader makes images of rows as the newest version has them, column by column.
type loader struct {
	*sheet
	group  int
	rows   []uint32
	images []*graph.Image
	values graph.Vector
}

func (l *loader) load() error {
	for _, im := range l.images {
		im.Kind, im.Type = l.kind, l.typ
	}
	if err := l.metadata(); err != nil {
		return err
	}
	if l.kind == graph.RelationshipKind {
		if err := l.joints(); err != nil {
			return err
		}
	}
	for i, im := range l.images {
		if im.Key == "" || im.Instance == "" {
			return l.damage(l.noRow(uint32(l.group)*table.GroupRows + l.rows[i]))
		}
	}
	return l.supplied()
}

// supplied fills in the supplier's properties.
func (l *loader) supplied() error {
	list, err := l.properties()
	if err != nil {
		return err
	}
	v, err := l.view()
	if err != nil {
		return err
	}
	for _, p := range list {
		c, err := v.Column(l.group, p.part)
		if err != nil {
			return l.damage(err)
		}
		if absent(c) {
			continue
		}
		if err := c.Gather(l.rows, &l.values); err != nil {
			return l.damage(err)
		}
		for i, im := range l.images {
			x := l.values.At(i)
			if x.Kind() == graph.Undefined {
				continue
			}
			if im.Props == nil {
				im.Props = make(graph.Properties, 0, len(list))
			}
			im.Props = append(im.Props, graph.Property{Name: p.name, Value: x})
		}
	}
	return nil
}

// absent reports whether a column has no value at all.
func absent(c *column.Column) bool { return c.Base() == nil && c.Changed() == 0 }

// each calls set with what the rows have in a column of the engine's.
func (l *loader) each(name string, set func(im *graph.Image, v graph.Value)) error {
	c, err := l.column(l.group, name)
	if err != nil || c == nil {
		return err
	}
	if err := c.Gather(l.rows, &l.values); err != nil {
		return l.damage(err)
	}
	for i, im := range l.images {
		set(im, l.values.At(i))
	}
	return nil
}

// metadata fills in what the engine knows.
func (l *loader) metadata() error {
	known, err := l.suppliers()
	if err != nil {
		return err
	}
	number := func(name string, set func(im *graph.Image, n int64)) {
		if err == nil {
			err = l.each(name, func(im *graph.Image, v graph.Value) {
				n, _ := v.Int()
				set(im, n)
			})
		}
	}
	number(table.ColumnVersion, func(im *graph.Image, n int64) { im.Meta.Version = uint64(n) })
	number(table.ColumnCreatedOn, func(im *graph.Image, n int64) { im.Meta.CreatedOn = n })
	number(table.ColumnBeginOn, func(im *graph.Image, n int64) { im.Meta.BeginOn = n })
	if err != nil {
		return err
	}
	err = l.each(table.ColumnKey, func(im *graph.Image, v graph.Value) { im.Key = v.Str() })
	if err != nil {
		return err
	}
	err = l.each(table.ColumnInstance, func(im *graph.Image, v graph.Value) {
		im.Instance = v.Str()
		im.Supplier = known.byName[im.Instance]
	})
	if err != nil || l.kind == graph.RelationshipKind {
		return err
	}
	return l.classes()
}

// classes fills in the classes of entities; those that have the same share a list.
func (l *loader) classes() error {
	var last graph.Value
	var names []string
	return l.each(table.ColumnClass, func(im *graph.Image, v graph.Value) {
		if names == nil || !graph.Equal(v, last) {
			last, names = v, make([]string, 0, len(v.List()))
			for _, c := range v.List() {
				names = append(names, c.Str())
			}
		}
		im.Class = names[:len(names):len(names)]
	})
}

// joints fills in what a relationship has from its table and its ends.
func (l *loader) joints() error {
	ends, err := l.endsAt(l.group, l.rows)
	if err != nil {
		return err
	}
	class := []string{l.class}
	for i, im := range l.images {
		im.Class, im.From, im.To = class, ends[i][0], ends[i][1]
		if im.Key == "" {
			im.Key = table.DerivedKey(im.From.Key, l.class, im.To.Key)
		}
	}
	return nil
}
