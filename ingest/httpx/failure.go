package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// failure is an attempt that went wrong.
type failure struct {
	err   *Error
	again bool          // another attempt may help
	after time.Duration // the API's wish; 0 is none
}

// fail wraps err, and what resp says, in a failure that is worth another attempt
// when err is a network error or a truncated body.
func (k *call) fail(err error, resp *Response) *failure {
	e := &Error{Method: k.r.Method, Path: k.path, Attempts: k.attempts, Err: k.c.o.Redactor.Error(err), Hint: hintFor(err)}
	if resp != nil {
		e.Status = resp.Status
		e.RequestID = k.c.quote(requestID(resp.Header))
	}
	return &failure{err: e, again: err != nil && heals(err) && (k.repeatable() || neverSent(err))}
}

// networkCause removes the wrapping that repeats the URL, and prefers the
// context's reason to what the transport made of it.
func networkCause(ctx context.Context, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if ctx.Err() != nil && !errors.Is(err, ErrRefused) {
		return context.Cause(ctx)
	}
	return err
}

// heals reports whether err may be gone at the next attempt.
func heals(err error) bool {
	for _, lasting := range []error{ErrRefused, ErrTooLarge, ErrBudget, ErrCursor, ErrUnrecorded, context.Canceled} {
		if errors.Is(err, lasting) {
			return false
		}
	}
	if errors.Is(err, ErrBody) {
		return errors.Is(err, errTruncated)
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return !untrusted
}

// neverSent reports that no connection came about, so that nothing was sent.
func neverSent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// hintFor says what a person may do about err.
func hintFor(err error) string {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "if a proxy of your own signs this connection, name its CA file in the configuration"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return "check the host name and the network"
	}
	if errors.Is(err, ErrRefused) && strings.HasPrefix(err.Error(), "redirect") {
		return "if the API has moved, set its new address as baseUrl"
	}
	return ""
}

// requestID finds the name that the API gave the request.
func requestID(h http.Header) string {
	for _, name := range []string{"Request-Id", "X-Request-Id", "X-Amzn-Requestid"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
