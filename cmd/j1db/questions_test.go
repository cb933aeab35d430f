package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/cmd/j1db/questions"
)

// TestOwnQuestions runs every question that ships on the emulated company: all of
// them are valid, ask about what there is, and nearly all find something.
func TestOwnQuestions(t *testing.T) {
	f, err := questions.Own()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range f.Validate() {
		t.Error(err)
	}
	db := copyDemo(t)
	for _, q := range f.Questions {
		t.Run(q.ID, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			a := &app{
				stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, workDir: t.TempDir(), now: time.Now,
				getenv: func(name string) string { return map[string]string{"HOME": "/nowhere"}[name] },
				width:  func() int { return 0 },
			}
			code := a.execute(t.Context(), []string{"--db", db, "questions", "run", q.ID, "-o", "jsonl"})
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr.String())
			}
			if strings.Contains(stderr.String(), "warning") {
				t.Errorf("it asks about what is not there: %s", stderr.String())
			}
			if stdout.Len() == 0 {
				t.Logf("no rows: %s", stderr.String())
			}
		})
	}
}
