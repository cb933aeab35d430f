package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/emulator"
)

// gate lets requests through to an account until one that it stops at: it says so,
// and waits for the process that sent it to be gone.
type gate struct {
	account *emulator.JupiterOne
	stopped chan struct{} // closed at the request that is stopped

	mu   sync.Mutex // guards what follows
	left int        // requests before it; negative is for ever
	late bool       // the one that is stopped at still has its effect
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	stop := g.left == 0
	g.left--
	g.mu.Unlock()
	if !stop {
		g.account.ServeHTTP(w, r)
		return
	}
	if g.late {
		g.account.ServeHTTP(httptest.NewRecorder(), r)
	}
	_, _ = io.Copy(io.Discard, r.Body) // what is left unread hides that the client is gone
	close(g.stopped)
	<-r.Context().Done()
}

// TestKilledExportResumes kills the program at each request of an export, before
// the request has its effect and after. Whatever was left behind, the next export
// leads to the same account as one that nothing happened to, and nothing is left
// to do then.
func TestKilledExportResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: short run: some forty processes take seconds")
	}
	dir := t.TempDir()
	k := &killed{t: t, dir: dir, db: filepath.Join(dir, "graph.db")}
	k.write("one.jsonl", `{"_key":"user-0001","_type":"crm_user","_class":["User"],"displayName":"Pip"}
{"_key":"user-0002","_type":"crm_user","_class":["User"],"displayName":"Quince"}
{"_key":"pip|knows|quince","_type":"crm_user_knows_user","_class":"KNOWS","_fromEntityKey":"user-0001","_toEntityKey":"user-0002"}
`)
	k.run("", "import", "one.jsonl", "--instance", "crm")
	want, requests := k.untouched()
	if len(want.Entities) != 2 || len(want.Relationships) != 1 || requests < 5 {
		t.Fatalf("%d requests lead to %v", requests, want)
	}
	for n := range requests {
		for _, late := range []bool{false, true} {
			got, again := k.killedAt(n, late)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("killed at request %d, effect %v (-want +got):\n%s", n, late, diff)
			}
			if again != 0 {
				t.Errorf("killed at request %d, effect %v: an export that had nothing to do sent %d requests", n, late, again)
			}
		}
	}
	t.Logf("killed at each of %d requests, before and after it", requests)
}

// killed runs the program against accounts of its own.
type killed struct {
	t       *testing.T
	dir, db string
}

func (k *killed) write(name, text string) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// fresh copies the database, for an account that knows nothing of it.
func (k *killed) fresh() (env []string) {
	k.t.Helper()
	home, err := os.MkdirTemp(k.dir, "home-")
	if err != nil {
		k.t.Fatal(err)
	}
	text, err := os.ReadFile(k.db)
	if err == nil {
		err = os.WriteFile(filepath.Join(home, "graph.db"), text, 0o600)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	return append(os.Environ(), "HOME="+home, "J1DB_DB="+filepath.Join(home, "graph.db"),
		"XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_STATE_HOME=", "NO_PROXY=127.0.0.1",
		"JUPITERONE_ACCOUNT="+emulator.JupiterOneAccount, "JUPITERONE_API_KEY="+emulator.JupiterOneKey)
}

func (k *killed) command(env []string, url string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(k.t.Context(), "j1db", args...)
	cmd.Dir, cmd.Env = k.dir, append(env, "JUPITERONE_BASE_URL="+url)
	return cmd
}

func (k *killed) run(url string, args ...string) {
	k.t.Helper()
	k.must(k.command(append(os.Environ(), "J1DB_DB="+k.db, "HOME="+k.dir, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_STATE_HOME="), url, args...))
}

func (k *killed) must(cmd *exec.Cmd) {
	k.t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		k.t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

func newGate(left int, late bool) *gate {
	return &gate{account: emulator.NewJupiterOne(emulator.JupiterOneOptions{}), stopped: make(chan struct{}), left: left, late: late}
}

// untouched exports without anything happening, and counts the requests.
func (k *killed) untouched() (emulator.JupiterOneScope, int) {
	k.t.Helper()
	g := newGate(-1, false)
	server := httptest.NewServer(g)
	defer server.Close()
	k.must(k.command(k.fresh(), server.URL, "export", "jupiterone"))
	return g.account.Scope("j1db-crm"), g.account.Log.Len()
}

// killedAt kills an export, exports again, and once more: it returns what the
// account holds, and how many requests the last one sent.
func (k *killed) killedAt(n int, late bool) (emulator.JupiterOneScope, int) {
	k.t.Helper()
	g := newGate(n, late)
	server := httptest.NewServer(g)
	defer server.Close()
	env := k.fresh()
	cmd := k.command(env, server.URL, "export", "jupiterone")
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	<-g.stopped
	if err := cmd.Process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		k.t.Fatal("the process ended well")
	}
	k.must(k.command(env, server.URL, "export", "jupiterone"))
	before := g.account.Log.Len()
	k.must(k.command(env, server.URL, "export", "jupiterone"))
	return g.account.Scope("j1db-crm"), g.account.Log.Len() - before
}
