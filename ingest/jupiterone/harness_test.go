package jupiterone_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/jupiterone"
)

var epoch = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

var (
	errDead = errors.New("the process was killed")
	errCut  = errors.New("connection reset by peer")
)

// life ends a process at some point: nothing that it does to the outside
// afterwards has an effect.
type life struct {
	mu    sync.Mutex
	left  int // things that it may still do; negative is without end
	last  bool
	ended bool
}

// act is one thing done to the outside. The last one of a life may have its effect
// or not, but its result is never learned.
func (l *life) act(do func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return errDead
	}
	if l.left == 0 {
		l.ended = true
		if l.last {
			_ = do() // the effect without the answer
		}
		return errDead
	}
	l.left--
	return do()
}

// end makes the next thing the last one.
func (l *life) end(last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.left, l.last = 0, last
	}
}

// wire carries requests to an emulated account without a network, as long as the
// process that uses it at the moment lives.
type wire struct {
	life *life
	to   http.Handler
	// stop, when set, is asked before each request whether the process ends there;
	// after says that the request still has its effect.
	stop  func(path string) bool
	after bool
}

func (w *wire) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.stop != nil && w.stop(r.URL.Path) {
		w.life.end(w.after)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	err = w.life.act(func() error {
		resp, err = answer(w.to, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// answer turns a cut connection into an error.
func answer(h http.Handler, r *http.Request) (resp *http.Response, err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler:
			resp, err = nil, errCut
		default:
			panic(p)
		}
	}()
	rec := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	h.ServeHTTP(rec, r)
	resp = rec.Result()
	resp.Request = r
	return resp, nil
}

// memory is where cursors and the journal are kept: it outlives processes.
type memory struct {
	cursors map[[2]string]jupiterone.Cursor
	jobs    map[string]string
	locked  bool
	begun   map[string]begun // by job
	// moves counts how often an instance left or came back, and started tells at
	// which of them a job began.
	moves   int
	started map[string]int
}

// begun is what a cursor said when a job was started.
type begun struct {
	jupiterone.Cursor
	state cursorState
}

func newMemory() *memory {
	return &memory{
		cursors: map[[2]string]jupiterone.Cursor{}, jobs: map[string]string{}, begun: map[string]begun{}, started: map[string]int{},
	}
}

// cursorState is what tests look at in a cursor.
type cursorState struct {
	Scope     string   `json:"scope"`
	Job       string   `json:"job"`
	Digest    string   `json:"digest"`
	Types     []string `json:"types"`
	Owed      []string `json:"owed"`
	Dirty     string   `json:"dirty"`
	Emptied   bool     `json:"emptied"`
	Disturbed []struct {
		Version uint64 `json:"version"`
		Mode    string `json:"mode"`
		Sure    bool   `json:"sure"`
	} `json:"disturbed"`
	Pending *struct {
		Job   string `json:"job"`
		Phase string `json:"phase"`
		Mode  string `json:"mode"`
		To    uint64 `json:"to"`
	} `json:"pending"`
}

func decodeState(text string) cursorState {
	var st cursorState
	if text != "" {
		if err := json.Unmarshal([]byte(text), &st); err != nil {
			panic(err)
		}
	}
	return st
}

// process is one life of an exporter's memory.
type process struct {
	life *life
	*memory
}

func (p process) Cursor(_ context.Context, destination, instance string) (c jupiterone.Cursor, err error) {
	err = p.life.act(func() error {
		c = p.cursors[[2]string{destination, instance}]
		return nil
	})
	return c, err
}

func (p process) SetCursor(_ context.Context, c jupiterone.Cursor) error {
	return p.life.act(func() error {
		p.cursors[[2]string{c.Destination, c.Instance}] = c
		if st := decodeState(c.State); st.Pending != nil && st.Pending.Phase == "uploading" {
			p.begun[st.Pending.Job], p.started[st.Pending.Job] = begun{c, st}, p.moves
		}
		return nil
	})
}

func (p process) DeleteCursor(_ context.Context, destination, instance string) error {
	return p.life.act(func() error {
		delete(p.cursors, [2]string{destination, instance})
		return nil
	})
}

func (p process) Lock(_ context.Context, destination string) (func(), error) {
	if p.locked {
		return nil, &jupiterone.LockedError{Destination: destination}
	}
	p.locked = true
	return func() { p.locked = false }, nil
}

func (p process) LastJob(_ context.Context, _, scope string) (string, error) {
	return p.jobs[scope], nil
}

func (p process) SetLastJob(_ context.Context, _, scope, job string) error {
	return p.life.act(func() error {
		p.jobs[scope] = job
		return nil
	})
}

// rig is an account, a graph and what lies between them.
type rig struct {
	t       testing.TB
	world   *world
	account *emulator.JupiterOne
	memory  *memory
	targets map[string]jupiterone.Target
	batch   int
	raw     bool
	share   float64
	wire    *wire
	dialled *jupiterone.Client
}

const testKey = emulator.JupiterOneKey

func newRig(t testing.TB, o emulator.JupiterOneOptions, instances ...string) *rig {
	r := &rig{t: t, world: newWorld(), account: emulator.NewJupiterOne(o), memory: newMemory(), targets: map[string]jupiterone.Target{}}
	for _, in := range instances {
		r.targets[in] = jupiterone.DefaultTarget(in)
	}
	return r
}

// client returns a client whose requests reach the account as long as it lives.
func (r *rig) client(l *life) *jupiterone.Client {
	r.t.Helper()
	if r.dialled != nil {
		r.wire.life = l
		return r.dialled
	}
	r.wire = &wire{life: l, to: r.account}
	c, err := jupiterone.NewClient(jupiterone.Options{
		Account: emulator.JupiterOneAccount, APIKey: testKey, BaseURL: "https://api.example.com",
		BatchBytes: r.batch, Parallel: 1, Random: zeros{}, Deadline: time.Minute,
		HTTP: httpx.Options{Transport: r.wire, Clock: httpx.SkippingClock(epoch), Rand: func() float64 { return 0.5 }},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.dialled = c
	return c
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func (r *rig) exporter(l *life) *jupiterone.Exporter {
	r.t.Helper()
	p := process{l, r.memory}
	e, err := jupiterone.NewExporter(jupiterone.Config{
		Client: r.client(l), Graph: r.world, Cursors: p, Journal: p, Targets: r.targets, Raw: r.raw, DeleteShare: r.share,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

var immortal = func() *life { return &life{left: -1} }

// request asks for everything in the newest version.
func (r *rig) request(mode jupiterone.Mode) jupiterone.Request {
	req := jupiterone.Request{Version: r.world.newest(), Mode: mode}
	for in := range r.targets {
		req.Instances = append(req.Instances, in)
	}
	slices.Sort(req.Instances)
	return req
}

// export exports everything and fails the test when that fails.
func (r *rig) export(mode jupiterone.Mode) jupiterone.Report {
	r.t.Helper()
	report, err := r.exporter(immortal()).Export(r.t.Context(), r.request(mode))
	if err != nil {
		r.t.Fatalf("export: %v", err)
	}
	return report
}

func (r *rig) plan(mode jupiterone.Mode) jupiterone.Plan {
	r.t.Helper()
	plan, err := r.exporter(immortal()).Plan(r.t.Context(), r.request(mode))
	if err != nil {
		r.t.Fatalf("plan: %v", err)
	}
	return plan
}

// cursor returns what is known of a lane.
func (r *rig) cursor(instance string, cross bool) (jupiterone.Cursor, cursorState) {
	destination := "jupiterone:api.example.com/" + emulator.JupiterOneAccount
	if cross {
		destination += "#cross"
	}
	c := r.memory.cursors[[2]string{destination, instance}]
	return c, decodeState(c.State)
}

// sameJSON prints a value for comparisons.
func sameJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(bytes.TrimSpace(b))
}

// list gives the cursors in a fixed order.
func (m *memory) list() []jupiterone.Cursor {
	return slices.SortedFunc(maps.Values(m.cursors), func(a, b jupiterone.Cursor) int {
		return strings.Compare(a.Destination+a.Instance, b.Destination+b.Instance)
	})
}
