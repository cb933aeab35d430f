package jupiterone

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/j1db/j1db/ingest/httpx"
)

const jobsPath = "/persister/synchronization/jobs"

// Client speaks JupiterOne's synchronization API for one account. Requests are
// repeated by httpx where that may help; each carries a correlation id. It is
// safe for concurrent use. Its errors hold no secret.
type Client struct {
	o       Options
	http    *httpx.Client
	packers sync.Pool // of *gzip.Writer, each of which is large
}

// NewClient returns a Client, or why o cannot be used.
func NewClient(o Options) (*Client, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("set up JupiterOne client: %w", err)
	}
	h, err := o.client()
	if err != nil {
		return nil, fmt.Errorf("set up JupiterOne client: %w", err)
	}
	c := &Client{o: o, http: h}
	c.packers.New = func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
		return z
	}
	return c, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.http.Close() }

// Destination names the account that c sends to, as cursors do.
func (c *Client) Destination() string { return c.o.destination() }

// String names the account.
func (c *Client) String() string { return "client of " + c.Destination() }

// GoString is String: the options hold the key.
func (c *Client) GoString() string { return c.String() }

// jobID is what a job may be called: it is printed, stored and sent back.
var jobID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`) })

// Start begins a job, which then awaits uploads. A repeated request may leave a
// job behind that nobody finalises, which does nothing.
func (c *Client) Start(ctx context.Context, spec JobSpec) (Job, error) {
	job, err := c.post(ctx, jobsPath, nil, spec)
	if err == nil && !jobID().MatchString(job.ID) {
		err = fmt.Errorf("the server's answer names no job but %.50q", job.ID)
	}
	if err != nil {
		return Job{}, fmt.Errorf("start synchronization job: %w", err)
	}
	return job, nil
}

// Job asks for a job as it is now. A job that the server does not know is an
// *httpx.Error of which httpx.IsNotFound is true.
func (c *Client) Job(ctx context.Context, id string) (Job, error) {
	var out struct {
		Job Job `json:"job"`
	}
	r := httpx.Request{Path: jobsPath + httpx.Path(id), Header: c.correlation()}
	if _, err := c.http.Do(ctx, r, &out); err != nil {
		return Job{}, fmt.Errorf("ask for synchronization job: %w", err)
	}
	return out.Job, nil
}

// Finalize closes a job for uploads and has it applied. What the job did not bring
// of the types in partial is kept.
func (c *Client) Finalize(ctx context.Context, id string, partial []string) (Job, error) {
	type dataset struct {
		Types []string `json:"types"`
	}
	var body struct {
		Partial *dataset `json:"partialDatasets,omitempty"`
	}
	if len(partial) > 0 {
		body.Partial = &dataset{partial}
	}
	job, err := c.post(ctx, jobsPath+httpx.Path(id, "finalize"), nil, body)
	if err != nil {
		return Job{}, fmt.Errorf("finalise synchronization job: %w", c.closed(id, err))
	}
	return job, nil
}

// Abort ends a job without applying it.
func (c *Client) Abort(ctx context.Context, id, reason string) error {
	body := map[string]string{"reason": reason}
	if _, err := c.post(ctx, jobsPath+httpx.Path(id, "abort"), nil, body); err != nil {
		return fmt.Errorf("abort synchronization job: %w", err)
	}
	return nil
}

// post sends a document and reads the job in the answer.
func (c *Client) post(ctx context.Context, path string, query url.Values, body any) (Job, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return Job{}, err
	}
	var out struct {
		Job Job `json:"job"`
	}
	r := httpx.Request{
		Method: http.MethodPost, Path: path, Query: query, Header: c.correlation(), Body: b, Repeatable: true,
	}
	_, err = c.http.Do(ctx, r, &out)
	return out.Job, err
}

// closed turns the server's complaint that a job takes no more uploads into a
// *ClosedError.
func (c *Client) closed(id string, err error) error {
	if e, ok := errors.AsType[*httpx.Error](err); ok && e.Code == "JOB_NOT_AWAITING_UPLOADS" {
		return &ClosedError{id, err}
	}
	return err
}

// correlation is a header with a fresh id, by which JupiterOne's support finds a
// request.
func (c *Client) correlation() http.Header {
	var b [16]byte
	if _, err := io.ReadFull(c.o.Random, b[:]); err != nil {
		return nil // a request without an id is better than none
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	id := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	return http.Header{"Jupiterone-Correlation-Id": {id}}
}

// Await waits until a job has ended. FINISHED is the only good end, any other is a
// *JobError. A job that awaits uploads was not finalised and is returned as it is.
// When the deadline or ctx ends first the error is an *UnfinishedError.
func (c *Client) Await(ctx context.Context, id string) (Job, error) {
	began := c.now()
	wait := min(firstPoll, c.o.Poll)
	last := Job{Status: "not asked yet"}
	for {
		job, err := c.Job(ctx, id)
		switch {
		case httpx.IsNotFound(err):
			return Job{}, &JobError{Job: id, Err: err}
		case err != nil:
			return Job{}, &UnfinishedError{id, last.Status, err}
		case job.failed():
			return job, &JobError{Job: id, Status: job.Status}
		case job.finished(), job.Status == StatusAwaiting:
			return job, nil
		}
		last = job
		if c.now().Sub(began)+wait > c.o.Deadline {
			return job, &UnfinishedError{id, job.Status, fmt.Errorf("waited for %s", c.o.Deadline)}
		}
		if err := c.sleep(ctx, wait); err != nil {
			return job, &UnfinishedError{id, job.Status, err}
		}
		wait = min(2*wait, c.o.Poll)
	}
}

func (c *Client) now() time.Time {
	if c.o.HTTP.Clock.Now != nil {
		return c.o.HTTP.Clock.Now()
	}
	return time.Now()
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.o.HTTP.Clock.Sleep != nil {
		return c.o.HTTP.Clock.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
