package exec

import "github.com/j1db/j1db/store/graph"

// marks tells which entities were met since begin: by table and row, the number of
// the turn in which it was.
type marks struct {
	turn   uint32
	tables map[uint32][]uint32
	number uint32 // the table that was asked for last
	last   []uint32
	bytes  int64 // that tables take
}

// begin forgets everything.
func (m *marks) begin() {
	m.turn++
	if m.turn == 0 { // after 2^32 turns the numbers begin again
		m.turn, m.tables, m.last, m.bytes = 1, nil, nil, 0
	}
}

// add marks an entity and reports whether it was not marked.
func (m *marks) add(ref graph.Ref) bool {
	row := int(ref.Row())
	if m.number != ref.Table() || row >= len(m.last) {
		m.find(ref.Table(), row+1)
	}
	if m.last[row] == m.turn {
		return false
	}
	m.last[row] = m.turn
	return true
}

// find turns to a table and makes place for so many rows of it.
func (m *marks) find(number uint32, rows int) {
	m.number, m.last = number, m.tables[number]
	if rows > len(m.last) {
		m.grow(rows)
	}
}

// grow makes place for so many rows of the last table: twice as many as there were
// at least, so that a table that comes row by row is copied seldom.
func (m *marks) grow(rows int) {
	more := make([]uint32, max(rows, 2*len(m.last), 64))
	copy(more, m.last)
	m.bytes += int64(len(more)-len(m.last)) * 4
	if m.tables == nil {
		m.tables = map[uint32][]uint32{}
	}
	m.last, m.tables[m.number] = more, more
}
