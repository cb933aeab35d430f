package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxInput bounds what is read from stdin as one query: far above what the
// language allows, so that its own error explains the limit.
const maxInput = 1 << 20

func (a *app) readAll() (string, error) {
	b, err := io.ReadAll(io.LimitReader(a.stdin, maxInput))
	if err != nil {
		return "", fmt.Errorf("read stdin: %w", err)
	}
	return string(b), nil
}

var sizeUnits = []struct {
	suffix string
	factor int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}, {"", 1}}

// parseSize reads a number of bytes such as 384MiB.
func parseSize(s string) (int64, error) {
	text := strings.TrimSpace(s)
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n <= 0 || n > (1<<62)/u.factor {
			break
		}
		return n * u.factor, nil
	}
	return 0, &usageError{fmt.Errorf("%q is not a size", s), "use a number and a unit, such as 384MiB"}
}
