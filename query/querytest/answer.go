package querytest

import (
	"maps"
	"slices"

	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store/graph"
)

// line is one line of an answer while it is made: a cell for each column, the
// tuples that it stands for, and its sort keys.
type line struct {
	cells []Cell
	from  []tuple
	keys  []Cell
}

// list is the answer without RETURN: the entities at the start of the chain.
func (s *scope) list(rows []row) *Result {
	place := 0
	if !s.follows(StartEntities) {
		place = len(s.slot) - 1
	}
	var lines []line
	for _, r := range rows {
		lines = append(lines, line{cells: []Cell{{Image: r.bound[place]}}, from: []tuple{{row: r}}})
	}
	lines = s.inSortOrder(lines)
	if s.follows(StartDistinct) {
		lines = distinct(lines)
	}
	return s.result(List, s.cut(lines))
}

// tree is the answer of RETURN TREE: all that the paths bind, each object once.
func (s *scope) tree(rows []row) *Result {
	var lines []line
	for _, r := range rows {
		lines = append(lines, line{from: []tuple{{row: r}}})
	}
	lines = s.inSortOrder(lines)
	if s.follows(TreeLimit) {
		lines = s.cut(lines)
	}
	result := &Result{Kind: Tree}
	seen := map[*graph.Image]bool{nil: true}
	for _, l := range lines {
		for _, im := range l.from[0].row.bound {
			switch {
			case seen[im] && (im == nil || s.follows(TreeOnce)):
			case im.Kind == graph.EntityKind:
				result.Vertices = append(result.Vertices, im)
			default:
				result.Edges = append(result.Edges, im)
			}
			seen[im] = true
		}
	}
	slices.SortFunc(result.Vertices, s.inOrder)
	slices.SortFunc(result.Edges, s.inOrder)
	return result
}

// table is the answer of RETURN with items: UNWIND, then grouping, HAVING, UNIQUE,
// ORDER BY, SKIP and LIMIT.
func (s *scope) table(rows []row) *Result {
	var lines []line
	for _, group := range s.grouped(rows) {
		l := line{from: group}
		for _, c := range s.columns.List {
			l.cells = append(l.cells, s.value(c.Expr, group))
		}
		lines = append(lines, l)
	}
	if s.follows(HavingEarly) {
		lines = s.having(lines)
	}
	if !s.follows(RowPerPath) || s.query.Unique && s.follows(UniqueRows) && s.follows(UniqueFirst) {
		lines = distinct(lines)
	}
	lines = s.cut(s.inSortOrder(lines))
	if s.query.Unique && !s.follows(UniqueFirst) {
		lines = distinct(lines)
	}
	if !s.follows(HavingEarly) {
		lines = s.having(lines)
	}
	return s.result(Table, lines)
}

// grouped is the tuples that become one line each: single ones, or, with an
// aggregate, groups of them.
func (s *scope) grouped(rows []row) [][]tuple {
	tuples := s.unwind(rows)
	if slices.ContainsFunc(s.columns.List, func(c syntax.Column) bool { return syntax.HasAggregate(c.Expr) }) {
		if !s.follows(UnwindEarly) {
			tuples = oneEach(tuples)
		}
		return s.groups(tuples)
	}
	groups := make([][]tuple, len(tuples))
	for i, t := range tuples {
		groups[i] = []tuple{t}
	}
	return groups
}

// oneEach keeps the first tuple of every row, as if the rows were never unwound.
func oneEach(tuples []tuple) []tuple {
	return slices.CompactFunc(slices.Clone(tuples), func(a, b tuple) bool { return &a.row.bound[0] == &b.row.bound[0] })
}

// having keeps the lines for which HAVING holds; its left sides are columns.
func (s *scope) having(lines []line) []line {
	if s.query.Having == nil {
		return lines
	}
	return slices.DeleteFunc(lines, func(l line) bool {
		return !s.holds(s.query.Having, func(e syntax.Expr) graph.Value { return s.column(e, l).Value }, nil)
	})
}

// column is what an expression of HAVING or ORDER BY stands for: a column, else the
// value of the expression itself.
func (s *scope) column(e syntax.Expr, l line) Cell {
	if i, ok := s.columns.Find(e); ok {
		return l.cells[i]
	}
	return s.value(e, l.from)
}

// distinct drops lines whose cells equal those of an earlier one.
func distinct(lines []line) []line {
	seen := map[string]bool{}
	return slices.DeleteFunc(lines, func(l line) bool {
		id := identity(l.cells)
		repeated := seen[id]
		seen[id] = true
		return repeated
	})
}

// inSortOrder sorts lines by ORDER BY. Ties keep the order in which the lines came:
// that of their paths, by table and row, place by place.
func (s *scope) inSortOrder(lines []line) []line {
	for i := range lines {
		for _, key := range s.query.OrderBy {
			lines[i].keys = append(lines[i].keys, s.column(key.Expr, lines[i]))
		}
	}
	if len(s.query.OrderBy) > 0 {
		slices.SortStableFunc(lines, s.compareKeys)
		if !s.follows(DescTies) && s.query.OrderBy[0].Desc {
			slices.Reverse(lines)
			slices.SortStableFunc(lines, s.compareKeys)
		}
	}
	return lines
}

// compareKeys compares two lines by all sort keys, the first that differs deciding.
func (s *scope) compareKeys(a, b line) int {
	for i, key := range s.query.OrderBy {
		c := s.compareCells(a.keys[i], b.keys[i])
		if key.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// compareCells orders values as graph.Compare does, what is missing last, and whole
// objects by table and row.
func (s *scope) compareCells(a, b Cell) int {
	if a.Image != nil && b.Image != nil {
		return s.inOrder(a.Image, b.Image)
	}
	missing := func(c Cell) bool { return c.Image == nil && c.Value.Missing() }
	switch {
	case missing(a) && missing(b) && s.follows(MissingAlike):
		return 0
	case missing(a) != missing(b) && missing(a) == s.follows(MissingGreatest):
		return 1
	case missing(a) != missing(b):
		return -1
	}
	return graph.Compare(a.Value, b.Value)
}

// cut applies SKIP and LIMIT.
func (s *scope) cut(lines []line) []line {
	skip, limit := 0, len(lines)
	if s.query.Skip != nil {
		skip = int(min(s.query.Skip.Rows, int64(len(lines))))
	}
	if s.query.Limit != nil {
		limit = int(min(s.query.Limit.Rows, int64(len(lines))))
	}
	if s.follows(SkipThenLimit) {
		limit = min(skip+limit, len(lines))
	}
	return lines[min(skip, limit):limit]
}

// result makes a result of lines: columns named, `selector.*` spread out.
func (s *scope) result(kind Kind, lines []line) *Result {
	result := &Result{Kind: kind, Runs: s.runs(lines), Rows: make([][]Cell, len(lines))}
	for i, l := range lines {
		if kind == List {
			result.Rows[i] = l.cells
		}
	}
	if kind == List {
		return result
	}
	for i, c := range s.columns.List {
		all, ok := c.Expr.(*syntax.SelectorAll)
		if !ok {
			result.Columns = append(result.Columns, c.Name)
			for j, l := range lines {
				result.Rows[j] = append(result.Rows[j], l.cells[i])
			}
			continue
		}
		for _, name := range s.starNames(lines, i) {
			if s.isColumn(all.Selector+"."+name) && s.follows(StarOnce) {
				continue
			}
			result.Columns = append(result.Columns, all.Selector+"."+name)
			for j, l := range lines {
				cell := Cell{}
				if im := l.cells[i].Image; im != nil {
					cell.Value = im.Get(name)
				}
				result.Rows[j] = append(result.Rows[j], cell)
			}
		}
	}
	return result
}

// isColumn says whether an item gives a column its name: `selector.*` then leaves
// it out, because a row holds a name once.
func (s *scope) isColumn(name string) bool {
	return slices.ContainsFunc(s.columns.List, func(c syntax.Column) bool { return c.Name == name })
}

// starNames are the columns of `selector.*`: what the objects of the returned rows
// have, the engine's properties first, the supplier's by name.
func (s *scope) starNames(lines []line, item int) []string {
	var objects []*graph.Image
	for _, l := range lines {
		if im := l.cells[item].Image; im != nil {
			objects = append(objects, im)
		}
	}
	if !s.follows(StarReturned) {
		objects = slices.Collect(maps.Keys(s.order))
	}
	var names []string
	if len(objects) > 0 && s.follows(StarMetadata) {
		names = slices.DeleteFunc(graph.Metadata(objects[0].Kind), func(name string) bool {
			return !slices.ContainsFunc(objects, func(im *graph.Image) bool { return im.Get(name).Kind() != graph.Undefined })
		})
	}
	has := map[string]bool{}
	for _, im := range objects {
		for name := range im.Props.All() {
			has[name] = true
		}
	}
	return append(names, slices.Sorted(maps.Keys(has))...)
}

// runs are the lengths of the runs of lines that ORDER BY does not tell apart.
func (s *scope) runs(lines []line) (runs []int) {
	for i := range lines {
		if i == 0 || s.compareKeys(lines[i-1], lines[i]) != 0 {
			runs = append(runs, 0)
		}
		runs[len(runs)-1]++
	}
	return runs
}
