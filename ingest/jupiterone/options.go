package jupiterone

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
)

// Defaults of Options.
const (
	DefaultRegion     = "us"
	DefaultBatchBytes = 5_000_000
	DefaultParallel   = 4
	DefaultPoll       = 5 * time.Second
	DefaultDeadline   = 30 * time.Minute
)

// firstPoll is the time before the second look at a job; each further one takes
// twice as long, up to Options.Poll. Small jobs are over at once.
const firstPoll = 100 * time.Millisecond

// Options configure a Client; NewClient copies them. Account is required.
type Options struct {
	Account string // the account's id
	APIKey  string // may be empty for a Client that only plans
	// Region is the part of the host's name between api and jupiterone.io: us, eu,
	// dev. BaseURL overrules it.
	Region  string
	BaseURL string
	// HTTP is how to speak: user agent, observer, proxy, clock. Its address,
	// credential, headers and limiter are the Client's.
	HTTP httpx.Options
	// BatchBytes is the most that the objects of one upload take, as JSON.
	BatchBytes int
	// Parallel is how many uploads are under way at once.
	Parallel int
	// Poll is the longest time between two looks at a job that is being finalised, and
	// Deadline how long that may take altogether.
	Poll, Deadline time.Duration
	// Random makes correlation ids; nil means crypto/rand.
	Random io.Reader
}

var regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`) })

// withDefaults returns o with zero fields filled in, or why it cannot be used.
func (o Options) withDefaults() (Options, error) {
	if o.Account == "" {
		return o, errors.New("no account is given")
	}
	if strings.ContainsFunc(o.Account, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return o, errors.New("the account has characters that no header can carry")
	}
	if o.BatchBytes < 0 || o.Parallel < 0 || o.Poll < 0 || o.Deadline < 0 {
		return o, errors.New("a limit is negative")
	}
	orDefault(&o.Region, DefaultRegion)
	orDefault(&o.BatchBytes, DefaultBatchBytes)
	orDefault(&o.Parallel, DefaultParallel)
	orDefault(&o.Poll, DefaultPoll)
	orDefault(&o.Deadline, DefaultDeadline)
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.BaseURL == "" {
		if !regionName().MatchString(o.Region) {
			return o, fmt.Errorf("%q is not the name of a region, such as us or eu", o.Region)
		}
		o.BaseURL = "https://api." + o.Region + ".jupiterone.io"
	}
	return o, nil
}

// client makes the HTTP client of o.
func (o *Options) client() (*httpx.Client, error) {
	h := o.HTTP
	h.BaseURL = o.BaseURL
	if o.APIKey != "" {
		h.Credential = httpx.Bearer(o.APIKey)
	}
	h.Header = http.Header{}
	// The account goes by two names: today's, and the one before it, which proxies
	// and older deployments still ask for.
	h.Header.Set("JupiterOne-Account", o.Account)
	h.Header.Set("LifeOmic-Account", o.Account)
	h.Header.Set("Content-Type", "application/json")
	h.Limiter = httpx.NewLimiter(httpx.LimiterOptions{InFlight: o.Parallel, Clock: h.Clock})
	return httpx.New(h)
}

// destination names where o leads to: host and account.
func (o *Options) destination() string {
	host := o.BaseURL
	if u, err := url.Parse(o.BaseURL); err == nil {
		host = strings.TrimSuffix(u.Host+u.Path, "/")
	}
	return "jupiterone:" + host + "/" + o.Account
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
