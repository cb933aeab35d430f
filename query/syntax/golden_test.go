package syntax_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/query/syntax"
)

var update = flag.Bool("update", false, "rewrite the expected parts of the golden files")

// divider separates what a case is given from what it gives.
const divider = "----\n"

// golden runs every case of a txtar file: a file of the archive is a case, its text up
// to the divider is the input, the rest what answer must give for it.
func golden(t *testing.T, path string, answer func(text string) string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatalf("read golden file: %v", err)
	}
	for i := range archive.Files {
		f := &archive.Files[i]
		t.Run(f.Name, func(t *testing.T) {
			given, want, _ := strings.Cut(string(f.Data), divider)
			got := strings.TrimRight(answer(input(f.Data)), "\n") + "\n"
			if *update {
				f.Data = []byte(given + divider + got + "\n")
				return
			}
			if diff := cmp.Diff(strings.TrimRight(want, "\n")+"\n", got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", given, diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatalf("write golden file: %v", err)
		}
	}
}

// input is the given part of a case.
func input(data []byte) string {
	given, _, _ := strings.Cut(string(data), divider)
	return strings.TrimSuffix(given, "\n")
}

// explain is everything that an error says.
func explain(text string) string {
	q, err := syntax.Parse(text)
	if err == nil {
		err = syntax.Validate(q)
	}
	var b strings.Builder
	var parse *syntax.Error
	var invalid *syntax.ValidationError
	switch {
	case errors.As(err, &parse):
		fmt.Fprintf(&b, "%s: %v\n%s\n", parse.Code, parse, parse.Excerpt())
		if len(parse.Nearest) > 0 {
			fmt.Fprintf(&b, "nearest: %s\n", strings.Join(parse.Nearest, " "))
		}
		if parse.Incomplete {
			b.WriteString("incomplete\n")
		}
		if parse.Fix != "" {
			fmt.Fprintf(&b, "fix: %s\n", parse.Fix)
		}
	case errors.As(err, &invalid):
		fmt.Fprintf(&b, "%s: %v\n%s\n", invalid.Code, invalid, invalid.Excerpt())
		if invalid.Fix != "" {
			fmt.Fprintf(&b, "fix: %s\n", invalid.Fix)
		}
	default:
		fmt.Fprintf(&b, "ok: %s\n", q)
		for _, w := range syntax.Warnings(q) {
			fmt.Fprintf(&b, "warning: %s\n", w)
		}
	}
	return b.String()
}

func TestErrors(t *testing.T) { golden(t, "testdata/errors.txtar", explain) }

// formatted is a statement in the house style, on one line too, and its warnings.
func formatted(text string) string {
	q, err := syntax.Parse(text)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n= %s\n", q.Format(), q)
	if err := syntax.Validate(q); err != nil {
		fmt.Fprintf(&b, "invalid: %v\n", err)
	}
	for _, w := range syntax.Warnings(q) {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.String()
}

func TestFormat(t *testing.T) {
	golden(t, "testdata/format.txtar", func(text string) string {
		if q, err := syntax.Parse(text); err == nil {
			roundTrip(t, text, q)
		}
		return formatted(text)
	})
}
