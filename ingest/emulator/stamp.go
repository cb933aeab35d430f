package emulator

import (
	"encoding/json"
	"time"
)

// Stamp is a moment in epoch milliseconds. Zero means "none" and is null in JSON;
// anything else is RFC 3339 in UTC, with milliseconds unless they are zero.
type Stamp int64

// At gives the stamp of a time.
func At(t time.Time) Stamp { return Stamp(t.UnixMilli()) }

// Time gives the stamp as a UTC time.
func (s Stamp) Time() time.Time { return time.UnixMilli(int64(s)).UTC() }

// Add gives the stamp moved by a duration; none stays none.
func (s Stamp) Add(d time.Duration) Stamp {
	if s == 0 {
		return 0
	}
	return s + Stamp(d.Milliseconds())
}

// Days gives the stamp moved by whole days.
func (s Stamp) Days(n int) Stamp { return s.Add(time.Duration(n) * 24 * time.Hour) }

// String is the stamp as the APIs write it; none is empty.
func (s Stamp) String() string {
	switch {
	case s == 0:
		return ""
	case s%1000 == 0:
		return s.Time().Format("2006-01-02T15:04:05Z")
	}
	return s.Time().Format("2006-01-02T15:04:05.000Z")
}

// MarshalJSON writes the stamp as a string, none as null.
func (s Stamp) MarshalJSON() ([]byte, error) {
	if s == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + s.String() + `"`), nil
}

// Opt is text that the API may leave out: empty is null in JSON.
type Opt string

// MarshalJSON writes the text, or null when it is empty.
func (o Opt) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// List is a slice that is never null in JSON: nil is an empty array.
type List[T any] []T

// MarshalJSON writes the elements as an array.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}
