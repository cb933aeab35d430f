package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"syscall"
	"time"
)

// dialTimeout bounds connecting and the TLS handshake, each.
const dialTimeout = 15 * time.Second

// newTransport builds the network side of a client of base.
func newTransport(base *url.URL, o Options) (*http.Transport, error) {
	proxy, err := proxyOf(base, o)
	if err != nil {
		return nil, err
	}
	roots, err := rootsOf(o.CAFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	if base.Scheme == "http" {
		dialer.ControlContext = loopbackOnly
	}
	return &http.Transport{
		Proxy:               proxy,
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: dialTimeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 2 * DefaultInFlight,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true, // Do asks for gzip itself and unpacks it under the size cap
	}, nil
}

// loopbackOnly refuses a connection that would leave the machine although the
// name looked local.
func loopbackOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !ap.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%w: plain http to %s, which is not loopback", ErrRefused, address)
	}
	return nil
}

func proxyOf(base *url.URL, o Options) (func(*http.Request) (*url.URL, error), error) {
	if base.Scheme == "http" { // loopback: a proxy would see the credential in the clear
		return nil, nil
	}
	pick := o.Proxy
	if o.ProxyURL != "" {
		proxy, err := url.Parse(o.ProxyURL)
		if err != nil || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme) || proxy.Host == "" {
			return nil, errors.New("proxy must be http://, https:// or socks5://HOST:PORT")
		}
		pick = http.ProxyURL(proxy)
	}
	if pick == nil {
		return nil, nil
	}
	return func(req *http.Request) (*url.URL, error) {
		proxy, err := pick(req)
		if proxy != nil {
			if password, ok := proxy.User.Password(); ok {
				o.Redactor.Add(password)
			}
		}
		return proxy, err
	}, nil
}

// rootsOf returns the system's certificate authorities and those of file, or nil
// for the system's alone.
func rootsOf(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read CA file %s: no certificate in it", file)
	}
	return roots, nil
}
