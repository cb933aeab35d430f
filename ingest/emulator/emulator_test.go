package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
)

// answer is a whole response.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body
}

// start serves an estate until the test ends.
func start(t *testing.T, e emulator.Estate, o emulator.ServerOptions) *emulator.Server {
	t.Helper()
	s, err := emulator.Start(emulator.NewState(e), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// herokuHeader is what a client of Heroku sends.
func herokuHeader(key string, extra ...string) http.Header {
	h := http.Header{"Accept": {"application/vnd.heroku+json; version=3"}, "Authorization": {"Bearer " + key}}
	for i := 0; i < len(extra); i += 2 {
		h.Set(extra[i], extra[i+1])
	}
	return h
}

// fresh opens a connection for each request: with kept ones Go's client repeats
// a request by itself when the connection is cut.
var (
	fresh  = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: stay}
	pooled = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, CheckRedirect: stay}
)

// stay follows no redirect.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// try asks once over a connection of its own; the error is that connection's.
func try(t *testing.T, url string, header http.Header) (answer, error) {
	t.Helper()
	return ask(t, fresh, url, header)
}

func ask(t *testing.T, client *http.Client, url string, header http.Header) (answer, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header}
	a.body, a.err = io.ReadAll(response.Body)
	return a, nil
}

// get asks once and expects an answer.
func get(t *testing.T, url string, header http.Header) answer {
	t.Helper()
	a, err := ask(t, pooled, url, header)
	if err != nil {
		t.Fatalf("get %s: %v", url, err)
	}
	return a
}

// decode reads JSON.
func decode[T any](t *testing.T, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// walkHeroku reads a list page by page until there is no Next-Range.
func walkHeroku(t *testing.T, api emulator.API, path, first string) (rows []json.RawMessage, pages int) {
	t.Helper()
	for next := first; ; pages++ {
		a := get(t, api.URL+path, herokuHeader(api.Key, "Range", next))
		if a.status != http.StatusOK && a.status != http.StatusPartialContent {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		rows = append(rows, decode[[]json.RawMessage](t, a.body)...)
		next = a.header.Get("Next-Range")
		if (next != "") != (a.status == http.StatusPartialContent) {
			t.Fatalf("%s: status %d with Next-Range %q", path, a.status, next)
		}
		if next == "" {
			return rows, pages + 1
		}
	}
}

// walkJumpCloud reads a list page by page until a page is empty.
func walkJumpCloud(t *testing.T, api emulator.API, path string, limit int, extra string) (rows []json.RawMessage, total int) {
	t.Helper()
	for {
		url := fmt.Sprintf("%s%s?limit=%d&skip=%d%s", api.URL, path, limit, len(rows), extra)
		a := get(t, url, http.Header{"X-Api-Key": {api.Key}})
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", url, a.status, a.body)
		}
		page, n := listOf(t, path, a)
		if len(page) == 0 {
			return rows, total
		}
		total = n
		rows = append(rows, page...)
	}
}

// listOf takes the rows and the total out of either version's list.
func listOf(t *testing.T, path string, a answer) ([]json.RawMessage, int) {
	t.Helper()
	if strings.HasPrefix(path, "/api/v2/") {
		var n int
		if _, err := fmt.Sscan(a.header.Get("X-Total-Count"), &n); err != nil {
			t.Fatalf("%s: no total: %v", path, err)
		}
		return decode[[]json.RawMessage](t, a.body), n
	}
	v := decode[struct {
		TotalCount int
		Results    []json.RawMessage
	}](t, a.body)
	return v.Results, v.TotalCount
}

// paths fills the patterns of list routes with every parent of the estate.
func paths(e emulator.Estate, patterns []string) []string {
	parents := map[string][]string{}
	add := func(name, id string) { parents[name] = append(parents[name], id) }
	for _, v := range e.Heroku.Accounts {
		add("{account}", v.ID)
	}
	for _, v := range e.Heroku.Teams {
		add("{team}", v.ID)
	}
	for _, v := range e.Heroku.Apps {
		add("{app}", v.ID)
	}
	for _, v := range e.Heroku.Pipelines {
		add("{pipeline}", v.ID)
	}
	for _, v := range e.Heroku.Spaces {
		add("{space}", v.ID)
	}
	for _, v := range e.JumpCloud.Users {
		add("{user}", v.ID)
	}
	for _, v := range e.JumpCloud.Groups {
		add("usergroups/{group}", v.ID)
	}
	for _, v := range e.JumpCloud.SystemGroups {
		add("systemgroups/{group}", v.ID)
	}
	for _, v := range e.JumpCloud.Applications {
		add("{application}", v.ID)
	}
	for _, v := range e.JumpCloud.MDMs {
		add("{mdm}", v.ID)
	}
	for _, v := range e.JumpCloud.Systems {
		add("{system}", v.ID)
	}
	var all []string
	for _, pattern := range patterns {
		open, close := strings.Index(pattern, "{"), strings.Index(pattern, "}")
		if open < 0 {
			all = append(all, pattern)
			continue
		}
		name := pattern[open : close+1]
		if name == "{group}" {
			name = strings.Split(pattern, "/")[3] + "/{group}"
		}
		for _, id := range parents[name] {
			all = append(all, pattern[:open]+id+pattern[close+1:])
		}
	}
	return all
}

// isList says whether a route serves a list.
func isList(pattern string) bool {
	return pattern != "/account" && pattern != "/account/rate-limits" && !strings.HasSuffix(pattern, "}")
}

// rowKey identifies a row of any list.
func rowKey(t *testing.T, row json.RawMessage) string {
	t.Helper()
	v := decode[struct {
		ID       string
		From, To struct{ ID string }
	}](t, row)
	if v.ID == "" {
		return v.From.ID + " " + v.To.ID
	}
	return v.ID
}
