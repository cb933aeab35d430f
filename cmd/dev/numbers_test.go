package main_test

import (
	"io/fs"
	"os"
	"testing"

	dev "github.com/j1db/j1db/cmd/dev"
)

// TestPerformancePage holds the page to what was measured.
func TestPerformancePage(t *testing.T) {
	read := func(name string) string {
		b, err := fs.ReadFile(os.DirFS(root), name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	page := read("docs/performance.md")
	want, err := dev.WithNumbers(page, read("docs/performance.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if page != want {
		t.Error("docs/performance.md does not show docs/performance.txt; run go run ./cmd/dev numbers")
	}
}

func TestNumbers(t *testing.T) {
	const results = "goos: linux\n" +
		"BenchmarkQ1/n=1000000-2 \t 100 \t 12000 ns/op \t 5 B/op\n" +
		"BenchmarkQ1/n=1000000-2 \t 100 \t 10000 ns/op \t 5 B/op\n" +
		"BenchmarkQ1/n=1000000-2 \t 100 \t 99000 ns/op \t 5 B/op\n" +
		"BenchmarkQ1/n=5000000 \t 100 \t 20000 ns/op \t 8 rows\n" +
		"BenchmarkLoad/n=1000000-2 \t 1 \t 1234567890123 ns/op \t 598.4 peak-MiB\n"
	const page = "text | of ours\n" +
		"| | what | best peer | j1db, n=1000000 | ratio | j1db, n=5000000 |\n" +
		"|---|---|---|---|---|---|\n" +
		"| `Q1 ms` | a \\ b | 0.020 | | | |\n" +
		"| `Load s` | load | 16.8 | old | old | old |\n" +
		"| `Load peak-MiB` | memory | – | | | |\n" +
		"| `Q1 ns/row` | share | | | | |\n" +
		"| `Q1 ns/entity` | share | | | | |\n" +
		"\n| else | j1db, n=1000000 |\n|---|---|\n| none | stays |\n"
	const want = "text | of ours\n" +
		"| | what | best peer | j1db, n=1000000 | ratio | j1db, n=5000000 |\n" +
		"|---|---|---|---|---|---|\n" +
		"| `Q1 ms` | a \\ b | 0.020 | 0.0120 | 1.67 | 0.0200 |\n" +
		"| `Load s` | load | 16.8 | 1,235 | 0.0136 | – |\n" +
		"| `Load peak-MiB` | memory | – | 598 | – | – |\n" +
		"| `Q1 ns/row` | share |  | – | – | 2,500 |\n" +
		"| `Q1 ns/entity` | share |  | 0.0120 | – | 0.00400 |\n" +
		"\n| else | j1db, n=1000000 |\n|---|---|\n| none | stays |\n"
	got, err := dev.WithNumbers(page, results)
	if err != nil || got != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
}
