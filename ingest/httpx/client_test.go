package httpx_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/httpx"
)

func TestGetJSONSendsAndDecodes(t *testing.T) {
	var seen *http.Request
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Clone(r.Context())
		w.Header().Set("Request-Id", "r-1")
		answer(w, 200, `{"id":"t1","name":"pears"}`)
	}, func(o *httpx.Options) {
		o.BaseURL += "/v2"
		o.UserAgent = "j1db/test"
		o.Header = http.Header{"Accept": {"application/vnd.example+json"}}
	})
	var team struct{ ID, Name string }
	resp, err := client.GetJSON(t.Context(), httpx.Path("teams", "a/b c"), url.Values{"limit": {"1"}}, &team)
	if err != nil {
		t.Fatal(err)
	}
	if team.ID != "t1" || team.Name != "pears" || resp.Status != 200 || resp.Bytes != 26 || resp.Cached {
		t.Errorf("got %+v, %+v", team, resp)
	}
	got := map[string]string{"uri": seen.RequestURI, "method": seen.Method}
	for _, name := range []string{"Authorization", "User-Agent", "Accept", "Accept-Encoding"} {
		got[name] = seen.Header.Get(name)
	}
	want := map[string]string{
		"uri": "/v2/teams/a%2Fb%20c?limit=1", "method": "GET",
		"Authorization": "Bearer " + key, "User-Agent": "j1db/test",
		"Accept": "application/vnd.example+json", "Accept-Encoding": "gzip",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.Bytes()
}

func TestGzip(t *testing.T) {
	whole := zipped(`["` + strings.Repeat("pear", 5000) + `"]`)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 0xff // in the checksum
	cases := []struct {
		name string
		body []byte
		want string // part of the error, "" for none
	}{
		{"whole", whole, ""},
		{"cut", whole[:len(whole)-12], "truncated"},
		{"cut in the header", whole[:4], "truncated"},
		{"damaged", damaged, "gzip checksum"},
		{"not gzip", []byte(`["a"]   and then some`), "not the gzip it claims to be"},
		{"bomb", zipped(strings.Repeat(" ", 2<<20) + "[]"), "too large: more than 1048576 bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(c.body)
			}, func(o *httpx.Options) { o.MaxBody = 1 << 20 })
			err := get(t.Context(), client, "/x")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestBadBodies(t *testing.T) {
	html := "<html><body>Sign in</body></html>"
	cases := []struct {
		name     string
		h        http.HandlerFunc
		is       error
		attempts int
		want     string
	}{
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `[{"id":"1"},{"id`)
		}, httpx.ErrBody, 3, "GET /x?page=2: 200 OK: bad response body: truncated after 16 bytes (3 attempts)"},
		{"cut by a proxy that fixed the length", says(200, `[{"id":"1"},{"id`), httpx.ErrBody, 3,
			"GET /x?page=2: 200 OK: bad response body: truncated after 16 bytes (3 attempts)"},
		{"html", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, html)
		}, httpx.ErrBody, 1, "GET /x?page=2: 200 OK: bad response body: not JSON but text/html, at byte 1 of 33"},
		{"two values", says(200, `[] []`), httpx.ErrBody, 1, "GET /x?page=2: 200 OK: bad response body: not JSON but application/json, at byte 4 of 5"},
		{"empty", says(200, ` `), httpx.ErrBody, 3, "GET /x?page=2: 200 OK: bad response body: truncated: empty (3 attempts)"},
		{"wrong shape", says(200, `{"id":7}`), httpx.ErrBody, 1, "GET /x?page=2: 200 OK: bad response body: id is a JSON number, expected string"},
		{"too large", says(200, `"`+strings.Repeat("x", 5000)+`"`, "Content-Length", "5002"), httpx.ErrTooLarge, 1, "GET /x?page=2: 200 OK: response is too large: 5002 bytes, of at most 4096"},
		{"too large, length unknown", func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, strings.Repeat("x", 5000))
		}, httpx.ErrTooLarge, 1, "GET /x?page=2: 200 OK: response is too large: more than 4096 bytes"},
		{"other encoding", says(200, `[]`, "Content-Encoding", "br"), httpx.ErrBody, 1,
			`GET /x?page=2: 200 OK: bad response body: content encoding "br" was not asked for`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, c.h, func(o *httpx.Options) { o.Attempts, o.MaxBody = 3, 4096 })
			var out struct {
				ID string `json:"id"`
			}
			_, err := client.GetJSON(t.Context(), "/x", url.Values{"page": {"2"}}, &out)
			e, ok := errors.AsType[*httpx.Error](err)
			if !ok || !errors.Is(err, c.is) {
				t.Fatalf("error %v (%T), want an *Error that is %v", err, err, c.is)
			}
			if e.Attempts != c.attempts || e.Status != 200 {
				t.Errorf("attempts %d, status %d; want %d, 200", e.Attempts, e.Status, c.attempts)
			}
			if err.Error() != c.want {
				t.Errorf("error\n %s\nwant\n %s", err, c.want)
			}
		})
	}
}

func TestErrorAnswers(t *testing.T) {
	cases := []struct {
		name string
		h    http.HandlerFunc
		want httpx.Error
		text string
	}{
		{"heroku", says(403, `{"id":"forbidden","message":"You do not have access."}`, "Request-Id", "q-9"),
			httpx.Error{Status: 403, Code: "forbidden", Message: "You do not have access.", RequestID: "q-9"},
			"GET /x: 403 Forbidden: You do not have access. (forbidden; request q-9)"},
		{"code and message", says(401, `{"code":16,"message":"Unauthorized","status":"UNAUTHENTICATED"}`),
			httpx.Error{Status: 401, Code: "16", Message: "Unauthorized"}, "GET /x: 401 Unauthorized: Unauthorized (16)"},
		{"nested", says(400, `{"error":{"code":"ENTITY_IS_NOT_ARRAY","message":"no"}}`),
			httpx.Error{Status: 400, Code: "ENTITY_IS_NOT_ARRAY", Message: "no"}, "GET /x: 400 Bad Request: no (ENTITY_IS_NOT_ARRAY)"},
		{"error text", says(404, `{"error":"no such thing"}`), httpx.Error{Status: 404, Message: "no such thing"}, "GET /x: 404 Not Found: no such thing"},
		{"list", says(422, `{"errors":[{"message":"bad name"}]}`), httpx.Error{Status: 422, Message: "bad name"}, "GET /x: 422 Unprocessable Entity: bad name"},
		{"plain", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "nope\x1b[31m\nmore", http.StatusConflict) },
			httpx.Error{Status: 409, Message: "nope [31m more"}, "GET /x: 409 Conflict: nope [31m more"},
		{"html", says(410, `<html>`, "Content-Type", "text/html"), httpx.Error{Status: 410}, "GET /x: 410 Gone"},
		{"echo of the key", says(401, `{"message":"bad key `+key+`"}`), httpx.Error{Status: 401, Message: "bad key ***"}, "GET /x: 401 Unauthorized: bad key ***"},
		{"echo of the key where the message is cut", says(400, `{"message":"`+strings.Repeat("a", 290)+key+`"}`),
			httpx.Error{Status: 400, Message: strings.Repeat("a", 290) + "***"}, "GET /x: 400 Bad Request: " + strings.Repeat("a", 290) + "***"},
		{"long", says(400, `{"message":"`+strings.Repeat("ab", 300)+`"}`),
			httpx.Error{Status: 400, Message: strings.Repeat("ab", 150) + "…"}, "GET /x: 400 Bad Request: " + strings.Repeat("ab", 150) + "…"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { requests++; c.h(w, r) })
			err := get(t.Context(), client, "/x")
			e, ok := errors.AsType[*httpx.Error](err)
			if !ok {
				t.Fatalf("%v is no *Error", err)
			}
			c.want.Method, c.want.Path, c.want.Attempts = "GET", "/x", 1
			if diff := cmp.Diff(c.want, *e); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if e.Error() != c.text {
				t.Errorf("text %q, want %q", e, c.text)
			}
			if requests != 1 {
				t.Errorf("%d requests, want 1: such answers are final", requests)
			}
		})
	}
}

func TestStatusHelpers(t *testing.T) {
	err := fmt.Errorf("fetch teams: %w", &httpx.Error{Status: 403})
	for name, got := range map[string]bool{
		"IsForbidden":   httpx.IsForbidden(err),
		"IsStatus":      httpx.IsStatus(err, 404, 403),
		"not 401":       !httpx.IsUnauthorized(err),
		"not 404":       !httpx.IsNotFound(err),
		"not any error": !httpx.IsForbidden(io.EOF),
		"not nil":       !httpx.IsStatus(nil, 0),
	} {
		if !got {
			t.Errorf("%s does not hold", name)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	cases := []struct {
		name string
		o    httpx.Options
		want string
	}{
		{"no base", httpx.Options{}, "base URL must be https://HOST[/PATH]"},
		{"plain http", httpx.Options{BaseURL: "http://api.example.com"}, "refused: plain http to api.example.com"},
		{"plain http to a look-alike", httpx.Options{BaseURL: "http://127.0.0.1.example.com"}, "plain http"},
		{"other scheme", httpx.Options{BaseURL: "ftp://localhost"}, "must be https://"},
		{"user", httpx.Options{BaseURL: "https://pip:pw@api.example.com"}, "user name or password"},
		{"query", httpx.Options{BaseURL: "https://api.example.com/?k=v"}, "query or fragment"},
		{"empty credential", httpx.Options{BaseURL: "https://api.example.com", Credential: httpx.Bearer(" \n")}, "credential is empty"},
		{"credential of two lines", httpx.Options{BaseURL: "https://api.example.com", Credential: httpx.Bearer("abc\ndef")}, "credential has a character"},
		{"bad proxy", httpx.Options{BaseURL: "https://api.example.com", ProxyURL: "gopher://p"}, "proxy must be"},
		{"no CA file", httpx.Options{BaseURL: "https://api.example.com", CAFile: "testdata/absent.pem"}, "read CA file"},
		{"negative", httpx.Options{BaseURL: "https://api.example.com", Attempts: -1}, "negative"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := httpx.New(c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "pw@") || strings.Contains(err.Error(), "abc")) {
				t.Errorf("error shows a secret: %v", err)
			}
		})
	}
	for _, base := range []string{"http://localhost:1", "http://127.0.0.1:1/api", "http://[::1]:1", "https://api.example.com/v2/"} {
		if _, err := httpx.New(httpx.Options{BaseURL: base}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}
