package query_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/querytest"
)

// TestLongStatements prepares and runs statements as long as a text may be, of the
// shapes that planning could be slow at. The time is far beyond what they take.
func TestLongStatements(t *testing.T) {
	const enough = 2 * time.Second
	source := parseGraph(t, people).Source(querytest.SourceOptions{})
	tests := []struct {
		name, start, part, end string
		parts                  int
	}{
		{"hops", "FIND Device ", "THAT HAS User THAT HAS Device ", "", 1900},
		{"hops of a tree", "FIND Device ", "THAT HAS User THAT HAS Device ", "RETURN TREE", 1900},
		{"hops with a key at their end", "FIND Device ", "THAT HAS User ", "THAT HAS Device WITH _key = 'x' RETURN COUNT(*)", 4000},
		{"optional groups", "FIND User ", "(THAT USES User)? ", "RETURN TREE", 3000},
		{"optional groups apart", "FIND Device AS d ", "(THAT USES User)? THAT HAS * ", "RETURN d._key", 2000},
		{"negations", "FIND User ", "THAT !USES * THAT !HAS User ", "", 1900},
		{"names and terms", "FIND User AS u THAT HAS Device AS d WHERE u.x = 1", " OR u.name != d.owner", "", 2700},
		{"terms apart", "FIND User AS u THAT HAS Device AS d WHERE u.age > 0", " AND u.name != d.name", "", 2700},
		{"columns", "FIND User AS u RETURN COUNT(*)", ", u.age * %d", "", 3000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString(tt.start)
			for i := range tt.parts {
				if strings.Contains(tt.part, "%d") {
					fmt.Fprintf(&b, tt.part, i)
				} else {
					b.WriteString(tt.part)
				}
			}
			b.WriteString(tt.end)
			start := time.Now()
			stmt, err := query.New(query.Options{}).Prepare(b.String())
			if err != nil {
				t.Fatal(err)
			}
			result, err := stmt.Run(t.Context(), source, query.RunOptions{Memory: 100 << 20})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := answer(result); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			if took > enough && !raced {
				t.Errorf("%d bytes took %s", b.Len(), took)
			}
			t.Logf("%d bytes took %s for %d rows", b.Len(), took, result.Count())
		})
	}
}
