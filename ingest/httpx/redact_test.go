package httpx_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/httpx"
)

func TestRedactHidesEveryForm(t *testing.T) {
	secret := `p&ss "w\rd"/ü+= 0123`
	marshaled, _ := json.Marshal(map[string]string{"key": secret})
	cases := map[string]string{
		"plain":            "x" + secret + "y",
		"trimmed":          strings.TrimSpace(secret),
		"query escaped":    "https://h/?k=" + url.QueryEscape(secret),
		"path escaped":     "https://h/" + url.PathEscape(secret) + "/z",
		"lower-case hex":   strings.ToLower(url.QueryEscape(secret)),
		"json":             string(marshaled),
		"quoted":           fmt.Sprintf("%q", secret),
		"base64":           base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 url":       base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"basic, no user":   "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+secret)),
		"basic, user a":    "Basic " + base64.StdEncoding.EncodeToString([]byte("a:"+secret)),
		"basic, user ab":   "Basic " + base64.StdEncoding.EncodeToString([]byte("ab:"+secret)),
		"inside base64":    base64.StdEncoding.EncodeToString([]byte(`{"apiKey":` + secret + `,"x":1}`)),
		"twice":            secret + secret,
		"beside a shorter": secret + " " + secret[:6],
	}
	r := httpx.NewRedactor(secret[:6], secret)
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			got := r.Redact(text)
			if !strings.Contains(got, "***") {
				t.Errorf("nothing hidden in %q", got)
			}
			// Long pieces of any form would let the secret be put together again.
			for _, leak := range []string{"0123", "MDEyM", "wMTIz", "AxMjM"} {
				if strings.Contains(got, leak) {
					t.Errorf("%q still shows %q of the secret", got, leak)
				}
			}
			if again := string(r.Bytes([]byte(text))); again != got {
				t.Errorf("Bytes gives %q, Redact %q", again, got)
			}
		})
	}
}

func TestRedactLeavesTheRest(t *testing.T) {
	r := httpx.NewRedactor("correct-horse", "", "abc")
	for _, text := range []string{"", "an abc of horses", "correct", `{"a":1}`} {
		if got := r.Redact(text); got != text {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
	var none *httpx.Redactor
	if got := none.Redact("x"); got != "x" {
		t.Errorf("nil Redactor: %q", got)
	}
}

func TestRedactedErrorKeepsItsCauseAndNotItsText(t *testing.T) {
	r := httpx.NewRedactor(key)
	err := r.Error(fmt.Errorf("get ?k=%s: %w", url.QueryEscape(key), io.ErrUnexpectedEOF))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("errors.Is lost the cause")
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%v %+v %#v", err, err, err)} {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("%q shows the secret", text)
		}
	}
	timeout, ok := err.(interface{ Timeout() bool })
	if !ok || timeout.Timeout() || !r.Error(os.ErrDeadlineExceeded).(interface{ Timeout() bool }).Timeout() {
		t.Error("Timeout does not say what the cause says")
	}
	if r.Error(nil) != nil {
		t.Error("nil error became one")
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	redactor := httpx.NewRedactor()
	o := httpx.Options{BaseURL: "https://api.example.com", Credential: httpx.HeaderKey("x-api-key", key+"\n"), Redactor: redactor}
	client, err := httpx.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{o, client, redactor, o.Credential, &o} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, "s3cr3t") {
				t.Errorf("%s of %T shows the secret: %s", format, v, text)
			}
		}
	}
	if got := redactor.Redact("is " + key); got != "is ***" {
		t.Errorf("New did not register the secret: %q", got)
	}
}
