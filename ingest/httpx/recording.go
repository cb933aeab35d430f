package httpx

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/klauspost/compress/zstd"
)

// RecordingFile is the name of the one file in a recording's folder.
//
// It is a sequence of zstd frames that any zstd tool unpacks: first a line of
// JSON that names the format, then one frame for each exchange, a line of JSON
// (an exchange) followed by the body. A skippable frame before each tells its
// length, so that a reader can find one without unpacking the others, and what a
// killed run left is readable up to its last whole frame.
const RecordingFile = "recording.zst"

const (
	recordingFormat = 1
	skippableMagic  = 0x184D2A50
	markSize        = 12 // magic, size of the payload (4), payload: length of the next frame
	// maxUnpacked bounds the memory that one frame of a recording may ask for.
	maxUnpacked = 512 << 20
)

// ErrUnrecorded is what a Replayer answers to a request that it does not hold.
var ErrUnrecorded = errors.New("not in the recording")

// exchange is one request and its answer. Of the request's headers it holds those
// that are its own and not the client's, so no credential, and nothing that the
// Redactor knows.
type exchange struct {
	Scope   string      `json:"scope"`
	Method  string      `json:"method"`
	URL     string      `json:"url"` // path and query
	Range   string      `json:"range,omitempty"`
	Select  string      `json:"select,omitempty"` // the request's own headers but Range
	Sent    string      `json:"sent,omitempty"`   // SHA-256 of the request's body
	Status  int         `json:"status,omitempty"`
	Header  http.Header `json:"header,omitempty"`
	Failure string      `json:"failure,omitempty"` // no answer, or none after the body's bytes here
}

type recordingHead struct {
	Recording int `json:"j1dbRecording"`
}

// key is what a request is found by.
func (e exchange) key() string {
	return e.Scope + "\n" + e.Method + " " + e.URL + "\n" + e.Range + "\n" + e.Select + "\n" + e.Sent
}

func (e exchange) String() string { return e.Method + " " + e.URL + " of " + e.Scope }

// asked describes the request part of an exchange. It consumes and returns the
// body of req.
func asked(scope string, req *http.Request, r *Redactor) (exchange, []byte, error) {
	e := exchange{
		Scope: scope, Method: req.Method, URL: r.Redact(req.URL.RequestURI()),
		Range: r.Redact(req.Header.Get("Range")), Select: r.Redact(selection(req)),
	}
	if req.Body == nil {
		return e, nil, nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	if err != nil || len(body) == 0 {
		return e, nil, err
	}
	sum := sha256.Sum256(r.Bytes(body))
	e.Sent = hex.EncodeToString(sum[:])
	return e, body, nil
}

// frame packs a line of JSON and a body, with the mark that precedes them.
func frame(z *zstd.Encoder, head any, body []byte) ([]byte, error) {
	line, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	packed := z.EncodeAll(append(append(line, '\n'), body...), make([]byte, markSize, markSize+len(body)/4+256))
	binary.LittleEndian.PutUint32(packed[0:], skippableMagic)
	binary.LittleEndian.PutUint32(packed[4:], 4)
	binary.LittleEndian.PutUint32(packed[8:], uint32(len(packed)-markSize))
	return packed, nil
}

// unframe unpacks what frame packed, without the mark, and decodes the head.
func unframe(z *zstd.Decoder, packed []byte, head any) (body []byte, err error) {
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	line, body, ok := bytes.Cut(text, []byte("\n"))
	if !ok {
		return nil, errors.New("frame without a head")
	}
	return body, json.Unmarshal(line, head)
}

// parseMark returns the length of the frame that follows a mark.
func parseMark(mark []byte) (int64, error) {
	if binary.LittleEndian.Uint32(mark[0:]) != skippableMagic || binary.LittleEndian.Uint32(mark[4:]) != 4 {
		return 0, fmt.Errorf("no frame mark but % x", mark)
	}
	return int64(binary.LittleEndian.Uint32(mark[8:])), nil
}
