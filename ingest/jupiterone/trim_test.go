package jupiterone_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/jupiterone"
)

// TestTooLargeForTheServer sends what the server, and not the plan, finds too
// large.
func TestTooLargeForTheServer(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	raw := func(fields ...string) []byte {
		object := map[string]string{}
		for i := 0; i < len(fields); i += 2 {
			object[fields[i]] = fields[i+1]
		}
		b, err := json.Marshal([]any{map[string]any{"name": "default", "rawData": object}})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, tt := range []struct {
		name    string
		raw     []byte
		text    string // a property of the entity
		want    string // the raw data that arrive; "" for none, "missing" when the entity does not
		trimmed int
	}{
		{"fits", raw("a", "1"), "", `[{"name":"default","rawData":{"a":"1"}}]`, 0},
		{"the largest field goes", raw("a", "1", "big", long(2000), "small", "<&>"), "", `[{"name":"default","rawData":{"a":"1","big":"TRUNCATED","small":"<&>"}}]`, 1},
		{"several go", raw("a", long(900), "b", long(900), "c", "1"), "", `[{"name":"default","rawData":{"a":"TRUNCATED","b":"TRUNCATED","c":"1"}}]`, 1},
		{"text", []byte(`[{"name":"page","rawData":"` + long(2000) + `"}]`), "", `[{"name":"page","rawData":"TRUNCATED"}]`, 1},
		{"the largest entry goes first", []byte(`[{"name":"a","rawData":{"x":"` + long(300) + `"}},{"name":"b","rawData":{"y":"` + long(2000) + `"}}]`), "",
			`[{"name":"a","rawData":{"x":"` + long(300) + `"}},{"name":"b","rawData":{"y":"TRUNCATED"}}]`, 1},
		{"raw data that are no list of entries", []byte(`["` + long(2000) + `"]`), "", "", 1},
		{"the entity itself", raw("a", "1"), long(2000), "missing", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, emulator.JupiterOneOptions{MaxBody: 1000}, "crm")
			r.raw = true
			im := entity("crm", "crm_user", "user-0001", "text", tt.text)
			r.world.raw[im.Identity()] = tt.raw
			r.world.edit(func(e *edit) {
				e.put(im)
				for i := range 20 { // together they are too large, one by one they are not
					e.put(entity("crm", "crm_user", fmt.Sprintf("other-%04d", i), "text", long(100)))
				}
			})
			report := r.export(jupiterone.Diff)
			held := r.account.Scope("j1db-crm").Entities
			got, ok := held["user-0001"]
			if text := string(got.RawData); ok && text != tt.want || !ok && tt.want != "missing" {
				t.Errorf("raw data %s, want %s", text, tt.want)
			}
			if n := report.Jobs[0].Trimmed; n != tt.trimmed || len(held) < 20 {
				t.Errorf("%d trimmed, %d entities", n, len(held))
			}
			if n := len(report.Jobs[0].TooLarge); report.Incomplete() != (tt.want == "missing") || report.Incomplete() != (n == 1) {
				t.Errorf("incomplete: %v, %d too large", report.Incomplete(), n)
			}
		})
	}
}

// TestTooLargeForABatch holds that what cannot be sent is named, and is not taken
// for deleted.
func TestTooLargeForABatch(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.batch, r.raw = 1000, true
	r.world.edit(func(e *edit) {
		e.put(entity("crm", "crm_user", "user-0001", "text", "short"))
		e.put(entity("crm", "crm_user", "user-0002"))
	})
	r.export(jupiterone.Diff)
	grown := entity("crm", "crm_user", "user-0001", "text", strings.Repeat("x", 2000))
	rich := entity("crm", "crm_user", "user-0002", "text", "y")
	r.world.raw[rich.Identity()] = []byte(`{"text":"` + strings.Repeat("r", 2000) + `"}`)
	r.world.edit(func(e *edit) { e.put(grown); e.put(rich) })
	plan := r.plan(jupiterone.Diff)
	job := plan.Jobs[0]
	if len(job.TooLarge) != 1 || job.TooLarge[0].Key != "user-0001" || job.RawDropped != 1 || !slices.Equal(job.Partial, []string{"crm_user"}) {
		t.Errorf("too large %+v, without raw data %d, partial %v", job.TooLarge, job.RawDropped, job.Partial)
	}
	report := r.export(jupiterone.Diff)
	held := r.account.Scope("j1db-crm").Entities
	if held["user-0001"].Properties["text"] != "short" || held["user-0002"].Properties["text"] != "y" || !report.Incomplete() {
		t.Errorf("the account holds %v; incomplete %v", held, report.Incomplete())
	}
}

func TestBatches(t *testing.T) {
	r := newRig(t, emulator.JupiterOneOptions{}, "crm")
	r.batch = 1000
	r.world.edit(func(e *edit) {
		for i := range 30 {
			e.put(entity("crm", "crm_user", fmt.Sprintf("user-%04d", i), "text", strings.Repeat("x", i*10)))
			e.put(relationship("crm", "crm_user_knows_user", fmt.Sprintf("knows-%04d", i), fmt.Sprintf("user-%04d", i), "user-0000"))
		}
	})
	plan := r.plan(jupiterone.Diff)
	report := r.export(jupiterone.Diff)
	job := report.Jobs[0]
	if job.SentBatches != plan.Jobs[0].Batches || job.SentBytes != plan.Jobs[0].Bytes || job.SentObjects != 60 {
		t.Errorf("sent %d in %d batches of %d bytes, planned %d batches of %d bytes", job.SentObjects, job.SentBatches, job.SentBytes,
			plan.Jobs[0].Batches, plan.Jobs[0].Bytes)
	}
	last := ""
	for _, q := range r.account.Log.Requests() {
		if strings.HasSuffix(q.Route, "/entities") && last == "relationships" {
			t.Error("entities after relationships")
		}
		if _, kind, ok := strings.Cut(q.Route, "{id}/"); ok {
			last = kind
		}
	}
}
