package httpx

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Quota is what the API last said of its rate limit.
type Quota struct {
	Known     bool      // the API speaks of a limit at all
	Remaining int       // requests left
	Limit     int       // requests in a full window; 0 when the API does not say
	Reset     time.Time // when the window ends; zero when the API does not say
}

// longest bounds every wait that a header may ask for; budgets are far shorter.
const longest = 365 * 24 * time.Hour

// parseQuota reads RateLimit-*, X-RateLimit-* and the combined RateLimit field
// (both drafts: `limit=9, remaining=5, reset=30` and `"default";r=5;t=30`).
func parseQuota(h http.Header, now time.Time) Quota {
	var q Quota
	var reset time.Duration
	var hasReset bool
	for _, prefix := range []string{"Ratelimit-", "X-Ratelimit-", "X-Rate-Limit-"} {
		remaining, ok := leadingInt(h.Get(prefix + "Remaining"))
		if !ok {
			continue
		}
		q.Known, q.Remaining = true, remaining
		q.Limit, _ = leadingInt(h.Get(prefix + "Limit"))
		reset, hasReset = parseReset(h.Get(prefix+"Reset"), serverNow(h, now))
		break
	}
	if field := h.Get("RateLimit"); !q.Known && field != "" {
		params := fieldParams(field)
		if remaining, ok := leadingInt(params["remaining"] + params["r"]); ok {
			q.Known, q.Remaining = true, remaining
			q.Limit, _ = leadingInt(params["limit"] + params["q"])
			reset, hasReset = parseReset(params["reset"]+params["t"], serverNow(h, now))
		}
	}
	if hasReset {
		q.Reset = now.Add(reset)
	}
	return q
}

// retryAfter reads Retry-After: seconds or an HTTP date, which is measured
// against the server's own Date so that clocks need not agree.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 {
		return seconds2duration(seconds), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return clamp(at.Sub(serverNow(h, now))), true
}

// parseReset reads a reset given as seconds from now, or as an epoch in seconds
// or milliseconds: the three that APIs use, told apart by their size (1e8 seconds
// are three years, or 1973).
func parseReset(value string, now time.Time) (time.Duration, bool) {
	n, err := strconv.ParseFloat(firstItem(value), 64)
	switch {
	case err != nil || n < 0 || math.IsNaN(n):
		return 0, false
	case n >= 1e11:
		return clamp(time.UnixMilli(int64(min(n, 1e15))).Sub(now)), true
	case n >= 1e8:
		return clamp(time.Unix(int64(n), 0).Sub(now)), true
	}
	return seconds2duration(n), true
}

func serverNow(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return now
}

func seconds2duration(seconds float64) time.Duration {
	if !(seconds < longest.Seconds()) {
		return longest
	}
	return time.Duration(seconds * float64(time.Second))
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), longest) }

// firstItem cuts "100, 100;w=60" down to "100".
func firstItem(value string) string {
	if i := strings.IndexAny(value, ",;"); i >= 0 {
		value = value[:i]
	}
	return strings.TrimSpace(value)
}

func leadingInt(value string) (int, bool) {
	n, err := strconv.ParseFloat(firstItem(value), 64)
	if err != nil || !(n >= 0 && n <= math.MaxInt32) {
		return 0, false
	}
	return int(n), true
}

// fieldParams splits a structured field into name=value pairs.
func fieldParams(field string) map[string]string {
	params := map[string]string{}
	for _, part := range strings.FieldsFunc(field, func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, seen := params[name]; ok && !seen {
			params[name] = value
		}
	}
	return params
}
