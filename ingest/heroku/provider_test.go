package heroku_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
)

func TestOpen(t *testing.T) {
	tests := []struct {
		name     string
		settings map[string]string
		want     string // in the error; "" for none
	}{
		{"default address", map[string]string{"apiKey": "a-key"}, ""},
		{"no key", nil, "setting apiKey is empty"},
		{"blank key", map[string]string{"apiKey": " \n"}, "setting apiKey is empty"},
		{"key with a line break", map[string]string{"apiKey": "a\nkey-of-mine"}, "credential has a character"},
		{"address without scheme", map[string]string{"apiKey": "a-key", "baseUrl": "api.heroku.example"}, `baseUrl "api.heroku.example"`},
		{"plain http", map[string]string{"apiKey": "a-key", "baseUrl": "http://api.heroku.example"}, "in the clear"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := heroku.Provider().Open(ingest.Options{Settings: test.settings})
			switch {
			case test.want == "" && (err != nil || c.Verify == nil || len(c.Steps) != len(heroku.Provider().Steps)):
				t.Errorf("error %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v, want %q in it", err, test.want)
			case err != nil && strings.Contains(err.Error(), "key-of-mine"):
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	model, err := datamodel.Load(datamodel.V0550)
	if err != nil {
		t.Fatal(err)
	}
	if err := ingest.CheckSteps(heroku.Provider().Steps, model); err != nil {
		t.Error(err)
	}
	var got []string
	for _, s := range heroku.Provider().Steps {
		if !s.Optional {
			got = append(got, s.ID+": "+s.Name)
		}
	}
	want := []string{
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
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps of JupiterOne's integration: -want +got\n%s", diff)
	}
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
	stage, _, err := tryCollect(t, h)
	if !httpx.IsUnauthorized(err) || h.Log.Len() != 1 {
		t.Errorf("error %v after %d requests", err, h.Log.Len())
	}
	if stage.Batches() > 0 {
		t.Error("something was supplied")
	}
	if err == nil || strings.Contains(err.Error(), emulator.SecretMarker) {
		t.Errorf("the error shows the key: %v", err)
	}
}

// TestPages reads lists in pages of every size, and finds the same.
func TestPages(t *testing.T) {
	e := small(t)
	want := ""
	for _, size := range []int{1000, 7, 1} {
		stage, report := collect(t, emulator.Heroku(emulator.NewState(e), emulator.HerokuOptions{MaxPage: size}))
		if len(report.Warnings)+len(stage.Duplicates()) > 0 {
			t.Errorf("pages of %d: %v, %v", size, report.Warnings, stage.Duplicates())
		}
		if got := stage.Text(); want == "" {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: -want +got\n%s", size, diff)
		}
	}
}

// TestOverTheNetwork runs the collector as users do: by an address and a key.
func TestOverTheNetwork(t *testing.T) {
	server := httptest.NewServer(emulator.Heroku(emulator.NewState(small(t)), emulator.HerokuOptions{}))
	defer server.Close()
	c, err := heroku.Provider().Open(ingest.Options{Settings: map[string]string{"apiKey": emulator.HerokuKey, "baseUrl": server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	stage := ingesttest.NewStage()
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, stage)
	if err != nil || len(report.Errors) > 0 {
		t.Fatal(err, report)
	}
	// Of what must never be kept, all carries the mark.
	for _, text := range []string{stage.Text(), rawText(stage)} {
		if strings.Contains(text, emulator.SecretMarker) {
			t.Error("a secret was kept")
		}
	}
}

// rawText is the raw data of everything that a run supplied.
func rawText(s *ingesttest.Stage) string {
	var b strings.Builder
	for line := range strings.Lines(s.Text()) {
		if word := strings.Fields(line); word[0] == "entity" {
			e, _ := s.Entity(word[2])
			b.Write(e.Raw)
		}
	}
	return b.String()
}

// TestDocument keeps the generated section of the provider's page in step.
func TestDocument(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "heroku.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ingest.InsertDocument(string(text), heroku.Provider())
	if err != nil {
		t.Fatal(err)
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is out of step; run the test with -update", name)
	}
	if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
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
