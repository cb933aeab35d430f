package mapper_test

import (
	"fmt"
	"testing"

	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store/graph"
)

// BenchmarkDerive joins the users of two providers; time per user must not grow
// with their number.
func BenchmarkDerive(b *testing.B) {
	for _, users := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			w := new(world)
			for i := range users {
				mail := fmt.Sprintf("user-%d@orchard.example", i)
				w.add(fmt.Sprintf("jc/u%d", i), "jumpcloud_user", "User", "email", mail, "firstName", "Pip", "lastName", fmt.Sprintf("Core %d", i), "username", fmt.Sprintf("u%d", i))
				w.add(fmt.Sprintf("hk/u%d", i), "heroku_account_member", "User", "username", mail, "name", mail)
			}
			o := defaults(b)
			for b.Loop() {
				r, err := mapper.Derive(b.Context(), w, o, func(graph.Batch) error { return nil })
				if err != nil || r.Links != 2*users {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*2*users), "ns/user")
		})
	}
}
