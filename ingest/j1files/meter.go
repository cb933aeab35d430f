package j1files

// meter finds the end of a JSON value in text that comes piece by piece. It looks
// at quotes and brackets alone.
type meter struct {
	at     int // how far it has come
	depth  int
	text   bool
	scalar bool
}

// valueEnd returns the end of the value at b[i], and whether it is known: a value
// may go on behind the end of b.
func valueEnd(b []byte, i int) (int, bool) {
	var m meter
	n, ok := m.measure(b[i:])
	return i + n, ok
}

// measure goes on in b, which begins with the value and holds all that it held at
// the last call. It returns the length of the value and whether it has ended.
func (m *meter) measure(b []byte) (int, bool) {
	for m.at < len(b) {
		if m.text {
			if !m.passText(b) {
				return m.at, false
			}
			if m.depth == 0 {
				return m.at, true
			}
			continue
		}
		c := b[m.at]
		if end := m.structural(c); end >= 0 {
			return end, true
		}
		m.at++
	}
	return m.at, false
}

// structural takes a byte outside of texts; it returns the value's length when
// that ends the value, else -1.
func (m *meter) structural(c byte) int {
	switch c {
	case '"':
		if m.scalar {
			return m.at
		}
		m.text = true
	case '{', '[':
		if m.scalar {
			return m.at
		}
		m.depth++
	case '}', ']':
		if m.depth == 0 {
			return m.at // of what encloses the value
		}
		if m.depth--; m.depth == 0 {
			return m.at + 1
		}
	case ',', ':', ' ', '\n', '\r', '\t':
		if m.depth == 0 {
			return m.at
		}
	default:
		m.scalar = m.scalar || m.depth == 0
	}
	return -1
}

// passText goes to the end of the text that at is in, and reports whether it is
// there.
func (m *meter) passText(b []byte) bool {
	for m.at < len(b) {
		switch b[m.at] {
		case '\\':
			if m.at+1 == len(b) {
				return false // what is escaped comes with the next piece
			}
			m.at++
		case '"':
			m.at++
			m.text = false
			return true
		}
		m.at++
	}
	return false
}
