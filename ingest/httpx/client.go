package httpx

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Client sends requests to one origin with one credential. It is safe for
// concurrent use.
type Client struct {
	base    *url.URL
	o       Options
	header  http.Header
	sign    func(http.Header) // adds the credential
	http    *http.Client
	limiter *Limiter
	// identity is the credential's digest: what an API answers depends on who asks.
	identity [sha256.Size]byte
}

// New returns a Client, or why o cannot be used; the error shows no secret.
func New(o Options) (*Client, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("set up HTTP client: %w", err)
	}
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("set up HTTP client: %w", err)
	}
	o.Redactor.Add(o.Credential.secret)
	transport := o.Transport
	if transport == nil {
		if transport, err = newTransport(base, o); err != nil {
			return nil, fmt.Errorf("set up HTTP client: %w", o.Redactor.Error(err))
		}
	}
	if o.Wrap != nil {
		transport = o.Wrap(transport)
	}
	c := &Client{base: base, o: o, header: o.Header, sign: o.Credential.setter(), limiter: o.Limiter, identity: o.Credential.digest()}
	c.o.Credential = Credential{} // from here on only the closure and the Redactor hold it
	c.http = &http.Client{Transport: transport, CheckRedirect: followWithin(base)}
	return c, nil
}

// Close closes idle connections. A call under way goes on.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// String names the origin.
func (c *Client) String() string { return "client of " + origin(c.base) }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// Request is one request to send. Its zero value gets the base URL.
type Request struct {
	Method string // GET when empty
	// Path lies below the base URL, escaped where needed (see Path); or it is an
	// absolute link to the same origin.
	Path   string
	Query  url.Values  // added to the query of Path; same names are replaced
	Header http.Header // added to the client's; same names are replaced
	Body   []byte      // sent as it is
	// Repeatable says that sending the request twice does no harm. GET and HEAD
	// always are; any other is otherwise sent again only where the API certainly
	// did not act on it: on a 429, and when there was no connection.
	Repeatable bool

	// keep says whether the Cache may keep an answer, once it is decoded: whether
	// the body says all that there is to know. nil is never.
	keep func(*Response) bool
}

// Response is an answer, its body already decoded.
type Response struct {
	Status int // 2xx
	Header http.Header
	Bytes  int64 // size of the body, unpacked
	Cached bool  // the body came from the Cache, the API said 304

}

// GetJSON gets path and decodes the answer into out.
func (c *Client) GetJSON(ctx context.Context, path string, query url.Values, out any) (*Response, error) {
	return c.Do(ctx, Request{Path: path, Query: query}, out)
}

// Do sends r, again where that may help, and decodes the JSON answer into out, as
// encoding/json does; out may be nil when the body does not matter. Any failure
// is an *Error: an answer that is not 2xx, a body that is no JSON or does not fit
// out (ErrBody), a network error, the end of the time budget (ErrBudget), or the
// error of ctx.
func (c *Client) Do(ctx context.Context, r Request, out any) (*Response, error) {
	orDefault(&r.Method, http.MethodGet)
	target, err := resolve(c.base, r.Path, r.Query)
	if err != nil {
		return nil, &Error{Method: r.Method, Path: c.unresolved(r.Path), Err: c.o.Redactor.Error(err)}
	}
	k := &call{c: c, r: r, url: target, path: display(target, c.o.Redactor)}
	if err := c.limiter.acquire(ctx); err != nil {
		return nil, k.canceled(ctx, err)
	}
	defer c.limiter.release()
	return k.run(ctx, out)
}

// Quota returns what the API last said of its rate limit, to this client or to
// another one of the same Limiter.
func (c *Client) Quota() Quota { return c.limiter.Quota() }

// unresolved shows a path that is no URL of this client, without its query and
// whatever stands before its host.
func (c *Client) unresolved(path string) string {
	path, _, _ = strings.Cut(path, "?")
	if u, err := url.Parse(path); err == nil && u.User != nil {
		u.User = nil
		path = u.String()
	}
	return c.quote(path)
}

// quote makes a text of the outside fit for an error. It hides secrets before it
// shortens, which could leave the half of one.
func (c *Client) quote(text string) string { return oneLine(c.o.Redactor.Redact(text)) }

// newRequest builds one attempt.
func (c *Client) newRequest(ctx context.Context, r Request, target *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(withAbout(ctx, about{r.Header, c.o.Withhold}), r.Method, target.String(), bodyReader(r.Body))
	if err != nil {
		return nil, errors.New("bad method or URL")
	}
	req.Header = c.header.Clone()
	req.Header.Set("User-Agent", c.o.UserAgent)
	req.Header.Set("Accept-Encoding", "gzip")
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	c.sign(req.Header)
	return req, nil
}
