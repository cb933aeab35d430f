package httpx_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
)

func TestCAFile(t *testing.T) {
	server, ca := ingesttest.NewTLSServer(t, says(200, `{}`))
	client := dial(t, server.URL, func(o *httpx.Options) { o.CAFile = ca })
	if err := get(t.Context(), client, "/x"); err != nil {
		t.Error(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := httpx.New(httpx.Options{BaseURL: server.URL, CAFile: empty}); err == nil || !strings.Contains(err.Error(), "no certificate in it") {
		t.Errorf("error %v", err)
	}
}

func TestProxy(t *testing.T) {
	server, ca := ingesttest.NewTLSServer(t, says(200, `{}`))
	proxy := ingesttest.NewProxy(t)
	proxyURL := strings.Replace(proxy.URL, "http://", "http://pip:proxy-pass@", 1)
	redactor := httpx.NewRedactor()
	for name, edit := range map[string]func(*httpx.Options){
		"by URL": func(o *httpx.Options) { o.ProxyURL = proxyURL },
		"by function": func(o *httpx.Options) {
			o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxyURL) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, server.URL, edit, func(o *httpx.Options) { o.CAFile, o.Redactor = ca, redactor })
			if err := get(t.Context(), client, "/x"); err != nil {
				t.Fatal(err)
			}
			want := "CONNECT " + strings.TrimPrefix(server.URL, "https://") + " Basic cGlwOnByb3h5LXBhc3M="
			if asked := proxy.Asked(); len(asked) != 1 || asked[0] != want {
				t.Errorf("the proxy was asked %q, want %q", asked, want)
			}
		})
	}
	if got := redactor.Redact("proxy-pass"); got != "***" {
		t.Errorf("the proxy's password is not registered: %q", got)
	}
}

func TestPlainHTTPUsesNoProxy(t *testing.T) {
	proxy := ingesttest.NewProxy(t)
	client, _ := serve(t, says(200, `{}`), func(o *httpx.Options) { o.ProxyURL = proxy.URL })
	if err, asked := get(t.Context(), client, "/x"), proxy.Asked(); err != nil || len(asked) != 0 {
		t.Errorf("error %v, proxy asked %q; want neither", err, asked)
	}
}

func TestLocalhostMustBeLoopback(t *testing.T) {
	client, server := serve(t, says(200, `{}`))
	named := dial(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	for _, c := range []*httpx.Client{client, named} {
		if err := get(t.Context(), c, "/x"); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}
