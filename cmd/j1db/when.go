package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// when is a point in the history: a version, a time, or the newest version when
// both are zero.
type when struct {
	version uint64
	time    time.Time
}

func (w when) latest() bool { return w.version == 0 && w.time.IsZero() }

var relativeTime = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-(\d+)([mhdw])$`) })

var relativeUnits = map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

// shieldTimes lets relative times be arguments: a word such as -7d would be taken
// for flags. now-7d is the same time, and no flag.
func shieldTimes(args []string) []string {
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		if len(arg) > 2 && arg[0] == '-' && '0' <= arg[1] && arg[1] <= '9' && relativeTime().MatchString(arg) {
			out[i] = "now" + arg
		}
	}
	return out
}

// parseWhen reads WHEN of the command line: a version number, latest, an RFC 3339
// time, a date (the end of that day in UTC), or a relative time such as -7d.
func parseWhen(s string, now time.Time) (when, error) {
	if s == "" || s == "latest" {
		return when{}, nil
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n == 0 {
			return when{}, usageErrorf("versions count from 1, there is no version 0")
		}
		return when{version: n}, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return when{time: t}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return when{time: t.AddDate(0, 0, 1).Add(-time.Millisecond)}, nil
	}
	if m := relativeTime().FindStringSubmatch(strings.TrimPrefix(s, "now")); m != nil {
		n, err := strconv.Atoi(m[1])
		if limit := 200 * 365 * 24 * time.Hour; err == nil && time.Duration(n) <= limit/relativeUnits[m[2]] && n < 1<<31 {
			return when{time: now.Add(-time.Duration(n) * relativeUnits[m[2]])}, nil
		}
	}
	return when{}, &usageError{fmt.Errorf("%q is not a version or a time", s),
		"use a version number, latest, 2026-01-31, 2026-01-31T12:00:00Z, or -7d, -12h"}
}
