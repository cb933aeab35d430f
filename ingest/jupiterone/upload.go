package jupiterone

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// TooLarge is an object that does not fit into an upload, even without raw data.
// It was not sent, and what its type lacks in the job is not deleted.
type TooLarge struct {
	Kind      graph.Kind
	Type, Key string
	Bytes     int
}

// tally counts what uploads came to. It is safe for concurrent use.
type tally struct {
	mu      sync.Mutex // guards what follows
	objects [2]int     // that the server took, by kind
	batches int
	bytes   int64 // of their objects as JSON
	trimmed int   // objects whose raw data were shortened
	large   []TooLarge
}

func (t *tally) took(b *batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.objects[b.kind] += b.len()
	t.batches++
	t.bytes += int64(len(b.data))
}

func (t *tally) tooLarge(kind graph.Kind, name objectName, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.large = append(t.large, TooLarge{kind, name.typ, name.key, size})
}

func (t *tally) cut() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trimmed++
}

// upload sends a batch to a job. What the server finds too large is divided until
// one object is left, whose raw data are then shortened; an object that still is
// too large is left out and counted.
func (c *Client) upload(ctx context.Context, job string, b *batch, t *tally) error {
	err := c.send(ctx, job, b)
	switch {
	case err == nil:
		t.took(b)
		return nil
	case !isTooLarge(err):
		return fmt.Errorf("upload %s: %w", list(b.kind), c.closed(job, err))
	case b.len() > 1:
		half := b.len() / 2
		if err := c.upload(ctx, job, b.part(0, half), t); err != nil {
			return err
		}
		return c.upload(ctx, job, b.part(half, b.len()), t)
	}
	return c.uploadLarge(ctx, job, b, t)
}

// uploadLarge sends one object that was found too large, each time with a quarter
// of it cut, in the end without any raw data.
func (c *Client) uploadLarge(ctx context.Context, job string, b *batch, t *tally) error {
	object, name := b.object(0), b.names[0]
	for {
		smaller, ok := trim(object, len(object)*3/4)
		if !ok {
			smaller, ok = withoutRaw(object)
		}
		if !ok {
			t.tooLarge(b.kind, name, len(object))
			return nil
		}
		object = smaller
		one := &batch{kind: b.kind}
		one.add(name, object)
		err := c.send(ctx, job, one)
		if err == nil {
			t.took(one)
			t.cut()
			return nil
		}
		if !isTooLarge(err) {
			return fmt.Errorf("upload %s: %w", list(b.kind), c.closed(job, err))
		}
	}
}

// send sends a batch once, as far as the job is concerned: an upload that is
// repeated because its answer was lost replaces what it brought before.
func (c *Client) send(ctx context.Context, job string, b *batch) error {
	z := c.packers.Get().(*gzip.Writer)
	body, err := b.body(z)
	c.packers.Put(z)
	if err != nil {
		return err
	}
	header := c.correlation()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Encoding", "gzip")
	_, err = c.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, Path: jobsPath + httpx.Path(job, list(b.kind)),
		Query: url.Values{"ignoreDuplicates": {"true"}}, Header: header, Body: body, Repeatable: true,
	}, nil)
	return err
}

func isTooLarge(err error) bool {
	e, ok := errors.AsType[*httpx.Error](err)
	return ok && (e.Status == http.StatusRequestEntityTooLarge || e.Code == "RequestEntityTooLargeException")
}

// uploads sends the batches of one kind, several at once. At most one batch more
// than are under way is in memory.
type uploads struct {
	group  *errgroup.Group
	ctx    context.Context
	client *Client
	job    string
	tally  *tally
}

func (c *Client) uploads(ctx context.Context, job string, t *tally) *uploads {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.o.Parallel)
	return &uploads{group, ctx, c, job, t}
}

// put sends a batch as soon as there is room for it. Its error is of some batch
// before, which wait tells again.
func (u *uploads) put(b *batch) error {
	u.group.Go(func() error { return u.client.upload(u.ctx, u.job, b, u.tally) })
	return u.ctx.Err()
}

func (u *uploads) wait() error { return u.group.Wait() }
