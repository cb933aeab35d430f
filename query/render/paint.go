package render

// The colours of meaning (ECMA-48 SGR).
const (
	heading = "1"  // bold: the headings of a table
	link    = "36" // cyan: the verbs of a tree
	aside   = "2"  // faint: types, beside the names that matter
)

// paint colours a text that is clean, where that is wanted.
func paint(wanted bool, colour, text string) string {
	if !wanted || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
