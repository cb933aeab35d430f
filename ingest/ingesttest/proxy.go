package ingesttest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// Proxy is an HTTP proxy on loopback that makes tunnels and remembers what it was
// asked for. It is safe for concurrent use.
type Proxy struct {
	URL string // without a user

	mu    sync.Mutex
	asked []string
}

// NewProxy starts a proxy that runs until the end of the test.
func NewProxy(t testing.TB) *Proxy {
	p := &Proxy{}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// Asked returns, and forgets, what was asked for: "CONNECT HOST:PORT", and what
// the proxy was told about who asks.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := slices.Clone(p.asked)
	p.asked = nil
	return asked
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
