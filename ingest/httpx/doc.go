// Package httpx is the HTTP client of every collector: it is the one place that
// sleeps, retries, counts a rate limit and hides a secret.
//
// A Client talks to one origin with one credential. Do and GetJSON send a
// request and decode its JSON answer through a size cap. What can heal is sent
// again with jittered backoff inside a deadline: network errors, 408, 429 and
// 5xx. A 429 waits as long as the deadline allows and is never dropped; 401, 403
// and the other 4xx are never sent again. Every failure is an *Error, free of
// registered secrets.
//
// RangePages and OffsetPages read lists page by page and say on the last page
// whether the list was read whole. A Limiter is shared by all clients of one
// credential. The credential never leaves the origin: redirects and absolute
// links to another one are refused, and plain http is spoken to loopback only.
//
// A Recorder writes every answer of a run, redacted, to one compressed file; a
// Replayer answers from it in place of the network.
//
// The package logs nothing; an Observer hears what happens, for progress.
package httpx
