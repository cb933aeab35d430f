package jupiterone

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

const truncated = `"TRUNCATED"`

// rawEntry is one entry of `_rawData`.
type rawEntry struct {
	Name    string          `json:"name"`
	RawData json.RawMessage `json:"rawData"`
}

// trim shortens the raw data of an encoded object until it is smaller than limit:
// the largest field of the largest entry becomes the text TRUNCATED, again and
// again. It reports false when there is nothing left to cut.
func trim(object []byte, limit int) ([]byte, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil, false
	}
	var entries []rawEntry
	if json.Unmarshal(members["_rawData"], &entries) != nil {
		return nil, false
	}
	size := len(object)
	for size >= limit {
		saved := cutLargest(entries)
		if saved == 0 {
			return nil, false
		}
		size -= saved
	}
	members["_rawData"] = plain(entries)
	return plain(members), true
}

// plain encodes what was decoded from JSON, without making it longer by escapes.
func plain(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // what was decoded can be encoded
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// cutLargest cuts one field and returns how many bytes that saves, 0 when nothing
// is larger than its replacement.
func cutLargest(entries []rawEntry) int {
	at := -1
	for i := range entries {
		if at < 0 || len(entries[i].RawData) > len(entries[at].RawData) {
			at = i
		}
	}
	if at < 0 {
		return 0
	}
	before := len(entries[at].RawData)
	var fields map[string]json.RawMessage
	if json.Unmarshal(entries[at].RawData, &fields) == nil {
		if name, ok := largestField(fields); ok {
			fields[name] = json.RawMessage(truncated)
			if b := plain(fields); len(b) < before {
				entries[at].RawData = b
				return before - len(b)
			}
		}
	}
	if before <= len(truncated) {
		return 0
	}
	entries[at].RawData = json.RawMessage(truncated)
	return before - len(truncated)
}

// largestField returns the first of the largest fields that are worth cutting.
func largestField(fields map[string]json.RawMessage) (string, bool) {
	largest := ""
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[name]) > max(len(fields[largest]), len(truncated)) {
			largest = name
		}
	}
	_, ok := fields[largest]
	return largest, ok
}

// withoutRaw removes the raw data of an encoded object. It reports false when
// there are none.
func withoutRaw(object []byte) ([]byte, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil || members["_rawData"] == nil {
		return nil, false
	}
	delete(members, "_rawData")
	return plain(members), true
}
