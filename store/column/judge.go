package column

import (
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// verdict is what a skeleton alone says about the texts that have it.
type verdict uint8

const (
	none   verdict = iota // none of them passes
	inside                // those pass that have the text asked for within one slot
	some                  // the whole text decides
	every                 // all of them pass
)

// segment is literal text of a skeleton and the mark after it, whose kind is 0
// at the end.
type segment struct {
	literal string
	mark    marker
}

// cut divides a skeleton into segments, which it appends to dst.
func cut(dst []segment, skeleton []byte) ([]segment, error) {
	for {
		i := nextMark(skeleton)
		if i < 0 {
			return append(dst, segment{literal: view(skeleton)}), nil
		}
		m, err := readMark(skeleton[i:])
		if err != nil {
			return dst, err
		}
		dst = append(dst, segment{view(skeleton[:i]), m})
		skeleton = skeleton[i+m.size:]
	}
}

// accepts reports whether c can stand at the mark. The case of hexadecimal
// digits does not count, so that folded texts can be asked about too.
func (m *marker) accepts(c byte) bool {
	switch m.kind {
	case markDecimal, markPadded:
		return c >= '0' && c <= '9'
	case markUUID:
		return c == '-' || classOf(c)&(isDigit|isLowerHex) != 0
	}
	return classOf(c)&(isDigit|isLowerHex|isUpperHex) != 0
}

// length is the number of bytes at the mark, 0 for a run of digits of any length.
// Such a run ends where the digits do.
func (m *marker) length() int {
	switch m.kind {
	case markDecimal:
		return 0
	case markUUID:
		return uuidLen
	}
	return m.digits
}

// run returns how many bytes at the start of s can stand at the mark.
func (m *marker) run(s string) int {
	n := 0
	for n < len(s) && m.accepts(s[n]) {
		n++
	}
	return n
}

// judge says what segments tell about a comparison with the text s.
func judge(op graph.Operator, segs []segment, s string) verdict {
	whole := len(segs) == 1
	if whole {
		return verdictOf(graph.Test(graph.StringValue(segs[0].literal), op, []graph.Operand{{Value: graph.StringValue(s)}}, false))
	}
	switch op {
	case graph.Contains:
		return judgeContains(segs, s)
	case graph.StartsWith:
		if strings.HasPrefix(segs[0].literal, s) {
			return every
		}
		return atMostSome(follows(segs, s))
	case graph.EndsWith:
		return judgeEnd(segs[len(segs)-1].literal, s)
	case graph.Eq:
		return atMostSome(follows(segs, s))
	}
	return judgeOrder(op, segs[0].literal, s)
}

func verdictOf(ok bool) verdict {
	if ok {
		return every
	}
	return none
}

func atMostSome(ok bool) verdict {
	if ok {
		return some
	}
	return none
}

// judgeEnd knows the literal text at the end, before which there is a mark.
func judgeEnd(tail, s string) verdict {
	switch {
	case strings.HasSuffix(tail, s):
		return every
	case strings.HasSuffix(s, tail):
		return some
	}
	return none
}

// judgeOrder knows the literal text at the start, after which there is a mark.
func judgeOrder(op graph.Operator, head, s string) verdict {
	if strings.HasPrefix(s, head) && s != head {
		return some
	}
	// The two differ within head, or s ends there and the text goes on.
	return verdictOf(head < s == (op == graph.Less || op == graph.LessEq))
}

func judgeContains(segs []segment, s string) verdict {
	best := none
	for i := range segs {
		m := &segs[i].mark
		switch {
		case strings.Contains(segs[i].literal, s):
			return every
		case m.kind == 0:
		case startsInLiteral(segs[i:], s) || startsInSlot(segs[i:], s):
			best = max(best, some)
		case m.holds(s):
			best = max(best, inside)
		}
	}
	return best
}

// holds reports whether s can stand within the mark.
func (m *marker) holds(s string) bool {
	return m.run(s) == len(s) && (m.length() == 0 || m.length() >= len(s))
}

// startsInLiteral reports whether s can begin in the first literal, or right after
// it, and go on beyond it: into the slot, or beyond that too.
func startsInLiteral(segs []segment, s string) bool {
	literal := segs[0].literal
	for at := max(0, len(literal)-len(s)+1); at < len(literal); at++ {
		if strings.HasPrefix(s, literal[at:]) && intoSlot(segs, s[len(literal)-at:]) {
			return true
		}
	}
	return !segs[0].mark.holds(s) && intoSlot(segs, s)
}

// startsInSlot reports whether s can begin amid the first slot and go on beyond.
func startsInSlot(segs []segment, s string) bool {
	m := &segs[0].mark
	run := m.run(s)
	if m.kind == markDecimal {
		return false // it ends where it would if s began with it
	}
	for n := 1; n <= run && n < m.length() && n < len(s); n++ {
		if follows(segs[1:], s[n:]) {
			return true
		}
	}
	return false
}

// follows reports whether a text of these segments can begin with s.
func follows(segs []segment, s string) bool {
	literal := segs[0].literal
	if len(s) <= len(literal) || segs[0].mark.kind == 0 {
		return strings.HasPrefix(literal, s)
	}
	return strings.HasPrefix(s, literal) && intoSlot(segs, s[len(literal):])
}

// intoSlot reports whether what stands at the first mark, and then goes on, can
// begin with s.
func intoSlot(segs []segment, s string) bool {
	m := &segs[0].mark
	run, n := m.run(s), m.length()
	if n == 0 {
		n = run
	}
	if len(s) <= n {
		return run == len(s)
	}
	return n > 0 && run >= n && follows(segs[1:], s[n:])
}

// touches reports whether a text that s stands in can have a part of s in a slot.
// Decimal slots hold a digit at least; hexadecimal ones are whole words.
func touches(s string, hex, uuid bool) bool {
	if strings.ContainsAny(s, "0123456789") {
		return true
	}
	if !hex && !uuid {
		return false
	}
	if uuid && (s[0] == '-' || s[len(s)-1] == '-' || len(s) >= uuidLen) {
		return true
	}
	return hexWord(s[:wordEnd(s)]) || hexWord(s[wordStart(s):])
}

func wordEnd(s string) int {
	i := 0
	for i < len(s) && classOf(s[i])&isWord != 0 {
		i++
	}
	return i
}

func wordStart(s string) int {
	i := len(s)
	for i > 0 && classOf(s[i-1])&isWord != 0 {
		i--
	}
	return i
}

func hexWord(s string) bool {
	for i := range len(s) {
		if classOf(s[i])&(isLowerHex|isUpperHex) == 0 {
			return false
		}
	}
	return s != ""
}

// literalOnly reports whether s can stand in texts only within the literals of
// their skeletons.
func literalOnly(s string, skeletons []byte) bool {
	hex := strings.IndexByte(view(skeletons), markHex) >= 0 || strings.IndexByte(view(skeletons), markUpper) >= 0
	return s != "" && utf8.ValidString(s) && !touches(s, hex, strings.IndexByte(view(skeletons), markUUID) >= 0)
}
