package httpx

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// errTruncated marks a body that ended early; unlike other bad bodies it may be
// whole the next time.
var errTruncated = fmt.Errorf("%w: truncated", ErrBody)

// readBody reads and unpacks the body of resp, at most limit bytes of it.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	plain, err := unpacked(resp)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, of at most %d", ErrTooLarge, resp.ContentLength, limit)
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(plain, limit+1))
	switch {
	case n > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w after %d bytes", errTruncated, n)
	case errors.Is(err, gzip.ErrChecksum):
		return nil, fmt.Errorf("%w: gzip checksum does not match", errTruncated)
	case err != nil:
		return nil, fmt.Errorf("read body after %d bytes: %w", n, err)
	}
	return buf.Bytes(), nil
}

// unpacked returns the body as the server meant it, before Content-Encoding.
func unpacked(resp *http.Response) (io.Reader, error) {
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return resp.Body, nil
	case "gzip", "x-gzip":
		if resp.ContentLength == 0 || resp.StatusCode == http.StatusNotModified || resp.StatusCode == http.StatusNoContent {
			return resp.Body, nil
		}
		z, err := gzip.NewReader(resp.Body)
		switch {
		case errors.Is(err, gzip.ErrHeader):
			return nil, fmt.Errorf("%w: not the gzip it claims to be", ErrBody)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("%w after 0 bytes", errTruncated)
		}
		return z, err
	default:
		return nil, fmt.Errorf("%w: content encoding %q was not asked for", ErrBody, encoding)
	}
}

// decodeJSON stores body, which must be one JSON value, in out.
func decodeJSON(body []byte, contentType string, out any) error {
	err := json.Unmarshal(body, out)
	if err == nil {
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return fmt.Errorf("%w: empty", errTruncated)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			return fmt.Errorf("%w after %d bytes", errTruncated, len(body))
		}
		return fmt.Errorf("%w: not JSON but %s, at byte %d of %d", ErrBody, kindOf(contentType), syntax.Offset, len(body))
	}
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := shape.Field
		if field == "" {
			field = "the answer"
		}
		return fmt.Errorf("%w: %s is a JSON %s, expected %s", ErrBody, field, shape.Value, shape.Type)
	}
	return fmt.Errorf("%w: %w", ErrBody, err)
}

func kindOf(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	if kind = strings.TrimSpace(kind); kind == "" {
		return "untyped data"
	}
	return kind
}

// maxErrorBody is how much of an error answer is read for its message.
const maxErrorBody = 64 << 10

// maxMessage is the longest message, in bytes, that an Error quotes.
const maxMessage = 300

// complaint finds the identifier and the message in an error body, as they are.
// It knows the shapes {"id","message"}, {"code","message"}, {"error":"..."},
// {"error":{"code","message"}} and {"errors":[{"message"}]}.
func complaint(body []byte, contentType string) (code, message string) {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		if kindOf(contentType) == "text/plain" {
			return "", string(body)
		}
		return "", ""
	}
	code = textOf(top, "id", "code", "error_code", "status")
	message = textOf(top, "message", "error_description", "detail", "title", "error")
	inner := top["error"]
	var list []json.RawMessage
	if json.Unmarshal(top["errors"], &list) == nil && len(list) > 0 {
		inner = list[0]
	}
	var nested map[string]json.RawMessage
	if json.Unmarshal(inner, &nested) == nil {
		if c := textOf(nested, "code", "id"); c != "" {
			code = c
		}
		if m := textOf(nested, "message", "detail"); m != "" {
			message = m
		}
	}
	return code, message
}

// textOf returns the first of the named members that is a text or a number.
func textOf(object map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		var text string
		if json.Unmarshal(object[name], &text) == nil && text != "" {
			return text
		}
		var number json.Number
		if json.Unmarshal(object[name], &number) == nil && number != "" {
			return number.String()
		}
	}
	return ""
}

// oneLine makes text of the outside fit for one line of an error: no control
// characters, no bidirectional overrides, not endless.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029:
			return ' '
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}
