package httpx

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const (
	mask = "***"
	// minSecret is the shortest text, in bytes, that is replaced: hiding every
	// "a" of a text would hide the text and not the secret.
	minSecret = 4
)

// Redactor replaces registered secrets with "***", as they are and in the forms
// in which they travel: URL-escaped, JSON-escaped, and base64 at any alignment,
// so that the Basic form of a key is found as well. One Redactor serves a whole
// run. It is safe for concurrent use; the nil Redactor replaces nothing.
type Redactor struct {
	mu       sync.RWMutex // guards what follows
	secrets  map[string]bool
	forms    []string // longest first, so that no form hides the rest of a longer one
	replacer *strings.Replacer
}

// NewRedactor returns a Redactor that knows secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	r.Add(secrets...)
	return r
}

// Add registers secrets; those shorter than four bytes are ignored.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := len(r.secrets)
	for _, s := range secrets {
		for _, s := range []string{s, strings.TrimSpace(s)} {
			if len(s) < minSecret || r.secrets[s] {
				continue
			}
			if r.secrets == nil {
				r.secrets = map[string]bool{}
			}
			r.secrets[s] = true
			r.forms = append(r.forms, formsOf(s)...)
		}
	}
	if len(r.secrets) == known {
		return
	}
	slices.SortFunc(r.forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	r.forms = slices.Compact(r.forms)
	pairs := make([]string, 0, 2*len(r.forms))
	for _, f := range r.forms {
		pairs = append(pairs, f, mask)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// Redact returns s without the registered secrets.
func (r *Redactor) Redact(s string) string {
	if r == nil {
		return s
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// Bytes returns b without the registered secrets; it is b itself where there is
// none.
func (r *Redactor) Bytes(b []byte) []byte {
	if r == nil || !r.holds(b) {
		return b
	}
	return []byte(r.Redact(string(b)))
}

// holds spares Bytes the copy of a body in which nothing is to be hidden.
func (r *Redactor) holds(b []byte) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.forms, func(f string) bool { return bytes.Contains(b, []byte(f)) })
}

// Error returns err with a text free of secrets. errors.Is still sees the causes
// of err; errors.As does not, because a cause would print its own text.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	return &redactedError{text: r.Redact(err.Error()), cause: err}
}

// String says how many secrets r knows, and none of them.
func (r *Redactor) String() string {
	if r == nil {
		return "redactor of 0 secrets"
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return fmt.Sprintf("redactor of %d secrets", len(r.secrets))
}

// GoString is String: %#v must not show the secrets either.
func (r *Redactor) GoString() string { return r.String() }

type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }
func (e *redactedError) GoString() string     { return fmt.Sprintf("%q", e.text) }

// Timeout keeps the one question that callers ask of network errors.
func (e *redactedError) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.cause)
	return ok && t.Timeout() || errors.Is(e.cause, context.DeadlineExceeded)
}

// formsOf lists s and its encodings.
func formsOf(s string) []string {
	forms := []string{s}
	for _, escaped := range []string{url.QueryEscape(s), url.PathEscape(s)} {
		forms = append(forms, escaped, lowerHex(escaped))
	}
	if quoted, err := json.Marshal(s); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	quoted := fmt.Sprintf("%q", s)
	forms = append(forms, quoted[1:len(quoted)-1])
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		forms = append(forms, base64Forms(enc, s)...)
	}
	return forms
}

// base64Forms lists what s looks like inside a base64 text, whatever precedes
// and follows it: only the characters that s alone decides.
func base64Forms(enc *base64.Encoding, s string) []string {
	raw := enc.WithPadding(base64.NoPadding)
	var forms []string
	for offset := range 3 {
		text := raw.EncodeToString(append(make([]byte, offset), s...))
		first := (offset*8 + 5) / 6       // the first character without a bit of the prefix
		last := (offset + len(s)) * 8 / 6 // the last one without a bit of what follows
		if last-first >= minSecret+1 {    // four characters hold just three bytes
			forms = append(forms, text[first:last])
		}
	}
	return append(forms, enc.EncodeToString([]byte(s)), raw.EncodeToString([]byte(s)))
}

// lowerHex writes the percent escapes of s in lower case, as some servers do.
func lowerHex(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], bytes.ToLower(b[i+1:i+3]))
		}
	}
	return string(b)
}
