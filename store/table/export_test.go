package table

// SetGroupRows makes the row groups of ts small, so that tests cross them.
func SetGroupRows(ts *Tables, n uint32) { ts.group = n }
