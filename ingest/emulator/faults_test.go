package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

const (
	apps   = "/teams/orchard-tools/apps" // five rows
	people = "/api/systemusers"          // 62 rows
	groups = "/api/v2/usergroups"        // 15 rows
)

// faulty is one page of each kind of list, asked of a server with one fault.
type faulty struct {
	s    *emulator.Server
	plan *emulator.Faults
	page func(t *testing.T, n int) (answer, error) // pages are counted from 1
}

// lists gives the three kinds of lists, two rows to a page.
func lists(t *testing.T, fault emulator.Fault) map[string]faulty {
	t.Helper()
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	set := func(f *emulator.Faults, route string) *emulator.Faults {
		one := fault
		one.Route = route
		f.Add(one)
		return f
	}
	offset := func(path string) func(*testing.T, int) (answer, error) {
		return func(t *testing.T, n int) (answer, error) {
			return try(t, s.JumpCloud.URL+path+"?limit=2&sort=_id&skip="+[]string{"", "0", "2", "4", "6"}[n], jumpcloudHeader(s))
		}
	}
	whole, _ := walkHeroku(t, s.Heroku, apps, "id ..; max=1000")
	return map[string]faulty{
		"heroku": {s, set(s.Heroku.Faults, apps), func(t *testing.T, n int) (answer, error) {
			from := ""
			if n > 1 {
				from = "]" + rowKey(t, whole[2*n-3])
			}
			return try(t, s.Heroku.URL+apps, herokuHeader(s.Heroku.Key, "Range", "id "+from+"..; max=2"))
		}},
		"v1": {s, set(s.JumpCloud.Faults, people), offset(people)},
		"v2": {s, set(s.JumpCloud.Faults, groups), offset(groups)},
	}
}

// keysOf gives the rows' keys, "-" for a null row and "?" for one without id.
func keysOf(t *testing.T, body []byte) (keys []string) {
	t.Helper()
	var rows []json.RawMessage
	if json.Unmarshal(body, &rows) != nil {
		rows = decode[struct{ Results []json.RawMessage }](t, body).Results
	}
	for _, row := range rows {
		key := "-"
		if string(row) != "null" {
			key = rowKey(t, row)
		}
		if strings.TrimSpace(key) == "" {
			key = "?"
		}
		keys = append(keys, key)
	}
	return keys
}

// good gives the second page as it should be.
func good(t *testing.T, kind string) []string {
	t.Helper()
	l := lists(t, emulator.Fault{Page: 99})[kind]
	a, err := l.page(t, 2)
	if err != nil {
		t.Fatal(err)
	}
	return keysOf(t, a.body)
}

// TestPageFaults makes each fault fire once, on the second page of each kind of
// list, and holds what comes instead.
func TestPageFaults(t *testing.T) {
	cases := []struct {
		name  string
		fault emulator.Fault
		check func(t *testing.T, a answer, err error, want []string)
	}{
		{"status", emulator.Fault{Action: emulator.Answer, Status: 403}, func(t *testing.T, a answer, err error, _ []string) {
			body := decode[map[string]string](t, a.body)
			if a.status != 403 || body["message"] == "" || a.header.Get("Next-Range")+a.header.Get("X-Total-Count") != "" {
				t.Errorf("status %d, body %s, header %v", a.status, a.body, a.header)
			}
		}},
		{"wait", emulator.Fault{Action: emulator.Answer, Status: 429, Header: map[string]string{"Retry-After": "7"}}, func(t *testing.T, a answer, err error, _ []string) {
			if a.status != 429 || a.header.Get("Retry-After") != "7" {
				t.Errorf("status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
		}},
		{"own body", emulator.Fault{Action: emulator.Answer, Status: 302, Body: "go", Header: map[string]string{"Location": "https://elsewhere.example/"}}, func(t *testing.T, a answer, err error, _ []string) {
			if a.status != 302 || string(a.body) != "go" || a.header.Get("Location") == "" {
				t.Errorf("status %d, body %s", a.status, a.body)
			}
		}},
		{"reset", emulator.Fault{Action: emulator.Reset}, func(t *testing.T, a answer, err error, _ []string) {
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("error %v", err)
			}
		}},
		{"cut body", emulator.Fault{Action: emulator.CutBody}, func(t *testing.T, a answer, err error, _ []string) {
			if err != nil || a.status/100 != 2 || !errors.Is(a.err, io.ErrUnexpectedEOF) || len(a.body) == 0 {
				t.Errorf("status %d, %d bytes, errors %v, %v", a.status, len(a.body), err, a.err)
			}
		}},
		{"cut json", emulator.Fault{Action: emulator.CutJSON}, func(t *testing.T, a answer, err error, _ []string) {
			if a.err != nil || json.Valid(a.body) || a.body[0] != '[' && a.body[0] != '{' {
				t.Errorf("body %s, error %v", a.body, a.err)
			}
		}},
		{"html", emulator.Fault{Action: emulator.HTML}, func(t *testing.T, a answer, err error, _ []string) {
			if a.status != 200 || json.Valid(a.body) || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("status %d, %s, body %s", a.status, a.header.Get("Content-Type"), a.body)
			}
		}},
		{"wrong shape", emulator.Fault{Action: emulator.WrongShape}, func(t *testing.T, a answer, err error, _ []string) {
			if a.status != 200 || string(a.body) != `"ok"` {
				t.Errorf("status %d, body %s", a.status, a.body)
			}
		}},
		{"drop id", emulator.Fault{Action: emulator.DropID, Row: -1}, func(t *testing.T, a answer, err error, want []string) {
			if diff := cmp.Diff([]string{want[0], "?"}, keysOf(t, a.body)); diff != "" {
				t.Error(diff)
			}
		}},
		{"null field", emulator.Fault{Action: emulator.NullField}, func(t *testing.T, a answer, err error, want []string) {
			row := rowsOf(t, a.body)[0]
			name, hasName := row["name"]
			username, hasUsername := row["username"]
			if name != nil || username != nil || !hasName && !hasUsername || len(keysOf(t, a.body)) != 2 {
				t.Errorf("body %s", a.body)
			}
		}},
		{"null row", emulator.Fault{Action: emulator.NullRow, Row: 1}, func(t *testing.T, a answer, err error, want []string) {
			if diff := cmp.Diff([]string{want[0], "-"}, keysOf(t, a.body)); diff != "" {
				t.Error(diff)
			}
		}},
		{"repeat row", emulator.Fault{Action: emulator.RepeatRow}, func(t *testing.T, a answer, err error, want []string) {
			got := keysOf(t, a.body)
			if len(got) != 3 || !cmp.Equal(got[1:], want) || got[0] == got[1] {
				t.Errorf("rows %v, want one more than %v", got, want)
			}
		}},
		{"empty list", emulator.Fault{Action: emulator.EmptyList}, func(t *testing.T, a answer, err error, _ []string) {
			if a.status != 200 || len(keysOf(t, a.body)) != 0 || a.header.Get("Next-Range") != "" || strings.Contains(string(a.body), "62") {
				t.Errorf("status %d, body %s, header %v", a.status, a.body, a.header)
			}
		}},
	}
	for _, c := range cases {
		for _, kind := range []string{"heroku", "v1", "v2"} {
			t.Run(c.name+" "+kind, func(t *testing.T) {
				fault := c.fault
				fault.Page, fault.Times = 2, 1
				l := lists(t, fault)[kind]
				if a, err := l.page(t, 1); err != nil || a.status/100 != 2 || l.plan.Total() != 0 {
					t.Fatalf("the first page: status %d, %v", a.status, err)
				}
				want := good(t, kind)
				a, err := l.page(t, 2)
				c.check(t, a, err, want)
				if l.plan.Total() != 1 {
					t.Errorf("fired %v", l.plan.Fired())
				}
				a, err = l.page(t, 2)
				if err != nil || !cmp.Equal(want, keysOf(t, a.body)) {
					t.Errorf("afterwards: %v, %s", err, a.body)
				}
			})
		}
	}
}

func TestWrongTotal(t *testing.T) {
	for kind, total := range map[string]int{"v1": 65, "v2": 18} {
		l := lists(t, emulator.Fault{Action: emulator.WrongTotal, Amount: 3})[kind]
		a, err := l.page(t, 1)
		if err != nil {
			t.Fatal(err)
		}
		path := map[string]string{"v1": people, "v2": groups}[kind]
		if _, got := listOf(t, path, a); got != total || l.plan.Total() != 1 {
			t.Errorf("%s: total %d, want %d", kind, got, total)
		}
	}
	l := lists(t, emulator.Fault{Action: emulator.WrongTotal})["heroku"]
	if _, err := l.page(t, 1); err != nil || l.plan.Total() != 0 {
		t.Errorf("heroku has no totals, fired %d, %v", l.plan.Total(), err)
	}
}

func TestStuckPage(t *testing.T) {
	for _, kind := range []string{"heroku", "v1", "v2"} {
		l := lists(t, emulator.Fault{Action: emulator.StuckPage, Page: 2})[kind]
		first, err := l.page(t, 1)
		if err != nil {
			t.Fatal(err)
		}
		second, err := l.page(t, 2)
		if err != nil || l.plan.Total() != 1 {
			t.Fatalf("%s: fired %d, %v", kind, l.plan.Total(), err)
		}
		if kind == "heroku" {
			if next := second.header.Get("Next-Range"); next != first.header.Get("Next-Range") {
				t.Errorf("%s: next %q after %q", kind, next, first.header.Get("Next-Range"))
			}
		} else if diff := cmp.Diff(keysOf(t, first.body), keysOf(t, second.body)); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

// TestShrinkingPages holds that a row that goes between two pages makes a
// reader by offset miss another one, and that beginning anew finds all.
func TestShrinkingPages(t *testing.T) {
	for kind, rows := range map[string]int{"v1": 62, "v2": 15} {
		l := lists(t, emulator.Fault{Action: emulator.ShrinkPages, Page: emulator.MiddlePage, Times: 1})[kind]
		path := map[string]string{"v1": people, "v2": groups}[kind]
		short, _ := walkJumpCloud(t, l.s.JumpCloud, path, 2, "&sort=_id")
		if len(short) != rows-1 || l.plan.Total() != 1 {
			t.Errorf("%s: %d rows while shrinking, fired %d", kind, len(short), l.plan.Total())
		}
		whole, _ := walkJumpCloud(t, l.s.JumpCloud, path, 2, "&sort=_id")
		if len(whole) != rows {
			t.Errorf("%s: %d rows afterwards", kind, len(whole))
		}
	}
}

func TestEditBetweenPages(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	s.JumpCloud.Faults.Set(emulator.Fault{Route: people, Page: 1, Times: 1, Action: emulator.Pass, Edit: func(e *emulator.Estate) {
		*e, _ = e.NextDay()
	}})
	rows, total := walkJumpCloud(t, s.JumpCloud, people, 50, "")
	if len(rows) != 63 || total != 63 || s.State.Estate().Day != 1 {
		t.Errorf("%d rows, total %d, day %d", len(rows), total, s.State.Estate().Day)
	}
}

func TestWhenFaultsFire(t *testing.T) {
	ask := func(t *testing.T, s *emulator.Server, path string) int {
		return get(t, s.Heroku.URL+path, herokuHeader(s.Heroku.Key)).status
	}
	cases := []struct {
		name  string
		plan  []emulator.Fault
		path  string
		want  []int
		fired []int
	}{
		{"for ever", []emulator.Fault{emulator.Status("/teams", 500)}, "/teams", []int{500, 500, 500}, []int{3}},
		{"once", []emulator.Fault{{Status: 500, Times: 1}}, "/teams", []int{500, 200, 200}, []int{1}},
		{"the second", []emulator.Fault{{Status: 500, Nth: 2, Times: 1}}, "/teams", []int{200, 500, 200}, []int{1}},
		{"from the second", []emulator.Fault{{Status: 500, Nth: 2}}, "/teams", []int{200, 500, 500}, []int{2}},
		{"any parent", []emulator.Fault{emulator.Status("/teams/{team}/apps", 404)}, "/teams/orchard-data/apps", []int{404}, []int{1}},
		{"star", []emulator.Fault{emulator.Status("/teams/*/apps", 404)}, "/teams/orchard-data/apps", []int{404}, []int{1}},
		{"one parent", []emulator.Fault{emulator.Status("/teams/orchard-tools/apps", 404)}, "/teams/orchard-data/apps", []int{200}, []int{0}},
		{"other route", []emulator.Fault{emulator.Status("/teams/{team}/members", 403)}, "/teams/orchard-data/apps", []int{200}, []int{0}},
		{"no list has no page", []emulator.Fault{{Status: 500, Page: 1}}, "/account", []int{200}, []int{0}},
		{"one page has no middle", []emulator.Fault{{Status: 500, Page: emulator.MiddlePage}}, "/teams", []int{200}, []int{0}},
		{"last page", []emulator.Fault{{Status: 500, Page: emulator.LastPage}}, "/teams", []int{500}, []int{1}},
		{"first that can", []emulator.Fault{{Action: emulator.WrongTotal}, {Status: 500}, {Status: 501}}, "/teams", []int{500}, []int{0, 1, 0}},
		{"no status passes", []emulator.Fault{{Delay: time.Microsecond}}, "/teams", []int{200, 200}, []int{2}},
		{"one after another", []emulator.Fault{{Status: 500, Times: 1}, {Status: 503, Times: 1}}, "/teams", []int{500, 503, 200}, []int{1, 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{Heroku: emulator.HerokuOptions{Faults: emulator.NewFaults(c.plan...)}})
			var got []int
			for range c.want {
				got = append(got, ask(t, s, c.path))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.fired, s.Heroku.Faults.Fired()); diff != "" {
				t.Errorf("fired %s", diff)
			}
			s.Heroku.Faults.Clear()
			if status := ask(t, s, c.path); status != 200 || len(s.Heroku.Faults.Fired()) != 0 {
				t.Errorf("after Clear: status %d", status)
			}
		})
	}
}

// TestSlowAnswersEndWithTheClient holds that a slow answer comes late, and that
// nobody waits for a client that left.
func TestSlowAnswersEndWithTheClient(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	s.Heroku.Faults.Set(emulator.Fault{Action: emulator.Pass, Delay: 30 * time.Millisecond, Times: 1}, emulator.Fault{Action: emulator.Pass, Delay: time.Hour})
	begin := time.Now()
	if a := get(t, s.Heroku.URL+"/teams", herokuHeader(s.Heroku.Key)); a.status != 200 || time.Since(begin) < 30*time.Millisecond {
		t.Errorf("status %d after %s", a.status, time.Since(begin))
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Heroku.URL+"/teams", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = herokuHeader(s.Heroku.Key)
	client := http.Client{Timeout: 30 * time.Millisecond}
	if response, err := client.Do(request); err == nil {
		response.Body.Close()
		t.Error("an answer that takes an hour came")
	}
}
