package column_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/j1db/j1db/store/column"
)

// TestEstateSizes encodes the whole estate and prints what it takes.
func TestEstateSizes(t *testing.T) {
	e := needEstate(t, loadEntities)
	var total, plain int
	var spent time.Duration
	for _, tab := range e.tables {
		sum := 0
		for _, p := range tab.columns {
			size := 0
			text := ""
			begun := time.Now()
			for i, b := range p.chunks {
				plain += b.Size()
				if p.name == "name" && b.Same(tab.byName["displayName"].chunks[i]) {
					size += len(column.EncodeAlias(nil, b.Len(), "displayName"))
					continue
				}
				data, err := b.Encode(nil, column.Options{})
				if err != nil {
					t.Fatal(err)
				}
				size += len(data)
				c, err := column.Open(data)
				if err != nil {
					t.Fatal(err)
				}
				text = c.Encoding()
			}
			took := time.Since(begun)
			spent += took
			sum += size
			t.Logf("%-22s %-20s %9d B %6.2f B/row %7.2f ms  %s", tab.name, p.name, size, float64(size)/float64(tab.rows), took.Seconds()*1e3, text)
		}
		t.Logf("%-22s %s", tab.name, fmt.Sprintf("%d rows, %d B", tab.rows, sum))
		total += sum
	}
	t.Logf("total %d B of %d, encoded in %v", total, plain, spent)
}
