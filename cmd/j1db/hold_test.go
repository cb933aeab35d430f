package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/emulator"
)

// quietLock is how long a writer of these tests waits for the lock: whoever holds the
// database while it waits for somebody holds it longer.
const quietLock = "500ms"

// crowd is a database of more than fits a pipe, or the memory for results. Its T is
// that of the test that runs.
type crowd struct {
	*testing.T
	dir, db  string
	arrivals int
}

// crowdDB is such a database, made once for all tests: a host who knows everybody,
// and of everybody two versions.
var crowdDB = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "j1db-crowd-*")
	if err != nil {
		return "", err
	}
	env := map[string]string{"HOME": dir}
	a := &app{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard,
		getenv: func(name string) string { return env[name] }, now: time.Now, workDir: dir,
		width: func() int { return 0 },
	}
	path, file := filepath.Join(dir, "graph.db"), filepath.Join(dir, "guests.jsonl")
	for version := range 2 {
		var b bytes.Buffer
		note := strings.Repeat(fmt.Sprintf("so it goes %d ", version), 800)
		for i := range 1200 {
			fmt.Fprintf(&b, `{"_key":"guest-%05d","_type":"guest","_class":"Person","displayName":"Guest %d","note":%q}`+"\n", i, i, note)
			fmt.Fprintf(&b, `{"_key":"host|knows|%05d","_type":"guest_knows_guest","_class":"KNOWS","_fromEntityKey":"guest-00000","_toEntityKey":"guest-%05d"}`+"\n", i, i)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			return "", err
		}
		if code := a.execute(context.Background(), []string{"--db", path, "import", file, "--instance", "house"}); code != 0 {
			return "", &silentError{code}
		}
	}
	return path, nil
})

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	from, err := crowdDB()
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{T: t, dir: t.TempDir()}
	c.db = filepath.Join(c.dir, "graph.db")
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(c.db, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *crowd) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.Context(), "j1db", append([]string{"--db", c.db, "--lock-timeout", quietLock}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "HOME="+c.dir, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_STATE_HOME=", "TMPDIR="+c.temporary())
	return cmd
}

// temporary is where the programs make their temporary files.
func (c *crowd) temporary() string {
	dir := filepath.Join(c.dir, "tmp")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.Fatal(err)
	}
	return dir
}

// arrive is a version that another process commits.
func (c *crowd) arrive() {
	c.Helper()
	c.arrivals++
	file := filepath.Join(c.dir, "late.jsonl")
	text := fmt.Sprintf(`{"_key":"latecomer-1","_type":"latecomer","_class":"Person","displayName":"Latecomer","n":%d}`+"\n", c.arrivals)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	if out, err := c.command("import", file, "--instance", "door").CombinedOutput(); err != nil {
		c.Fatalf("a writer was kept out: %v\n%s", err, out)
	}
}

// blocked starts a command and reads one byte of what it prints: from then on it
// waits for somebody who reads on.
func (c *crowd) blocked(args ...string) (cmd *exec.Cmd, rest io.ReadCloser) {
	c.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = r.Close() })
	cmd = c.command(args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &said
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	_ = w.Close()
	if _, err := r.Read(make([]byte, 1)); err != nil {
		_ = cmd.Wait()
		c.Fatalf("%v prints nothing: %v\n%s", args, err, said.String())
	}
	return cmd, r
}

// TestBlockedOutputHoldsNothing commits while what a command prints is stuck in a
// full pipe. What comes afterwards is all of the version that was asked.
func TestBlockedOutputHoldsNothing(t *testing.T) {
	c := newCrowd(t)
	for _, args := range [][]string{
		{"query", "FIND guest", "-o", "jsonl"},
		{"query", "FIND guest AS g RETURN g.note", "-o", "line"},
		{"query", "FIND guest THAT KNOWS guest AS g RETURN TREE", "-o", "json"},
		{"export", "jsonl"},
		{"export", "graphml", "--output", "/dev/stdout"},
		{"export", "cypher", "--since", "1", "--to", "2"},
		{"diff", "1", "2", "-o", "jsonl"},
		{"diff", "1", "2"},
		{"show", "guest-00000", "-o", "json"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			c.T = t
			if runtime.GOOS == "windows" && slices.Contains(args, "/dev/stdout") {
				t.Skip("SKIPPED: there is no /dev/stdout")
			}
			cmd, rest := c.blocked(args...)
			c.arrive()
			c.noLeftovers()
			text, err := io.ReadAll(rest)
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			if err != nil || len(text) < spoolBound || !bytes.Contains(text, []byte("uest 1199")) && !bytes.Contains(text, []byte("so it goes 1")) {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}

// TestBlockedOutputEnds kills what is stuck in a full pipe: nothing stays behind.
func TestBlockedOutputEnds(t *testing.T) {
	c := newCrowd(t)
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"closed pipe":   func(_ *exec.Cmd, r io.Closer) error { return r.Close() },
		"killed":        func(cmd *exec.Cmd, _ io.Closer) error { return cmd.Process.Kill() },
		"second Ctrl-C": func(cmd *exec.Cmd, _ io.Closer) error { return interruptUntilGone(cmd) },
	} {
		t.Run(name, func(t *testing.T) {
			c.T = t
			if runtime.GOOS == "windows" {
				t.Skip("SKIPPED: there are no signals")
			}
			cmd, rest := c.blocked("export", "jsonl")
			if err := end(cmd, rest); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if cmd.ProcessState == nil || cmd.ProcessState.Success() {
				t.Errorf("it ended as %v", cmd.ProcessState)
			}
			c.noLeftovers()
			c.arrive()
		})
	}
}

// interruptUntilGone sends interrupts until nobody takes them any more: the first one
// only asks for the end.
func interruptUntilGone(cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for range 100 {
		_ = cmd.Process.Signal(os.Interrupt) // it may be gone
		select {
		case <-ended:
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it ignores interrupts")
}

// TestPagerHoldsNothing commits while a person reads a result in a pager, and after
// that while the shell shows it and waits at its prompt.
func TestPagerHoldsNothing(t *testing.T) {
	c := newCrowd(t)
	pager := "PAGER=" + script(t, "head -c 100; echo reading; read answer < /dev/tty; cat > /dev/null")
	for name, args := range map[string][]string{"query": {"query", "FIND guest AS g RETURN g.displayName"}, "schema": {"schema", "-o", "json"}, "shell": {"shell"}} {
		t.Run(name, func(t *testing.T) {
			c.T = t
			tty := runConsole(t, c.dir, c.db, args, pager)
			if name == "shell" {
				tty.expect("j1ql> ")
				tty.write("FIND guest AS g RETURN g.displayName\r")
			}
			tty.expect("reading")
			c.arrive()
			tty.write("\r")
			if name != "shell" {
				tty.end()
				return
			}
			tty.expect("1200 rows")
			tty.expect("j1ql> ")
			c.arrive()
			tty.run("FIND latecomer AS l RETURN l.n AS n", fmt.Sprintf("│ %d", c.arrivals))
			tty.expect("j1ql> ")
			c.arrive()
			tty.leave()
		})
	}
}

// slowAccount answers each request once it is told to.
type slowAccount struct {
	account *emulator.JupiterOne
	came    chan struct{}
	answer  chan struct{}
}

func (s *slowAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.came <- struct{}{}
	<-s.answer
	s.account.ServeHTTP(w, r)
}

// TestSlowAccountHoldsNothing commits, and prunes in vain, during every request of
// an export to JupiterOne.
func TestSlowAccountHoldsNothing(t *testing.T) {
	c := newCrowd(t)
	s := &slowAccount{account: emulator.NewJupiterOne(emulator.JupiterOneOptions{}), came: make(chan struct{}), answer: make(chan struct{})}
	server := httptest.NewServer(s)
	defer server.Close()
	cmd := c.command("export", "jupiterone", "--instance", "house")
	cmd.Env = append(cmd.Env, "NO_PROXY=127.0.0.1", "JUPITERONE_BASE_URL="+server.URL,
		"JUPITERONE_ACCOUNT="+emulator.JupiterOneAccount, "JUPITERONE_API_KEY="+emulator.JupiterOneKey)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	requests := 0
	for done := false; !done; {
		select {
		case <-s.came:
			requests++
			c.arrive()
			if text, err := c.command("prune", "--before", "3").CombinedOutput(); err == nil {
				t.Errorf("the exported version was pruned during request %d\n%s", requests, text)
			}
			s.answer <- struct{}{}
		case err := <-ended:
			if done = true; err != nil {
				t.Errorf("%v\n%s", err, out.String())
			}
		}
	}
	if held := s.account.Scope("j1db-house"); len(held.Entities) != 1200 || len(held.Relationships) != 1200 || requests < 6 {
		t.Errorf("after %d requests the account holds %d entities and %d relationships", requests, len(held.Entities), len(held.Relationships))
	}
	t.Logf("%d requests, a version during each", requests)
}

// noLeftovers checks that large results wait in files that have no name: nothing
// stays behind however their process ends.
func (c *crowd) noLeftovers() {
	c.Helper()
	list, err := os.ReadDir(c.temporary())
	if err != nil || len(list) > 0 && runtime.GOOS != "windows" {
		c.Errorf("temporary files: %v, %v", list, err)
	}
}
