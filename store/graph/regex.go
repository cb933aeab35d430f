package graph

import (
	"fmt"
	"regexp"
	"sync"
)

// Regex is a regular expression of J1QL: RE2 syntax, found anywhere in a text
// with = and ~=, at its start with ^= and at its end with $=.
type Regex struct {
	source   string
	fold     bool
	anywhere *regexp.Regexp
	prefix   func() *regexp.Regexp
	suffix   func() *regexp.Regexp
}

// CompileRegex compiles source, which stood between slashes; fold is the flag i.
func CompileRegex(source string, fold bool) (*Regex, error) {
	flags := ""
	if fold {
		flags = "(?i)"
	}
	re, err := regexp.Compile(flags + source)
	if err != nil {
		return nil, fmt.Errorf("compile /%s/: %w", source, err)
	}
	anchored := func(pattern string) func() *regexp.Regexp {
		// What compiles alone compiles in a group.
		return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	}
	return &Regex{
		source: source, fold: fold, anywhere: re,
		prefix: anchored(flags + `\A(?:` + source + `)`),
		suffix: anchored(flags + `(?:` + source + `)\z`),
	}, nil
}

// String prints the expression as it was written.
func (r *Regex) String() string {
	if r.fold {
		return "/" + r.source + "/i"
	}
	return "/" + r.source + "/"
}

func (r *Regex) test(op Operator, s string) bool {
	switch op {
	case Eq, Contains:
		return r.anywhere.MatchString(s)
	case StartsWith:
		return r.prefix().MatchString(s)
	case EndsWith:
		return r.suffix().MatchString(s)
	}
	return false
}
