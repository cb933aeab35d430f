package httpx

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
)

// Page is one page of a list. The last one says whether the list was read whole.
type Page struct {
	// Rows are the rows that this list has not given before, as the API wrote
	// them. A row may be null or of any shape: decoding is the caller's.
	Rows []json.RawMessage
	// Repeated are the rows of this page that this reading of the list had
	// already given.
	Repeated []json.RawMessage
	Number   int // from 1, counts the requests of this list
	// Pass is 1, or 2 while the list is read again because the first reading did
	// not add up; Rows then holds only what the first one missed.
	Pass  int
	Total int // rows in the list as the API says; -1 when it does not
	Last  bool
	// Complete says, on the last page, that every row of the list was read. When
	// it is false, Reason says what speaks against it.
	Complete bool
	Reason   string
}

// rowList decodes an answer that must be a JSON array. A null, an object or
// anything else is an error and not an empty list: an empty list deletes.
type rowList []json.RawMessage

// UnmarshalJSON implements json.Unmarshaler.
func (l *rowList) UnmarshalJSON(body []byte) error {
	if err := expect(body, '[', "a list"); err != nil {
		return err
	}
	rows := []json.RawMessage{}
	if err := json.Unmarshal(body, &rows); err != nil {
		return err
	}
	*l = rows
	return nil
}

// expect checks the first byte of a JSON value.
func expect(body []byte, first byte, what string) error {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == first {
		return nil
	}
	kind := "a number"
	switch {
	case len(trimmed) == 0:
		return errors.New("empty, expected " + what)
	case trimmed[0] == '{':
		kind = "an object"
	case trimmed[0] == '[':
		kind = "a list"
	case trimmed[0] == '"':
		kind = "a string"
	case trimmed[0] == 'n':
		kind = "null"
	case trimmed[0] == 't', trimmed[0] == 'f':
		kind = "a boolean"
	}
	return fmt.Errorf("%s where %s was expected", kind, what)
}

// RowKey is the identity of a row within its list unless the caller names
// another: its id, else its _id, else its whole text.
func RowKey(row json.RawMessage) string {
	var object struct {
		ID    json.RawMessage `json:"id"`
		OldID json.RawMessage `json:"_id"`
	}
	if json.Unmarshal(row, &object) == nil {
		for _, id := range []json.RawMessage{object.ID, object.OldID} {
			if len(id) > 0 && string(id) != "null" {
				return string(id)
			}
		}
	}
	return string(row)
}

// tally knows which rows a list has given.
type tally struct {
	key     func(json.RawMessage) string
	seen    map[string]int // row key to the last pass that gave it
	pass    int
	unique  int // different rows in this pass
	repeats int // rows that came again in this pass
	added   int // rows that no earlier pass had given
	before  int // different rows in the pass before
}

func newTally(key func(json.RawMessage) string) *tally {
	if key == nil {
		key = RowKey
	}
	return &tally{key: key, seen: map[string]int{}, pass: 1}
}

// split sorts rows into those to hand on and those given before in this pass.
func (t *tally) split(rows []json.RawMessage) (fresh, repeated []json.RawMessage) {
	for _, row := range rows {
		key := compactKey(t.key(row))
		last := t.seen[key]
		if last == t.pass {
			repeated = append(repeated, row)
			continue
		}
		t.seen[key] = t.pass
		t.unique++
		if last == 0 {
			t.added++
			fresh = append(fresh, row)
		}
	}
	t.repeats += len(repeated)
	return fresh, repeated
}

// again begins the next pass.
func (t *tally) again() {
	t.pass++
	t.before, t.unique, t.repeats, t.added = t.unique, 0, 0, 0
}

// agrees reports that this pass and the one before gave the same rows.
func (t *tally) agrees() bool {
	return t.pass > 1 && t.added == 0 && t.unique == t.before
}

// compactKey keeps the tally of a list of large rows without identifiers small.
func compactKey(key string) string {
	if len(key) <= 64 {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return string(sum[:])
}
