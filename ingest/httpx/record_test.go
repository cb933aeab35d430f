package httpx_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/klauspost/compress/zstd"
)

// record makes a run of f against h and returns the folder of its recording.
func record(t *testing.T, h http.HandlerFunc, f func(*httpx.Client)) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run-1")
	redactor := httpx.NewRedactor()
	recorder, err := httpx.NewRecorder(dir, redactor)
	if err != nil {
		t.Fatal(err)
	}
	client, _ := serve(t, h, half, func(o *httpx.Options) { o.Wrap, o.Redactor = recorder.Wrap("pears"), redactor })
	f(client)
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// replay returns a client that the recording in dir answers.
func replay(t *testing.T, dir string) (*httpx.Client, *httpx.Replayer) {
	t.Helper()
	redactor := httpx.NewRedactor()
	replayer, err := httpx.OpenReplayer(dir, redactor)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { replayer.Close() })
	return dial(t, "https://api.example.com", half, func(o *httpx.Options) {
		o.Transport, o.Redactor = replayer.Replay("pears"), redactor
		o.Credential = httpx.Bearer("another-key")
	}), replayer
}

// outcome is what a client made of a sequence of requests.
func outcome(t *testing.T, c *httpx.Client) []string {
	t.Helper()
	var out []string
	for _, r := range []httpx.Request{
		{Path: "/teams/1"}, {Path: "/flaky"}, {Path: "/forbidden"}, {Path: "/cut"}, {Path: "/html"}, {Path: "/reset"}, {Path: "/limited"},
		{Path: "/teams/1"}, {Path: "/zipped"}, {Path: "/moved"},
		{Path: "/echo", Method: "POST", Body: []byte(`{"a":1}`)}, {Path: "/echo", Method: "POST", Body: []byte(`{"a":2}`)},
	} {
		var body any
		_, err := c.Do(t.Context(), r, &body)
		text := errText(err)
		// A recorded network error and a cut body are told in other words.
		text = strings.NewReplacer("recorded: ", "", "read body after 9 bytes: unexpected EOF", "truncated").Replace(text)
		out = append(out, r.Path+" "+strings.TrimSpace(strings.Join([]string{text, toText(body)}, " ")))
	}
	got, err := read(c.RangePages(t.Context(), httpx.RangeList{Path: "/list", Range: "id .."}))
	out = append(out, got.Rows+" "+errText(err))
	return out
}

func toText(v any) string {
	text, err := json.Marshal(v)
	if err != nil || v == nil {
		return ""
	}
	return string(text)
}

func troubled() http.HandlerFunc {
	counts := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request) {
		counts[r.URL.Path]++
		n := counts[r.URL.Path]
		w.Header().Set("Set-Cookie", "session=cookie-"+key)
		switch r.URL.Path {
		case "/teams/1":
			answer(w, 200, `{"name":"pears","reading":`+string(rune('0'+n))+`,"key":"`+key+`"}`)
		case "/flaky":
			if n < 3 {
				answer(w, 503, `{"message":"try later"}`)
				return
			}
			answer(w, 200, `{"ok":true}`)
		case "/forbidden":
			w.Header().Set("Request-Id", "r-7")
			answer(w, 403, `{"id":"forbidden","message":"no `+key+`"}`)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"ok":tru`)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<html>`)
		case "/reset":
			panic(http.ErrAbortHandler)
		case "/limited":
			if n == 1 {
				w.Header().Set("Retry-After", "30")
				answer(w, 429, `{}`)
				return
			}
			answer(w, 200, `{"ok":true}`)
		case "/zipped":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(`{"key":"` + key + `"}`))
		case "/moved":
			http.Redirect(w, r, "/teams/2", http.StatusFound)
		case "/teams/2":
			answer(w, 200, `{"name":"plums"}`)
		case "/echo":
			body, _ := io.ReadAll(r.Body)
			answer(w, 200, string(body))
		case "/list":
			if r.Header.Get("Range") == "id .." {
				w.Header().Set("Next-Range", "]2..")
				answer(w, 206, rows(1, 2))
				return
			}
			answer(w, 200, rows(3))
		}
	}
}

func TestReplayEqualsTheRun(t *testing.T) {
	var want []string
	dir := record(t, troubled(), func(c *httpx.Client) { want = outcome(t, c) })
	client, replayer := replay(t, dir)
	got := outcome(t, client)
	for i := range want { // the key is hidden in what was recorded
		want[i] = strings.ReplaceAll(want[i], key, "***")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-run +replay):\n%s", diff)
	}
	if len(want) != 13 || !strings.Contains(want[0], "pears") || !strings.Contains(want[12], "1 2 3") {
		t.Errorf("the run itself went wrong: %q", want)
	}
	if unused := replayer.Unused(); len(unused) > 0 {
		t.Errorf("unused: %q", unused)
	}
}

func TestRecordingIsPrivateAndRedacted(t *testing.T) {
	dir := record(t, troubled(), func(c *httpx.Client) {
		outcome(t, c)
		_, _ = c.GetJSON(t.Context(), "/teams/1", map[string][]string{"k": {key}}, nil)
	})
	file := filepath.Join(dir, httpx.RecordingFile)
	for path, want := range map[string]os.FileMode{dir: 0o700, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %v", path, info.Mode(), err, want)
		}
	}
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z) // any zstd reader unpacks the whole
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cr3t", "Bearer", "cookie"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("the recording holds %q", secret)
		}
	}
	for _, want := range []string{`{"j1dbRecording":1}`, `"scope":"pears"`, `"url":"/teams/1?k=***"`, `"key":"***"`, `{"name":"plums"}`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the recording lacks %s:\n%s", want, text)
		}
	}
	if _, err := httpx.NewRecorder(dir, nil); err == nil || !strings.Contains(err.Error(), "create recording") {
		t.Errorf("recording over a recording: %v", err)
	}
}

func TestUnrecordedRequestsFail(t *testing.T) {
	dir := record(t, says(200, `{}`), func(c *httpx.Client) {
		_ = get(t.Context(), c, "/a")
		_ = get(t.Context(), c, "/b")
	})
	client, replayer := replay(t, dir)
	if err := get(t.Context(), client, "/a"); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]string{
		"/a": "GET /a: GET /a of pears: not in the recording more than 1 times",
		"/c": "GET /c: GET /c of pears: not in the recording",
	} {
		err := get(t.Context(), client, path)
		e, ok := errors.AsType[*httpx.Error](err)
		if !ok || !errors.Is(err, httpx.ErrUnrecorded) || e.Attempts != 1 || err.Error() != want {
			t.Errorf("%s: error %v, want %q at the first attempt", path, err, want)
		}
	}
	if diff := cmp.Diff([]string{"GET /b of pears"}, replayer.Unused()); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
	other := dial(t, "https://api.example.com", func(o *httpx.Options) { o.Transport = replayer.Replay("plums") })
	if err := get(t.Context(), other, "/b"); !errors.Is(err, httpx.ErrUnrecorded) {
		t.Errorf("another scope: %v", err)
	}
}

// framed packs text as a recording's frame.
func framed(t *testing.T, text string) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	packed := z.EncodeAll([]byte(text), nil)
	mark := []byte("\x50\x2a\x4d\x18\x04\x00\x00\x00")
	return append(binary.LittleEndian.AppendUint32(mark, uint32(len(packed))), packed...)
}

func TestDamagedRecordings(t *testing.T) {
	dir := record(t, says(200, `{"ok":true}`), func(c *httpx.Client) {
		_ = get(t.Context(), c, "/a")
		_ = get(t.Context(), c, "/b")
	})
	file := filepath.Join(dir, httpx.RecordingFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	open := func(t *testing.T, content []byte) (*httpx.Replayer, error) {
		t.Helper()
		at := t.TempDir()
		if err := os.WriteFile(filepath.Join(at, httpx.RecordingFile), content, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := httpx.OpenReplayer(at, nil)
		if err == nil {
			t.Cleanup(func() { p.Close() })
		}
		return p, err
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"empty":        {nil, "not a recording: it is empty"},
		"other file":   {bytes.Repeat([]byte("pear"), 20), "not a recording"},
		"flipped":      {append(append(bytes.Clone(whole[:40]), whole[40]^0xff), whole[41:]...), "at byte"},
		"other format": {framed(t, `{"j1dbRecording":9}`+"\n"), "recording of format 9, this program reads 1"},
		"no head":      {framed(t, `{"j1dbRecording":1}`), "frame without a head"},
		"swollen mark": {append([]byte("\x50\x2a\x4d\x18\x04\x00\x00\x00\xff\xff\xff\xff"), whole[12:]...), "not a recording: it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, c.content)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	t.Run("cut by a kill", func(t *testing.T) {
		p, err := open(t, whole[:len(whole)-5])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"GET /a of pears"}, p.Unused()); diff != "" {
			t.Errorf("readable exchanges (-want +got):\n%s", diff)
		}
	})
	if _, err := httpx.OpenReplayer(t.TempDir(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no recording: %v", err)
	}
}

func TestRecordingIsReadByTheZstdTool(t *testing.T) {
	tool, err := exec.LookPath("zstd")
	if err != nil {
		t.Skip("SKIPPED: no zstd on this machine")
	}
	dir := record(t, says(200, `{"ok":true}`), func(c *httpx.Client) { _ = get(t.Context(), c, "/a") })
	text, err := exec.Command(tool, "-dc", filepath.Join(dir, httpx.RecordingFile)).Output()
	if err != nil || !bytes.Contains(text, []byte(`{"ok":true}`)) {
		t.Errorf("zstd -dc: %v, %q", err, text)
	}
}

// Requests that differ by a header of their own are different requests.
func TestReplayTellsAccountsApart(t *testing.T) {
	members := func(account string) httpx.OffsetList {
		return httpx.OffsetList{Path: "/members", Header: http.Header{"X-Account": {account}}}
	}
	ask := func(c *httpx.Client, account string) string {
		got, err := read(c.OffsetPages(t.Context(), members(account)))
		return got.Rows + errText(err)
	}
	dir := record(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") != "0" {
			answer(w, 200, "[]")
			return
		}
		answer(w, 200, `[{"id":`+r.Header.Get("X-Account")+`}]`)
	}, func(c *httpx.Client) {
		if got := ask(c, "1") + ask(c, "2"); got != "12" {
			t.Errorf("the accounts have %s", got)
		}
	})
	client, _ := replay(t, dir)
	if got := ask(client, "2") + ask(client, "1"); got != "21" {
		t.Errorf("replayed the other way round, the accounts have %s", got)
	}
}

// What an API should not have told is not recorded, however deep it lies; a text
// that cannot be read is not recorded at all when it may hold it.
func TestRecordingWithholds(t *testing.T) {
	const secret = "-----BEGIN PRIVATE KEY-----"
	bodies := map[string]string{
		"/apps":  `[{"id":1,"size":12345678901234567890,"name":"<pear>","config":{"key":"` + secret + `"}},{"in":[{"config":"` + secret + `"}]}]`,
		"/half":  `[{"id":1,"config":{"key":"` + secret + `"`,
		"/other": `{"configuration":"plain"}`,
	}
	dir := filepath.Join(t.TempDir(), "run-1")
	redactor := httpx.NewRedactor()
	recorder, err := httpx.NewRecorder(dir, redactor)
	if err != nil {
		t.Fatal(err)
	}
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { answer(w, 200, bodies[r.URL.Path]) }, half, func(o *httpx.Options) {
		o.Wrap, o.Redactor, o.Withhold, o.Attempts = recorder.Wrap("pears"), redactor, []string{"config"}, 1
	})
	for path := range bodies {
		var body any
		if _, err := client.Do(t.Context(), httpx.Request{Path: path}, &body); (err != nil) != (path == "/half") {
			t.Errorf("%s: %v", path, err)
		}
		if path == "/apps" && !strings.Contains(toText(body), secret) {
			t.Error("the run itself did not get it")
		}
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	text := unpack(t, dir)
	if strings.Contains(text, "PRIVATE KEY") {
		t.Errorf("the recording holds the secret:\n%s", text)
	}
	for _, want := range []string{`"size":12345678901234567890`, `"name":"<pear>"`, `"config":null`, bodies["/other"]} {
		if !strings.Contains(text, want) {
			t.Errorf("the recording lacks %s:\n%s", want, text)
		}
	}
}

// unpack returns all of a recording.
func unpack(t *testing.T, dir string) string {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join(dir, httpx.RecordingFile))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
