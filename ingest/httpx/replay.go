package httpx

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Replayer answers requests from a recording; it never touches a network. Equal
// requests get the recorded answers in their order, each once. A client of a
// Replayer does best with a SkippingClock, so that recorded rate limits cost no
// time. It is safe for concurrent use.
type Replayer struct {
	redactor *Redactor
	unzip    *zstd.Decoder
	file     *os.File

	mu    sync.Mutex // guards the queues
	queue map[string][]place
	asked map[string]int // times that a key was answered
	names map[string]string
	order []string // keys, as first recorded
}

// place is where a frame lies in the file.
type place struct{ offset, length int64 }

// OpenReplayer opens the recording in dir. A last frame that a killed run left
// incomplete is ignored; any other damage is an error.
func OpenReplayer(dir string, r *Redactor) (*Replayer, error) {
	file, err := os.Open(filepath.Join(dir, RecordingFile))
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open recording: %w", err), file.Close())
	}
	p := &Replayer{redactor: r, unzip: unzip, file: file, queue: map[string][]place{}, asked: map[string]int{}, names: map[string]string{}}
	if err := p.index(); err != nil {
		p.Close()
		return nil, fmt.Errorf("open recording %s: %w", file.Name(), err)
	}
	return p, nil
}

// Close closes the file. Answers that were given stay valid.
func (p *Replayer) Close() error {
	p.unzip.Close()
	return p.file.Close()
}

// index finds the frames.
func (p *Replayer) index() error {
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	mark := make([]byte, markSize)
	first := true
	for offset := int64(0); offset+markSize < info.Size(); first = false {
		if _, err := p.file.ReadAt(mark, offset); err != nil {
			return err
		}
		length, err := parseMark(mark)
		if err != nil {
			return fmt.Errorf("not a recording: at byte %d: %w", offset, err)
		}
		at := place{offset + markSize, length}
		if at.offset+length > info.Size() {
			break
		}
		if err := p.add(at, first); err != nil {
			return fmt.Errorf("at byte %d: %w", offset, err)
		}
		offset = at.offset + length
	}
	if first {
		return errors.New("not a recording: it is empty")
	}
	return nil
}

func (p *Replayer) add(at place, first bool) error {
	if first {
		var head recordingHead
		if _, err := p.read(at, &head); err != nil {
			return err
		}
		if head.Recording != recordingFormat {
			return fmt.Errorf("recording of format %d, this program reads %d", head.Recording, recordingFormat)
		}
		return nil
	}
	var e exchange
	if _, err := p.read(at, &e); err != nil {
		return err
	}
	key := e.key()
	if _, known := p.names[key]; !known {
		p.order = append(p.order, key)
		p.names[key] = e.String()
	}
	p.queue[key] = append(p.queue[key], at)
	return nil
}

func (p *Replayer) read(at place, head any) ([]byte, error) {
	packed := make([]byte, at.length)
	if _, err := p.file.ReadAt(packed, at.offset); err != nil {
		return nil, err
	}
	return unframe(p.unzip, packed, head)
}

// Replay returns a Transport that answers for scope, as named to Recorder.Wrap.
// A request that was not recorded, or not that often, fails with ErrUnrecorded.
func (p *Replayer) Replay(scope string) http.RoundTripper { return &replaying{p, scope} }

// Unused lists, in the order of the recording, the exchanges that no request has
// asked for.
func (p *Replayer) Unused() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	for _, key := range p.order {
		for range p.queue[key] {
			names = append(names, p.names[key])
		}
	}
	return slices.Clip(names)
}

// next takes the next answer to a request.
func (p *Replayer) next(e exchange) (place, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := e.key()
	places := p.queue[key]
	if len(places) == 0 {
		if n := p.asked[key]; n > 0 {
			return place{}, fmt.Errorf("%s: %w more than %d times", e, ErrUnrecorded, n)
		}
		return place{}, fmt.Errorf("%s: %w", e, ErrUnrecorded)
	}
	p.queue[key] = places[1:]
	p.asked[key]++
	return places[0], nil
}

type replaying struct {
	p     *Replayer
	scope string
}

func (t *replaying) RoundTrip(req *http.Request) (*http.Response, error) {
	e, _, err := asked(t.scope, req, t.p.redactor)
	if err != nil {
		return nil, err
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	at, err := t.p.next(e)
	if err != nil {
		return nil, err
	}
	var recorded exchange
	body, err := t.p.read(at, &recorded)
	if err != nil {
		return nil, fmt.Errorf("read recording: %w", err)
	}
	if recorded.Status == 0 {
		return nil, fmt.Errorf("recorded: %s", recorded.Failure)
	}
	if recorded.Header == nil {
		recorded.Header = http.Header{}
	}
	var cut error
	if recorded.Failure != "" {
		cut = io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", recorded.Status, http.StatusText(recorded.Status)),
		StatusCode: recorded.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: recorded.Header, Body: replayedBody(body, cut), ContentLength: -1, Request: req,
	}, nil
}
