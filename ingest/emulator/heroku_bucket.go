package emulator

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// bucket is a token bucket over a clock of its owner. Without a clock it is
// always full.
type bucket struct {
	now  func() time.Time
	size float64
	rate float64 // tokens a second

	mu     sync.Mutex // guards what follows
	tokens float64
	since  time.Time
}

// newBucket makes a full bucket.
func newBucket(now func() time.Time, size, perMinute int) *bucket {
	return &bucket{now: now, size: float64(size), rate: float64(perMinute) / 60, tokens: float64(size)}
}

// take spends a token, or says how long until there is one.
func (b *bucket) take() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill()
	if b.now == nil {
		return 0
	}
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / b.rate * float64(time.Second))
	}
	b.tokens--
	return 0
}

// left is the number of whole tokens.
func (b *bucket) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill()
	return int(b.tokens)
}

// refill adds what came back since the last look. The caller holds mu.
func (b *bucket) refill() {
	if b.now == nil {
		return
	}
	now := b.now()
	if !b.since.IsZero() {
		b.tokens = min(b.size, b.tokens+now.Sub(b.since).Seconds()*b.rate)
	}
	b.since = now
}

// requestID names a request the way the API does. Equal requests get equal
// names, so that recordings do not differ for nothing.
func requestID(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.Method + r.URL.RequestURI() + r.Header.Get("Range")))
	return formatUUID(sum[:16])
}

// etag names a body.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf(`W/"%x"`, sum[:16])
}
