package main

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
)

var witness = flag.String("witness", "", "the program of JupiterOne's own command line, run by node; go run ./cmd/dev witness installs it")

// TestWitness has JupiterOne's own command line upload the folders that an export
// wrote. The account has to hold the same afterwards as after an export of the same
// version: the two programs have no line in common.
func TestWitness(t *testing.T) {
	if *witness == "" {
		t.Skip("SKIPPED: without -witness there is no other program to compare with: go run ./cmd/dev witness")
	}
	w := newWitnessed(t)
	w.j1db("sync", "heroku", "jumpcloud")
	w.compare("whole")
	w.estate.State.Advance()
	w.estate.State.Advance()
	w.j1db("sync", "--allow-deletes", "heroku", "jumpcloud")
	w.compare("after two days")
	w.estate.State.Advance()
	w.estate.Heroku.Faults.Set(emulator.Status("/apps/{app}/domains", 403), emulator.Status("/apps/{app}/addons", 500))
	w.fails(exitPartial, "sync", "--allow-deletes", "heroku")
	w.compare("partial")
	if ours, theirs := w.partial(exportedTo["heroku"]), w.partial(witnessedTo["heroku"]); len(ours) == 0 || !slices.Equal(ours, theirs) {
		t.Errorf("declared partial: %q by the export, %q by JupiterOne's upload", ours, theirs)
	}
	w.visualize()
	w.estate.Heroku.Faults.Set()
	w.j1db("sync", "--allow-deletes", "heroku", "jumpcloud")
	w.compare("whole again")
	before := w.newest()
	w.estate.State.Advance()
	w.j1db("sync", "--allow-deletes", "heroku", "jumpcloud")
	w.compare("changes alone", "--since", before)
}

// witnessed is an estate, an account, and the two programs between them.
type witnessed struct {
	t       *testing.T
	dir     string
	env     []string
	estate  *emulator.Server
	account *emulator.JupiterOneServer
}

// The integration instances under which each program puts what it uploads.
var (
	exportedTo  = map[string]string{"heroku": "7d0e6a52-0000-4000-8000-000000000001", "jumpcloud": "7d0e6a52-0000-4000-8000-000000000002"}
	witnessedTo = map[string]string{"heroku": "7d0e6a52-0000-4000-8000-000000000011", "jumpcloud": "7d0e6a52-0000-4000-8000-000000000012"}
)

func newWitnessed(t *testing.T) *witnessed {
	t.Helper()
	estate, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = estate.Close() })
	account, err := emulator.StartJupiterOne(emulator.JupiterOneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.Close() })
	w := &witnessed{t: t, dir: t.TempDir(), estate: estate, account: account}
	w.env = append(os.Environ(), "HOME="+w.dir, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_STATE_HOME=", "NO_PROXY=127.0.0.1",
		"J1DB_DB="+filepath.Join(w.dir, "graph.db"), "J1DB_CONFIG="+w.config(),
		"JUPITERONE_ACCOUNT="+account.Account, "JUPITERONE_API_KEY="+account.Key, "JUPITERONE_BASE_URL="+account.URL)
	return w
}

func (w *witnessed) config() string {
	w.t.Helper()
	var b strings.Builder
	b.WriteString("instances:\n")
	for _, p := range []struct{ name, key, url string }{
		{"heroku", w.estate.Heroku.Key, w.estate.Heroku.URL}, {"jumpcloud", w.estate.JumpCloud.Key, w.estate.JumpCloud.URL},
	} {
		b.WriteString("  - {name: " + p.name + ", provider: " + p.name + ", config: {apiKey: \"" + p.key + "\", baseUrl: \"" + p.url + "\"}, " +
			"jupiterone: {source: integration-managed, integrationInstanceId: " + exportedTo[p.name] + "}}\n")
	}
	path := filepath.Join(w.dir, "config.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// fails runs this program, which ends with an exit code.
func (w *witnessed) fails(code int, args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "j1db", args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		w.t.Fatalf("j1db %s: exit code %d, want %d: %v\n%s", strings.Join(args, " "), got, code, err, out)
	}
}

func (w *witnessed) j1db(args ...string) {
	w.t.Helper()
	w.fails(exitDone, args...)
}

// other runs JupiterOne's command line.
func (w *witnessed) other(args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "node", append([]string{*witness}, args...)...)
	cmd.Dir, cmd.Env = w.dir, w.env
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("j1-integration %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// newest is the number of the newest version.
func (w *witnessed) newest() string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "j1db", "log", "--limit", "1", "-o", "json")
	cmd.Env = w.env
	out, err := cmd.Output()
	var list []struct{ Version uint64 }
	if err == nil {
		err = json.Unmarshal(out, &list)
	}
	if err != nil || len(list) != 1 {
		w.t.Fatalf("newest version: %v\n%s", err, out)
	}
	return strconv.FormatUint(list[0].Version, 10)
}

// compare has both programs bring the account to the newest version. What part
// says narrows the folder that is uploaded.
func (w *witnessed) compare(step string, part ...string) {
	w.t.Helper()
	w.j1db("export", "jupiterone", "--force")
	for _, instance := range []string{"heroku", "jumpcloud"} {
		project := filepath.Join(w.dir, strings.ReplaceAll(step, " ", "-")+"-"+instance)
		if err := os.Mkdir(project, 0o700); err != nil {
			w.t.Fatal(err)
		}
		w.j1db(append([]string{"export", "j1-integration", "--instance", instance, "--output", filepath.Join(project, ".j1-integration")}, part...)...)
		w.other("sync", "--project-path", project, "--api-base-url", w.account.URL, "-i", witnessedTo[instance])
		w.account.Settle()
		ours, theirs := w.held(exportedTo[instance]), w.held(witnessedTo[instance])
		if diff := cmp.Diff(theirs, ours); diff != "" {
			w.t.Errorf("%s, %s: the account differs (-JupiterOne's upload +export):\n%s", step, instance, diff)
		}
		raw := 0
		for _, o := range ours.Entities {
			if len(o.RawData) > 0 {
				raw++
			}
		}
		if len(ours.Entities) == 0 || raw == 0 {
			w.t.Errorf("%s, %s: there is nothing to compare", step, instance)
		}
		w.t.Logf("%s, %s: %d entities, %d of them with raw data, and %d relationships are equal", step, instance, len(ours.Entities), raw, len(ours.Relationships))
	}
}

// partial lists what the last job of a scope declared partial.
func (w *witnessed) partial(scope string) []string {
	for _, job := range slices.Backward(w.account.Jobs()) {
		if job.InstanceID == scope {
			return slices.Sorted(slices.Values(job.Partial))
		}
	}
	return nil
}

// held is what a scope holds, without what its name makes of it.
func (w *witnessed) held(scope string) emulator.JupiterOneScope {
	s := w.account.Scope(scope)
	own := func(end emulator.JupiterOneEnd) emulator.JupiterOneEnd {
		if end.Scope == scope {
			end.Scope = ""
		}
		return end
	}
	for _, objects := range []map[string]emulator.JupiterOneObject{s.Entities, s.Relationships} {
		for key, o := range objects {
			o.ID, o.From, o.To = "", own(o.From), own(o.To)
			objects[key] = o
		}
	}
	return s
}

// visualize has JupiterOne's command line draw a folder.
func (w *witnessed) visualize() {
	w.t.Helper()
	page := filepath.Join(w.dir, "index.html")
	w.other("visualize", "--data-dir", filepath.Join(w.dir, "whole-heroku", ".j1-integration", "graph"), "--output-file", page)
	text, err := os.ReadFile(page)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range w.account.Scope(exportedTo["heroku"]).Entities {
		if o.Type == "heroku_account" && !strings.Contains(string(text), o.Key) {
			w.t.Errorf("the drawing of %d bytes lacks %s", len(text), o.Key)
		}
	}
}
