package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// call is one Do: its attempts, and what is left of its time.
type call struct {
	c        *Client
	r        Request
	url      *url.URL
	path     string // for people
	deadline time.Time
	attempts int // sent
	failures int // answered badly, without the 429s
	limited  int // 429s in a row
	key      cacheKey
}

// run sends attempts until one succeeds, none may help, or time is up. The
// caller holds a turn of the limiter.
func (k *call) run(ctx context.Context, out any) (*Response, error) {
	k.deadline = k.c.o.Clock.now().Add(k.c.o.Budget)
	var last *failure
	for {
		err := k.c.limiter.admit(ctx, k.deadline, func(d time.Duration) { k.observe(Event{Kind: WaitingForLimit, Wait: d}) })
		if err != nil {
			return nil, k.giveUp(ctx, last, err)
		}
		if !k.deadline.After(k.c.o.Clock.now()) {
			return nil, k.giveUp(ctx, last, ErrBudget)
		}
		resp, f := k.attempt(ctx, out)
		if f == nil {
			return resp, nil
		}
		last = f
		if ctx.Err() != nil {
			return nil, k.canceled(ctx, ctx.Err())
		}
		if !f.again {
			return nil, f.err
		}
		if err := k.backOff(ctx, f); err != nil {
			return nil, k.giveUp(ctx, last, err)
		}
	}
}

// attempt sends the request once and decodes the answer.
func (k *call) attempt(ctx context.Context, out any) (*Response, *failure) {
	timeout := min(k.c.o.AttemptTimeout, k.deadline.Sub(k.c.o.Clock.now()))
	timed, cancel := context.WithTimeoutCause(ctx, timeout, errSlow)
	defer cancel()
	k.attempts++
	k.observe(Event{Kind: RequestStarted})
	resp, body, f := k.exchange(timed)
	if f == nil && out != nil && k.r.Method != http.MethodHead {
		if err := decodeJSON(body, resp.Header.Get("Content-Type"), out); err != nil {
			f = k.fail(err, resp)
		} else {
			k.keep(resp, body)
		}
	}
	done := Event{Kind: RequestFinished, Bytes: int64(len(body))}
	if resp != nil {
		done.Status = resp.Status
	}
	switch {
	case f == nil:
		k.limited = 0
		k.c.limiter.widen()
	case errors.Is(f.err, errSlow):
		k.c.limiter.narrow()
		fallthrough
	default:
		done.Err = f.err
	}
	k.observe(done)
	return resp, f
}

var errSlow = errors.New("no complete answer in time")

// exchange sends the request and reads the answer. An answer that is not 2xx is
// a failure, with the Response.
func (k *call) exchange(ctx context.Context) (*Response, []byte, *failure) {
	req, err := k.c.newRequest(ctx, k.r, k.url)
	if err != nil {
		k.c.limiter.finished(Quota{})
		return nil, nil, k.fail(err, nil)
	}
	cached, hasCached := k.conditional(req)
	raw, err := k.c.http.Do(req)
	if err != nil {
		k.c.limiter.finished(Quota{})
		return nil, nil, k.fail(networkCause(ctx, err), answerOf(raw))
	}
	defer raw.Body.Close()
	k.c.limiter.finished(parseQuota(raw.Header, k.c.o.Clock.now()))
	resp := answerOf(raw)
	switch {
	case raw.StatusCode == http.StatusNotModified && hasCached:
		return k.c.o.Cache.revive(cached, raw.Header), cached.body, nil
	case raw.StatusCode < 200 || raw.StatusCode > 299:
		return resp, nil, k.refused(raw, resp)
	}
	body, err := readBody(raw, k.c.o.MaxBody)
	if err != nil {
		return resp, nil, k.fail(networkCause(ctx, err), resp)
	}
	resp.Bytes = int64(len(body))
	return resp, body, nil
}

// keep puts a sound answer into the Cache in the place of an earlier one, or
// makes the Cache forget that. One that came from there stays.
func (k *call) keep(resp *Response, body []byte) {
	switch {
	case !k.cacheable() || resp.Cached && k.r.keep(resp):
	case resp.Header.Get("ETag") == "" || !k.r.keep(resp):
		k.c.o.Cache.forget(k.key)
	default:
		k.c.o.Cache.put(k.key, resp, body)
	}
}

func (k *call) cacheable() bool {
	return k.c.o.Cache != nil && k.r.keep != nil && k.r.Method == http.MethodGet
}

// answerOf is what is known of an answer before its body; nil without one. A
// redirect that was refused comes with the answer that asked for it.
func answerOf(raw *http.Response) *Response {
	if raw == nil {
		return nil
	}
	return &Response{Status: raw.StatusCode, Header: raw.Header}
}

// conditional asks for a 304 when the Cache has an answer.
func (k *call) conditional(req *http.Request) (cachedResponse, bool) {
	if !k.cacheable() {
		return cachedResponse{}, false
	}
	k.key = k.c.cacheKey(req)
	cached, ok := k.c.o.Cache.get(k.key)
	if ok {
		req.Header.Set("If-None-Match", cached.etag)
	}
	return cached, ok
}

// refused is the failure of an answer that is not 2xx.
func (k *call) refused(raw *http.Response, resp *Response) *failure {
	body, err := readBody(&http.Response{
		StatusCode: raw.StatusCode, Header: raw.Header, ContentLength: -1,
		Body: io.NopCloser(io.LimitReader(raw.Body, maxErrorBody)),
	}, maxErrorBody)
	f := k.fail(nil, resp)
	if err == nil {
		code, message := complaint(body, raw.Header.Get("Content-Type"))
		f.err.Code, f.err.Message = k.c.quote(code), k.c.quote(message)
	}
	now := k.c.o.Clock.now()
	f.after, _ = retryAfter(raw.Header, now)
	switch status := raw.StatusCode; {
	case status == http.StatusTooManyRequests:
		f.again = true
		k.limit(f, parseQuota(raw.Header, now))
	case status == http.StatusRequestTimeout, status >= 500:
		f.again = k.repeatable()
		if status == http.StatusServiceUnavailable {
			k.c.limiter.narrow()
		}
	}
	return f
}

// limit turns a 429 into a pause of everyone who shares the limiter.
func (k *call) limit(f *failure, q Quota) {
	k.limited++
	wait := f.after
	if wait == 0 && !q.Reset.IsZero() && q.Remaining == 0 {
		wait = q.Reset.Sub(k.c.o.Clock.now())
	}
	if wait <= 0 {
		wait = time.Second + k.jittered(k.limited)
	}
	k.c.limiter.narrow()
	k.c.limiter.pause(wait)
}

func (k *call) repeatable() bool {
	return k.r.Repeatable || k.r.Method == http.MethodGet || k.r.Method == http.MethodHead
}

// backOff waits before the next attempt, or says why there is none. The wait of
// a 429 is the limiter's, so here it costs nothing.
func (k *call) backOff(ctx context.Context, f *failure) error {
	if f.err.Status == http.StatusTooManyRequests {
		return nil
	}
	k.failures++
	if k.failures >= k.c.o.Attempts {
		return errEnough
	}
	wait := max(f.after, k.jittered(k.failures))
	if k.c.o.Clock.now().Add(wait).After(k.deadline) {
		return fmt.Errorf("waiting %s to try again: %w", wait.Round(time.Millisecond), ErrBudget)
	}
	k.observe(Event{Kind: WaitingToRetry, Wait: wait, Status: f.err.Status, Err: f.err})
	return k.c.o.Clock.sleep(ctx, wait)
}

var errEnough = errors.New("no attempts left")

// jittered is a random part of the backoff before the attempt after n failures.
func (k *call) jittered(n int) time.Duration {
	most := k.c.o.FirstBackoff
	for range min(n-1, 30) {
		most = min(2*most, k.c.o.MostBackoff)
	}
	return time.Duration(k.c.o.Rand() * float64(min(most, k.c.o.MostBackoff)))
}

// giveUp is the error of a call that cannot go on because of err; last is its
// last failure, if any, and says more.
func (k *call) giveUp(ctx context.Context, last *failure, err error) error {
	switch {
	case ctx.Err() != nil:
		return k.canceled(ctx, ctx.Err())
	case last == nil:
		return k.fail(err, nil).err
	case errors.Is(err, errEnough):
		return last.err
	}
	if last.err.Err != nil {
		err = fmt.Errorf("%w: %w", last.err.Err, err)
	}
	last.err.Err = err
	return last.err
}

// canceled is the error of a call whose context ended.
func (k *call) canceled(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, err) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return k.fail(err, nil).err
}

func (k *call) observe(e Event) {
	e.Method, e.Path, e.Attempt = k.r.Method, k.path, max(k.attempts, 1)
	k.c.o.Observer(e)
}

func bodyReader(body []byte) io.Reader {
	if body == nil {
		return nil
	}
	return bytes.NewReader(body)
}
