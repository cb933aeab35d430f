package querytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// splitFields divides a line at white space outside quotes, brackets and
// parentheses. A line that begins with # has none.
func splitFields(line string) ([]string, error) {
	var fields []string
	start, depth, quoted := -1, 0, false
	for i := 0; i <= len(line); i++ {
		c := byte(' ')
		if i < len(line) {
			c = line[i]
		}
		blank := c == ' ' || c == '\t' || c == '\r'
		switch {
		case quoted:
			if i == len(line) {
				return nil, errors.New("a quoted text does not end")
			}
			if c == '\\' {
				i++
			}
			quoted = c != '"'
			continue
		case blank && depth == 0 || i == len(line):
			if start >= 0 {
				fields = append(fields, line[start:i])
			}
			start = -1
			continue
		case c == '#' && start < 0 && len(fields) == 0:
			return nil, nil
		}
		if start < 0 {
			start = i
		}
		switch c {
		case '"':
			quoted = true
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		}
	}
	if depth != 0 {
		return nil, errors.New("brackets do not match; quote a value that holds one")
	}
	return fields, nil
}

// readProperty reads name=value; an odd name stands in quotes.
func readProperty(field string) (string, graph.Value, error) {
	at := strings.IndexByte(field, '=')
	if strings.HasPrefix(field, `"`) {
		if end := strings.Index(field[1:], `"=`); end >= 0 {
			at = end + 2
		}
	}
	if at <= 0 {
		return "", graph.Value{}, fmt.Errorf("%q is not name=value", field)
	}
	name, err := readWord(field[:at])
	if err != nil {
		return "", graph.Value{}, err
	}
	v, err := readValue(field[at+1:])
	return name, v, err
}

// readWord reads a word, which may be quoted.
func readWord(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		return s, nil
	}
	var word string
	if err := json.Unmarshal([]byte(s), &word); err != nil {
		return "", fmt.Errorf("%s is no quoted text: %w", s, err)
	}
	return word, nil
}

// numberText is what a text graph reads as a number.
var numberText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// readValue reads a value of any kind; what is nothing else is a text.
func readValue(s string) (graph.Value, error) {
	switch {
	case s == "true" || s == "false":
		return graph.BoolValue(s == "true"), nil
	case s == "null":
		return graph.NullValue(), nil
	case s == "":
		return graph.Value{}, errors.New(`a value is missing; the empty text is ""`)
	case s[0] == '[':
		return readList(s)
	case s[0] == '@':
		return readTime(s[1:])
	case numberText.MatchString(s):
		v, ok := graph.NumberValue(s)
		if !ok {
			return v, fmt.Errorf("the number %s is too large", s)
		}
		return v, nil
	}
	word, err := readWord(s)
	return graph.StringValue(word), err
}

// readTime reads @2024-03-31 or @2024-03-31T10:00:00Z as epoch milliseconds.
func readTime(s string) (graph.Value, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return graph.IntValue(t.UnixMilli()), nil
		}
	}
	return graph.Value{}, fmt.Errorf("%q is no time such as @2024-03-31 or @2024-03-31T10:00:00Z", s)
}

// readList reads [a,"b c",1].
func readList(s string) (graph.Value, error) {
	body, ok := strings.CutSuffix(s[1:], "]")
	if !ok {
		return graph.Value{}, fmt.Errorf("the list %s does not end", s)
	}
	elements := []graph.Value{}
	for body = strings.TrimSpace(body); body != ""; {
		element := body
		if end := elementEnd(body); end < len(body) {
			element, body = body[:end], strings.TrimSpace(body[end+1:])
		} else {
			body = ""
		}
		v, err := readValue(strings.TrimSpace(element))
		if err != nil {
			return graph.Value{}, err
		}
		if v.Kind() == graph.List {
			return graph.Value{}, errors.New("a list holds no lists")
		}
		elements = append(elements, v)
	}
	return graph.ListValue(elements...), nil
}

// elementEnd is where the first comma outside quotes stands, or the length of s.
func elementEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return i
		}
	}
	return len(s)
}
