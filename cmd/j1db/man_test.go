package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tree is the tree of commands as people get it.
func tree(t *testing.T) *cobra.Command {
	t.Helper()
	a := &app{getenv: func(string) string { return "" }}
	root := a.rootCommand()
	root.InitDefaultHelpCmd()
	return root
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, cmd := range documented(tree(t)) {
		if strings.HasPrefix(cmd.CommandPath(), "j1db completion") {
			continue // cobra's own
		}
		if cmd.Short == "" || cmd.RunE == nil {
			t.Errorf("%s has no description or does nothing", cmd.CommandPath())
		}
		if !strings.Contains(cmd.Example, cmd.CommandPath()) {
			t.Errorf("%s has no example of itself", cmd.CommandPath())
		}
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			if !strings.HasPrefix(line, "  ") || len(line) > 100 {
				t.Errorf("%s: the example %q is not indented by two blanks, or too long", cmd.CommandPath(), line)
			}
		}
	}
}

// TestEveryCommandAnswers asks every command for help, and gives it what it cannot
// know: a flag, and more arguments than any command takes.
func TestEveryCommandAnswers(t *testing.T) {
	run := func(args ...string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, workDir: t.TempDir(), now: time.Now,
			getenv: func(name string) string { return map[string]string{"HOME": "/nowhere"}[name] }, width: func() int { return 0 }}
		return a.execute(t.Context(), args), stdout.String(), stderr.String()
	}
	for _, cmd := range documented(tree(t)) {
		words := strings.Fields(cmd.CommandPath())[1:]
		t.Run(pageName(cmd), func(t *testing.T) {
			code, stdout, stderr := run(append(words, "--help")...)
			if code != exitDone || stderr != "" || !strings.Contains(stdout, "Usage:") || !strings.Contains(stdout, "--lock-timeout") {
				t.Errorf("--help ends with %d and says\n%s%s", code, stdout, stderr)
			}
			code, stdout, stderr = run(append(words, "--nonsense")...)
			if code != exitUsage || stdout != "" || !strings.Contains(stderr, "nonsense") || !strings.Contains(stderr, cmd.CommandPath()+" --help") {
				t.Errorf("an unknown flag ends with %d and says\n%s%s", code, stdout, stderr)
			}
			if takesAny(cmd) {
				return
			}
			code, stdout, stderr = run(append(words, "1", "2", "3", "4")...)
			if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") > 2 || !strings.HasPrefix(stderr, "j1db: ") {
				t.Errorf("too many arguments end with %d and say\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// takesAny reports whether a command takes any number of arguments.
func takesAny(cmd *cobra.Command) bool {
	return cmd.Args == nil || cmd.Args(cmd, make([]string, 9)) == nil
}

// TestManual reads back what is written of every command.
func TestManual(t *testing.T) {
	root, dir := tree(t), t.TempDir()
	if err := writeManual(root, dir); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range documented(root) {
		b, err := os.ReadFile(filepath.Join(dir, pageName(cmd)+".1"))
		if err != nil {
			t.Fatal(err)
		}
		page := unroff(string(b))
		want := []string{cmd.Short, ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH SEE ALSO"}
		flags := func(f *pflag.Flag) { want = append(want, "--"+f.Name) }
		cmd.NonInheritedFlags().VisitAll(flags)
		cmd.InheritedFlags().VisitAll(flags)
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			want = append(want, strings.TrimSpace(line))
		}
		for _, c := range cmd.Commands() {
			if !c.Hidden && c.Name() != "help" {
				want = append(want, pageName(c)+"(1)")
			}
		}
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("the page of %s does not say %q", cmd.CommandPath(), text)
			}
		}
	}
}

func unroff(page string) string {
	return strings.NewReplacer(`\e`, `\`, `\-`, "-", `\(dq`, `"`, `\&`, "", `\fB`, "", `\fI`, "", `\fR`, "").Replace(page)
}

// TestManualIsRoff lets a reader of manual pages find fault with them.
func TestManualIsRoff(t *testing.T) {
	reader, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("SKIPPED: groff is not installed, so no manual page was tried")
	}
	dir := t.TempDir()
	if err := writeManual(tree(t), dir); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if out, err := exec.Command(reader, "-man", "-Tascii", "-ww", "-z", page).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", filepath.Base(page), err, out)
		}
	}
}
