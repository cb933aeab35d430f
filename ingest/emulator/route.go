package emulator

import (
	"slices"
	"strings"
)

// variable gives the segment of a path that stands where its pattern has {name}.
func variable(pattern, path string) string {
	segments := strings.Split(path, "/")
	for i, s := range strings.Split(pattern, "/") {
		if strings.HasPrefix(s, "{") {
			return segments[i]
		}
	}
	return ""
}

// matchRoute says whether a path fits a pattern, segment by segment.
func matchRoute(pattern, path string) bool {
	if pattern == "" {
		return true
	}
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool {
		return w == h || w == "*" || strings.HasPrefix(w, "{")
	})
}
