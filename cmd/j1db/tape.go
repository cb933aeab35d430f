package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/j1db/j1db/ingest/httpx"
)

// tape is how the requests of one sync reach a network: directly, recorded, or
// answered from a recording. All clients of a sync share its redactor.
type tape struct {
	base     httpx.Options
	recorder *httpx.Recorder
	replayer *httpx.Replayer
}

// openTape prepares the network, or the recording or the replay that a sync was
// asked for.
func (a *app) openTape(ctx context.Context, cfg *config, record, replay string) (*tape, error) {
	if record != "" && replay != "" {
		return nil, usageErrorf("--record and --replay exclude each other")
	}
	t := &tape{base: httpx.Options{Redactor: httpx.NewRedactor()}}
	var err error
	if replay != "" {
		t.replayer, err = httpx.OpenReplayer(replay, t.base.Redactor)
		return t, err
	}
	if t.base, err = a.networkOptions(ctx, cfg); err != nil {
		return nil, err
	}
	if record != "" {
		t.recorder, err = httpx.NewRecorder(record, t.base.Redactor)
	}
	return t, err
}

// networkOptions are the base of every client: who asks, and by which way.
func (a *app) networkOptions(ctx context.Context, cfg *config) (httpx.Options, error) {
	o := httpx.Options{UserAgent: "j1db/" + programVersion(), Redactor: httpx.NewRedactor(), Proxy: http.ProxyFromEnvironment, CAFile: cfg.network.CAFile}
	proxy, err := a.resolve(ctx, cfg.network.Proxy, cfg.network.origin)
	if err != nil {
		return o, fmt.Errorf("network.proxy: %w", err)
	}
	o.ProxyURL = proxy
	return o, nil
}

// shownProxy is a proxy without the password that may be in it.
func shownProxy(v string) string {
	if isReference(v) {
		return v
	}
	u, err := url.Parse(v)
	if err != nil {
		return "***"
	}
	return strings.Replace(u.Redacted(), ":xxxxx@", ":***@", 1)
}

// httpOptions are the base of one instance's client.
func (a *app) httpOptions(t *tape, instance string, p *progress) httpx.Options {
	o := t.base
	o.Observer = p.event
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
