package column_test

import (
	"testing"

	"github.com/j1db/j1db/store/column"
)

// BenchmarkEstateEncode encodes every column of the estate.
func BenchmarkEstateEncode(b *testing.B) {
	e := needEstate(b, loadEntities)
	for b.Loop() {
		bytes := 0
		for _, tab := range e.tables {
			for _, p := range tab.columns {
				for i, c := range p.chunks {
					if p.name == "name" && c.Same(tab.byName["displayName"].chunks[i]) {
						continue
					}
					data, err := c.Encode(nil, column.Options{})
					if err != nil {
						b.Fatal(err)
					}
					bytes += len(data)
				}
			}
		}
		b.ReportMetric(float64(bytes)/1e6, "MB")
	}
}
