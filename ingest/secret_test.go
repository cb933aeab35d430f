package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/klauspost/compress/zstd"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// ear is a sink and an observer of everything that a run supplies and says.
type ear struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (e *ear) note(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	fmt.Fprintf(&e.text, format+"\n", args...)
}

// Put implements ingest.Sink.
func (e *ear) Put(_ context.Context, b graph.Batch) error {
	for _, x := range b.Entities {
		e.note("entity %s %s %q under %q: %s\nraw %s", x.Type, x.Key, x.Class, x.Parent, x.Props.AppendJSON(nil), x.Raw)
	}
	for _, x := range b.Relationships {
		e.note("relationship %s %s %s under %q from %v to %v, %+v: %s\nraw %s",
			x.Type, x.Key, x.Class, x.Parent, x.From, x.To, x.Mapping, x.Props.AppendJSON(nil), x.Raw)
	}
	e.note("%s: %+v %+v %+v", b.Origin, b.Deletes, b.Complete, b.Partial)
	return nil
}

// The methods of an ingest.Observer.
func (e *ear) StepStarted(s *ingest.Step)                      { e.note("start %s %s", s.ID, s.Name) }
func (e *ear) StepProgress(s *ingest.Step, x, r, n int)        { e.note("step %s %d %d %d", s.ID, x, r, n) }
func (e *ear) StepEnded(s *ingest.Step, out graph.StepOutcome) { e.note("end %s %+v", s.ID, out) }

// tellTale are faults in which an API repeats the key that it was sent, wherever a
// client may quote it.
func tellTale(key string) []emulator.Fault {
	echo := func(route string, status int) emulator.Fault {
		return emulator.Fault{
			Route: route, Nth: 2, Action: emulator.Answer, Status: status, Header: map[string]string{"Request-Id": key, "Retry-After": key},
			Body: fmt.Sprintf(`{"id":%q,"code":%q,"message":"the key %s is no good","errors":[{"message":%q}]}`, key, key, key, key),
		}
	}
	return []emulator.Fault{
		echo("/teams/*/invitations", 403), echo("/pipelines/*/*", 404), echo("/apps/*/collaborators", 500),
		echo("/api/v2/usergroups/*/members", 403), echo("/api/systems", 500), echo("/api/v2/applications/*/users", 404),
		{Route: "/apps/*/domains", Nth: 2, Action: emulator.CutJSON}, {Route: "/spaces", Action: emulator.HTML},
		{Route: "/teams", Header: map[string]string{"Next-Range": "id " + key + "\x01"}, Action: emulator.Pass},
		{Route: "/api/v2/systemgroups", Action: emulator.CutBody}, {Route: "/api/applications", Nth: 2, Action: emulator.DropID},
	}
}

// TestNoSecretIsTold greps everything that runs supply, report, observe and record
// for the key and for what the emulated APIs mark as secret.
func TestNoSecretIsTold(t *testing.T) {
	for _, x := range trials() {
		for name, faults := range map[string][]emulator.Fault{
			"a good run": nil, "an API that tells tales": tellTale(x.key),
			"a key that is refused": {{Action: emulator.Answer, Status: http.StatusUnauthorized, Body: `{"message":"` + x.key + ` is unknown"}`}},
		} {
			t.Run(x.provider.Name+" "+name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "run-1")
				var heard ear
				synctest.Test(t, func(t *testing.T) { x.listen(t, &heard, dir, faults) })
				heard.note("%s", unpacked(t, filepath.Join(dir, httpx.RecordingFile)))
				for _, secret := range []string{x.key, emulator.SecretMarker} {
					if at := strings.Index(heard.text.String(), secret); at >= 0 {
						t.Errorf("told: %s", heard.text.String()[max(0, at-200):at+len(secret)])
					}
				}
				if n := heard.text.Len(); n < 200 {
					t.Errorf("only %d bytes were heard", n)
				}
			})
		}
	}
}

// listen runs once and notes everything.
func (x trial) listen(t *testing.T, heard *ear, dir string, faults []emulator.Fault) {
	t.Helper()
	redactor := httpx.NewRedactor()
	recorder, err := httpx.NewRecorder(dir, redactor)
	if err != nil {
		t.Fatal(err)
	}
	h := x.serve(emulator.NewState(emulator.New(emulator.Options{})), 20, emulator.NewFaults(faults...))
	c := x.open(t, h, httpx.Options{
		Redactor: redactor, Wrap: recorder.Wrap("a"), Observer: func(e httpx.Event) { heard.note("%+v %v", e, e.Err) },
	})
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{Observer: heard}, heard)
	heard.note("%v %+v %#v", err, c, c)
	if report != nil {
		heard.note("%+v %v", report, report.Errors)
		for _, w := range report.Warnings {
			heard.note("%s %+v", w.String(), w)
		}
	}
	if verify, ok := err.(*ingest.VerifyError); ok {
		heard.note("%s %+v", verify.Hint, verify)
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
}

// unpacked returns the text of a file that zstd packed.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	packed, err := os.ReadFile(name)
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
	return text
}
