package syntax

import "strings"

// isStructural reports whether a word, in any case, shapes a statement. Such a word is
// never the name of a selector, a verb or an alias; as a property's name each of them
// is legal.
func isStructural(word string) bool {
	switch lowerWord(word) {
	case "find", "with", "that", "where", "return", "order", "by", "limit", "skip",
		"and", "or", "not", "true", "false", "null", "undefined", "as":
		return true
	}
	return false
}

// IsReserved reports whether a word, in any case, may not be the alias of an entity or
// a relationship. Columns of RETURN may be called count or has: there these words
// cannot be mistaken.
func IsReserved(word string) bool {
	switch lowerWord(word) {
	case "count", "sum", "avg", "min", "max", "has", "relates", "to", "from":
		return true
	}
	return isStructural(word)
}

// lowerWord is word in lower case, or empty if it is too long to be a keyword.
func lowerWord(word string) string {
	const longest = len("undefined")
	if len(word) > longest {
		return ""
	}
	return strings.ToLower(word)
}

// isDateWord reports whether an undotted or dotted name would be read as a date.
func isDateWord(name string) bool {
	return strings.EqualFold(name, "date.now")
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// isName reports whether s can be written as a name: letters, digits and underscores.
func isName(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && (i == 0 || !isDigit(s[i])) {
			return false
		}
	}
	return s != ""
}

// isDotted reports whether s is names joined by dots.
func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !isName(part) {
			return false
		}
	}
	return true
}
