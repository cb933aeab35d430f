package main

import (
	"net/http"

	"github.com/j1db/j1db/ingest/httpx"
)

// tape is how the requests of one sync reach a network: directly, recorded, or
// answered from a recording. All clients of a sync share its redactor.
type tape struct {
	redactor *httpx.Redactor
	recorder *httpx.Recorder
	replayer *httpx.Replayer
}

// openTape prepares the recording or the replay that a sync was asked for.
func (a *app) openTape(record, replay string) (*tape, error) {
	t := &tape{redactor: httpx.NewRedactor()}
	var err error
	switch {
	case record != "" && replay != "":
		return nil, usageErrorf("--record and --replay exclude each other")
	case record != "":
		t.recorder, err = httpx.NewRecorder(record, t.redactor)
	case replay != "":
		t.replayer, err = httpx.OpenReplayer(replay, t.redactor)
	}
	return t, err
}

// httpOptions are the base of one instance's client.
func (a *app) httpOptions(t *tape, instance string, p *progress) httpx.Options {
	o := httpx.Options{UserAgent: "j1db/" + programVersion(), Observer: p.event, Proxy: http.ProxyFromEnvironment, Redactor: t.redactor}
	if t.recorder != nil {
		o.Wrap = t.recorder.Wrap(instance)
	}
	if t.replayer != nil {
		o.Transport = t.replayer.Replay(instance)
		o.Clock = httpx.SkippingClock(a.now())
	}
	return o
}

// close completes a recording, or tells what a replay did not ask for again.
func (t *tape) close(a *app) error {
	if t.replayer != nil {
		if n := len(t.replayer.Unused()); n > 0 {
			a.notice("%d recorded answers were not asked for again", n)
		}
		return t.replayer.Close()
	}
	if t.recorder != nil {
		return t.recorder.Close()
	}
	return nil
}
