package emulator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
)

const jobsPath = "/persister/synchronization/jobs"

// account is an emulated account and how to ask it.
type account struct {
	*testing.T
	*emulator.JupiterOne
	header http.Header
}

func newAccount(t *testing.T, o emulator.JupiterOneOptions) *account {
	return &account{t, emulator.NewJupiterOne(o), http.Header{
		"Authorization": {"Bearer " + emulator.JupiterOneKey}, "Jupiterone-Account": {emulator.JupiterOneAccount},
	}}
}

// ask sends a request and returns the status and the error's code, or the job.
func (a *account) ask(method, path, body string) (int, string, emulator.JupiterOneJob) {
	a.Helper()
	r := httptest.NewRequest(method, jobsPath+path, strings.NewReader(body))
	r.Header = a.header.Clone()
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var out struct {
		Job   emulator.JupiterOneJob
		Error struct{ Code string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		a.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out.Error.Code, out.Job
}

// must sends a request that succeeds.
func (a *account) must(method, path, body string) emulator.JupiterOneJob {
	a.Helper()
	status, code, job := a.ask(method, path, body)
	if status != http.StatusOK {
		a.Fatalf("%s %s %s: %d %s", method, path, body, status, code)
	}
	return job
}

// run carries out a whole job and returns its end.
func (a *account) run(start, entities, relationships, finalize string) emulator.JupiterOneJob {
	a.Helper()
	id := "/" + a.must("POST", "", start).ID
	if entities != "" {
		a.must("POST", id+"/entities", `{"entities":`+entities+`}`)
	}
	if relationships != "" {
		a.must("POST", id+"/relationships", `{"relationships":`+relationships+`}`)
	}
	a.must("POST", id+"/finalize", finalize)
	job := a.must("GET", id, "")
	for !job.Done {
		job = a.must("GET", id, "")
	}
	return job
}

const (
	diffS     = `{"source":"api","scope":"s","syncMode":"DIFF"}`
	twoPeople = `[{"_key":"p1","_type":"person","_class":"Person","n":1},{"_key":"p2","_type":"person","_class":["Person"],"n":2}]`
	theyKnow  = `[{"_key":"p1|knows|p2","_type":"person_knows_person","_class":"KNOWS","_fromEntityKey":"p1","_toEntityKey":"p2"}]`
)

func counts(j emulator.JupiterOneJob) string {
	return fmt.Sprintf("entities %d+%d-%d relationships %d+%d-%d errors %d", j.EntitiesCreated, j.EntitiesUpdated, j.EntitiesDeleted,
		j.RelationshipsCreated, j.RelationshipsUpdated, j.RelationshipsDeleted, j.RelationshipsCreateErrors)
}

func TestJupiterOneModes(t *testing.T) {
	for _, tt := range []struct {
		name                                    string
		start, entities, relationships, finally string
		keeps                                   bool
		want                                    string // counts
		keys                                    string // of the scope s, entities before relationships
	}{
		{"the same again", diffS, twoPeople, theyKnow, "{}", false, "entities 0+0-0 relationships 0+0-0 errors 0", "p1 p2 p1|knows|p2"},
		{"an entity less", diffS, `[{"_key":"p1","_type":"person","_class":"Person","n":9}]`, "", "{}", false, "entities 0+1-1 relationships 0+0-1 errors 0", "p1"},
		{"partial", diffS, `[{"_key":"p3","_type":"pet","_class":"Record"}]`, "", `{"partialDatasets":{"types":["person","person_knows_person"]}}`, false,
			"entities 1+0-0 relationships 0+0-0 errors 0", "p1 p2 p3 p1|knows|p2"},
		{"an end is missing", diffS, twoPeople, `[{"_key":"x","_type":"t","_class":"HAS","_fromEntityKey":"p1","_toEntityKey":"p9"}]`, "{}", false,
			"entities 0+0-0 relationships 0+0-1 errors 1", "p1 p2"},
		{"another scope", `{"source":"api","scope":"t"}`, `[{"_key":"p9","_type":"person","_class":"Person"}]`, "", "{}", false,
			"entities 1+0-0 relationships 0+0-0 errors 0", "p1 p2 p1|knows|p2"},
		{"patch", `{"source":"api","scope":"s","syncMode":"PATCH"}`, `[{"_key":"p1","m":3}]`, "", "{}", false,
			"entities 0+1-0 relationships 0+0-0 errors 0", "p1 p2 p1|knows|p2"},
		{"nothing", diffS, "", "", "{}", false, "entities 0+0-2 relationships 0+0-1 errors 0", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t, emulator.JupiterOneOptions{KeepsCrossScope: tt.keeps})
			a.run(diffS, twoPeople, theyKnow, "{}")
			if got := counts(a.run(tt.start, tt.entities, tt.relationships, tt.finally)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if got := a.keys("s"); got != tt.keys {
				t.Errorf("the scope holds %q, want %q", got, tt.keys)
			}
		})
	}
}

func (a *account) keys(scope string) string {
	s := a.Scope(scope)
	var entities, relationships []string
	for key := range s.Entities {
		entities = append(entities, key)
	}
	for key := range s.Relationships {
		relationships = append(relationships, key)
	}
	slices.Sort(entities)
	slices.Sort(relationships)
	return strings.Join(append(entities, relationships...), " ")
}

func TestJupiterOneCrossScope(t *testing.T) {
	const start = `{"source":"api","scope":"x","syncMode":"CROSS_SCOPE"}`
	edge := func(key, to string) string {
		return `{"_key":"` + key + `","_type":"t","_class":"USES","_fromEntityKey":"p1","_fromEntityScope":"s","_toEntityKey":"` + to + `","_toEntityScope":"t"}`
	}
	for _, keeps := range []bool{false, true} {
		a := newAccount(t, emulator.JupiterOneOptions{KeepsCrossScope: keeps})
		a.run(diffS, twoPeople, "", "{}")
		a.run(`{"source":"api","scope":"t"}`, `[{"_key":"app","_type":"app","_class":"Application"}]`, "", "{}")
		if got := counts(a.run(start, "", "["+edge("e1", "app")+","+edge("e2", "app")+","+edge("e3", "gone")+"]", "{}")); got != "entities 0+0-0 relationships 2+0-0 errors 1" {
			t.Error(got)
		}
		a.run(start, "", "["+edge("e1", "app")+"]", "{}")
		if got, want := a.keys("x"), map[bool]string{false: "e1", true: "e1 e2"}[keeps]; got != want {
			t.Errorf("keeps %v: the scope holds %q", keeps, got)
		}
		a.run(diffS, `[{"_key":"p2","_type":"person","_class":"Person"}]`, "", "{}")
		if got := a.keys("x"); got != "" {
			t.Errorf("keeps %v: without an end there are %q", keeps, got)
		}
	}
}

func TestJupiterOneRefuses(t *testing.T) {
	a := newAccount(t, emulator.JupiterOneOptions{MaxBody: 1000})
	id := "/" + a.must("POST", "", diffS).ID
	patch := "/" + a.must("POST", "", `{"source":"api","scope":"s","syncMode":"PATCH"}`).ID
	cross := "/" + a.must("POST", "", `{"source":"api","scope":"x","syncMode":"CROSS_SCOPE"}`).ID
	entities := `{"entities":` + twoPeople + `}`
	a.must("POST", id+"/entities", entities)
	ended := "/" + a.must("POST", "", diffS).ID
	a.must("POST", ended+"/abort", `{}`)
	for _, tt := range []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"a job without a scope", "", `{"source":"api"}`, 400, "BAD_REQUEST"},
		{"an instance of the source api", "", `{"source":"api","scope":"s","integrationInstanceId":"i"}`, 400, "BAD_REQUEST"},
		{"a scope of an integration", "", `{"source":"integration-external","scope":"s"}`, 400, "BAD_REQUEST"},
		{"the retired mode", "", `{"source":"api","scope":"s","syncMode":"CREATE_OR_UPDATE"}`, 400, "BAD_REQUEST"},
		{"no such job", "/none/entities", entities, 404, "JOB_NOT_FOUND"},
		{"duplicates", id + "/entities", entities, 400, "DUPLICATE_KEY"},
		{"duplicates that are ignored", id + "/entities?ignoreDuplicates=true", entities, 200, ""},
		{"no list", id + "/entities", `{"entities":{}}`, 400, "ENTITY_IS_NOT_ARRAY"},
		{"no key", id + "/entities", `{"entities":[{"_type":"t","_class":"C"}]}`, 400, "MISSING_KEY"},
		{"no class", id + "/entities", `{"entities":[{"_key":"k","_type":"t"}]}`, 400, "BAD_REQUEST"},
		{"nested", id + "/entities", `{"entities":[{"_key":"k","_type":"t","_class":"C","x":{}}]}`, 400, "ILLEGAL_PROPERTY"},
		{"mixed", id + "/entities", `{"entities":[{"_key":"k","_type":"t","_class":"C","x":[1,"a"]}]}`, 400, "ILLEGAL_PROPERTY"},
		{"underscore", id + "/entities", `{"entities":[{"_key":"k","_type":"t","_class":"C","_x":1}]}`, 400, "ILLEGAL_PROPERTY"},
		{"underscore that is ignored", id + "/entities?ignoreIllegalProperties=true", `{"entities":[{"_key":"k","_type":"t","_class":"C","_x":1}]}`, 200, ""},
		{"deletions", id + "/upload", `{"deleteEntities":[{"_key":"p1"}]}`, 400, "BAD_REQUEST"},
		{"an end outside", id + "/relationships", `{"relationships":[{"_key":"k","_type":"t","_class":"HAS","_fromEntityKey":"p1","_toEntityKey":"p2","_toEntityScope":"z"}]}`, 400, "BAD_REQUEST"},
		{"no end", id + "/relationships", `{"relationships":[{"_key":"k","_type":"t","_class":"HAS","_fromEntityKey":"p1"}]}`, 400, "BAD_REQUEST"},
		{"relationships in a patch", patch + "/relationships", `{"relationships":` + theyKnow + `}`, 400, "BAD_REQUEST"},
		{"entities between scopes", cross + "/entities", entities, 400, "BAD_REQUEST"},
		{"no scopes between scopes", cross + "/relationships", `{"relationships":` + theyKnow + `}`, 400, "BAD_REQUEST"},
		{"too large", id + "/entities", `{"entities":[{"_key":"k","_type":"t","_class":"C","x":"` + strings.Repeat("x", 1000) + `"}]}`, 413, "RequestEntityTooLargeException"},
		{"an aborted job", ended + "/entities", entities, 400, "JOB_NOT_AWAITING_UPLOADS"},
		{"an aborted job, finalised", ended + "/finalize", `{}`, 400, "JOB_NOT_AWAITING_UPLOADS"},
		{"both kinds at once", id + "/upload", `{"entities":[],"relationships":` + theyKnow + `}`, 200, ""},
		{"events", id + "/events", `{"events":[]}`, 200, ""},
		{"no such route", id + "/uploads", `{}`, 404, "NOT_FOUND"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if status, code, _ := a.ask("POST", tt.path, tt.body); status != tt.status || code != tt.code {
				t.Errorf("%d %s, want %d %s", status, code, tt.status, tt.code)
			}
		})
	}
	for _, header := range []http.Header{
		{}, {"Authorization": {"Bearer x"}, "Jupiterone-Account": {emulator.JupiterOneAccount}}, {"Authorization": {"Bearer " + emulator.JupiterOneKey}},
	} {
		a.header = header
		if status, _, _ := a.ask("POST", "", diffS); status != http.StatusUnauthorized {
			t.Errorf("%v: %d", header, status)
		}
	}
	a.header = http.Header{"Authorization": {"Bearer " + emulator.JupiterOneKey}, "Lifeomic-Account": {emulator.JupiterOneAccount}}
	a.must("POST", "", diffS)
}

func TestJupiterOneStates(t *testing.T) {
	a := newAccount(t, emulator.JupiterOneOptions{Polls: 1, Streams: true})
	id := "/" + a.must("POST", "", diffS).ID
	a.must("POST", id+"/entities", `{"entities":`+twoPeople+`}`)
	if got := a.keys("s"); got != "p1 p2" {
		t.Errorf("streamed %q", got)
	}
	states := []string{a.must("POST", id+"/finalize", "{}").Status}
	for range 5 {
		states = append(states, a.must("GET", id, "").Status)
	}
	want := []string{"FINALIZE_PENDING", "FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS", "FINISHED", "FINISHED"}
	if !slices.Equal(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
	left := "/" + a.must("POST", "", `{"source":"api","scope":"t"}`).ID
	a.must("POST", left+"/finalize", "{}")
	a.must("POST", "", `{"source":"api","scope":"t"}`)
	a.Settle()
	if jobs := a.Jobs(); jobs[1].Status != "FINISHED" || jobs[2].Status != "AWAITING_UPLOADS" {
		t.Errorf("settled: %+v", jobs[1:])
	}
	if got := a.Jobs()[0]; got.EntitiesUploaded != 2 || got.EntitiesCreated != 2 || !got.Done || len(got.Keys) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestJupiterOneFaults(t *testing.T) {
	s, err := emulator.StartJupiterOne(emulator.JupiterOneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	send := func(method, path string, body io.Reader) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+jobsPath+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.Key)
		r.Header.Set("JupiterOne-Account", s.Account)
		r.Header.Set("Content-Encoding", "gzip")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return 0, ""
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	packed := func(text string) io.Reader {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	s.Faults.Set(
		emulator.JupiterOneFault{Route: jobsPath, Times: 1, Status: 429, Header: map[string]string{"Retry-After": "3"}},
		emulator.JupiterOneFault{Route: jobsPath, Times: 1, Action: emulator.JupiterOneReset},
		emulator.JupiterOneFault{Route: jobsPath, Times: 1, Action: emulator.JupiterOneResetAfter},
		emulator.JupiterOneFault{Route: jobsPath, Nth: 2, Times: 1, Action: emulator.JupiterOneAnswerAfter, Status: 503},
	)
	var got []string
	for range 6 {
		status, after := send("POST", "", packed(diffS))
		got = append(got, fmt.Sprintf("%d %s", status, after))
	}
	if want := "429 3,0 ,0 ,200 ,503 ,200 "; strings.Join(got, ",") != want || len(s.Jobs()) != 4 {
		t.Errorf("answers %q, want %q; %d jobs", strings.Join(got, ","), want, len(s.Jobs()))
	}
	if fired := s.Faults.Fired(); !slices.Equal(fired, []int{1, 1, 1, 1}) {
		t.Errorf("fired %v", fired)
	}
	for i := range s.Log.Requests() {
		if text := fmt.Sprint(s.Log.Requests()[i].Header); strings.Contains(text, emulator.SecretMarker) {
			t.Errorf("the log tells a secret: %s", text)
		}
	}
}
