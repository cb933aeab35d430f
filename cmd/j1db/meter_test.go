package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// onTerminal is an invocation whose output a person sees.
func onTerminal(stdout, stderr io.Writer) *app {
	return &app{stdout: stdout, stderr: stderr, stdoutTerminal: true, stderrTerminal: true,
		getenv: func(string) string { return "" }, width: func() int { return 80 }}
}

func TestMeter(t *testing.T) {
	for name, c := range map[string]struct {
		change func(a *app)
		lasts  time.Duration
		want   string // what is shown last before it is erased; "" for nothing
	}{
		"long":         {func(*app) {}, 12500 * time.Millisecond, "checking x [2J, 12s  [=====               ]  25%  7 objects"},
		"short":        {func(*app) {}, 900 * time.Millisecond, ""},
		"quiet":        {func(a *app) { a.flags.quiet = true }, time.Minute, ""},
		"no terminal":  {func(a *app) { a.stderrTerminal = false }, time.Minute, ""},
		"dumb":         {func(a *app) { a.getenv = func(string) string { return "dumb" } }, time.Minute, ""},
		"narrow":       {func(a *app) { a.width = func() int { return 20 } }, time.Minute, "checking x [2J,…"},
		"within other": {func(a *app) { a.live = &meter{} }, time.Minute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				a := onTerminal(io.Discard, &out)
				c.change(a)
				m, stop := a.startMeter("checking x\x1b[2J")
				m.of(400)
				m.add(100)
				m.say("%d objects", 7)
				time.Sleep(c.lasts)
				stop()
				got := out.String()
				if c.want == "" {
					if got != "" {
						t.Errorf("it shows %q", got)
					}
					return
				}
				want := strings.Replace(c.want, " [2J", `\x1b[2J`, 1)
				frames := strings.Split(got, eraseLine)
				if last := frames[max(0, len(frames)-2)]; last != want || frames[len(frames)-1] != "" {
					t.Errorf("the last of %d frames is %q, want %q", len(frames), last, want)
				}
			})
		})
	}
}

// TestMeterMakesWay prints beside a meter: warnings stand on lines of their own,
// data end it.
func TestMeterMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen bytes.Buffer
		a := onTerminal(&screen, &screen)
		err := a.metered("checking", func() error {
			time.Sleep(1500 * time.Millisecond)
			a.warn("odd")
			time.Sleep(1500 * time.Millisecond)
			fmt.Fprint(a.stdout, "half a ")
			time.Sleep(1500 * time.Millisecond)
			fmt.Fprint(a.stdout, "line\n")
			return errors.New("x")
		})
		if err == nil || a.live != nil || a.stdout != io.Writer(&screen) || a.stderr != io.Writer(&screen) {
			t.Errorf("metered left %v, %v", a.live, err)
		}
		text := screen.String()
		for _, want := range []string{eraseLine + "\x1b[33mwarning:\x1b[0m odd\n", eraseLine + "half a line\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %q", want, text)
			}
		}
		if !strings.HasSuffix(text, "line\n") {
			t.Errorf("it draws over data: %q", text)
		}
	})
}
