package httpx

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// Defaults of Options.
const (
	DefaultBudget         = 15 * time.Minute
	DefaultAttemptTimeout = time.Minute
	DefaultAttempts       = 5
	DefaultFirstBackoff   = 500 * time.Millisecond
	DefaultMostBackoff    = 30 * time.Second
	DefaultMaxBody        = 64 << 20
)

// Options configure a Client; New copies them. Only BaseURL is required.
type Options struct {
	// BaseURL is the origin, and a path prefix if there is one:
	// "https://api.example.com/v2". Plain http is accepted for loopback only.
	BaseURL string
	// Credential is sent with every request; New registers its secret with
	// Redactor.
	Credential Credential
	// Header is sent with every request (Accept is application/json by default).
	Header http.Header
	// UserAgent is the User-Agent header; "j1db" by default.
	UserAgent string

	// Redactor cleans errors and events; nil makes one for this client.
	Redactor *Redactor
	// Limiter is shared by the clients of one credential; nil makes one.
	Limiter *Limiter
	// Cache keeps short lists of RangePages by ETag; nil sends no conditional
	// requests.
	Cache *Cache
	// Observer hears of every attempt and wait. It is called from the goroutine
	// of the request, so possibly several at a time, and must not block.
	Observer func(Event)

	// Transport replaces the network, for tests, recording and replay. It is then
	// also in charge of what CAFile, ProxyURL and Proxy say.
	Transport http.RoundTripper
	// Wrap stands between the client and its transport: Recorder.Wrap.
	Wrap func(http.RoundTripper) http.RoundTripper
	// Withhold names members of JSON objects whose values a Recorder must not keep,
	// because they are secrets of the account: null takes their place.
	Withhold []string
	// CAFile is a PEM file of certificate authorities to trust besides the
	// system's.
	CAFile string
	// ProxyURL is the proxy for every request; it overrules Proxy. Requests to
	// loopback over plain http never use one.
	ProxyURL string
	// Proxy picks a proxy, such as http.ProxyFromEnvironment; nil is none.
	Proxy func(*http.Request) (*url.URL, error)

	// Budget is how long one call of Do may take from the moment it has its turn:
	// attempts, backoff and rate-limit waits together.
	Budget time.Duration
	// AttemptTimeout is how long one attempt may take, its body included.
	AttemptTimeout time.Duration
	// Attempts is the most requests for one call of Do; answers of 429 do not
	// count, Budget alone bounds those.
	Attempts int
	// FirstBackoff and MostBackoff bound the wait before an attempt: a random part
	// of FirstBackoff doubled with each failure, never more than MostBackoff.
	FirstBackoff, MostBackoff time.Duration
	// MaxBody is the largest answer in bytes, after decompression.
	MaxBody int64

	// Clock and Rand are for tests. Rand returns numbers in [0,1).
	Clock Clock
	Rand  func() float64
}

// withDefaults returns o with zero fields filled in, or why it cannot be used.
func (o Options) withDefaults() (Options, error) {
	if err := o.Credential.check(); err != nil {
		return o, err
	}
	if o.Budget < 0 || o.AttemptTimeout < 0 || o.Attempts < 0 || o.FirstBackoff < 0 || o.MostBackoff < 0 || o.MaxBody < 0 {
		return o, errors.New("a limit is negative")
	}
	orDefault(&o.UserAgent, "j1db")
	orDefault(&o.Budget, DefaultBudget)
	orDefault(&o.AttemptTimeout, DefaultAttemptTimeout)
	orDefault(&o.Attempts, DefaultAttempts)
	orDefault(&o.FirstBackoff, DefaultFirstBackoff)
	orDefault(&o.MostBackoff, DefaultMostBackoff)
	orDefault(&o.MaxBody, DefaultMaxBody)
	orDefault(&o.Redactor, NewRedactor())
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Observer == nil {
		o.Observer = func(Event) {}
	}
	if o.Limiter == nil {
		o.Limiter = NewLimiter(LimiterOptions{Clock: o.Clock})
	}
	o.Header = o.Header.Clone()
	if o.Header == nil {
		o.Header = http.Header{}
	}
	if o.Header.Get("Accept") == "" {
		o.Header.Set("Accept", "application/json")
	}
	return o, nil
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// parseBase checks BaseURL.
func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("base URL is not a URL")
	case base.Scheme != "http" && base.Scheme != "https", base.Hostname() == "":
		return nil, errors.New("base URL must be https://HOST[/PATH]")
	case base.User != nil:
		return nil, errors.New("base URL must not hold a user name or password")
	case base.RawQuery != "" || base.Fragment != "" || base.ForceQuery:
		return nil, errors.New("base URL must not hold a query or fragment")
	case base.Scheme == "http" && !isLoopback(base.Hostname()):
		return nil, fmt.Errorf("%w: plain http to %s would send the credential in the clear; use https", ErrRefused, base.Hostname())
	}
	orDefault(&base.Path, "/") // JoinPath makes no absolute path of an empty one
	return base, nil
}
