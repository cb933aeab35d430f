package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/spf13/cobra"

	"github.com/j1db/j1db/query/render"
)

// The pace of a meter: it shows itself once a person begins to wonder.
const (
	meterAfter = time.Second
	meterEvery = 200 * time.Millisecond
)

// meter is a line on a terminal that says what goes on and how far it is. All
// methods do nothing on a nil one, which is what stands where no person looks.
type meter struct {
	out   io.Writer // the terminal
	width int
	stop  func()
	quit  chan struct{}
	ended chan struct{}

	mu    sync.Mutex // guards what follows
	began time.Time
	label string
	note  string // how much has been done, in words
	total int64  // 0 where nobody knows
	done  int64
	drawn bool // the line is on the screen
	still bool // others write to the screen
}

// startMeter begins to tell of something that may take long. Until it is stopped,
// what is printed to stdout and stderr goes through it.
func (a *app) startMeter(label string) (m *meter, stop func()) {
	if !a.stderrTerminal || a.flags.quiet || a.getenv("TERM") == "dumb" || a.live != nil {
		return nil, func() {}
	}
	m = &meter{out: a.stderr, width: a.width(), label: render.Clean(label), began: time.Now(),
		quit: make(chan struct{}), ended: make(chan struct{})}
	stdout, stderr := a.stdout, a.stderr
	a.live, a.stderr = m, &besideMeter{m, stderr, false}
	if a.stdoutTerminal {
		a.stdout = &besideMeter{m, stdout, true}
	}
	go m.run()
	m.stop = sync.OnceFunc(func() {
		close(m.quit)
		<-m.ended
		a.live, a.stdout, a.stderr = nil, stdout, stderr
	})
	return m, m.stop
}

// showLong tells of commands that may take long.
func (a *app) showLong(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		a.showLong(cmd)
		if doing := doingLong(cmd); doing != "" {
			run := cmd.RunE
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				return a.metered(doing, func() error { return run(cmd, args) })
			}
		}
	}
}

// doingLong is what a command does while a person waits for it, "" for those that
// tell more themselves, or take no time.
func doingLong(cmd *cobra.Command) string {
	switch cmd.CommandPath() {
	case "j1db query", "j1db questions run":
		return "asking"
	case "j1db log", "j1db diff", "j1db show", "j1db history", "j1db schema", "j1db stats", "j1db instances list":
		return "reading"
	case "j1db instances remove", "j1db instances forget":
		return "deleting"
	}
	if cmd.HasParent() && cmd.Parent().CommandPath() == "j1db export" {
		return "exporting"
	}
	return ""
}

// metered tells of f while it runs.
func (a *app) metered(label string, f func() error) error {
	_, stop := a.startMeter(label)
	defer stop()
	return f()
}

func (m *meter) run() {
	defer close(m.ended)
	tick := time.NewTimer(meterAfter)
	defer tick.Stop()
	for {
		select {
		case <-m.quit:
			m.erase()
			return
		case <-tick.C:
			m.draw()
			tick.Reset(meterEvery)
		}
	}
}

// of says how much more there is to do.
func (m *meter) of(more int64) {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.total += more
	}
}

// add says that more was done.
func (m *meter) add(n int64) {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.done += n
	}
}

// at says how far it is, of how much.
func (m *meter) at(done, total int64) {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.done, m.total = done, total
	}
}

// say says in words how much was done.
func (m *meter) say(format string, args ...any) {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.note = render.Clean(fmt.Sprintf(format, args...))
	}
}

func (m *meter) draw() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.still {
		return
	}
	m.drawn = true
	fmt.Fprint(m.out, eraseLine+m.line(time.Now()))
}

func (m *meter) erase() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.eraseLocked()
}

func (m *meter) eraseLocked() {
	if m.drawn {
		fmt.Fprint(m.out, eraseLine)
		m.drawn = false
	}
}

// line is what the meter shows.
func (m *meter) line(now time.Time) string {
	parts := []string{m.label + ", " + now.Sub(m.began).Truncate(time.Second).String()}
	if m.total > 0 {
		parts = append(parts, bar(m.done, m.total))
	}
	if m.note != "" {
		parts = append(parts, m.note)
	}
	return fitted(strings.Join(parts, "  "), m.width)
}

// fitted keeps a line out of the last column of a terminal, which would wrap it.
// A width of 0 is unknown.
func fitted(line string, width int) string {
	if width <= 1 {
		width = 80
	}
	if twwidth.Width(line) < width {
		return line
	}
	return twwidth.Truncate(line, width-1, "…")
}

// bar draws how far something is, and says it.
func bar(done, total int64) string {
	const wide = 20
	done = min(done, total)
	full := int(wide * done / total)
	return fmt.Sprintf("[%s%s] %3d%%", strings.Repeat("=", full), strings.Repeat(" ", wide-full), 100*done/total)
}

// besideMeter is stdout or stderr while a meter is on the screen: its line makes
// way. Data on the screen are not written over: they end the meter.
type besideMeter struct {
	m    *meter
	w    io.Writer
	data bool
}

// Write implements io.Writer.
func (b *besideMeter) Write(p []byte) (int, error) {
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	b.m.eraseLocked()
	b.m.still = b.m.still || b.data
	return b.w.Write(p)
}

// fileLabel names work on a file, with its length where there is any to speak of.
func fileLabel(doing, path string) string {
	label := doing + " " + filepath.Base(path)
	if n := fileLength(path); n > 0 {
		label += ", " + bytesText(n)
	}
	return label
}

// fileLength is the length of a file in bytes, 0 where it cannot be told.
func fileLength(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
