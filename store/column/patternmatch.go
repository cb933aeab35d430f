package column

import (
	"bytes"

	"github.com/j1db/j1db/store/graph"
)

func (p *pattern) match(q *Test, out Bitmap) error {
	switch op := q.where.Operator; {
	case !q.literal:
		return p.decide(FullBitmap(p.skeletons.n), q.holdsString, out)
	case op == graph.Eq:
		return p.matchEqual(q, out)
	case op == graph.Contains && p.literalOnly(q.texts):
		return p.matchLiterals(q.texts, false, out)
	default:
		return p.matchJudged(op, q.texts, false, q.holdsText, out)
	}
}

func (p *pattern) term(q *Term, out Bitmap) error {
	needle := []string{q.text}
	if p.ascii && p.literalOnly(needle) {
		return p.matchLiterals(needle, true, out)
	}
	return p.matchJudged(graph.Contains, needle, true, q.inText, out)
}

// literalOnly reports whether none of texts can reach into a slot.
func (p *pattern) literalOnly(texts []string) bool {
	for _, s := range texts {
		if !literalOnly(s, p.skeletons.blob) {
			return false
		}
	}
	return true
}

// matchLiterals adds to out the texts with one of needles in their skeleton.
func (p *pattern) matchLiterals(needles []string, fold bool, out Bitmap) error {
	sure := NewBitmap(p.skeletons.n)
	if err := p.skeletons.search(needles, fold, sure); err != nil {
		return err
	}
	return p.codes.match(sure, p.skeletons.n, out)
}

// judged sorts skeletons by verdict.
type judged struct{ every, some, inside Bitmap }

// matchJudged adds to out the texts that compare with one of texts, as holds
// decides, looking only at those whose skeletons leave it open.
func (p *pattern) matchJudged(op graph.Operator, texts []string, fold bool, holds func(s string) bool, out Bitmap) error {
	j, err := p.judgeAll(op, texts, fold)
	if err != nil {
		return err
	}
	if err := p.codes.match(j.every, p.skeletons.n, out); err != nil {
		return err
	}
	if len(texts) == 1 {
		if err := p.searchSlots(j.inside, texts[0], fold, out); err != nil {
			return err
		}
	} else {
		j.some.Or(j.inside)
	}
	return p.decide(j.some, holds, out)
}

// judgeAll judges every skeleton, by the best that one of texts comes to. With
// fold the texts are folded.
func (p *pattern) judgeAll(op graph.Operator, texts []string, fold bool) (judged, error) {
	n := p.skeletons.n
	j := judged{NewBitmap(n), NewBitmap(n), NewBitmap(n)}
	var segs []segment
	for i := range n {
		b, err := p.skeletons.bytes(i)
		if err != nil {
			return j, err
		}
		if segs, err = cut(segs[:0], b); err != nil {
			return j, err
		}
		if fold {
			foldSegments(segs)
		}
		best := none
		for _, s := range texts {
			best = max(best, judge(op, segs, s))
		}
		switch best {
		case every:
			j.every.Add(i)
		case some:
			j.some.Add(i)
		case inside:
			j.inside.Add(i)
		}
	}
	return j, nil
}

func foldSegments(segs []segment) {
	for i := range segs {
		segs[i].literal = graph.Fold(segs[i].literal)
	}
}

// rowsOf returns the rows of the skeletons that are not in out yet.
func (p *pattern) rowsOf(skeletons, out Bitmap) ([]uint32, error) {
	if !skeletons.Any() {
		return nil, nil
	}
	rows := NewBitmap(p.n)
	if err := p.codes.match(skeletons, p.skeletons.n, rows); err != nil {
		return nil, err
	}
	rows.AndNot(out)
	return rows.AppendRows(nil), nil
}

// decide adds to out the texts of the skeletons for which holds is true.
func (p *pattern) decide(skeletons Bitmap, holds func(s string) bool, out Bitmap) error {
	rows, err := p.rowsOf(skeletons, out)
	if err != nil {
		return err
	}
	w, err := p.writer(len(rows))
	if err != nil {
		return err
	}
	var buf []byte
	return p.each(rows, func(i, code int, slots []uint64) (err error) {
		if buf, err = w.append(buf[:0], code, slots); err == nil && holds(view(buf)) {
			out.Add(int(rows[i]))
		}
		return err
	})
}

// searchSlots adds to out the texts of the skeletons that have needle within one
// of their slots.
func (p *pattern) searchSlots(skeletons Bitmap, needle string, fold bool, out Bitmap) error {
	rows, err := p.rowsOf(skeletons, out)
	if err != nil {
		return err
	}
	cuts, err := p.cutAll()
	if err != nil {
		return err
	}
	least := leastWith(needle)
	var buf []byte
	return p.each(rows, func(i, code int, slots []uint64) error {
		segs := cuts[code]
		for k := range segs[:len(segs)-1] {
			m := segs[k].mark
			if m.slots > len(slots) {
				return errSkeleton
			}
			if m.kind == markUpper && fold {
				m.kind = markHex
			}
			if m.kind != markDecimal || slots[0] >= least {
				if buf = m.append(buf[:0], slots); bytes.Contains(buf, bytesOf(needle)) {
					out.Add(int(rows[i]))
					return nil
				}
			}
			slots = slots[m.slots:]
		}
		return nil
	})
}

// leastWith returns the least number that has as many digits as s.
func leastWith(s string) uint64 {
	least := uint64(1)
	for range min(len(s), decimalDigits+1) - 1 {
		least *= 10
	}
	if least == 1 {
		return 0
	}
	return least
}

// matchEqual takes each text apart and compares skeletons and slots.
func (p *pattern) matchEqual(q *Test, out Bitmap) error {
	split := newSkeletonizer()
	for _, s := range q.texts {
		if !split.split([]byte(s)) {
			continue
		}
		skeletons := NewBitmap(p.skeletons.n)
		if err := eachText(p.skeletons, skeletons, func(t string) bool { return t == string(split.text) }); err != nil {
			return err
		}
		if !skeletons.Any() || split.n > len(p.streams) {
			continue
		}
		rows := NewBitmap(p.n)
		if err := p.codes.match(skeletons, p.skeletons.n, rows); err != nil {
			return err
		}
		p.keepSlots(rows, split.slots[:split.n])
		out.Or(rows)
	}
	return nil
}

// keepSlots keeps in rows those with the given slots.
func (p *pattern) keepSlots(rows Bitmap, slots []uint64) {
	for k, v := range slots {
		if k == 0 && rows.Count() > p.n/64 {
			hits := NewBitmap(p.n)
			p.streams[k].matchRange(int64(v), int64(v), hits)
			rows.And(hits)
			continue
		}
		for i := range rows.All() {
			if p.streams[k].at(i) != v {
				rows.Remove(i)
			}
		}
	}
}
