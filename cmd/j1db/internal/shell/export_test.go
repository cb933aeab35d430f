package shell

// Apply is what TAB writes.
func (c Completion) Apply(text string, pos int) (string, int, bool) { return c.apply(text, pos) }

// Listing is what TAB shows.
func Listing(c Completion, width, rows int) string { return listing(c, width, rows) }
