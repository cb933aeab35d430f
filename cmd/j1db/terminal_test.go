package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

func TestTerminalCompletion(t *testing.T) {
	c := openConsole(t)
	c.write("find heroku_app" + tab)
	c.expect("heroku_application")
	c.write(" that " + tab)
	if shown := c.expect("relates to"); !strings.Contains(shown, "OWNS") {
		t.Errorf("no verb OWNS in\n%s", shown)
	}
	c.write("ow" + tab)
	c.expect("OWNS ")
	c.write(tab)
	c.expect("heroku_team")
	c.write(ctrlC)
	c.expect("j1ql> ")

	c.write("FIND jumpcloud_user WITH sus" + tab)
	c.expect("WITH suspended ")
	c.write("= " + tab)
	c.expect("true")
	c.write(ctrlC)
	c.expect("j1ql> ")

	c.write("FIND jumpcloud_user WITH " + tab)
	if shown := c.expect("the next letter helps"); !strings.Contains(shown, "% filled") {
		t.Errorf("no fill rate in\n%s", shown)
	}
	c.write("_del" + tab)
	c.expect("WITH _deleted ")
	c.write(ctrlC)
	c.expect("j1ql> ")
	c.leave()
}

// TestTerminalByTab answers a question with a letter here and there: the rest is
// TAB's.
func TestTerminalByTab(t *testing.T) {
	c := openConsole(t)
	for _, step := range []struct{ keys, want string }{
		{"F", "FIND "}, {"jumpcloud_u", "jumpcloud_user "}, {"WI", "WITH "}, {"mfac", "mfaConfigured "}, {"= f", "= false "},
		{"AS u TH", "THAT "}, {"AS", "ASSIGNED "}, {"jumpcloud_a", "jumpcloud_application "}, {"R", "RETURN "},
	} {
		c.write(step.keys)
		c.complete(step.want)
	}
	c.write("u.dep")
	c.complete("u.department ")
	c.run("", "rows")
	c.expect("j1ql> ")
	c.leave()
}

// TestTerminalCompletionInLines completes where the statement began lines ago.
func TestTerminalCompletionInLines(t *testing.T) {
	c := openConsole(t)
	c.write("FIND jumpcloud_user AS u THAT\r")
	c.expect("..> ")
	c.write("ASSIGNED jumpcloud_application AS a RETURN u.ema" + tab)
	c.expect("u.email")
	c.write(ctrlC)
	c.expect("j1ql> ")
	c.leave()
}

func TestTerminalMetaCompletion(t *testing.T) {
	c := openConsole(t)
	c.write(`\mo` + tab)
	c.expect(`\mode `)
	c.write("mark" + tab + "\r")
	c.expect("mode markdown")
	c.leave()
}

func TestTerminalHistory(t *testing.T) {
	c := openConsole(t)
	c.run("FIND acme_account AS a THAT", "..> ")
	c.run("HAS acme_user AS u RETURN count(u) AS n", "j1ql> ")
	c.write(up)
	c.expect("FIND acme_account AS a THAT↵HAS acme_user AS u RETURN count(u) AS n")
	c.write(ctrlC)
	c.expect("j1ql> ")
	c.write(ctrlR + "acme_acc")
	c.expect("FIND acme_account")
	c.write("\r")
	c.expect("row")
	c.expect("j1ql> ")
	c.leave()
	files, err := filepath.Glob(filepath.Join(c.home, ".local/state/j1db/history-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("history files %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil || readableByOthers(info) {
		t.Errorf("the history has mode %v, %v", info.Mode(), err)
	}
}

// TestTerminalPrefix recalls what begins as the line does, also of an earlier shell.
func TestTerminalPrefix(t *testing.T) {
	c := openConsole(t)
	c.run("FIND acme_account AS a RETURN a.name AS first", "AS first\n┌")
	c.expect("1 row")
	c.run("FIND acme_group AS g RETURN g.name AS second", "1 row")
	c.run(`\types`, "acme_user")
	c.expect("j1ql> ")
	c.write("find acme_a" + up)
	c.expect("FIND acme_account AS a RETURN a.name AS first")
	c.write(up + down)
	c.expect("find acme_a")
	c.write(up + "\r")
	c.expect("│ first")
	c.expect("j1ql> ")
	c.leave()

	again := reopenConsole(t, c)
	again.write("FIND acme_g" + up)
	again.expect("AS second")
	again.write(up + down) // nothing older begins so
	again.expect("FIND acme_g")
	again.write(ctrlC)
	again.expect("j1ql> ")
	again.write(up + up)
	again.expect("AS second")
	again.write(ctrlR + "types" + "\r")
	again.expect("acme_user")
	again.expect("j1ql> ")
	again.leave()
}

func TestTerminalInterrupt(t *testing.T) {
	c := openConsole(t)
	c.write("FIND nonsense THAT" + ctrlC)
	c.expect("j1ql> ")
	c.run("FIND acme_account AS a RETURN a.name", "1 row")
	c.expect("j1ql> ")
	// Outside of a line, Ctrl-C is a signal to the whole process.
	for _, name := range []string{"again", "still"} {
		if err := c.cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		// On a busy machine it may come so late that it ends the statement after it.
		for interrupted := 1; interrupted > 0; {
			c.write("FIND acme_account AS a RETURN a.name AS " + name + "\r")
			_, interrupted = c.expectAny("│ "+name, "error: interrupted")
			c.expect("j1ql> ")
		}
	}
	c.leave()
}

func TestTerminalTerminate(t *testing.T) {
	c := openConsole(t)
	c.write("FIND half")
	c.expect("half")
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait() // a signal may have an exit code of its own
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.Contains(string(c.out), "panic") {
		t.Errorf("it showed %s", c.out)
	}
}

func TestTerminalResize(t *testing.T) {
	c := openConsole(t)
	if err := pty.Setsize(c.tty, &pty.Winsize{Rows: 20, Cols: 50}); err != nil {
		t.Fatal(err)
	}
	shown := c.run("FIND jumpcloud_user", "j1ql> ")
	for line := range strings.Lines(shown) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); strings.Contains(line, "│") && n > 50 {
			t.Errorf("%d columns on a terminal of 50:\n%s", n, line)
		}
	}
	c.leave()
}

func TestTerminalPaste(t *testing.T) {
	paste := func(text string) string { return "\x1b[200~" + text + "\x1b[201~" }
	t.Run("several statements", func(t *testing.T) {
		c := openConsole(t)
		c.write(paste("FIND acme_account AS a\n\tRETURN a.name AS first\nFIND acme_user AS u\n  RETURN u.name AS second\n"))
		c.expect("FIND acme_account AS a↵ RETURN a.name AS first↵FIND acme_user AS u↵  RETURN u.name AS second")
		c.write("\r")
		c.expect("│ first")
		c.expect("│ second")
		c.expect("j1ql> ")
		c.leave()
	})
	t.Run("large", func(t *testing.T) {
		c := openConsole(t)
		names := make([]string, 700)
		for i := range names {
			names[i] = `"name of somebody"`
		}
		text := "FIND acme_user WITH name = (" + strings.Join(names, " OR\n") + ") AS u RETURN count(u) AS n"
		began := len(text)
		c.write(paste(text))
		c.expect("RETURN count(u) AS n")
		c.write("\r")
		shown := c.expect("1 row")
		if most := 6 * began; len(shown) > most {
			t.Errorf("%d bytes of repaint for a paste of %d", len(shown), began)
		}
		c.expect("j1ql> ")
		c.leave()
	})
	t.Run("hostile", func(t *testing.T) {
		c := openConsole(t)
		c.write(paste("FIND acme_account WITH name != \"\x1b]0;title\x07\u202eevil\x1b[2J\u200b\" AS a RETURN a.name AS harmless"))
		c.expect("RETURN a.name AS harmless")
		c.write("\r")
		c.expect("1 row")
		c.write(up)
		c.expect("AS harmless")
		c.write(ctrlC)
		c.expect("j1ql> ")
		c.leave()
		for _, bad := range []string{"\x1b]", "\u202e", "\u200b", "\x1b[2J"} {
			if strings.Contains(c.shown(), bad) {
				t.Errorf("%q reaches the terminal", bad)
			}
		}
	})
	t.Run("split in the mark", func(t *testing.T) {
		c := openConsole(t)
		c.write("\x1b[20")
		c.write("0~FIND acme_account\tAS a RETURN a.name\x1b[2")
		c.write("01~\r")
		c.expect("a.name")
		c.expect("1 row")
		c.leave()
	})
}

func TestTerminalCorrection(t *testing.T) {
	c := openConsole(t)
	c.run("FIND acme_account AS a RETRUN a.name", "the up arrow recalls it corrected")
	c.expect("j1ql> ")
	c.write(up)
	c.expect("FIND acme_account AS a RETURN a.name")
	c.run("", "1 row")
	c.expect("j1ql> ")

	c.run("FIND acme_acount WITH name != undefined", "the up arrow recalls it corrected")
	c.expect("j1ql> ")
	c.write(up)
	c.expect("FIND acme_account WITH name != undefined")
	c.run("", "1 row")
	c.expect("j1ql> ")
	c.leave()
}

// script writes a program that stands in for an editor or a pager.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTerminalEditor(t *testing.T) {
	c := openConsole(t, "EDITOR="+script(t, `echo 'FIND acme_account AS a RETURN a.name AS edited' > "$1"`))
	c.run(`\e`, "│ edited")
	c.expect("j1ql> ")
	c.write(up)
	c.expect("AS edited")
	c.write(ctrlC)
	c.expect("j1ql> ")
	c.leave()
}

// TestTerminalAt shows in the prompt that an older version is asked.
func TestTerminalAt(t *testing.T) {
	c := openConsole(t)
	c.run(`\at 1`, "j1ql@1> ")
	c.run("FIND jumpcloud_user AS u", "0 rows")
	c.expect("j1ql@1> ")
	c.run("FIND jumpcloud_user AS u THAT", "    ..> ")
	c.write(ctrlC)
	c.run(`\at`, "j1ql> ")
	c.leave()
}

func TestTerminalPager(t *testing.T) {
	c := openConsole(t, "PAGER="+script(t, `echo "paged $(wc -l) lines $1"`)+" --flag")
	c.run("FIND acme_account", "1 row")
	c.expect("j1ql> ")
	c.run("FIND jumpcloud_user", "paged 66 lines --flag")
	c.expect("62 rows")
	c.expect("j1ql> ")
	c.leave()
}

func TestTerminalPagerMissing(t *testing.T) {
	c := openConsole(t, "PAGER=/nowhere/pager")
	c.run("FIND jumpcloud_user", "does not run")
	c.expect("62 rows")
	c.expect("j1ql> ")
	c.leave()
}

// TestQueryOnATerminal asks outside of the shell: long answers go to the pager,
// headings and verbs are coloured where that is wanted.
func TestQueryOnATerminal(t *testing.T) {
	pager := "PAGER=" + script(t, `echo "paged $(wc -l) lines"`)
	db := copyDemo(t)
	const coloured = "\x1b["
	for name, c := range map[string]struct {
		args   string
		env    []string
		want   string
		colour bool
	}{
		"long":               {"query FIND jumpcloud_user", nil, "paged 66 lines", false},
		"long, for programs": {"query -o json FIND jumpcloud_user", nil, "paged", false},
		"short":              {"query FIND acme_account", nil, "1 row", false},
		"coloured":           {"query FIND acme_account", []string{"NO_COLOR="}, "_class", true},
		"coloured anyway":    {"--color always query FIND acme_account", nil, "_class", true},
		"never coloured":     {"--color never query FIND acme_account", []string{"NO_COLOR="}, "_class", false},
		"dumb terminal":      {"query FIND acme_account", []string{"NO_COLOR=", "TERM=dumb"}, "_class", false},
		"machine formats":    {"query -o jsonl FIND acme_account", []string{"NO_COLOR="}, `"id"`, false},
		"tree":               {"query FIND acme_account THAT HAS acme_user RETURN TREE", []string{"NO_COLOR="}, "3 entities", true},
		"schema":             {"schema", nil, "paged", false},
		"short log":          {"log", nil, "VERSION", false},
	} {
		t.Run(name, func(t *testing.T) {
			before, text, found := strings.Cut(c.args, " FIND")
			args := strings.Fields(before)
			if found {
				args = append(args, "FIND"+text)
			}
			tty := runConsole(t, t.TempDir(), db, args, append([]string{pager}, c.env...)...)
			tty.expect(c.want)
			tty.end()
			if got := strings.Contains(string(tty.all), coloured); got != c.colour {
				t.Errorf("coloured is %v, want %v:\n%q", got, c.colour, tty.all)
			}
		})
	}
}

// TestPipedQueryIsPlain gives a pipe neither colours nor a pager, whatever is on
// the terminal beside it.
func TestPipedQueryIsPlain(t *testing.T) {
	program, err := exec.LookPath("j1db")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--db", copyDemo(t), "query", "FIND jumpcloud_user")
	cmd.Env = []string{"HOME=" + t.TempDir(), "TERM=xterm", "PAGER=" + script(t, "echo paged")}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.ContainsAny(string(out), "\x1b") || strings.Contains(string(out), "paged") || strings.Count(string(out), "\n") != 66 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTerminalColour(t *testing.T) {
	c := openConsole(t, "NO_COLOR=")
	c.write("FIND acme_account THAT HAS acme_user RETURN TREE\r")
	c.expect("→")
	c.expect("entities")
	c.leave()
}

var leftOpen = flag.Duration("open", time.Second, "how long the shell of TestTerminalLeftOpen stays open while others write")

// TestTerminalLeftOpen leaves a shell open while another process writes version
// after version: it blocks none of them, though statements and TABs come all the
// time, and the next statement and the next TAB see what is new.
func TestTerminalLeftOpen(t *testing.T) {
	c := openConsole(t)
	c.run("FIND visitor", "0 rows")
	c.expect("j1ql> ")
	file := filepath.Join(c.home, "visitors.jsonl")
	var longest time.Duration
	began, rounds := time.Now(), 0
	for rounds < 5 || time.Since(began) < *leftOpen {
		rounds++
		line := fmt.Sprintf(`{"_key":"visitor-number-one","_type":"visitor","_class":"Person","displayName":"Visitor","visits":%d}`, rounds)
		if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		sync := exec.Command(c.cmd.Path, "--db", c.db, "--lock-timeout", "2s", "import", file, "--instance", "desk")
		sync.Env = c.cmd.Env
		var said bytes.Buffer
		sync.Stdout, sync.Stderr = &said, &said
		start := time.Now()
		if err := sync.Start(); err != nil {
			t.Fatal(err)
		}
		c.run("FIND jumpcloud_user AS u RETURN count(u) AS n", "1 row")
		c.expect("j1ql> ")
		c.write("FIND jumpcloud_user WITH dep")
		c.complete("WITH department ")
		c.write(ctrlC)
		c.expect("j1ql> ")
		if err := sync.Wait(); err != nil {
			t.Fatalf("import %d: %v\n%s", rounds, err, said.String())
		}
		longest = max(longest, time.Since(start))
		c.write("FIND visit")
		c.complete("FIND visitor ")
		c.run("AS v RETURN v.visits AS visits", "1 row")
		if shown := c.shown(); !strings.Contains(shown, fmt.Sprintf("│ %6d │", rounds)) {
			t.Fatalf("the statement after version %d does not see it:\n%s", rounds, shown)
		}
		c.expect("j1ql> ")
		c.forget()
	}
	c.leave()
	t.Logf("%d versions beside an open shell, the longest import took %v", rounds, longest)
}
