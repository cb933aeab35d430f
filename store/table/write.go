package table

import "context"

// Writes returns what is to be written: equal edits of equal tables give equal
// writes. The Editor must not be used any more, but for its Directory.
func (e *Editor) Writes(ctx context.Context) ([]Write, error) {
	var out []Write
	for _, d := range e.touched() {
		out = append(out, d.rec.Encode())
	}
	return out, ctx.Err()
}
