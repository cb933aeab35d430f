package httpx

import (
	"crypto/sha256"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// DefaultCache is how many bytes of packed answers a Cache keeps by default.
const DefaultCache = 64 << 20

// Cache keeps lists for conditional requests: one that came whole in one answer,
// with an ETag, is kept, and when the API says 304 to the same request of the same
// credential, it is used again. Longer lists are not kept: an ETag names the rows
// of a page, and a 304 says nothing of what comes after them. It lives in memory
// and dies with the process; see docs/adr/0006. One Cache may serve any number of
// clients and runs, and is safe for concurrent use.
type Cache struct {
	limit int64
	zip   *zstd.Encoder
	unzip *zstd.Decoder

	mu   sync.Mutex // guards what follows
	kept map[cacheKey]*keptAnswer
	size int64
	hits int
}

// keptAnswer is what a 304 stands for.
type keptAnswer struct {
	etag   string
	packed []byte // the body
	used   bool   // since the last Sweep
}

// keptCost is what an answer costs beside its body, about.
const keptCost = 512

// NewCache returns an empty Cache of at most limit bytes; DefaultCache when it is
// 0.
func NewCache(limit int64) (*Cache, error) {
	orDefault(&limit, DefaultCache)
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		return nil, err
	}
	return &Cache{limit: limit, zip: zip, unzip: unzip, kept: map[cacheKey]*keptAnswer{}}, nil
}

// Hits is how many answers were used again.
func (c *Cache) Hits() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits
}

// Sweep forgets what no request has asked for since the last Sweep. It is for the
// end of a run: what a whole run did not want, no later one will.
func (c *Cache) Sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, k := range c.kept {
		if !k.used {
			c.drop(key)
			continue
		}
		k.used = false
	}
}

// drop forgets one answer. The caller holds mu.
func (c *Cache) drop(key cacheKey) {
	if k := c.kept[key]; k != nil {
		c.size -= int64(len(k.packed)) + keptCost
		delete(c.kept, key)
	}
}

// cachedResponse is a kept answer, unpacked.
type cachedResponse struct {
	*keptAnswer
	body []byte
}

func (c *Cache) get(key cacheKey) (cachedResponse, bool) {
	c.mu.Lock()
	k := c.kept[key]
	if k != nil {
		k.used = true
	}
	c.mu.Unlock()
	if k == nil {
		return cachedResponse{}, false
	}
	body, err := c.unzip.DecodeAll(k.packed, nil)
	if err != nil { // then it is asked for anew
		return cachedResponse{}, false
	}
	return cachedResponse{k, body}, true
}

// put keeps an answer in the place of an earlier one, unless the cache is full.
func (c *Cache) put(key cacheKey, resp *Response, body []byte) {
	k := &keptAnswer{etag: resp.Header.Get("ETag"), packed: c.zip.EncodeAll(body, nil), used: true}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
	if cost := int64(len(k.packed)) + keptCost; c.size+cost <= c.limit {
		c.kept[key] = k
		c.size += cost
	}
}

// forget drops what is kept for a request that had another answer.
func (c *Cache) forget(key cacheKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
}

// revive turns a 304 into the answer that it stands for. Its headers are those of
// the 304: what is kept depends on no others.
func (c *Cache) revive(k cachedResponse, fresh http.Header) *Response {
	c.mu.Lock()
	c.hits++
	c.mu.Unlock()
	return &Response{Status: http.StatusOK, Header: fresh, Bytes: int64(len(k.body)), Cached: true}
}

// cacheKey is the digest of all that an answer depends on: it tells nothing of
// the credential that is part of it.
type cacheKey [sha256.Size]byte

// cacheKey tells answers apart: by who asks, by Range, which selects a page as
// much as the URL does, and by what else the request alone carries.
func (c *Client) cacheKey(req *http.Request) cacheKey {
	parts := []string{string(c.identity[:]), req.Method, req.URL.String(), req.Header.Get("Range"), req.Header.Get("Accept"), selection(req)}
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

// selection prints the headers that are the request's own, but for Range: with
// them the same URL has another answer.
func selection(req *http.Request) string {
	own := aboutOf(req).own
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if http.CanonicalHeaderKey(name) != "Range" {
			lines = append(lines, name+": "+strings.Join(own[name], ", "))
		}
	}
	return strings.Join(lines, "; ")
}
