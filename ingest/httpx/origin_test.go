package httpx_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/httpx"
)

func TestCredentialStaysAtItsOrigin(t *testing.T) {
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	sameHostOtherPort := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	requests := 0
	client, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/x", http.StatusFound)
		case "/away-in-two":
			http.Redirect(w, r, "/away", http.StatusTemporaryRedirect)
		case "/other-name":
			http.Redirect(w, r, sameHostOtherPort, http.StatusMovedPermanently)
		case "/with-user":
			http.Redirect(w, r, strings.Replace("http://"+r.Host+"/x", "http://", "http://pip:pw@", 1), http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	})
	for _, path := range []string{"/away", "/away-in-two", "/other-name", "/with-user", "/loop"} {
		t.Run("redirect "+path, func(t *testing.T) {
			requests = 0
			err := get(t.Context(), client, path)
			e, ok := errors.AsType[*httpx.Error](err)
			if !ok || !errors.Is(err, httpx.ErrRefused) || !strings.Contains(err.Error(), "redirect: refused") {
				t.Fatalf("error %v, want a refused redirect", err)
			}
			if e.Hint == "" || e.Attempts != 1 {
				t.Errorf("hint %q, attempts %d", e.Hint, e.Attempts)
			}
			if path == "/loop" && requests != 6 {
				t.Errorf("%d requests for a loop, want 6", requests)
			}
		})
	}
	links := []string{other.URL + "/x?k=v", "https://api.example.com/x", "//" + strings.TrimPrefix(other.URL, "http://") + "/x",
		strings.Replace(server.URL, "http://", "http://pip:pw@", 1), strings.Replace(server.URL, "http://", "https://", 1)}
	for _, link := range links {
		t.Run("link "+link, func(t *testing.T) {
			requests = 0
			err := get(t.Context(), client, link)
			if !errors.Is(err, httpx.ErrRefused) || requests != 0 {
				t.Errorf("error %v after %d requests, want none and ErrRefused", err, requests)
			}
			if strings.Contains(err.Error(), "pw@") || strings.Contains(err.Error(), "k=v") {
				t.Errorf("error shows too much: %v", err)
			}
		})
	}
	if len(leaked) > 0 {
		t.Errorf("the other origin was asked, with %q", leaked)
	}
}

func TestSameOriginIsFollowed(t *testing.T) {
	client, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			answer(w, 401, `{}`)
			return
		}
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new?page=2", http.StatusMovedPermanently)
			return
		}
		answer(w, 200, `"`+r.RequestURI+`"`)
	})
	for path, want := range map[string]string{
		"/old":                            "/new?page=2",
		server.URL + "/list?skip=100&a=b": "/list?a=b&limit=5&skip=100",
		"list?skip=100":                   "/list?limit=5&skip=100",
		"/list#part":                      "/list?limit=5",
		"":                                "/?limit=5",
	} {
		var got string
		if _, err := client.GetJSON(t.Context(), path, url.Values{"limit": {"5"}}, &got); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", path, got, err, want)
		}
	}
}

func TestBentPathsAreRefused(t *testing.T) {
	client, _ := serve(t, says(200, `{}`))
	for _, path := range []string{httpx.Path("teams", "", "apps"), httpx.Path("teams", ".."), "/a/%2e%2E/b", "/a/./b", httpx.Path("teams", ""), "/a%zz"} {
		err := get(t.Context(), client, path)
		if !errors.Is(err, httpx.ErrRefused) {
			t.Errorf("%q: error %v, want ErrRefused", path, err)
		}
	}
}

func TestPathsHideSecrets(t *testing.T) {
	client, _ := serve(t, says(400, `{}`))
	q := url.Values{"access_token": {"abc"}, "limit": {"5"}, "q": {key}, "key": {"k"}}
	_, err := client.GetJSON(t.Context(), "/x", q, nil)
	want := "GET /x?access_token=***&key=***&limit=5&q=***: 400 Bad Request"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}
