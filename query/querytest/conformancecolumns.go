package querytest

import (
	"context"
	"errors"
	"math/bits"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// columnar is what the executor uses of sources that have it, beside Conforming.
type columnar interface {
	Select(ctx context.Context, table uint32, where graph.Predicate) ([]uint64, error)
	Codes(ctx context.Context, table uint32, prop string) (graph.Vector, bool, error)
}

// checkColumns compares whole tables with scans and with objects, where the source
// shows columns.
func (c *conformance) checkColumns() {
	source, ok := c.source.(columnar)
	if !ok {
		return
	}
	over, cancel := context.WithCancel(c.Context())
	cancel()
	names := c.propertyNames()
	for _, table := range c.source.Tables(graph.Selection{}) {
		c.checkSelect(source, table, nil)
		for range 5 {
			c.checkSelect(source, table, c.predicate(entityProperties, 2))
		}
		for _, class := range randomClasses {
			c.checkSelect(source, table, graph.Equals(graph.PropClass, graph.StringValue(class)))
		}
		for _, name := range names {
			c.checkCodes(source, table, name)
		}
		if _, err := source.Select(over, table.Number, nil); !errors.Is(err, context.Canceled) {
			c.Fatalf("select: the error of a context that is over is %v", err)
		}
		if _, _, err := source.Codes(over, table.Number, graph.PropType); !errors.Is(err, context.Canceled) {
			c.Fatalf("codes: the error of a context that is over is %v", err)
		}
	}
}

// checkSelect compares the rows of one table with a scan of its type.
func (c *conformance) checkSelect(source columnar, table graph.Table, where graph.Predicate) {
	words, err := source.Select(c.Context(), table.Number, where)
	if err != nil || len(words) < (int(table.Rows)+63)/64 {
		c.Fatalf("select %v of %+v: %d words, error %v", where, table, len(words), err)
	}
	var got []graph.Ref
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			got = append(got, graph.NewRef(table.Number, uint32(i*64+bits.TrailingZeros64(w))))
		}
	}
	want := c.scan(graph.Selection{Types: []string{table.Type}, Where: where})
	if !slices.Equal(got, want) {
		c.Fatalf("select %v of %s: %x, want %x", where, table.Type, got, want)
	}
}

// checkCodes compares a property of a whole table with that of its living rows.
func (c *conformance) checkCodes(source columnar, table graph.Table, name string) {
	v, ok, err := source.Codes(c.Context(), table.Number, name)
	if err != nil {
		c.Fatalf("codes of %s: %v", name, err)
	}
	if !ok {
		return
	}
	if len(v.Codes) != int(table.Rows) {
		c.Fatalf("codes of %s of %+v: %d rows", name, table, len(v.Codes))
	}
	for ref, im := range c.byRef {
		if ref.Table() != table.Number {
			continue
		}
		if code := int(v.Codes[ref.Row()]); code >= len(v.Dict) || !graph.Equal(v.Dict[code], im.Get(name)) {
			c.Fatalf("codes of %s of %s: row %d has code %d of %v, want %s", name, table.Type, ref.Row(), code, v.Dict, im.Get(name))
		}
	}
}
