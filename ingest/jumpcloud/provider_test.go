package jumpcloud_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/ingest/jumpcloud"
	"github.com/j1db/j1db/store/graph"
)

func TestOpen(t *testing.T) { provider().TestSettings(t) }

// TestSteps holds the table to that of JupiterOne's integration.
func TestSteps(t *testing.T) {
	provider().TestSteps(t, []string{
		"fetch-orgs: Fetch Organizations",
		"fetch-users: Fetch Users",
		"fetch-groups: Fetch Groups",
		"fetch-group-members: Fetch Group Members",
		"fetch-applications: Fetch Applications",
		"fetch-application-members: Fetch Application Members",
		"fetch-apple-mdm: Fetch Apple MDM",
		"fetch-apple-devices: Fetch Apple Devices",
	})
}

// watch passes requests on and keeps them.
type watch struct {
	http.Handler
	mu       sync.Mutex // guards requests
	requests []*http.Request
}

// ServeHTTP implements http.Handler.
func (w *watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.requests = append(w.requests, r)
	w.mu.Unlock()
	w.Handler.ServeHTTP(rw, r)
}

// TestRequests holds what every request carries, and that the key is asked for
// first and by the lightest call.
func TestRequests(t *testing.T) {
	e := emulator.New(emulator.Options{Organizations: 2})
	w := &watch{Handler: emulator.JumpCloud(emulator.NewState(e), emulator.JumpCloudOptions{})}
	collect(t, w)
	organizations := map[string]int{}
	for i, r := range w.requests {
		q := r.URL.Query()
		if r.Method != http.MethodGet || r.Header.Get("Accept") != "application/json" || r.Header.Get("X-Api-Key") != emulator.JumpCloudKey {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
		v2 := strings.HasPrefix(r.URL.Path, "/api/v2/")
		switch {
		case i == 0:
			if r.URL.String() != "https://api.orchard.example/api/organizations?limit=1" {
				t.Errorf("the first request is %s", r.URL)
			}
		case q.Get("limit") != "100", !q.Has("skip"), v2 == (q.Get("sort") == "_id"):
			t.Errorf("%s asks for another page", r.URL)
		case r.URL.Path != "/api/organizations":
			organizations[r.Header.Get("X-Org-Id")]++
		}
	}
	if len(organizations) != 2 || organizations[""] > 0 {
		t.Errorf("requests by organization: %v", organizations)
	}
}

// open opens the collector with further settings.
func run(t *testing.T, h http.Handler, settings map[string]string) (*ingesttest.Stage, *ingest.Report, error) {
	t.Helper()
	all := map[string]string{"apiKey": emulator.JumpCloudKey, "baseUrl": "https://api.orchard.example"}
	for name, value := range settings {
		all[name] = value
	}
	c, err := jumpcloud.Provider().Open(ingest.Options{
		Settings: all, HTTP: httpx.Options{Transport: ingesttest.Transport{Handler: h, Plain: true}, Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	stage := ingesttest.NewStage()
	report, err := ingest.Run(t.Context(), c, ingest.RunOptions{}, stage)
	return stage, report, err
}

func TestOneOfSeveralOrganizations(t *testing.T) {
	e := emulator.New(emulator.Options{Organizations: 3})
	h := emulator.JumpCloud(emulator.NewState(e), emulator.JumpCloudOptions{})
	second := e.JumpCloud.Organizations[1].ID
	stage, report, err := run(t, h, map[string]string{"orgId": second})
	if err != nil || len(report.Errors) > 0 {
		t.Fatal(err, report)
	}
	for _, u := range e.JumpCloud.Users {
		if _, ok := stage.Entity(u.ID); ok != (u.Organization == second) {
			t.Errorf("user %s of %s is there: %v", u.Username, u.Organization, ok)
		}
	}
	_, _, err = run(t, h, map[string]string{"orgId": "ffffffffffffffffffffffff"})
	if err == nil {
		t.Error("an organization that does not exist is collected")
	}
}

// TestServerThatKnowsNoOrganizations answers every organization with everything:
// each user belongs to the one that it names.
func TestServerThatKnowsNoOrganizations(t *testing.T) {
	h := api{
		"/api/organizations": list(false, `{"_id":"60b5a0000000000000000001","displayName":"One"}`, `{"_id":"60b5a0000000000000000002","displayName":"Two"}`),
		"/api/systemusers": list(false,
			`{"_id":"60b5a0000000000000000011","username":"pip","organization":"60b5a0000000000000000001"}`,
			`{"_id":"60b5a0000000000000000012","username":"ada","organization":"60b5a0000000000000000002"}`),
		"/api/v2/applemdms": list(true,
			`{"id":"60b5a0000000000000000021","name":"","organization":"60b5a0000000000000000002"}`,
			`{"id":"60b5a0000000000000000022","name":"","organization":"60b5a00000000000000000ff"}`),
	}
	stage, report := collect(t, h)
	if len(report.Errors) > 0 {
		t.Fatal(report.Errors)
	}
	for key, want := range map[string]bool{
		"60b5a0000000000000000001|has|60b5a0000000000000000011": true,
		"60b5a0000000000000000002|has|60b5a0000000000000000012": true,
		"60b5a0000000000000000001|has|60b5a0000000000000000012": false,
		"60b5a0000000000000000002|has|60b5a0000000000000000021": true,
		"60b5a0000000000000000001|has|60b5a0000000000000000022": false,
	} {
		if _, ok := stage.Relationship(key); ok != want {
			t.Errorf("%s is there: %v", key, ok)
		}
	}
}

func TestKeyThatSeesNothing(t *testing.T) {
	stage, _, err := provider().TryCollect(t, api{"/api/organizations": list(false)})
	if err == nil || !strings.Contains(err.Error(), "sees no organization") || stage.Batches() > 0 {
		t.Errorf("error %v, %d batches", err, stage.Batches())
	}
}

func TestWrongKey(t *testing.T) {
	h := emulator.JumpCloud(emulator.NewState(small(t)), emulator.JumpCloudOptions{Key: "another"})
	provider().TestWrongKey(t, h, h.Log.Len)
}

// TestPages reads lists in pages of every size, and finds the same.
func TestPages(t *testing.T) {
	e := small(t)
	provider().TestPages(t, func(size int) http.Handler {
		return emulator.JumpCloud(emulator.NewState(e), emulator.JumpCloudOptions{MaxPage: size})
	})
}

// TestStrangeRows leaves out what nothing can be made of, and reports it.
func TestStrangeRows(t *testing.T) {
	stage, report := collect(t, api{
		"/api/systemusers": list(false, `{"_id":"60b5a0000000000000000011","username":"pip"}`, `{"username":"nobody"}`, `null`, `"pip"`,
			`{"_id":"60b5a0000000000000000012","username":null,"email":"not an address","mfa":null,"firstname":{"nested":1}}`),
		"/api/v2/usergroups": list(true, `{"id":"60b5a0000000000000000031","name":"all"}`),
		"/api/v2/usergroups/60b5a0000000000000000031/members": list(true, `{"to":null}`, `{"to":{"id":"60b5a00000000000000000ee","type":"user"}}`, `{"to":{"id":"60b5a0000000000000000011","type":"user"}}`),
	})
	if len(report.Errors) > 0 || report.Outcome != graph.PartialOK {
		t.Errorf("%s: %v", report.Outcome, report.Errors)
	}
	if report.Rejected != 4 {
		t.Errorf("%d objects were rejected: %v", report.Rejected, report.Warnings)
	}
	for _, key := range []string{"60b5a0000000000000000011", "60b5a0000000000000000012"} {
		if _, ok := stage.Entity(key); !ok {
			t.Errorf("user %s is missing", key)
		}
	}
	if _, ok := stage.Relationship("60b5a0000000000000000031|has|60b5a0000000000000000011"); !ok {
		t.Error("the member after the strange ones is missing")
	}
}

// TestOverTheNetwork runs the collector as users do: by an address and a key.
func TestOverTheNetwork(t *testing.T) {
	server := httptest.NewServer(emulator.JumpCloud(emulator.NewState(small(t)), emulator.JumpCloudOptions{}))
	defer server.Close()
	for _, address := range []string{server.URL, server.URL + "/", server.URL + "/api", server.URL + "/api/"} {
		stage := provider().CollectFrom(t, address)
		// Of what must never be kept, all carries the mark.
		for _, text := range []string{stage.Text(), stage.RawText()} {
			if strings.Contains(text, emulator.SecretMarker) {
				t.Error("a secret was kept")
			}
		}
	}
}

// TestDocument keeps the generated section of the provider's page in step.
func TestDocument(t *testing.T) {
	ingesttest.Document(t, jumpcloud.Provider(), filepath.Join("..", "..", "docs", "jumpcloud.md"), *update)
}
