package querytest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/j1db/j1db/query/syntax"
)

// RunScripts runs the cases of every script in a folder, each as a test of its own.
// With update it rewrites the answers of those that fail instead.
func RunScripts(t *testing.T, dir string, r Runner, update bool) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no scripts in %s (%v)", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			cases, err := ReadScript(path)
			if err != nil {
				t.Fatal(err)
			}
			answers := map[string]string{}
			for _, c := range cases {
				t.Run(c.Title, func(t *testing.T) {
					got, ok := c.Check(t.Context(), r)
					if !ok && !update {
						t.Errorf("%s\n-- got --\n%s-- want --\n%s", c.Request.Text, got, c.Want)
					}
					if !ok {
						answers[c.Title] = c.head + divider + got + "\n"
					}
				})
			}
			if update && len(answers) > 0 {
				rewrite(t, path, answers)
			}
		})
	}
}

// Check runs the case. It returns the answer in the form that scripts have, and
// whether that is the answer which the case wants.
func (c *Case) Check(ctx context.Context, r Runner) (got string, ok bool) {
	result, err := r.Run(ctx, c.Graph, c.Request)
	if err != nil {
		return c.checkError(err)
	}
	rows, warnings, _ := strings.Cut(c.Want, "warning: ")
	got = result.String()
	ok = got == strings.TrimRight(rows, "\n")+"\n"
	for part := range strings.SplitSeq(warnings, "warning: ") {
		part = strings.TrimSpace(part)
		if !slices.ContainsFunc(result.Warnings, func(w string) bool { return strings.Contains(w, part) }) && part != "" {
			ok = false
		}
	}
	for _, w := range result.Warnings {
		got += "warning: " + w + "\n"
	}
	return got, ok
}

// checkError compares an error with `error CODE` or `error CODE: part of it`.
func (c *Case) checkError(err error) (got string, ok bool) {
	got = "error " + codeOf(err)
	want, part, detailed := strings.Cut(strings.TrimSpace(c.Want), ": ")
	if detailed || !strings.HasPrefix(want, "error") {
		message, _, _ := strings.Cut(err.Error(), "\n")
		return got + ": " + message + "\n", want == got && strings.Contains(err.Error(), part)
	}
	return got + "\n", want == got
}

// codeOf is JupiterOne's code for the stage at which a statement was refused.
func codeOf(err error) string {
	var parse *syntax.Error
	if errors.As(err, &parse) {
		return syntax.CodeParser
	}
	return syntax.CodeValidation
}

// rewrite replaces the bodies of some sections of a script.
func rewrite(t *testing.T, path string, bodies map[string]string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		if body, ok := bodies[f.Name]; ok {
			archive.Files[i].Data = []byte(body)
		}
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
