package syntax_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/j1db/j1db/query/syntax"
)

// corpusRow is a line of the collection of public queries.
type corpusRow struct {
	Query    string `json:"query"`
	Source   string `json:"source"`
	Doubtful string `json:"doubtful"`
	Why      string `json:"why"`
}

// readCorpus reads a file of the collection of public queries beside the repository,
// and skips the test where there is none.
func readCorpus(tb testing.TB, name string) []corpusRow {
	tb.Helper()
	root, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for !exists(filepath.Join(root, "go.mod")) && root != filepath.Dir(root) {
		root = filepath.Dir(root)
	}
	path := filepath.Join(root, "..", "shared", "data", "j1ql", name)
	f, err := os.Open(path)
	if err != nil {
		tb.Skipf("SKIPPED: the collection of public queries is not there: %v", err)
	}
	defer f.Close()
	var rows []corpusRow
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row corpusRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatalf("read %s: %v", name, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		tb.Fatalf("read %s: %v", name, err)
	}
	return rows
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// fill puts a value into the placeholders of saved questions.
func fill(query string) string {
	return placeholder.ReplaceAllString(query, "x")
}

func TestCorpus(t *testing.T) {
	parsed, valid := 0, 0
	rows := readCorpus(t, "corpus.jsonl")
	for _, row := range rows {
		if row.Doubtful != "" {
			continue
		}
		text := fill(row.Query)
		q, err := syntax.Parse(text)
		if err != nil {
			t.Errorf("%s: %v\n%s", row.Source, err, text)
			continue
		}
		parsed++
		if err := syntax.Validate(q); err != nil {
			t.Errorf("%s: %v\n%s", row.Source, err, text)
		} else {
			valid++
		}
		roundTrip(t, text, q)
	}
	t.Logf("%d of %d rows parsed, %d valid", parsed, len(rows), valid)
}

// roundTrip checks that what is printed parses back to the same tree, and that
// formatting what was formatted changes nothing.
func roundTrip(tb testing.TB, text string, q *syntax.Query) {
	tb.Helper()
	for _, printed := range []string{q.String(), q.Format()} {
		again, err := syntax.Parse(printed)
		if err != nil {
			tb.Errorf("%q prints as %q: %v", text, printed, err)
			return
		}
		if !q.Equal(again) {
			tb.Errorf("%q prints as %q, which is another tree: %s", text, printed, again)
		}
	}
	format := q.Format()
	again, err := syntax.Format(format)
	if err != nil || again != format {
		tb.Errorf("%q formats as\n%s\nand that as\n%s\n%v", text, format, again, err)
	}
}

// causes pairs what is wrong with a negative, in a word of its description, with what
// the message has to name.
var causes = [...][2]string{
	{"WITH is missing", "begins with WITH"}, {"alternatives", "alternatives need parentheses"},
	{"needs selector", "a property needs its selector"}, {"duration", "date.now - 30 days"},
	{"AS before WITH", "the alias comes after the filter"}, {"quote", "quote"},
	{"bare value", "several values of one property stand in parentheses"},
	{"arrow before", "the arrow comes after the verb"}, {"optional mark", "(THAT IS Person)?"},
	{"unquoted", "a string needs quotes"},
}

func TestNegatives(t *testing.T) {
	rows := readCorpus(t, "negative.jsonl")
	for _, row := range rows {
		q, err := syntax.Parse(row.Query)
		if err == nil {
			err = syntax.Validate(q)
		}
		if err == nil {
			t.Errorf("accepted: %s (%s)", row.Query, row.Why)
			continue
		}
		named := false
		for _, c := range causes {
			if strings.Contains(row.Why, c[0]) {
				named = strings.Contains(err.Error(), c[1])
				break
			}
		}
		if !named {
			t.Errorf("%s: the message does not name the cause, %s: %v", row.Query, row.Why, err)
		}
	}
	t.Logf("%d negatives rejected", len(rows))
}
