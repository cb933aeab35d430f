package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

func TestServerStartsAndCloses(t *testing.T) {
	s, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{
		Heroku: emulator.HerokuOptions{Key: "mine"}, JumpCloud: emulator.JumpCloudOptions{Key: "yours"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Heroku.Key != "mine" || s.JumpCloud.Key != "yours" || s.Heroku.URL == s.JumpCloud.URL || !strings.HasPrefix(s.Heroku.URL, "http://127.0.0.1:") {
		t.Errorf("heroku %+v, jumpcloud %+v", s.Heroku, s.JumpCloud)
	}
	if a := get(t, s.Heroku.URL+"/account", herokuHeader("mine")); a.status != 200 {
		t.Errorf("status %d", a.status)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := try(t, s.Heroku.URL+"/account", herokuHeader("mine")); err == nil {
		t.Error("a closed server answers")
	}
}

func TestHandlersNeedNoServer(t *testing.T) {
	h := emulator.JumpCloud(emulator.NewState(emulator.New(emulator.Options{})), emulator.JumpCloudOptions{})
	r := httptest.NewRequest(http.MethodGet, "/api/organizations", nil)
	r.Header.Set("X-Api-Key", emulator.JumpCloudKey)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"displayName":"Orchard"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestLogRemembersWithoutSecrets(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	s.Heroku.Faults.Set(emulator.Status("/apps", 500))
	get(t, s.Heroku.URL+"/teams/orchard-data/apps", herokuHeader(s.Heroku.Key, "Range", "id ..; max=2"))
	get(t, s.Heroku.URL+"/apps?x=1", herokuHeader(s.Heroku.Key))
	get(t, s.JumpCloud.URL+"/api/systemusers?limit=5&skip=5", jumpcloudHeader(s))
	type line struct {
		Path, Query, Route, Fault string
		Status, Page, Rows        int
	}
	var got []line
	for _, r := range append(s.Heroku.Log.Requests(), s.JumpCloud.Log.Requests()...) {
		got = append(got, line{r.Path, r.Query, r.Route, r.Fault, r.Status, r.Page, r.Rows})
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, " "), emulator.SecretMarker) {
				t.Errorf("header %s tells a secret", name)
			}
		}
	}
	want := []line{
		{"/teams/orchard-data/apps", "", "/teams/{team}/apps", "", 206, 1, 2},
		{"/apps", "x=1", "/apps", "status 500", 500, 1, 40},
		{"/api/systemusers", "limit=5&skip=5", "/api/systemusers", "", 200, 2, 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if header := s.Heroku.Log.Requests()[0].Header; header.Get("Range") != "id ..; max=2" || header.Get("Authorization") != "[present]" {
		t.Errorf("header %v", header)
	}
	if diff := cmp.Diff(map[string]int{"/apps": 1, "/teams/{team}/apps": 1}, s.Heroku.Log.Counts()); diff != "" || s.Heroku.Log.Len() != 2 {
		t.Error(diff)
	}
	s.Heroku.Log.Reset()
	if s.Heroku.Log.Len() != 0 || len(s.Heroku.Log.Requests()) != 0 {
		t.Error("Reset forgets nothing")
	}
}

// TestStateIsACopy holds that nobody outside shares what is served.
func TestStateIsACopy(t *testing.T) {
	e := emulator.New(emulator.Options{})
	state := emulator.NewState(e)
	e.Heroku.Teams[0].Name = "changed"
	state.Estate().Heroku.Teams[1].Name = "changed"
	var kept emulator.Estate
	state.Edit(func(e *emulator.Estate) { kept = *e; e.Day = 5 })
	now := state.Estate()
	if now.Heroku.Teams[0].Name == "changed" || now.Heroku.Teams[1].Name == "changed" || now.Day != 5 || kept.Day != 0 {
		t.Errorf("day %d, teams %v", now.Day, now.Heroku.Teams[:2])
	}
	state.Set(emulator.New(emulator.Options{Seed: 9}))
	if events := state.Advance(); len(events) == 0 || state.Estate().Day != 1 || state.Estate().Seed != 9 {
		t.Errorf("after a day: %+v", events)
	}
}

// TestEverythingAtOnce is for the race detector: readers, days, faults and logs.
func TestEverythingAtOnce(t *testing.T) {
	s := start(t, emulator.New(emulator.Options{}), emulator.ServerOptions{})
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 15 {
				for _, path := range []string{"/apps", "/teams", "/account", "/pipelines"} {
					_, _ = try(t, s.Heroku.URL+path, herokuHeader(s.Heroku.Key))
				}
				for _, path := range []string{"/api/systemusers?sort=_id&limit=20&skip=20", "/api/v2/usergroups", "/api/systems?sort=-hostname"} {
					_, _ = try(t, s.JumpCloud.URL+path, jumpcloudHeader(s))
				}
			}
		})
	}
	for range 30 {
		s.State.Advance()
		s.Heroku.Faults.Set(emulator.Fault{Action: emulator.Reset, Times: 2}, emulator.Fault{Route: "/apps", Action: emulator.RepeatRow})
		s.JumpCloud.Faults.Add(emulator.Fault{Action: emulator.ShrinkPages}, emulator.Fault{Status: 500, Times: 3})
		_, _ = s.Heroku.Faults.Fired(), s.JumpCloud.Log.Counts()
	}
	running.Wait()
	if err := s.State.Estate().Check(); err != nil {
		t.Error(err)
	}
	if s.Heroku.Log.Len() < 200 {
		t.Errorf("%d requests", s.Heroku.Log.Len())
	}
}
