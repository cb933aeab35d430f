package emulator

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HerokuOptions says how the Heroku API behaves. The zero value is the real
// API's behaviour with a key that may read everything, and no rate limit.
type HerokuOptions struct {
	Key         string  // the API key; empty is HerokuKey
	Scope       string  // OAuth scope of the key; empty is "global", "read" may not list team members
	DefaultPage int     // rows on a page when no Range says otherwise; 0 is 200
	MaxPage     int     // rows on a page at most, whatever Range says; 0 is 1000
	Faults      *Faults // nil is an empty plan

	// Now is the clock of the rate limit. Without one the limit is not kept:
	// RateLimit-Remaining always tells a full bucket.
	Now       func() time.Time
	Bucket    int // tokens of a full bucket; 0 is 4500
	PerMinute int // tokens that come back in a minute; 0 is 75
}

// HerokuKey is the key that the Heroku handler accepts by default.
const HerokuKey = "HRKU-" + SecretMarker + "-5c0ffee0-0000-4000-8000-0123456789ab"

// Heroku serves the Heroku side of the estate as api.heroku.com would.
func Heroku(state *State, o HerokuOptions) *Handler {
	o.Key = or(o.Key, HerokuKey)
	o.Scope = or(o.Scope, "global")
	o.DefaultPage, o.MaxPage = or(o.DefaultPage, 200), or(o.MaxPage, 1000)
	o.Bucket, o.PerMinute = or(o.Bucket, 4500), or(o.PerMinute, 75)
	if o.Faults == nil {
		o.Faults = NewFaults()
	}
	api := &herokuAPI{HerokuOptions: o, limit: newBucket(o.Now, o.Bucket, o.PerMinute)}
	return &Handler{Faults: o.Faults, Log: &Log{}, state: state, api: api}
}

// or gives the first value unless it is zero.
func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// herokuAPI answers Heroku's routes.
type herokuAPI struct {
	HerokuOptions
	limit *bucket
}

const herokuDocs = "https://devcenter.heroku.com/articles/platform-api-reference"

// herokuProblem is the body of every error.
type herokuProblem struct {
	ID      string `json:"id"`
	Message string `json:"message"`
	URL     string `json:"url,omitempty"`
}

// herokuProblems are the errors by status, as the API words them in id.
var herokuProblems = map[int]herokuProblem{
	http.StatusBadRequest:                   {ID: "bad_request", Message: "The request is invalid."},
	http.StatusUnauthorized:                 {ID: "unauthorized", Message: "Invalid credentials provided."},
	http.StatusPaymentRequired:              {ID: "delinquent", Message: "Your account has an unpaid balance."},
	http.StatusForbidden:                    {ID: "forbidden", Message: "You do not have access to this resource."},
	http.StatusNotFound:                     {ID: "not_found", Message: "The requested resource was not found."},
	http.StatusMethodNotAllowed:             {ID: "method_not_allowed", Message: "This emulated API is read-only."},
	http.StatusNotAcceptable:                {"not_acceptable", "The Accept header must ask for version 3 of the API.", herokuDocs + "#clients"},
	http.StatusRequestedRangeNotSatisfiable: {"requested_range_not_satisfiable", "The requested range cannot be served.", herokuDocs + "#ranges"},
	http.StatusTooManyRequests:              {"rate_limit", "Your account reached the API rate limit. Please wait.", herokuDocs + "#rate-limits"},
	http.StatusServiceUnavailable:           {ID: "service_unavailable", Message: "The API is temporarily unavailable."},
}

// problem is the usual body of a status; one without a usual body is our fault.
func (a *herokuAPI) problem(status int) any {
	if p, ok := herokuProblems[status]; ok {
		return p
	}
	return herokuProblem{ID: "internal_server_error", Message: "Internal server error."}
}

// refuse answers an error; an empty message is the usual one.
func (a *herokuAPI) refuse(status int, message string) *reply {
	p := a.problem(status).(herokuProblem)
	p.Message = or(message, p.Message)
	return &reply{status: status, header: http.Header{}, body: p}
}

// answer checks what comes before the route, and adds what every answer has.
func (a *herokuAPI) answer(c *call) *reply {
	r := a.admit(c)
	if r == nil {
		r = a.route(c)
	}
	r.etag = r.status < 300
	r.header.Set("Request-Id", requestID(c.request))
	r.header.Set("Ratelimit-Remaining", strconv.Itoa(a.limit.left()))
	r.header.Set("Ratelimit-Multiplier", "1")
	r.header.Set("Oauth-Scope", a.Scope)
	r.header.Set("Oauth-Scope-Accepted", acceptedScopes(c.route))
	r.header.Set("Cache-Control", "private, no-cache")
	if r.status < 300 {
		r.header.Set("Last-Modified", c.view.estate.Now.Time().Format(http.TimeFormat))
	}
	return r
}

// admit gives the refusal of a request that no route sees.
func (a *herokuAPI) admit(c *call) *reply {
	c.route, c.id = matchHeroku(c.request.URL.Path)
	switch {
	case !strings.Contains(strings.ReplaceAll(c.request.Header.Get("Accept"), " ", ""), "application/vnd.heroku+json;version=3"):
		return a.refuse(http.StatusNotAcceptable, "")
	case !a.authorized(c.request):
		return a.refuse(http.StatusUnauthorized, "")
	case c.route == "/account/rate-limits":
		return nil // free of charge, so that a client can wait for tokens
	}
	if wait := a.limit.take(); wait > 0 {
		r := a.refuse(http.StatusTooManyRequests, "")
		r.header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		return r
	}
	if c.request.Method != http.MethodGet {
		return a.refuse(http.StatusMethodNotAllowed, "")
	}
	if !slices.Contains(strings.Fields(acceptedScopes(c.route)), a.Scope) {
		return a.refuse(http.StatusForbidden, "The scope of this authorization does not include this resource.")
	}
	return nil
}

// acceptedScopes are the OAuth scopes that a route accepts, one of which a key
// must have.
func acceptedScopes(route string) string {
	switch route {
	case "/teams/{team}/members":
		return "global"
	case "/account":
		return "global identity read read-protected write write-protected"
	}
	return "global read read-protected write write-protected"
}

// authorized checks the key, as a bearer token or as a basic password.
func (a *herokuAPI) authorized(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, key, ok = r.BasicAuth()
	}
	return ok && subtle.ConstantTimeCompare([]byte(key), []byte(a.Key)) == 1
}

// can says which faults mean something here: there are no totals.
func (a *herokuAPI) can(f Fault, _ *page) bool { return f.Action != WrongTotal }

// spoil does what only Heroku's paging can.
func (a *herokuAPI) spoil(c *call, f Fault, r *reply) {
	if f.Action == StuckPage {
		r.status = http.StatusPartialContent
		r.header.Set("Next-Range", or(c.request.Header.Get("Range"), "id ..; max="+strconv.Itoa(a.DefaultPage)))
	}
}
