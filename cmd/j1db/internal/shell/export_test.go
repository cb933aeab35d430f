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

// Recall is the line after keys: u and d are the arrows, the rest is typed.
func Recall(asked []string, line, keys string) string {
	r := &recall{}
	for _, text := range asked {
		r.add(text)
	}
	for _, key := range keys {
		walk := map[rune]func(string) (string, bool){'u': r.older, 'd': r.newer}[key]
		if walk == nil {
			line += string(key)
		} else if text, ok := walk(line); ok {
			line = text
		}
	}
	return line
}
