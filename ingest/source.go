package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// Source is one object as an API answered it. Decoding JSON into it keeps
// integers exact. It belongs to the step until it is handed to a Job.
type Source map[string]any

// UnmarshalJSON decodes an object, numbers as json.Number; null gives nil.
func (s *Source) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return fmt.Errorf("decode object: %w", err)
	}
	*s = m
	return nil
}

// at follows path through nested objects.
func (s Source) at(path []string) (any, bool) {
	var x any = map[string]any(s)
	for _, name := range path {
		m, ok := asObject(x)
		if !ok {
			return nil, false
		}
		if x, ok = m[name]; !ok {
			return nil, false
		}
	}
	return x, true
}

func asObject(x any) (map[string]any, bool) {
	switch x := x.(type) {
	case map[string]any:
		return x, true
	case Source:
		return x, true
	}
	return nil, false
}

// Get returns the scalar or list of scalars at path: null where the API said so,
// undefined where nothing or something nested is there.
func (s Source) Get(path ...string) graph.Value {
	x, ok := s.at(path)
	if !ok {
		return graph.Value{}
	}
	v, ok := graph.ValueOf(x)
	if !ok {
		return graph.Value{}
	}
	return v
}

// Str returns the text at path, of a number its digits, and "" for anything else.
func (s Source) Str(path ...string) string {
	x, _ := s.at(path)
	if n, ok := x.(json.Number); ok {
		return string(n) // whatever its size
	}
	v, _ := graph.ValueOf(x)
	if v.Kind() == graph.String || v.IsNumber() {
		return v.Text()
	}
	return ""
}

// Text returns the non-empty text at path as a value, and undefined when there is
// none: for properties that are left out rather than empty or null.
func (s Source) Text(path ...string) graph.Value {
	if t := s.Str(path...); t != "" {
		return graph.StringValue(t)
	}
	return graph.Value{}
}

// Bool reports whether true is at path.
func (s Source) Bool(path ...string) bool { return s.Get(path...).Bool() }

// Time returns the time at path as epoch milliseconds; see Time.
func (s Source) Time(path ...string) graph.Value { return Time(s.Get(path...)) }

// Object returns the object at path, nil when there is none.
func (s Source) Object(path ...string) Source {
	x, _ := s.at(path)
	m, _ := asObject(x)
	return m
}

// Objects returns the objects of the list at path; what is none is left out.
func (s Source) Objects(path ...string) []Source {
	x, _ := s.at(path)
	list, _ := x.([]any)
	var out []Source
	for _, e := range list {
		if m, ok := asObject(e); ok {
			out = append(out, m)
		}
	}
	return out
}

// Without returns a copy of s that lacks the names: secrets that must not be kept
// and properties that must not be copied.
func (s Source) Without(names ...string) Source {
	c := maps.Clone(s)
	for _, name := range names {
		delete(c, name)
	}
	return c
}

// timeLayouts are the texts that Time reads, RFC 3339 first. What names no zone
// is UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02", time.RFC1123, time.RFC1123Z,
}

// Time converts a text in a usual form of date and time to epoch milliseconds.
// It is undefined for anything else; a number needs TimeIn.
func Time(v graph.Value) graph.Value {
	if v.Kind() != graph.String {
		return graph.Value{}
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, v.Str()); err == nil {
			return graph.IntValue(t.UnixMilli())
		}
	}
	return graph.Value{}
}

// TimeIn converts a number of units since 1970, or its digits, to epoch
// milliseconds; undefined for anything else.
func TimeIn(unit time.Duration, v graph.Value) graph.Value {
	f := v.Float()
	if v.Kind() == graph.String {
		parsed, err := strconv.ParseFloat(v.Str(), 64)
		if err != nil {
			return graph.Value{}
		}
		f = parsed
	} else if !v.IsNumber() {
		return graph.Value{}
	}
	ms := f * (float64(unit) / float64(time.Millisecond))
	if math.IsNaN(ms) || math.Abs(ms) > 1<<53 {
		return graph.Value{}
	}
	return graph.IntValue(int64(math.Trunc(ms)))
}

// maxText is the length, in characters, that JupiterOne's SDK cuts texts to.
const maxText = 4096

// Truncate cuts text to 4,096 characters, the last three of which are then "...".
func Truncate(text string) string {
	if len(text) <= maxText {
		return text
	}
	r := []rune(text)
	if len(r) <= maxText {
		return text
	}
	return string(r[:maxText-3]) + "..."
}
