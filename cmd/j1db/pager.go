package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"
)

// screen gathers what a command of the shell prints and counts its lines.
type screen struct {
	*spool
	lines int
}

func newScreen() *screen { return &screen{spool: newSpool()} }

// Write implements io.Writer.
func (s *screen) Write(p []byte) (int, error) {
	s.lines += bytes.Count(p, []byte{'\n'})
	return s.spool.Write(p)
}

// deliver prints what was gathered: by a pager, where a person looks and it is more
// than fits the terminal.
func (a *app) deliver(s *screen) error {
	if a.live != nil {
		a.live.stop()
	}
	_, height := a.terminalSize()
	// The prompt and the count of rows want their lines, too.
	if !a.stdinTerminal || !a.stdoutTerminal || height == 0 || s.lines <= height-2 {
		return s.copyTo(a.stdout)
	}
	cmd := a.pager()
	if cmd == nil {
		return s.copyTo(a.stdout)
	}
	in, err := s.reader()
	if err != nil {
		return err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, a.stdout, a.stderr
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if code := exit.ExitCode(); code != notExecutable && code != noSuchProgram {
			return nil // a person may leave a pager as they like
		}
	}
	if err != nil {
		a.warn("the pager %q does not run: %v", a.getenv("PAGER"), err)
		return s.copyTo(a.stdout)
	}
	return nil
}

// The exit codes of a shell that could not run a command (POSIX XCU 2.8.2).
const (
	notExecutable = 126
	noSuchProgram = 127
)

// pageLong gives commands whose output may be long to a pager, and lets none of them
// print while it holds the database.
func (a *app) pageLong(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		a.pageLong(cmd)
		switch cmd.CommandPath() {
		case "j1db log", "j1db diff", "j1db show", "j1db history", "j1db schema", "j1db stats",
			"j1db questions list", "j1db questions search", "j1db instances list":
			run := cmd.RunE
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				return a.gathered(func() error { return run(cmd, args) })
			}
		}
	}
}

// pager is the command of $PAGER, else less where there is one: it shows colours,
// cuts long lines instead of wrapping them, and leaves short output alone.
func (a *app) pager() *exec.Cmd {
	if command := a.getenv("PAGER"); command != "" {
		return shellCommandLine(command)
	}
	path, err := exec.LookPath("less")
	if err != nil {
		return nil
	}
	return exec.Command(path, "-FRSX")
}

// shellCommandLine runs a command as the system's own shell understands it: users
// put arguments into $PAGER and $EDITOR.
func shellCommandLine(command string, args ...string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.Command("cmd", append([]string{"/c", command}, args...)...)
	}
	return exec.Command("/bin/sh", append([]string{"-c", command + ` "$@"`, command}, args...)...)
}

// edit lets a person change a text in $VISUAL or $EDITOR.
func (a *app) edit(text string) (string, error) {
	editor := cmpOr(a.getenv("VISUAL"), a.getenv("EDITOR"))
	if editor == "" {
		editor = "vi"
		if runtime.GOOS == "windows" {
			editor = "notepad"
		}
	}
	f, err := os.CreateTemp("", "j1db-*.j1ql") // 0600
	if err != nil {
		return "", fmt.Errorf("edit statement: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("edit statement: %w", err)
	}
	cmd := shellCommandLine(editor, f.Name())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.stdin, a.stdout, a.stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("edit statement with %s: %w", editor, err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		return "", fmt.Errorf("edit statement: %w", err)
	}
	return string(bytes.TrimSpace(b)), nil
}
