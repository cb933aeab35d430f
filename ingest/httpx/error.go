package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// What an *Error may wrap, for errors.Is.
var (
	// ErrBudget: the request, or its next wait, would outlast the time allowed.
	ErrBudget = errors.New("time budget is used up")
	// ErrBody: the answer is truncated, not JSON, or not of the expected shape.
	ErrBody = errors.New("bad response body")
	// ErrTooLarge: the answer is larger than Options.MaxBody.
	ErrTooLarge = errors.New("response is too large")
	// ErrRefused: the request was not sent, or not sent on, because it would have
	// left the origin or gone over plain http.
	ErrRefused = errors.New("refused")
	// ErrCursor: the API's page cursor is too long, malformed, or repeats.
	ErrCursor = errors.New("bad page cursor")
)

// Error is a request that failed for good. It holds no registered secret.
type Error struct {
	Method string
	Path   string // path and query; values of query keys that sound secret are "***"
	Status int    // of the last answer; 0 when none arrived
	// Code, Message and RequestID are what the last answer said of itself: the
	// identifier and the text in its error body, and its Request-Id header.
	Code, Message, RequestID string
	Attempts                 int    // requests sent
	Hint                     string // what a person may do about it, or ""
	Err                      error  // the cause; nil when the status says it all
}

// Error reads: GET /apps: 403 Forbidden: no access (forbidden; request 1f2; 3 attempts).
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if notes := e.notes(); len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, "; "))
	}
	return b.String()
}

func (e *Error) notes() []string {
	var notes []string
	if e.Code != "" && e.Code != e.Message {
		notes = append(notes, e.Code)
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	if e.Attempts > 1 {
		notes = append(notes, fmt.Sprintf("%d attempts", e.Attempts))
	}
	return notes
}

// Unwrap returns the cause: one of the errors above, a context's error, or a
// network error of which only the text and errors.Is are left.
func (e *Error) Unwrap() error { return e.Err }

// IsStatus reports whether err is an *Error whose last answer had one of the
// given status codes.
func IsStatus(err error, codes ...int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(codes, e.Status)
}

// IsUnauthorized reports a 401: the credential is not valid.
func IsUnauthorized(err error) bool { return IsStatus(err, http.StatusUnauthorized) }

// IsForbidden reports a 403: the credential is valid and lacks a right.
func IsForbidden(err error) bool { return IsStatus(err, http.StatusForbidden) }

// IsNotFound reports a 404.
func IsNotFound(err error) bool { return IsStatus(err, http.StatusNotFound) }
