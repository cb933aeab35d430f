package syntax_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/query/syntax"
)

// stretch repeats a part between a head and a tail up to the longest text allowed.
func stretch(head, part, tail string) string {
	n := (syntax.MaxText - len(head) - len(tail)) / len(part)
	return head + strings.Repeat(part, n) + tail
}

// longTexts are as long as a text may be, each heavy for some part of the package.
var longTexts = map[string]string{
	"terms":               stretch("FIND X WITH a=1", " OR a=1", ""),
	"terms, wrong":        stretch("FIND X WITH a=1", " OR a=1", " OR OR"),
	"terms of groups":     stretch("FIND X WITH (a=1)", "AND(a=1)", ""),
	"list":                stretch("FIND X WITH a=(1", " OR 1", ")"),
	"list, wrong":         stretch("FIND X WITH a=(1", ",1", ")"),
	"alternatives":        stretch("FIND (A", "|A", ")"),
	"alternatives, wrong": stretch("FIND (A", ",A", ")"),
	"hops":                stretch("FIND A", " THAT B C", ""),
	"hops, wrong":         stretch("FIND A", " THAT B C", " THAT"),
	"hops with names":     stretch("FIND A", " THAT B AS c D AS e", " WHERE e.x=1"),
	"groups":              stretch("FIND A", "(THAT B C)?", ""),
	"verbs":               stretch("FIND A THAT (B", "|B", ") C"),
	"items":               stretch("FIND A RETURN A.a", ",A.a", ""),
	"items, wrong":        stretch("FIND A RETURN A.a", ",A.a", ",,"),
	"items, unknown":      stretch("FIND A AS b RETURN b.c", ",A.a", ""),
	"items and keys":      stretch(stretch("FIND A RETURN A.a", ",A.b", "")[:30000]+" ORDER BY A.a", ",A.c", ""),
	"sum":                 stretch("FIND A RETURN 1", "+1", ""),
	"powers":              stretch("FIND A RETURN 1", "^1", ""),
	"signs":               stretch("FIND A RETURN ", "-", "1"),
	"arguments":           stretch("FIND A RETURN CONCAT(1", ",1", ")"),
	"calls":               stretch("FIND A RETURN ", "CONCAT(", ""),
	"parentheses":         stretch("FIND A WITH ", "(", ""),
	"closing":             stretch("FIND A ", ")", ""),
	"sub-queries":         stretch("FIND A WITH a=", "(FIND A WITH a=", ""),
	"sub-queries in row":  stretch("FIND A WITH a=1", " AND a=(FIND A RETURN A.a)", ""),
	"comments":            stretch("FIND A ", "/**/", ""),
	"comments in a pair":  stretch("FIND A ORDER ", "/**/", " BY A.a"),
	"open comment":        stretch("FIND A /*", "x", ""),
	"string":              stretch("FIND \"", "x", "\""),
	"open string":         stretch("FIND \"", "x", ""),
	"escapes":             stretch("FIND \"", `\"`, "\""),
	"regex":               stretch("FIND A WITH a = /", "a", "/"),
	"regex groups":        stretch("FIND A WITH a = /", "(", "/"),
	"regex repeats":       stretch("FIND A WITH a = /", "a{1000}", "/"),
	"junk":                stretch("FIND A ", "$", ""),
	"dots":                stretch("FIND A WITH a", ".a", "=1"),
	"brackets":            stretch("FIND A WITH ", "[", ""),
	"digits":              stretch("FIND A WITH a = ", "9", ""),
	"dashes":              stretch("FIND A WITH a = date.now", " -", ""),
	"name":                stretch("FIND ", "a", ""),
	"words":               stretch("FIND A ", "that ", ""),
	"spaces":              stretch("", " ", ""),
	"unclosed sub-query":  stretch("FIND A WITH a=1", " AND a=(FIND A", ""),
	"question marks":      stretch("FIND A THAT B", "?", ""),
	"wide":                stretch("FIND A WITH a = ", "日", ""),
}

// TestLongTexts holds the package to its caps: no text takes more than 200 ms or 64 MB,
// whatever is done with it. Another program may slow a run down, but not all of them.
func TestLongTexts(t *testing.T) {
	_, _ = syntax.Parse("FIND A WITH")
	for name, text := range longTexts {
		t.Run(name, func(t *testing.T) {
			took, allocated := cost(text)
			for tries := 0; tries < 20 && took > slowed(200*time.Millisecond); tries++ {
				took, allocated = cost(text)
			}
			t.Logf("%v, %d MB", took, allocated>>20)
			if took > slowed(200*time.Millisecond) || !raced && allocated > 64<<20 {
				t.Errorf("took %v and %d bytes", took, allocated)
			}
		})
	}
}

// cost is what parsing and checking a text takes: time and bytes allocated.
func cost(text string) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	q, err := syntax.Parse(text)
	if err == nil {
		err = syntax.Validate(q)
	}
	if err == nil {
		syntax.Warnings(q)
	}
	if err != nil {
		_ = err.Error()
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

// slowed is a time limit, stretched under the race detector, which slows everything
// down tenfold and more.
func slowed(limit time.Duration) time.Duration {
	if raced {
		return 20 * limit
	}
	return limit
}

func TestTooLong(t *testing.T) {
	_, err := syntax.Parse("FIND A" + strings.Repeat(" ", syntax.MaxText))
	var e *syntax.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, "longer than 65536 bytes") {
		t.Errorf("error %v", err)
	}
	if _, err := syntax.Parse("FIND A" + strings.Repeat(" ", syntax.MaxText-len("FIND A"))); err != nil {
		t.Errorf("the longest text: %v", err)
	}
}

func TestDepth(t *testing.T) {
	nested := func(n int) string {
		return "FIND A WITH " + strings.Repeat("(", n) + "a = 1" + strings.Repeat(")", n)
	}
	if _, err := syntax.Parse(nested(syntax.MaxDepth)); err != nil {
		t.Errorf("%d levels: %v", syntax.MaxDepth, err)
	}
	for name, text := range map[string]string{
		"parentheses": nested(syntax.MaxDepth + 1),
		"sub-queries": strings.Repeat("FIND A WITH a = (", syntax.MaxDepth+1),
		"signs":       "FIND A RETURN " + strings.Repeat("- ", syntax.MaxDepth+1) + "1",
		"powers":      "FIND A RETURN 1" + strings.Repeat("^1", syntax.MaxDepth+1),
		"calls":       "FIND A RETURN " + strings.Repeat("ABS(", syntax.MaxDepth+1),
	} {
		_, err := syntax.Parse(text)
		if err == nil || !strings.Contains(err.Error(), "more than 64 levels of nesting") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
