package table

// Appended is a range of rows that an Editor reserved.
type Appended struct{ Table, First, Count uint32 }

// Appended lists the rows that were reserved, by table.
func (e *Editor) Appended() []Appended {
	var out []Appended
	for _, d := range e.touched() {
		if n := d.rec.Rows - d.old; n > 0 {
			out = append(out, Appended{d.rec.Number, d.old, n})
		}
	}
	return out
}
