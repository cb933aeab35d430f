package emulator_test

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/emulator"
)

func jumpcloudHeader(s *emulator.Server, extra ...string) http.Header {
	h := http.Header{"X-Api-Key": {s.JumpCloud.Key}}
	for i := 0; i < len(extra); i += 2 {
		h.Set(extra[i], extra[i+1])
	}
	return h
}

func TestHerokuRefusals(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	narrow := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{Heroku: emulator.HerokuOptions{Scope: "read"}})
	good := herokuHeader(s.Heroku.Key)
	basic := herokuHeader("")
	basic.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(":"+s.Heroku.Key)))
	v2 := herokuHeader(s.Heroku.Key)
	v2.Set("Accept", "application/json")
	cases := []struct {
		name, url string
		header    http.Header
		status    int
		id        string
	}{
		{"bearer", s.Heroku.URL + "/teams", good, 200, ""},
		{"basic", s.Heroku.URL + "/teams", basic, 200, ""},
		{"wrong key", s.Heroku.URL + "/teams", herokuHeader("HRKU-nonsense"), 401, "unauthorized"},
		{"no key", s.Heroku.URL + "/account", http.Header{"Accept": good["Accept"]}, 401, "unauthorized"},
		{"no version", s.Heroku.URL + "/teams", v2, 406, "not_acceptable"},
		{"no route", s.Heroku.URL + "/nowhere", good, 404, "not_found"},
		{"no team", s.Heroku.URL + "/teams/nobody/apps", good, 404, "not_found"},
		{"config vars are not served", s.Heroku.URL + "/apps/checkout/config-vars", good, 404, "not_found"},
		{"team by name", s.Heroku.URL + "/teams/orchard-data", good, 200, ""},
		{"no such property", s.Heroku.URL + "/teams", herokuHeader(s.Heroku.Key, "Range", "colour ..; max=5"), 416, "requested_range_not_satisfiable"},
		{"too much", s.Heroku.URL + "/teams", herokuHeader(s.Heroku.Key, "Range", "id ..; max=1001"), 416, "requested_range_not_satisfiable"},
		{"no range at all", s.Heroku.URL + "/teams", herokuHeader(s.Heroku.Key, "Range", "bytes=0-5"), 416, "requested_range_not_satisfiable"},
		{"members need global", narrow.Heroku.URL + "/teams/orchard-data/members", good, 403, "forbidden"},
		{"teams do not", narrow.Heroku.URL + "/teams", good, 200, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := get(t, c.url, c.header)
			if a.status != c.status {
				t.Errorf("status %d, want %d: %s", a.status, c.status, a.body)
			}
			if c.id == "" {
				return
			}
			problem := decode[struct{ ID, Message string }](t, a.body)
			if problem.ID != c.id || problem.Message == "" {
				t.Errorf("body %s", a.body)
			}
		})
	}
}

func TestHerokuHeaders(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	a := get(t, s.Heroku.URL+"/teams/orchard-data/members", herokuHeader(s.Heroku.Key, "Range", "id ..; max=2"))
	for _, name := range []string{"Etag", "Last-Modified", "Request-Id", "Content-Range", "Next-Range"} {
		if a.header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	for name, want := range map[string]string{
		"Accept-Ranges": "id, email", "Ratelimit-Multiplier": "1", "Ratelimit-Remaining": "4500", "Oauth-Scope-Accepted": "global",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	again := get(t, s.Heroku.URL+"/teams/orchard-data/members", herokuHeader(s.Heroku.Key, "Range", "id ..; max=2", "If-None-Match", a.header.Get("Etag")))
	if again.status != http.StatusNotModified || len(again.body) > 0 || again.header.Get("Etag") != a.header.Get("Etag") || again.header.Get("Next-Range") != "" {
		t.Errorf("unchanged: status %d, %d bytes, Next-Range %q", again.status, len(again.body), again.header.Get("Next-Range"))
	}
	s.State.Edit(func(e *emulator.Estate) {
		for i := range e.Heroku.TeamMembers {
			e.Heroku.TeamMembers[i].Role = "member"
		}
	})
	if changed := get(t, s.Heroku.URL+"/teams/orchard-data/members", herokuHeader(s.Heroku.Key, "If-None-Match", a.header.Get("Etag"))); changed.status != 200 {
		t.Errorf("changed: status %d", changed.status)
	}
	zipped := get(t, s.Heroku.URL+"/apps", herokuHeader(s.Heroku.Key, "Accept-Encoding", "gzip"))
	if zipped.header.Get("Content-Encoding") != "gzip" || zipped.body[0] != 0x1f {
		t.Errorf("not compressed: %v", zipped.header)
	}
}

func TestHerokuRateLimit(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{Heroku: emulator.HerokuOptions{
		Now: func() time.Time { return now }, Bucket: 3, PerMinute: 6,
	}})
	remaining := func(path string) (int, string, string) {
		a := get(t, s.Heroku.URL+path, herokuHeader(s.Heroku.Key))
		return a.status, a.header.Get("Ratelimit-Remaining"), a.header.Get("Retry-After")
	}
	for _, want := range []string{"2", "1", "0"} {
		if status, left, _ := remaining("/teams"); status != 200 || left != want {
			t.Errorf("status %d with %s tokens, want %s", status, left, want)
		}
	}
	if status, _, wait := remaining("/teams"); status != 429 || wait != "10" {
		t.Errorf("status %d, wait %q", status, wait)
	}
	if status, left, _ := remaining("/account/rate-limits"); status != 200 || left != "0" {
		t.Errorf("asking for the limit: status %d, %s left", status, left)
	}
	now = now.Add(10 * time.Second)
	if status, _, _ := remaining("/teams"); status != 200 {
		t.Errorf("after the wait: status %d", status)
	}
}

func TestJumpCloudRefusals(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	many := start(t, emulator.New(emulator.Options{Organizations: 3}), emulator.ServerOptions{})
	second := many.State.Estate().JumpCloud.Organizations[1].ID
	cases := []struct {
		name, url string
		header    http.Header
		status    int
	}{
		{"key", s.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(s), 200},
		{"empty organization", s.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(s, "X-Org-Id", ""), 200},
		{"wrong key", s.JumpCloud.URL + "/api/systemusers", http.Header{"X-Api-Key": {"nonsense"}}, 401},
		{"no key", s.JumpCloud.URL + "/api/organizations", nil, 401},
		{"no route", s.JumpCloud.URL + "/api/nowhere", jumpcloudHeader(s), 404},
		{"no group", s.JumpCloud.URL + "/api/v2/usergroups/0123456789abcdef01234567/members", jumpcloudHeader(s), 404},
		{"no user", s.JumpCloud.URL + "/api/systemusers/0123456789abcdef01234567", jumpcloudHeader(s), 404},
		{"bad skip", s.JumpCloud.URL + "/api/systemusers?skip=-1", jumpcloudHeader(s), 400},
		{"which organization", many.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(many), 401},
		{"all organizations", many.JumpCloud.URL + "/api/organizations", jumpcloudHeader(many), 200},
		{"this organization", many.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(many, "X-Org-Id", second), 200},
		{"malformed organization", many.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(many, "X-Org-Id", "x"), 400},
		{"unknown organization", many.JumpCloud.URL + "/api/systemusers", jumpcloudHeader(many, "X-Org-Id", "0123456789abcdef01234567"), 404},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := get(t, c.url, c.header)
			if a.status != c.status {
				t.Errorf("status %d, want %d: %s", a.status, c.status, a.body)
			}
			if c.status >= 400 && decode[struct{ Error, Message string }](t, a.body).Message == "" {
				t.Errorf("body %s", a.body)
			}
		})
	}
	a := get(t, many.JumpCloud.URL+"/api/systemusers", jumpcloudHeader(many, "X-Org-Id", second))
	if _, total := listOf(t, "/api/systemusers", a); total != 3 {
		t.Errorf("the second organization has %d users", total)
	}
	group := many.State.Estate().JumpCloud.Groups[0].ID // of the first organization
	if a := get(t, many.JumpCloud.URL+"/api/v2/usergroups/"+group+"/members", jumpcloudHeader(many, "X-Org-Id", second)); a.status != 404 {
		t.Errorf("another organization's group: status %d", a.status)
	}
}

func TestJumpCloudRateLimit(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{JumpCloud: emulator.JumpCloudOptions{
		Now: func() time.Time { return now }, PerMinute: 2,
	}})
	for _, want := range []int{200, 200, 429} {
		a := get(t, s.JumpCloud.URL+"/api/organizations", jumpcloudHeader(s))
		if a.status != want || (want == 429) != (a.header.Get("Retry-After") == "30") {
			t.Errorf("status %d, want %d; Retry-After %q", a.status, want, a.header.Get("Retry-After"))
		}
	}
}

func TestOnlyGet(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	for url, header := range map[string]http.Header{
		s.Heroku.URL + "/apps": herokuHeader(s.Heroku.Key), s.JumpCloud.URL + "/api/systemusers": jumpcloudHeader(s),
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("DELETE %s: status %d", url, response.StatusCode)
		}
	}
}
