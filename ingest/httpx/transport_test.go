package httpx_test

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/j1db/j1db/ingest/httpx"
)

// secure starts a TLS server and writes its certificate to a file.
func secure(t *testing.T, h http.HandlerFunc) (server *httptest.Server, caFile string) {
	t.Helper()
	server = httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(caFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, caFile
}

func TestCAFile(t *testing.T) {
	server, ca := secure(t, says(200, `{}`))
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

// tunnel is a CONNECT proxy that remembers whom it was asked for, and by whom.
type tunnel struct {
	mu    sync.Mutex
	asked []string
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization")+r.Header.Get("Authorization"))
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	far, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		far.Close()
		return
	}
	go func() { _, _ = io.Copy(far, buffered); far.Close() }()
	go func() { _, _ = io.Copy(near, far); near.Close() }()
}

func TestProxy(t *testing.T) {
	server, ca := secure(t, says(200, `{}`))
	proxy := &tunnel{}
	proxyServer := httptest.NewServer(proxy)
	t.Cleanup(proxyServer.Close)
	proxyURL := strings.Replace(proxyServer.URL, "http://", "http://pip:proxy-pass@", 1)
	redactor := httpx.NewRedactor()
	for name, edit := range map[string]func(*httpx.Options){
		"by URL": func(o *httpx.Options) { o.ProxyURL = proxyURL },
		"by function": func(o *httpx.Options) {
			o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxyURL) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			proxy.asked = nil
			client := dial(t, server.URL, edit, func(o *httpx.Options) { o.CAFile, o.Redactor = ca, redactor })
			if err := get(t.Context(), client, "/x"); err != nil {
				t.Fatal(err)
			}
			want := "CONNECT " + strings.TrimPrefix(server.URL, "https://") + " Basic cGlwOnByb3h5LXBhc3M="
			if len(proxy.asked) != 1 || proxy.asked[0] != want {
				t.Errorf("the proxy was asked %q, want %q", proxy.asked, want)
			}
		})
	}
	if got := redactor.Redact("proxy-pass"); got != "***" {
		t.Errorf("the proxy's password is not registered: %q", got)
	}
}

func TestPlainHTTPUsesNoProxy(t *testing.T) {
	proxy := &tunnel{}
	proxyServer := httptest.NewServer(proxy)
	t.Cleanup(proxyServer.Close)
	client, _ := serve(t, says(200, `{}`), func(o *httpx.Options) { o.ProxyURL = proxyServer.URL })
	if err := get(t.Context(), client, "/x"); err != nil || len(proxy.asked) != 0 {
		t.Errorf("error %v, proxy asked %q; want neither", err, proxy.asked)
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
