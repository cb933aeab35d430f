package emulator

import (
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// JumpCloudOptions says how the JumpCloud API behaves. The zero value is the
// real API's behaviour with an administrator's key, and no rate limit.
type JumpCloudOptions struct {
	Key         string  // the API key; empty is JumpCloudKey
	DefaultPage int     // rows on a page when no limit is given; 0 is 10
	MaxPage     int     // rows on a page at most, whatever the limit says; 0 is 100
	Faults      *Faults // nil is an empty plan

	// Now is the clock of the rate limit, PerMinute its size. The limit is kept
	// only when both are set: JumpCloud publishes none.
	Now       func() time.Time
	PerMinute int
}

// JumpCloudKey is the key that the JumpCloud handler accepts by default.
const JumpCloudKey = "jca_" + SecretMarker + "_0123456789abcdefghij"

// JumpCloud serves the JumpCloud side of the estate as console.jumpcloud.com
// would: version 1 under /api, version 2 under /api/v2.
func JumpCloud(state *State, o JumpCloudOptions) *Handler {
	o.Key = or(o.Key, JumpCloudKey)
	o.DefaultPage, o.MaxPage = or(o.DefaultPage, 10), or(o.MaxPage, 100)
	if o.Faults == nil {
		o.Faults = NewFaults()
	}
	api := &jumpcloudAPI{JumpCloudOptions: o}
	if o.Now != nil && o.PerMinute > 0 {
		api.limit = newBucket(o.Now, o.PerMinute, o.PerMinute)
	}
	return &Handler{Faults: o.Faults, Log: &Log{}, state: state, api: api}
}

// jumpcloudAPI answers JumpCloud's routes.
type jumpcloudAPI struct {
	JumpCloudOptions
	limit *bucket // nil keeps no limit
}

// jumpcloudProblem is the body of every error.
type jumpcloudProblem struct {
	Error   string `json:"error"`
	Message string `json:"message"`
}

// problem is the usual body of a status.
func (a *jumpcloudAPI) problem(status int) any {
	p := jumpcloudProblem{http.StatusText(status), http.StatusText(status)}
	if status == http.StatusUnauthorized {
		p.Message = "Unauthorized: api key user not found"
	}
	return p
}

// refuse answers an error; an empty message is the usual one.
func (a *jumpcloudAPI) refuse(status int, message string) *reply {
	p := a.problem(status).(jumpcloudProblem)
	p.Message = or(message, p.Message)
	return &reply{status: status, header: http.Header{}, body: p}
}

// answer checks what comes before the route, and adds what every answer has.
func (a *jumpcloudAPI) answer(c *call) *reply {
	c.route, c.id = matchJumpCloud(c.request.URL.Path)
	x, r := a.admit(c)
	if r == nil {
		r = a.route(c, x)
	}
	r.header.Set("X-Request-Id", requestID(c.request))
	r.header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	r.header.Set("X-Content-Type-Options", "nosniff")
	return r
}

// admit gives the rows that a request may see, or its refusal.
func (a *jumpcloudAPI) admit(c *call) (*orgRows, *reply) {
	key := c.request.Header.Get("X-Api-Key")
	if subtle.ConstantTimeCompare([]byte(key), []byte(a.Key)) != 1 {
		return nil, a.refuse(http.StatusUnauthorized, "")
	}
	if c.request.Method != http.MethodGet {
		return nil, a.refuse(http.StatusMethodNotAllowed, "This emulated API is read-only.")
	}
	if a.limit != nil {
		if wait := a.limit.take(); wait > 0 {
			r := a.refuse(http.StatusTooManyRequests, "")
			r.header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
			return nil, r
		}
	}
	return a.organization(c)
}

// organization finds the tenant that a request is for. An administrator of
// several must name one, except to list them.
func (a *jumpcloudAPI) organization(c *call) (*orgRows, *reply) {
	x := c.view.jumpcloud()
	id := c.request.Header.Get("X-Org-Id")
	if id == "" {
		if len(x.Organizations) > 1 && c.route != "/api/organizations" {
			return nil, a.refuse(http.StatusUnauthorized, "Unauthorized: no organization selected")
		}
		return x.rows(x.Organizations[0].ID), nil
	}
	if _, err := hex.DecodeString(id); err != nil || len(id) != 24 {
		return nil, a.refuse(http.StatusBadRequest, "Malformed organization id")
	}
	if rows := x.rows(id); rows != nil {
		return rows, nil
	}
	return nil, a.refuse(http.StatusNotFound, "Organization not found")
}

// list answers a list of JumpCloud: limit rows after the first skip ones, in
// the order of sort. Version 1 wraps them with their total, version 2 tells it
// in a header.
func (a *jumpcloudAPI) list(c *call, l *list) *reply {
	query := c.request.URL.Query()
	limit, err := count(query.Get("limit"), a.DefaultPage)
	skip, err2 := count(query.Get("skip"), 0)
	if err != nil || err2 != nil {
		return a.refuse(http.StatusBadRequest, "limit and skip must be whole numbers")
	}
	limit = min(or(limit, a.DefaultPage), a.MaxPage)
	at := l.without(c.view.jumpcloud().inOrder(c, l, query.Get("sort")), c.gone(skip == 0))
	from := min(skip, len(at))
	r := &reply{status: http.StatusOK, header: http.Header{}}
	r.page = l.page(at, from, min(from+limit, len(at)), skip/limit+1, max(1, (len(at)+limit-1)/limit))
	a.total(c, r)
	return r
}

// count reads a number of rows; empty is the fallback.
func count(text string, fallback int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err
}

// total tells how many rows the whole list has.
func (a *jumpcloudAPI) total(c *call, r *reply) {
	if strings.HasPrefix(c.route, "/api/v2/") {
		r.header.Set("X-Total-Count", strconv.Itoa(r.page.total))
		return
	}
	r.page.wrap = func(p *page) any {
		return struct {
			Total   int       `json:"totalCount"`
			Results List[any] `json:"results"`
		}{p.total, anys(p.rows)}
	}
}

// anys makes a list that encodes its elements one by one.
func anys[T any](values []T) List[any] {
	var list List[any]
	for _, v := range values {
		list = append(list, v)
	}
	return list
}

// can says which faults mean something here: a first page cannot be stuck.
func (a *jumpcloudAPI) can(f Fault, p *page) bool { return f.Action == WrongTotal || p.number > 1 }

// spoil does what only JumpCloud's paging can.
func (a *jumpcloudAPI) spoil(c *call, f Fault, r *reply) {
	switch f.Action {
	case WrongTotal:
		r.page.total += or(f.Amount, 1)
		a.total(c, r)
	case EmptyList:
		a.total(c, r)
	case StuckPage:
		query := c.request.URL.Query()
		query.Del("skip")
		again := *c
		again.request = c.request.Clone(c.request.Context())
		again.request.URL.RawQuery = query.Encode()
		r.page = a.answer(&again).page
	}
}
