package httpx

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// maxRedirects is how many redirects within the origin one attempt follows.
const maxRedirects = 5

// isLoopback reports whether host can only mean this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// origin names scheme, host and port; a default port counts as written.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// stay returns an error when to leaves the origin of base.
func stay(base, to *url.URL) error {
	switch {
	case origin(base) != origin(to):
		return fmt.Errorf("%w to leave %s for %s", ErrRefused, origin(base), origin(to))
	case to.User != nil:
		return fmt.Errorf("%w: a link with a user name", ErrRefused)
	}
	return nil
}

// followWithin is the redirect rule of a client of base.
func followWithin(base *url.URL) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if err := stay(base, req.URL); err != nil {
			return fmt.Errorf("redirect: %w", err)
		}
		if req.Method != via[0].Method {
			return fmt.Errorf("redirect: %w to turn %s into %s", ErrRefused, via[0].Method, req.Method)
		}
		if len(via) > maxRedirects {
			return fmt.Errorf("redirect: %w after %d of them", ErrRefused, maxRedirects)
		}
		return nil
	}
}

// resolve turns a path below base, or a link to the same origin, into a URL.
func resolve(base *url.URL, path string, query url.Values) (*url.URL, error) {
	ref, err := url.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("%w: path is not one: %w", ErrRefused, errors.Unwrap(err))
	}
	target := ref
	if ref.Scheme != "" || ref.Host != "" {
		if err := stay(base, ref); err != nil {
			return nil, err
		}
	} else {
		if err := checkSegments(ref.EscapedPath()); err != nil {
			return nil, err
		}
		target = base.JoinPath(ref.EscapedPath())
		target.RawQuery = ref.RawQuery
	}
	target.Fragment, target.RawFragment = "", ""
	if len(query) > 0 {
		all := target.Query()
		for name, values := range query {
			all[name] = values
		}
		target.RawQuery = all.Encode()
	}
	return target, nil
}

// checkSegments refuses paths that an empty or hostile identifier has bent:
// "/teams//apps", "/teams/", "/teams/../apps".
func checkSegments(escaped string) error {
	escaped = strings.TrimPrefix(escaped, "/")
	if escaped == "" {
		return nil
	}
	for i, s := range strings.Split(escaped, "/") {
		plain, err := url.PathUnescape(s)
		switch {
		case err != nil:
			return fmt.Errorf("%w: bad escape in path", ErrRefused)
		case plain == "", plain == ".", plain == "..":
			return fmt.Errorf("%w: segment %d of the path is %q", ErrRefused, i+1, plain)
		}
	}
	return nil
}

// Path joins segments to a path, each escaped, so that an identifier from an API
// stays one segment whatever it holds. Do refuses empty and dotted segments.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// secretWords mark the query keys whose values are never shown.
var secretWords = []string{"token", "secret", "password", "passwd", "apikey", "api_key", "api-key", "signature", "credential", "auth", "code", "sig"}

// display shows the path and query of u without what sounds secret.
func display(u *url.URL, r *Redactor) string {
	shown := u.EscapedPath()
	if shown == "" {
		shown = "/"
	}
	if u.RawQuery != "" {
		parts := strings.Split(u.RawQuery, "&")
		for i, part := range parts {
			name, _, _ := strings.Cut(part, "=")
			if soundsSecret(name) {
				parts[i] = name + "=" + mask
			}
		}
		shown += "?" + strings.Join(parts, "&")
	}
	return r.Redact(shown)
}

func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, w := range secretWords {
		if strings.Contains(name, w) || name == "key" {
			return true
		}
	}
	return false
}
