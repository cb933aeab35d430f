package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/storetest"
)

// TestColumnsAgreeWithImages asks random conditions and properties of whole tables
// and compares with what every image says for itself.
func TestColumnsAgreeWithImages(t *testing.T) {
	seeds := uint64(5)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			db := storetest.Open(t, store.Options{})
			g := storetest.NewGenerator(seed + 100)
			g.Keys = 40
			storetest.Commit(t, db, store.SyncOptions{Instance: storetest.Instance("wood")}, grove(seed))
			for range 25 {
				run := g.Run()
				opt := store.SyncOptions{Instance: storetest.Instance(run.Instance), AllowDeletes: true, Derive: storetest.Persons}
				storetest.Commit(t, db, opt, run.Batches...)
			}
			newest, err := db.Resolve(t.Context(), store.Latest)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []uint64{newest.Number, 1 + newest.Number/2} {
				for _, deleted := range []bool{false, true} {
					s := storetest.Snapshot(t, db, store.AtVersion(n), store.SnapshotOptions{IncludeDeleted: deleted})
					c := &columnsTest{T: t, s: s, rnd: rand.New(rand.NewPCG(seed, n))}
					c.compare()
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// grove is enough entities for columns to be asked as a whole.
func grove(seed uint64) graph.Batch {
	rnd := rand.New(rand.NewPCG(seed, 7))
	var b graph.Batch
	for i := range 500 {
		e := entity(fmt.Sprintf("tree-%d", i), [...]string{"thing_a", "thing_b"}[rnd.IntN(2)])
		for _, p := range []graph.Property{
			prop("displayName", fmt.Sprintf("%s-%d", [...]string{"plum", "Pear", "pl"}[rnd.IntN(3)], rnd.IntN(1000))),
			prop("size", rnd.IntN(5)), prop("active", rnd.IntN(2) == 0), prop("email", fmt.Sprintf("e%d@orchard.example", i)),
			prop("tags", []string{"x", fmt.Sprint("tag", rnd.IntN(3))}),
		} {
			if rnd.IntN(6) > 0 {
				e.Props.Set(p.Name, p.Value)
			}
		}
		if rnd.IntN(2) == 0 {
			e.Class = []string{"User", "Tree"}
		}
		b.Entities = append(b.Entities, e)
		if i > 0 {
			b.Relationships = append(b.Relationships, rel(e.Key, "NEAR", fmt.Sprintf("tree-%d", rnd.IntN(i))))
		}
	}
	return b
}

// columnsTest is one snapshot on trial.
type columnsTest struct {
	*testing.T
	s   *store.Snapshot
	rnd *rand.Rand
	// some are the entities of the snapshot.
	some []*graph.Image
}

func (c *columnsTest) compare() {
	tables := append(c.s.Tables(graph.Selection{}), c.s.Tables(graph.Selection{Types: []string{graph.RunType}})...)
	if len(tables) < 4 {
		c.Fatalf("there are only the tables %v", tables)
	}
	c.some = slices.Collect(c.s.All(graph.EntityKind))
	var refs []graph.Ref
	for _, table := range tables {
		refs = append(refs, c.table(table)...)
	}
	for im := range c.s.All(graph.RelationshipKind) {
		refs = append(refs, c.s.Ref(im.Identity()))
	}
	c.rnd.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	c.fetch(append(refs, 0, refs[0]))
}

// table compares the answers for one table, and returns its handles.
func (c *columnsTest) table(table graph.Table) []graph.Ref {
	c.Helper()
	refs := c.chosen(table, nil)
	images, err := c.s.Images(c.Context(), refs)
	if err != nil {
		c.Fatal(err)
	}
	if len(refs) != int(table.Live) {
		c.Fatalf("%s has %d entities, %d are chosen", table.Type, table.Live, len(refs))
	}
	for range 60 {
		where := c.predicate(3)
		var want []graph.Ref
		for i, im := range images {
			if where.Eval(im) {
				want = append(want, refs[i])
			}
		}
		if got := c.chosen(table, where); !slices.Equal(got, want) {
			c.Fatalf("%s where %s: %x, want %x", table.Type, where, got, want)
		}
		if got := c.scanned(graph.Selection{Types: []string{table.Type}, Where: where}); !slices.Equal(got, want) {
			c.Fatalf("scan of %s where %s: %x, want %x", table.Type, where, got, want)
		}
	}
	for _, name := range propertyNames() {
		v, ok, err := c.s.Codes(c.Context(), table.Number, name)
		if err != nil {
			c.Fatal(err)
		}
		if !ok {
			continue
		}
		if v.Len() != int(table.Rows) || v.Dict == nil && table.Rows > 0 {
			c.Fatalf("%s of %s: %d codes of %d values", name, table.Type, v.Len(), len(v.Dict))
		}
		for i, im := range images {
			if got, want := v.At(int(refs[i].Row())), im.Get(name); !graph.Equal(got, want) {
				c.Fatalf("%s of %s %s has the code of %s, want %s", name, table.Type, im.Key, got, want)
			}
		}
	}
	return refs
}

// chosen returns the handles of what Select gives.
func (c *columnsTest) chosen(table graph.Table, where graph.Predicate) []graph.Ref {
	c.Helper()
	words, err := c.s.Select(c.Context(), table.Number, where)
	if err != nil || len(words) != int(table.Rows+63)/64 {
		c.Fatalf("select %s: %d words for %d rows, %v", table.Type, len(words), table.Rows, err)
	}
	var out []graph.Ref
	for row := range uint32(len(words) * 64) {
		if words[row/64]>>(row%64)&1 != 0 {
			out = append(out, graph.NewRef(table.Number, row))
		}
	}
	return out
}

func (c *columnsTest) scanned(sel graph.Selection) []graph.Ref {
	c.Helper()
	var out []graph.Ref
	for refs, err := range c.s.Scan(c.Context(), sel) {
		if err != nil {
			c.Fatal(err)
		}
		out = append(out, refs...)
	}
	return out
}

// fetch compares properties of mixed handles, all at once and one by one.
func (c *columnsTest) fetch(refs []graph.Ref) {
	c.Helper()
	images, err := c.s.Images(c.Context(), refs)
	if err != nil {
		c.Fatal(err)
	}
	names := propertyNames()
	into := make([]graph.Vector, len(names))
	check := func(refs []graph.Ref, images []*graph.Image) {
		if err := c.s.Fetch(c.Context(), refs, names, into); err != nil {
			c.Fatal(err)
		}
		for p, name := range names {
			for i, im := range images {
				want := graph.Value{}
				if im != nil {
					want = im.Get(name)
				}
				if got := into[p].At(i); !graph.Equal(got, want) {
					c.Fatalf("%s of %+v is %s, want %s", name, im, got, want)
				}
			}
		}
	}
	check(refs, images)
	for i := range min(len(refs), 100) {
		check(refs[i:i+1], images[i:i+1])
	}
}

func propertyNames() []string {
	return append(graph.Metadata(graph.RelationshipKind), "active", "displayName", "email", "size", "tags", "nothing", "_nothing", "", "\x00key")
}

// predicate makes a random condition of at most a depth.
func (c *columnsTest) predicate(depth int) graph.Predicate {
	if depth > 0 && c.rnd.IntN(2) == 0 {
		a, b := c.predicate(depth-1), c.predicate(depth-1)
		return [...]graph.Predicate{graph.And{a, b}, graph.Or{a, b}, graph.Not{Part: a}, graph.And{}, graph.Or{}}[c.rnd.IntN(5)]
	}
	if c.rnd.IntN(8) == 0 {
		return graph.NewFullText([...]string{"PLUM", "e1", "a", "üü", "user", "thing_a x", "1", "", "tree-1 pear", "not there"}[c.rnd.IntN(10)])
	}
	names := propertyNames()
	where := graph.Where{Property: names[c.rnd.IntN(len(names))], Operator: graph.Operator(c.rnd.IntN(12)), All: c.rnd.IntN(3) == 0}
	if c.rnd.IntN(3) == 0 {
		where.Property = graph.PropDisplayName
	}
	for range c.rnd.IntN(4) {
		where.Operands = append(where.Operands, c.operand(where.Property))
	}
	return where
}

func (c *columnsTest) operand(name string) graph.Operand {
	switch c.rnd.IntN(8) {
	case 0:
		return graph.Operand{Absent: true}
	case 1:
		return graph.Operand{Regex: must(graph.CompileRegex([...]string{"a", "[0-9]", "^e"}[c.rnd.IntN(3)], c.rnd.IntN(2) == 0))}
	case 2, 3, 4: // what some entity has
		im := c.some[c.rnd.IntN(len(c.some))]
		return graph.Operand{Value: im.Get(name)}
	}
	values := []graph.Value{
		graph.StringValue("pl"), graph.StringValue("plum"), graph.StringValue("e1"), graph.StringValue("thing_b"), graph.StringValue("User"),
		graph.StringValue(""), graph.IntValue(1), graph.FloatValue(0.5), graph.BoolValue(true), graph.StringValue("ü"), graph.NullValue(),
		graph.StringsValue([]string{"e1", "e2", "Host", "east"}), graph.StringValue("east"), graph.StringValue("orchard"),
	}
	return graph.Operand{Value: values[c.rnd.IntN(len(values))]}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// TestLargeTables asks a table of several row groups, in the newest version and in
// one before that has other rows.
func TestLargeTables(t *testing.T) {
	const rows, changed = 140_000, 300
	db := storetest.Open(t, store.Options{})
	var b graph.Batch
	for i := range rows {
		e := entity(fmt.Sprintf("tree-%06d", i), "pear", prop("displayName", fmt.Sprintf("row-%d/%d", i%7, i)), prop("n", i), prop("mod", i%3))
		b.Entities = append(b.Entities, e)
		if i%2 == 1 {
			b.Relationships = append(b.Relationships, rel(e.Key, "NEAR", fmt.Sprintf("tree-%06d", i/2)))
		}
	}
	storetest.Commit(t, db, east, b)
	var p graph.Batch
	for i := 0; i < rows; i += rows / changed {
		p.Entities = append(p.Entities, entity(fmt.Sprintf("tree-%06d", i), "pear", prop("displayName", fmt.Sprintf("new-%d", i)), prop("mod", 9)))
	}
	p.Entities = append(p.Entities, entity("one-more", "pear", prop("displayName", "row-0/x")))
	p.Deletes = []graph.Deletion{{Key: "tree-000001"}, {Key: fmt.Sprintf("tree-%06d", rows-1)}}
	storetest.Commit(t, db, east, p)
	n := len(p.Entities) - 1
	for _, tt := range []struct {
		version    uint64
		where      graph.Predicate
		want, hops int
	}{
		{1, nil, rows, rows / 2},
		{2, nil, rows - 1, rows/2 - 3},
		{1, graph.Equals("mod", graph.IntValue(9)), 0, 0},
		{2, graph.Equals("mod", graph.IntValue(9)), n, countOdd(p.Entities[:n])},
		{1, begins("row-0/"), rows / 7, rows / 7 / 2},
		{1, begins("new-"), 0, 0},
		{2, begins("new-"), n, countOdd(p.Entities[:n])},
		{2, graph.And{begins("row-0/"), graph.Where{Property: "displayName", Operator: graph.EndsWith, Operands: []graph.Operand{{Value: graph.StringValue("x")}}}}, 1, 0},
		{1, graph.NewFullText("tree-139999"), 1, 1},
		{2, graph.NewFullText("tree-139999"), 0, 0},
		{2, graph.NewFullText("NEW-0"), 1, 0},
		{1, graph.Equals("_key", graph.StringValue("tree-000001")), 1, 1},
		{2, graph.Equals("_key", graph.StringValue("tree-000001")), 0, 0},
		{2, graph.Equals("_key", graph.StringValue("one-more")), 1, 0},
		{1, graph.Equals("_key", graph.StringValue("one-more")), 0, 0},
	} {
		s := storetest.Snapshot(t, db, store.AtVersion(tt.version), store.SnapshotOptions{})
		c := &columnsTest{T: t, s: s}
		table := s.Tables(graph.Selection{})[0]
		found := c.chosen(table, tt.where)
		if scanned := c.scanned(graph.Selection{Where: tt.where}); !slices.Equal(found, scanned) {
			t.Errorf("version %d, %v: %d are selected, %d are scanned", tt.version, tt.where, len(found), len(scanned))
		}
		hops := 0
		for steps, err := range s.Expand(t.Context(), found, graph.Hop{Direction: graph.Forward}) {
			if err != nil {
				t.Fatal(err)
			}
			hops += steps.Len()
		}
		if len(found) != tt.want || hops != tt.hops {
			t.Errorf("version %d, %v: %d entities with %d hops, want %d with %d", tt.version, tt.where, len(found), hops, tt.want, tt.hops)
		}
		s.Close()
	}
}

func begins(text string) graph.Predicate {
	return graph.Where{Property: "displayName", Operator: graph.StartsWith, Operands: []graph.Operand{{Value: graph.StringValue(text)}}}
}

// countOdd counts those of some trees that have a hop.
func countOdd(list []graph.Entity) int {
	n := 0
	for _, e := range list {
		if (e.Key[len(e.Key)-1]-'0')%2 == 1 {
			n++
		}
	}
	return n
}
