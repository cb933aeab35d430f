package shell

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"unicode"
)

// Private runes stand for what the line editor cannot hold or must not act on.
const (
	newlineRune = '\uE00A' // a line break within a statement
	tabRune     = '\uE009' // the TAB key
	pasteRune   = '\uE00B' // a pasted text, which waits in keyboard.pastes
	olderRune   = '\uE00C' // the up arrow
	newerRune   = '\uE00D' // the down arrow
)

// The marks of bracketed paste (xterm), and how it is switched.
const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	pasteOn    = "\x1b[?2004h"
	pasteOff   = "\x1b[?2004l"
)

// maxPaste bounds one pasted text; what is beyond it is dropped.
const maxPaste = 16 << 20

// keyboard passes on what is typed. A pasted text comes out as one rune, so that
// the editor neither acts on the keys in it nor draws it letter by letter; the TAB
// key as another, which the editor leaves to the shell.
type keyboard struct {
	r       io.ReadCloser
	chunk   [4096]byte
	raw     []byte // read, not looked at yet
	ready   []byte // to be passed on
	pasting bool
	paste   []byte

	mu     sync.Mutex // guards pastes
	pastes []string
}

// Read implements io.Reader.
func (k *keyboard) Read(p []byte) (int, error) {
	for len(k.ready) == 0 {
		n, err := k.r.Read(k.chunk[:])
		k.raw = append(k.raw, k.chunk[:n]...)
		k.look()
		if err != nil && len(k.ready) == 0 {
			return 0, err
		}
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n, nil
}

// Close ends a Read that waits.
func (k *keyboard) Close() error { return k.r.Close() }

// look takes from raw what is certain: the beginning of a mark is kept until more
// has come.
func (k *keyboard) look() {
	for {
		mark := pasteBegin
		if k.pasting {
			mark = pasteEnd
		}
		i := bytes.Index(k.raw, []byte(mark))
		if i < 0 {
			sure := len(k.raw) - partial(k.raw, mark)
			k.take(k.raw[:sure])
			k.raw = append([]byte(nil), k.raw[sure:]...)
			return
		}
		k.take(k.raw[:i])
		k.raw = k.raw[i+len(mark):]
		if k.pasting {
			k.finish()
		}
		k.pasting = !k.pasting
	}
}

// partial is how many bytes at the end of b may begin the mark.
func partial(b []byte, mark string) int {
	for n := min(len(mark)-1, len(b)); n > 0; n-- {
		if strings.HasPrefix(mark, string(b[len(b)-n:])) {
			return n
		}
	}
	return 0
}

func (k *keyboard) take(b []byte) {
	if k.pasting {
		k.paste = append(k.paste, b[:min(len(b), maxPaste-len(k.paste))]...)
		return
	}
	k.ready = append(k.ready, bytes.ReplaceAll(b, []byte{'\t'}, []byte(string(tabRune)))...)
}

func (k *keyboard) finish() {
	k.mu.Lock()
	k.pastes = append(k.pastes, pasted(string(k.paste)))
	k.mu.Unlock()
	k.paste = nil
	k.ready = append(k.ready, string(pasteRune)...)
}

// next is the oldest pasted text that was not used yet.
func (k *keyboard) next() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pastes) == 0 {
		return ""
	}
	text := k.pastes[0]
	k.pastes = k.pastes[1:]
	return text
}

// pasted makes a text fit for one line of the editor: its line breaks are marked,
// those at its end left out, so that nothing runs before it was seen.
func pasted(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return newlineRune
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.TrimRight(text, "\n"))
}

// oneLine marks the line breaks of a statement, lines undoes it.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", string(newlineRune)) }
func lines(text string) string   { return strings.ReplaceAll(text, string(newlineRune), "\n") }
