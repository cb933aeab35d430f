package heroku_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/ingesttest"
)

func TestOpen(t *testing.T) { provider().TestSettings(t) }

// TestSteps holds the table to that of JupiterOne's integration.
func TestSteps(t *testing.T) {
	provider().TestSteps(t, []string{
		"fetch-enterprise-accounts: Fetch Enterprise Accounts",
		"fetch-teams: Fetch teams",
		"fetch-account-members: Fetch account members",
		"fetch-team-apps: Fetch team apps",
		"fetch-app-addons: Fetch app addons",
		"build-account-to-team-relationships: Build Account-to-Team Relationships",
		"build-account-to-member-relationships: Build Account-to-Member Relationships",
		"build-team-to-member-relationships: Build Team-to-Member Relationships",
		"build-team-to-application-relationships: Build Team-to-Application Relationships",
		"build-application-to-addon-relationships: Build Application-to-Addon Relationships",
	})
}

// TestRequests holds what every request carries, and that the key is asked for
// first and by the lightest call.
func TestRequests(t *testing.T) {
	var first *http.Request
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first == nil {
			first = r
		}
		if r.Method != http.MethodGet || r.Header.Get("Accept") != "application/vnd.heroku+json; version=3" ||
			r.Header.Get("Authorization") != "Bearer "+emulator.HerokuKey {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
		if r.URL.Path != "/account" && r.Header.Get("Range") != "id ..; max=1000" {
			t.Errorf("%s asks for the range %q", r.URL, r.Header.Get("Range"))
		}
		if strings.Contains(r.URL.Path, "config") {
			t.Errorf("%s is asked for", r.URL)
		}
		api{}.ServeHTTP(w, r)
	})
	if _, report := collect(t, h); len(report.Errors) > 0 {
		t.Error(report.Errors)
	}
	if first.URL.Path != "/account" {
		t.Errorf("the first request is %s", first.URL)
	}
}

func TestWrongKey(t *testing.T) {
	h := emulator.Heroku(emulator.NewState(small(t)), emulator.HerokuOptions{Key: "another"})
	provider().TestWrongKey(t, h, h.Log.Len)
}

// TestPages reads lists in pages of every size, and finds the same.
func TestPages(t *testing.T) {
	e := small(t)
	provider().TestPages(t, func(size int) http.Handler {
		return emulator.Heroku(emulator.NewState(e), emulator.HerokuOptions{MaxPage: size})
	})
}

// TestOverTheNetwork runs the collector as users do: by an address and a key.
func TestOverTheNetwork(t *testing.T) {
	server := httptest.NewServer(emulator.Heroku(emulator.NewState(small(t)), emulator.HerokuOptions{}))
	defer server.Close()
	stage := provider().CollectFrom(t, server.URL)
	// Of what must never be kept, all carries the mark.
	for _, text := range []string{stage.Text(), stage.RawText()} {
		if strings.Contains(text, emulator.SecretMarker) {
			t.Error("a secret was kept")
		}
	}
}

// TestDocument keeps the generated section of the provider's page in step.
func TestDocument(t *testing.T) {
	ingesttest.Document(t, heroku.Provider(), filepath.Join("..", "..", "docs", "heroku.md"), *update)
}

// TestRawData keeps the API's object whole but for what must not be kept.
func TestRawData(t *testing.T) {
	const addon = `{"id":"aaaaaaaa-0000-4000-8000-00000000000c","name":"pg","config_vars":["SECRET_NAME"],"plan":{"id":"p","name":"pg:mini"}}`
	h := api{
		"/enterprise-accounts": list(`{"id":"aaaaaaaa-0000-4000-8000-000000000009","name":"orchard"}`),
		"/enterprise-accounts/aaaaaaaa-0000-4000-8000-000000000009/teams": list(`{"id":"aaaaaaaa-0000-4000-8000-00000000000a","name":"pears"}`),
		"/teams/aaaaaaaa-0000-4000-8000-00000000000a/apps":                list(`{"id":"aaaaaaaa-0000-4000-8000-00000000000b","name":"shop","owner":{"email":null}}`),
		"/apps/aaaaaaaa-0000-4000-8000-00000000000b/addons":               list(addon),
	}
	stage, report := collect(t, h)
	if len(report.Errors)+len(report.Warnings) > 0 {
		t.Errorf("%v %v", report.Errors, report.Warnings)
	}
	e, _ := stage.Entity("aaaaaaaa-0000-4000-8000-00000000000c")
	var raw []struct {
		Name    string
		RawData map[string]any
	}
	if err := json.Unmarshal(e.Raw, &raw); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"id": "aaaaaaaa-0000-4000-8000-00000000000c", "name": "pg", "plan": map[string]any{"id": "p", "name": "pg:mini"}}
	if len(raw) != 1 || raw[0].Name != "default" || cmp.Diff(want, raw[0].RawData) != "" {
		t.Errorf("raw data %s", e.Raw)
	}
}
