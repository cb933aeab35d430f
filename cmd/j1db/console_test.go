package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/j1db/j1db/ingest/emulator"
)

// demoDB is a database of the emulated company, made once for all tests.
var demoDB = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "j1db-demo-*")
	if err != nil {
		return "", err
	}
	server, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		return "", err
	}
	defer func() { _ = server.Close() }()
	env := map[string]string{
		"HOME": dir, "HEROKU_API_KEY": server.Heroku.Key, "HEROKU_BASE_URL": server.Heroku.URL,
		"JUMPCLOUD_API_KEY": server.JumpCloud.Key, "JUMPCLOUD_BASE_URL": server.JumpCloud.URL,
		"ACME_CLIENT_ID": "a", "ACME_CLIENT_SECRET": "b",
	}
	var stderr bytes.Buffer
	a := &app{
		stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr,
		getenv: func(name string) string { return env[name] }, now: time.Now, workDir: dir,
		width: func() int { return 0 },
	}
	path := filepath.Join(dir, "graph.db")
	code := a.execute(context.Background(), []string{"--db", path, "sync", "heroku", "jumpcloud", "acme"})
	if code != 0 {
		return "", &silentError{code}
	}
	return path, nil
})

// copyDemo is a database of the emulated company that the test may write to.
func copyDemo(t *testing.T) string {
	t.Helper()
	from, err := demoDB()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "graph.db")
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// console is a person at a terminal with a shell.
type console struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	home string
	db   string

	mu   sync.Mutex // guards what follows
	more *sync.Cond
	out  []byte // since the last expectation
	all  []byte // from the beginning
	done bool
}

// openConsole starts `j1db shell` on a terminal of 100 columns and 40 lines.
func openConsole(t *testing.T, env ...string) *console {
	t.Helper()
	c := runConsole(t, t.TempDir(), copyDemo(t), []string{"shell"}, env...)
	c.expect("j1ql> ")
	return c
}

// reopenConsole starts another shell at the place of one that was left.
func reopenConsole(t *testing.T, left *console) *console {
	t.Helper()
	c := runConsole(t, left.home, left.db, []string{"shell"})
	c.expect("j1ql> ")
	return c
}

// runConsole starts j1db on a terminal of 100 columns and 40 lines.
func runConsole(t *testing.T, home, db string, args []string, env ...string) *console {
	t.Helper()
	program, err := exec.LookPath("j1db")
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, home: home, db: db}
	c.more = sync.NewCond(&c.mu)
	c.cmd = exec.Command(program, append([]string{"--db", c.db}, args...)...)
	c.cmd.Dir = c.home
	c.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "TERM=xterm", "NO_COLOR=1", "PAGER=cat", "GORACE=halt_on_error=1 atexit_sleep_ms=0",
	}, env...)
	c.tty, err = pty.StartWithSize(c.cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	go c.read()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.tty.Close()
	})
	return c
}

func (c *console) read() {
	chunk := make([]byte, 4096)
	for {
		n, err := c.tty.Read(chunk)
		c.mu.Lock()
		c.out = append(c.out, chunk[:n]...)
		c.all = append(c.all, chunk[:n]...)
		c.done = err != nil
		c.more.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|[\r\x08\x07]`)

// expect waits until the terminal shows text, and returns everything up to it that
// was shown since the last expectation.
func (c *console) expect(text string) string {
	c.t.Helper()
	shown, _ := c.expectAny(text)
	return shown
}

// complete presses TAB until the line is what it should be: on a busy machine the
// graph may not be read in time for the first.
func (c *console) complete(text string) {
	c.t.Helper()
	for which := 1; which > 0; {
		c.write(tab)
		_, which = c.expectAny(text, "press TAB again")
	}
}

// expectAny waits until the terminal shows one of the texts, and tells which.
func (c *console) expectAny(texts ...string) (string, int) {
	c.t.Helper()
	expired := false
	timer := time.AfterFunc(20*time.Second, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.more.Broadcast()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		shown := escapes.ReplaceAllString(string(c.out), "")
		for which, text := range texts {
			if i := strings.Index(shown, text); i >= 0 {
				// What follows stays for the next expectation, escapes and all.
				c.out = []byte(shown[i+len(text):])
				return shown[:i+len(text)], which
			}
		}
		if expired || c.done {
			c.t.Fatalf("the terminal does not show %q but\n%s", texts, shown)
		}
		c.more.Wait()
	}
}

func (c *console) write(keys string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// forget drops what was shown so far.
func (c *console) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = nil
}

// shown returns all that the terminal showed since forget.
func (c *console) shown() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.all)
}

// run types a line and waits for the text.
func (c *console) run(line, text string) string {
	c.t.Helper()
	c.write(line + "\r")
	return c.expect(text)
}

// leave types Ctrl-D and checks that the shell ends well.
func (c *console) leave() {
	c.t.Helper()
	c.write("\x04")
	c.end()
}

// end waits for the end of the program, which must be a good one, and for what it
// has shown.
func (c *console) end() {
	c.t.Helper()
	defer time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() }).Stop()
	err := c.cmd.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.done {
		c.more.Wait()
	}
	if err != nil {
		c.t.Errorf("it ended with %v and showed\n%s", err, c.out)
	}
}

const (
	ctrlC = "\x03"
	ctrlR = "\x12"
	up    = "\x1b[A"
	down  = "\x1b[B"
	tab   = "\t"
)
