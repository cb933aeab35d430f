package shell_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
)

// TestKeyboard cuts what is typed at every byte: nothing of a paste reaches the
// editor as keys, wherever a read ends.
func TestKeyboard(t *testing.T) {
	const typed = "a\x1b[A\x1b[200~x\ty\r\nz\x1b[20\x07\r\x1b[201~b\x1b[200~\x1b[201~\t"
	for _, c := range []struct {
		name string
		r    io.Reader
	}{
		{"whole", strings.NewReader(typed)},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(typed))},
		{"by halves", iotest.HalfReader(strings.NewReader(typed))},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys, pastes := shell.Type(c.r)
			if want := "a\x1b[A\uE00Bb\uE00B\uE009"; keys != want {
				t.Errorf("keys %q, want %q", keys, want)
			}
			if want := "x y\uE00Az[20"; len(pastes) != 2 || pastes[0] != want || pastes[1] != "" {
				t.Errorf("pastes %q, want %q", pastes, want)
			}
		})
	}
}

func FuzzKeyboard(f *testing.F) {
	f.Add("a\x1b[200~b\x1b[201~c")
	f.Fuzz(func(t *testing.T, typed string) {
		if len(typed) > 1<<12 {
			t.Skip("SKIPPED: what is longer shows nothing more, and is read byte by byte")
		}
		whole, pastes := shell.Type(strings.NewReader(typed))
		split, again := shell.Type(iotest.OneByteReader(strings.NewReader(typed)))
		if whole != split || strings.Join(pastes, "|") != strings.Join(again, "|") {
			t.Errorf("%q %q, split %q %q", whole, pastes, split, again)
		}
	})
}
