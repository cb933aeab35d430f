package estate

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Question is a query of the suite with what is known of its answer.
type Question struct {
	Name string // q1 to q12s
	Text string // J1QL
	Want Answer
}

// Answer is what is known of the answer of a query. The zero Answer says nothing.
type Answer struct {
	known bool
	rows  int
	// only is the single cell of the single row; then nothing else counts.
	only string
	// digest is of all rows, in any order unless ordered is set.
	digest  uint64
	ordered bool
	// among holds the hashes that rows may have, when any rows of them will do.
	among map[uint64]bool
}

// CountAnswer is the answer of one row with one number.
func CountAnswer(n int) Answer { return Answer{known: true, rows: 1, only: strconv.Itoa(n)} }

// RowsAnswer is any answer of that many rows.
func RowsAnswer(n int) Answer { return Answer{known: true, rows: n} }

// answerOf is the answer that has exactly these rows.
func answerOf(rows [][]string, ordered bool) Answer {
	a := Answer{known: true, rows: len(rows), ordered: ordered}
	for _, r := range rows {
		a.digest = a.add(a.digest, hashRow(r))
	}
	return a
}

// answerAmong is an answer of n of some rows, none of them twice.
func answerAmong(n int, all iter.Seq[[]string]) Answer {
	a := Answer{known: true, among: map[uint64]bool{}}
	for r := range all {
		a.among[hashRow(r)] = true
	}
	a.rows = min(n, len(a.among))
	return a
}

func (a *Answer) add(digest, hash uint64) uint64 {
	if a.ordered {
		return scramble(digest + golden + hash)
	}
	return digest + scramble(hash)
}

// hashRow is FNV-1a over the cells, each with an end that no text has.
func hashRow(cells []string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, c := range cells {
		for i := range len(c) {
			h = (h ^ uint64(c[i])) * 0x100000001b3
		}
		h = (h ^ 0xff) * 0x100000001b3
	}
	return h
}

// Rows is how many rows the answer must have; known is false when anything will do.
func (a *Answer) Rows() (rows int, known bool) { return a.rows, a.known }

// Check reads an answer to its end and says what is wrong with it. Cells are
// texts, and the key where a cell is a whole object.
func (a *Answer) Check(rows iter.Seq2[[]string, error]) error {
	n, digest := 0, uint64(0)
	var seen map[uint64]bool
	if a.among != nil {
		seen = map[uint64]bool{}
	}
	for cells, err := range rows {
		if err != nil {
			return err
		}
		n++
		h := hashRow(cells)
		switch {
		case a.only != "" && (len(cells) != 1 || cells[0] != a.only):
			return fmt.Errorf("the answer is %s, it must be %s", strings.Join(cells, ", "), a.only)
		case a.among != nil && !a.among[h]:
			return fmt.Errorf("row %d is none of the estate's: %s", n, strings.Join(cells, ", "))
		case a.among != nil && seen[h]:
			return fmt.Errorf("row %d came before: %s", n, strings.Join(cells, ", "))
		case a.among != nil:
			seen[h] = true
		}
		digest = a.add(digest, h)
	}
	switch {
	case a.known && n != a.rows:
		return fmt.Errorf("the answer has %d rows, it must have %d", n, a.rows)
	case a.digest != 0 && digest != a.digest:
		return fmt.Errorf("the answer has the right number of rows, %d, but not the right ones", n)
	}
	return nil
}
