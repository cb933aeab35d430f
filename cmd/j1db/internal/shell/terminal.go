package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/chzyer/readline"
)

// TerminalOptions configure the line editor.
type TerminalOptions struct {
	// Stdin is the terminal.
	Stdin          *os.File
	Stdout, Stderr io.Writer
	// Size is the terminal's columns and lines, 0 where unknown.
	Size func() (width, height int)
	// History is the file that keeps statements, "" for none. It is created with
	// mode 0600, its folder with 0700.
	History string
	// Complete tells what fits at an offset of an unfinished statement; nil without
	// completion.
	Complete func(text string, offset int) Completion
}

// terminal is a Source with a line editor. The editor calls back from a goroutine
// of its own.
type terminal struct {
	TerminalOptions
	keys    *keyboard
	r       *readline.Instance
	state   *readline.State
	resized func() // tells the editor
	columns int    // that the editor knows of

	mu     sync.Mutex // guards what follows
	before string     // the lines of the statement in front of this one
	asked  recall
}

// NewTerminal returns a Source that edits lines on a terminal.
func NewTerminal(o TerminalOptions) (Source, error) {
	if o.History != "" {
		if err := prepareHistory(o.History); err != nil {
			return nil, fmt.Errorf("open history: %w", err)
		}
	}
	t := &terminal{TerminalOptions: o, keys: &keyboard{r: readline.NewCancelableStdin(o.Stdin)}}
	t.columns = t.width()
	err := t.recallAll()
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	t.r, err = readline.NewEx(t.config())
	if err != nil {
		return nil, fmt.Errorf("start line editor: %w", err)
	}
	return t, nil
}

// recallAll makes ready for the up arrow what was asked in earlier shells.
func (t *terminal) recallAll() error {
	if t.History == "" {
		return nil
	}
	statements, err := History(t.History)
	for _, text := range statements {
		t.asked.add(oneLine(text))
	}
	return err
}

func (t *terminal) config() *readline.Config {
	return &readline.Config{
		Stdin: t.keys, Stdout: t.Stdout, Stderr: t.Stderr,
		HistoryFile: t.History, HistoryLimit: historyLimit, HistorySearchFold: true,
		// Lines are no statements: Remember saves those.
		DisableAutoSaveHistory: true,
		FuncIsTerminal:         func() bool { return true },
		FuncMakeRaw:            t.makeRaw,
		FuncExitRaw:            t.exitRaw,
		FuncGetWidth:           t.width,
		// The editor would take a new width from a signal's goroutine, unguarded.
		FuncOnWidthChanged:  func(tell func()) { t.resized = tell },
		FuncFilterInputRune: t.beforeKey,
		Listener:            readline.FuncListener(t.afterKey),
		Painter:             painter{},
	}
}

func (t *terminal) width() int {
	if w, _ := t.Size(); w > 0 {
		return w
	}
	return 80
}

func (t *terminal) makeRaw() (err error) {
	t.state, err = readline.MakeRaw(int(t.Stdin.Fd()))
	return err
}

func (t *terminal) exitRaw() error {
	if t.state == nil {
		return nil
	}
	return readline.Restore(int(t.Stdin.Fd()), t.state)
}

// Line implements Source.
func (t *terminal) Line(prompt, before string) (string, error) {
	t.mu.Lock()
	t.before = before
	t.asked.rest()
	t.mu.Unlock()
	t.resize()
	t.r.SetPrompt(prompt)
	fmt.Fprint(t.Stdout, pasteOn)
	line, err := t.r.Readline()
	fmt.Fprint(t.Stdout, pasteOff)
	if errors.Is(err, readline.ErrInterrupt) {
		return "", ErrInterrupted
	}
	return lines(line), err
}

// resize tells the editor of a new width. It is called where the editor waits.
func (t *terminal) resize() {
	if w := t.width(); w != t.columns && t.resized != nil {
		t.columns = w
		t.resized()
	}
}

// beforeKey keeps the arrows from the editor, which knows no prefix search. While
// it searches they are its own.
func (t *terminal) beforeKey(r rune) (rune, bool) {
	t.resize()
	if !t.r.Operation.IsSearchMode() {
		switch r {
		case readline.CharPrev:
			r = olderRune
		case readline.CharNext:
			r = newerRune
		}
	}
	return r, true
}

// afterKey puts what a private rune stands for in its place.
func (t *terminal) afterKey(line []rune, pos int, key rune) ([]rune, int, bool) {
	switch key {
	case tabRune, pasteRune, olderRune, newerRune:
	default:
		return nil, 0, false
	}
	text := ""
	if key == pasteRune {
		text = t.keys.next()
	}
	at := pos - 1
	if at < 0 || line[at] != key {
		return nil, 0, false // the editor searches the history
	}
	line = slices.Concat(line[:at], []rune(text), line[pos:])
	pos = at + len([]rune(text))
	switch key {
	case tabRune:
		line, pos = t.tab(line, pos)
	case olderRune:
		line, pos = t.arrow(t.asked.older, line, pos)
	case newerRune:
		line, pos = t.arrow(t.asked.newer, line, pos)
	}
	return line, pos, true
}

// arrow puts another statement on the line, or rings.
func (t *terminal) arrow(walk func(line string) (string, bool), line []rune, pos int) ([]rune, int) {
	t.mu.Lock()
	text, ok := walk(string(line))
	t.mu.Unlock()
	if !ok {
		t.r.Terminal.Bell()
		return line, pos
	}
	line = []rune(text)
	return line, len(line)
}

// tab completes the line, or shows what fits above it.
func (t *terminal) tab(line []rune, pos int) ([]rune, int) {
	if t.Complete == nil {
		return line, pos
	}
	t.mu.Lock()
	before := t.before
	t.mu.Unlock()
	if before != "" {
		before += "\n"
	}
	typed := lines(string(line[:pos]))
	text := before + typed + lines(string(line[pos:]))
	offset := len(before) + len(typed)
	c := t.Complete(text, offset)
	if c.Start < len(before) {
		c.Start, c.Candidates = offset, nil // the word begins on a line that is done
	}
	text, offset, changed := c.apply(text, offset)
	if !changed {
		t.show(c)
		return line, pos
	}
	return []rune(oneLine(text[len(before):])), len([]rune(oneLine(text[len(before):offset])))
}

// show lists what fits above the prompt; where nothing does, it rings.
func (t *terminal) show(c Completion) {
	width, height := t.Size()
	text := listing(c, width, height)
	if text == "" {
		t.r.Terminal.Bell()
		return
	}
	// The editor clears its line, lets this be written and draws the line again.
	fmt.Fprint(t.r.Stdout(), "\r"+text)
}

// Remember saves a statement as one line, which is all that the history can hold.
func (t *terminal) Remember(statement string) {
	if strings.TrimSpace(statement) == "" {
		return
	}
	// The editor would save what was recalled last instead, were the empty line not
	// in between, which it does not keep. A history that cannot be written is no
	// reason to stop working.
	_ = t.r.SaveHistory("")
	_ = t.r.SaveHistory(oneLine(statement))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked.add(oneLine(statement))
}

// Close implements Source. A Line that waits ends with io.EOF.
func (t *terminal) Close() error { return errors.Join(t.keys.Close(), t.r.Close()) }

// painter shows private runes as something, and keeps from the terminal what it
// would act on, which may stand in a text that was pasted or recalled.
type painter struct{}

func (painter) Paint(line []rune, _ int) []rune {
	if !slices.ContainsFunc(line, special) {
		return line
	}
	out := make([]rune, 0, len(line))
	for _, r := range line {
		switch {
		case r == newlineRune:
			r = '↵'
		case unicode.Is(unicode.Co, r):
			r = ' '
		case special(r):
			continue // the editor holds it to have no width
		}
		out = append(out, r)
	}
	return out
}

// special reports whether r is not to be shown as it is. The joiner is part of
// visible characters, and the editor itself breaks the line.
func special(r rune) bool {
	return r != '\u200d' && r != '\n' && unicode.In(r, unicode.Co, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
