package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// recordedHeaders are the response headers that paging, pacing and errors live
// on; all others, cookies among them, are left out.
var recordedHeaders = []string{
	"Content-Type", "Content-Range", "Date", "Etag", "Last-Modified", "Link", "Location", "Next-Range", "Retry-After",
	"Ratelimit", "Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "Request-Id", "X-Request-Id", "X-Total-Count",
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset",
}

// Recorder writes the answers of a run to one file, redacted and compressed, for
// a Replayer. It is safe for concurrent use.
type Recorder struct {
	redactor *Redactor
	zip      *zstd.Encoder

	mu   sync.Mutex // guards what follows
	file *os.File
	err  error // the first failure to write
}

// NewRecorder creates the recording in dir, which it makes when needed (0700,
// the file 0600). A folder that holds a recording is an error. What r knows is
// hidden from the recording; secrets must be registered before their first use,
// as New does.
func NewRecorder(dir string, r *Redactor) (*Recorder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	zip, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, RecordingFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	rec := &Recorder{redactor: r, zip: zip, file: file}
	rec.write(recordingHead{recordingFormat}, nil)
	if rec.err != nil {
		return nil, errors.Join(rec.err, file.Close())
	}
	return rec, nil
}

// Wrap returns a function for Options.Wrap that records what passes. Scope names
// the source within the run, such as the instance; Replayer.Replay is given the
// same name.
func (r *Recorder) Wrap(scope string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper { return &recording{r, scope, next} }
}

// Close completes the file and returns the first error in writing it: then the
// recording is not whole, though the run was not harmed.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := errors.Join(r.err, r.file.Sync(), r.file.Close(), r.zip.Close())
	if err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	return nil
}

func (r *Recorder) write(head any, body []byte) {
	packed, err := frame(r.zip, head, body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && r.err == nil {
		_, err = r.file.Write(packed)
	}
	if r.err == nil {
		r.err = err
	}
}

// recording is the RoundTripper of one scope.
type recording struct {
	r     *Recorder
	scope string
	next  http.RoundTripper
}

// CloseIdleConnections lets Client.Close reach the network.
func (t *recording) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	e, sent, err := asked(t.scope, req, t.r.redactor)
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Header.Del("If-None-Match") // a recorded 304 would be of no use without the cache
	if sent != nil {
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			e.Failure = t.r.redactor.Redact(err.Error())
			t.r.write(e, nil)
		}
		return resp, err
	}
	body, err := take(resp)
	e.Status, e.Header = resp.StatusCode, http.Header{}
	for _, name := range recordedHeaders {
		for _, value := range resp.Header.Values(name) {
			e.Header.Add(name, t.r.redactor.Redact(value))
		}
	}
	if err != nil {
		e.Failure = t.r.redactor.Redact(err.Error())
	}
	t.r.write(e, t.r.redactor.Bytes(withhold(body, aboutOf(req).withheld)))
	return resp, nil
}

// take reads and unpacks the body of resp, and puts in its place one that reads
// the same, up to the same error.
func take(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	var buf bytes.Buffer
	plain, err := unpacked(resp)
	if err == nil {
		if _, err = buf.ReadFrom(io.LimitReader(plain, DefaultMaxBody+1)); buf.Len() > DefaultMaxBody {
			err = fmt.Errorf("%w: more than %d bytes to record", ErrTooLarge, int64(DefaultMaxBody))
		}
	}
	resp.Body = replayedBody(buf.Bytes(), err)
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = -1
	return buf.Bytes(), err
}

// replayedBody reads body, then fails with err or ends.
func replayedBody(body []byte, err error) io.ReadCloser {
	if err == nil {
		err = io.EOF
	}
	return io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
