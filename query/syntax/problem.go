package syntax

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"
)

// problem is what the lexer or lower.go found wrong. Both know more than that a token
// is unexpected.
type problem struct {
	kind       problemKind
	span       Span
	detail     string
	incomplete bool            // more text could repair it
	stands     lexer.TokenType // of an open string: what it would be if it were closed
}

// note is a remark on a statement that was understood all the same.
type note struct {
	span Span
	text string
}

type problemKind uint8

const (
	tooLong problemKind = iota
	tooDeep
	tooManyOperators
	tooManyItems
	notUTF8
	openComment
	openString
	openBracket
	emptyBracket
	dotWithoutName
	openParameter
	badParameter
	openRegex
	badRegex
	badFlag
	foreignRegex
	slashComment
	openDate
	badDate
	openDuration
	badDuration
	tooFar
	brokenMonths
	mixedList
	unquotedValue
	valueOnTheLeft
	starInPath
	secondArrow
	badRowCount
)

// problemTexts holds for each kind what is wrong and, where it helps, what to write.
var problemTexts = [...]struct{ message, hint string }{
	tooLong:          {fmt.Sprintf("the statement is longer than %d bytes", MaxText), "split it, or filter with fewer values"},
	tooDeep:          {fmt.Sprintf("more than %d levels of nesting", MaxDepth), "leave out the parentheses that are not needed"},
	tooManyOperators: {fmt.Sprintf("more than %d operators in one expression", maxOperators), ""},
	tooManyItems:     {fmt.Sprintf("more than %d items in one list", maxListed), ""},
	notUTF8:          {"the text is not UTF-8", ""},
	openComment:      {"the comment is not closed", "a comment ends with */"},
	openString:       {"the string is not closed", "a string ends with the quote that it began with"},
	openBracket:      {"the bracket is not closed", "a property in brackets ends with ]"},
	emptyBracket:     {"no property in the brackets", "write the property's name between [ and ]"},
	dotWithoutName:   {"a property's name must follow the dot", "names with other characters go in brackets: u.[cost-center]"},
	openParameter:    {"the parameter is not closed", "a parameter ends with }"},
	badParameter:     {"no name of a parameter", "write ${name}; a name has letters, digits, dots and dashes"},
	openRegex:        {"the regular expression is not closed", "it ends with / or /i"},
	badRegex:         {"no valid regular expression", "a slash inside is written \\/"},
	badFlag:          {"unknown flag of a regular expression", "the only flag is i, which ignores case"},
	foreignRegex:     {"the service does not support this in a regular expression", "use character classes, or several comparisons joined by OR"},
	slashComment:     {"// is no comment", "write comments as /* ... */"},
	openDate:         {"the date is not closed", "write date(2024-01-31)"},
	badDate:          {"no ISO 8601 date", "write date(2024-01-31) or date(2024-01-31T12:00:00Z), without quotes"},
	openDuration:     {"a number and a unit must follow", "write date.now - 30 days"},
	badDuration:      {"a number and a unit of time must follow the sign", "the units are hours, days, months and years: date.now - 30 days"},
	tooFar:           {"too far from now", "the longest distance is 100,000 years"},
	brokenMonths:     {"months and years are whole", "use days for a part of a month"},
	mixedList:        {"AND and OR in one list of values", "use one of them, or write two comparisons: a = (\"x\" OR \"y\") AND a = \"z\""},
	unquotedValue:    {"no value", "strings need quotes; a property of the right side needs its selector"},
	valueOnTheLeft:   {"the value is on the left", "write the property first: name ~= \"x\""},
	starInPath:       {"* after a property", "selector.* gives all properties of a selector"},
	secondArrow:      {"a second arrow", "a hop has one direction: >> or <<"},
	badRowCount:      {"no number of rows", "SKIP takes a whole number from 0, LIMIT one from 1"},
}

// text is what is wrong, in one phrase.
func (p *problem) text() string {
	message := problemTexts[p.kind].message
	if p.detail != "" {
		message += ": " + p.detail
	}
	return message
}

// Error makes a problem an error for participle's interface.
func (p *problem) Error() string { return p.text() }
