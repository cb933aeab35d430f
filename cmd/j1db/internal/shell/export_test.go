package shell

import "io"

// Apply is what TAB writes.
func (c Completion) Apply(text string, pos int) (string, int, bool) { return c.apply(text, pos) }

// Listing is what TAB shows.
func Listing(c Completion, width, rows int) string { return listing(c, width, rows) }

// Type is what the editor gets of what is typed, and what was pasted.
func Type(r io.Reader) (keys string, pastes []string) {
	k := &keyboard{r: io.NopCloser(r)}
	b, _ := io.ReadAll(k)
	return string(b), k.pastes
}
