package query_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// benchVar names a folder with the generated estate of a million entities, benchSuite
// the file with the statements and their answers.
const (
	benchVar   = "J1DB_BENCH_DIR"
	benchSuite = "../../shared/bench/queries.txt"
)

// benchMemory is what a query may keep on the estate of a million.
const benchMemory = 300 << 20

// benchProps are the properties that the suite looks at, beside key and type.
var benchProps = []string{"displayName", "region", "state", "department", "severity", "open"}

// benchEstate reads the generated estate once.
var benchEstate = sync.OnceValues(func() (*arrays, error) {
	dir := os.Getenv(benchVar)
	a := newArrays()
	err := eachLine(filepath.Join(dir, "entities.jsonl"), func(line []byte) {
		typ := textField(line, "_type")
		if _, ok := a.byType[typ]; !ok {
			a.table(typ, strings.Split(strings.Trim(rawField(line, "_class"), `[]"`), `","`)...)
		}
	})
	if err != nil {
		return nil, err
	}
	a.sortTables()
	err = eachLine(filepath.Join(dir, "entities.jsonl"), func(line []byte) {
		props := map[string]graph.Value{}
		for _, name := range benchProps {
			switch raw := rawField(line, name); {
			case raw == "":
			case raw == "true", raw == "false":
				props[name] = graph.BoolValue(raw == "true")
			default:
				props[name] = graph.StringValue(strings.Clone(strings.Trim(raw, `"`)))
			}
		}
		a.tables[a.byType[textField(line, "_type")]].add(textField(line, "_key"), props)
	})
	if err != nil {
		return nil, err
	}
	where := map[string][2]uint32{} // table and row of a key
	for i, t := range a.tables {
		for key, row := range t.keys {
			where[key] = [2]uint32{uint32(i), row}
		}
	}
	err = eachLine(filepath.Join(dir, "relationships.jsonl"), func(line []byte) {
		from, to := where[textField(line, "_fromEntityKey")], where[textField(line, "_toEntityKey")]
		a.join(int(from[0]), from[1], textField(line, "_class"), int(to[0]), to[1])
	})
	a.finish()
	return a, err
})

// eachLine calls f for every line of a file.
func eachLine(path string, f func(line []byte)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(bufio.NewReaderSize(file, 1<<20))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		f(lines.Bytes())
	}
	return lines.Err()
}

// rawField is the text of a field of a line that the generator made: such lines have
// no escapes and no spaces.
func rawField(line []byte, name string) string {
	at := bytes.Index(line, []byte(`"`+name+`":`))
	if at < 0 {
		return ""
	}
	rest := line[at+len(name)+3:]
	end := bytes.IndexAny(rest[1:], ",}")
	switch rest[0] {
	case '"':
		end = bytes.IndexByte(rest[1:], '"') + 1
	case '[':
		end = bytes.IndexByte(rest, ']')
	}
	return string(rest[:end+1])
}

func textField(line []byte, name string) string { return strings.Trim(rawField(line, name), `"`) }

// benchQuery is one statement of the suite and what its answer has to be.
type benchQuery struct{ name, expected, text string }

// benchQueries reads the suite, or skips the test.
func benchQueries(tb testing.TB) []benchQuery {
	tb.Helper()
	if os.Getenv(benchVar) == "" {
		tb.Skipf("SKIPPED: %s does not name a folder with a generated estate (entities.jsonl, relationships.jsonl)", benchVar)
	}
	text, err := os.ReadFile(benchSuite)
	if err != nil {
		tb.Skipf("SKIPPED: %v", err)
	}
	var out []benchQuery
	for line := range strings.Lines(string(text)) {
		if parts := strings.SplitN(strings.TrimSpace(line), "|", 3); len(parts) == 3 && !strings.HasPrefix(line, "#") {
			out = append(out, benchQuery{parts[0], parts[1], parts[2]})
		}
	}
	return out
}

// drained reads an answer to its end and says what it is, as the suite does.
func drained(ctx context.Context, tb testing.TB, g query.Graph, stmt *query.Stmt) string {
	result, err := stmt.Run(ctx, g, query.RunOptions{Memory: benchMemory})
	if err != nil {
		tb.Fatal(err)
	}
	rows, last := 0, graph.Value{}
	for row, err := range result.Rows() {
		if err != nil {
			tb.Fatal(err)
		}
		rows++
		last = row[0].Value
	}
	if n, ok := last.Int(); ok && rows == 1 {
		return fmt.Sprintf("count %d", n)
	}
	return fmt.Sprintf("rows %d", rows)
}

// TestSuite asks the suite of the generated estate.
func TestSuite(t *testing.T) {
	queries := benchQueries(t)
	start := time.Now()
	a, err := benchEstate()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("read the estate in %s", time.Since(start))
	engine := query.New(query.Options{})
	for _, q := range queries {
		t.Run(q.name, func(t *testing.T) {
			stmt, err := engine.Prepare(q.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := drained(t.Context(), t, a, stmt); got != q.expected {
				t.Errorf("%s, want %s", got, q.expected)
			}
			plan, err := stmt.ExplainAnalyze(t.Context(), a, query.RunOptions{Clock: time.Now})
			t.Logf("%s\n%s%v", q.text, plan, err)
		})
	}
}

// TestWorstOfTheSuite asks the worst questions of the generated estate: each ends
// with an answer or a limit, and soon after it is asked to.
func TestWorstOfTheSuite(t *testing.T) {
	benchQueries(t)
	a, err := benchEstate()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range worstQueries {
		t.Run(q.name, func(t *testing.T) {
			endsSoon(t, a, q.text, query.RunOptions{Memory: benchMemory}, 300*time.Millisecond)
		})
		t.Run(q.name+" with little", func(t *testing.T) {
			endsSoon(t, a, q.text, query.RunOptions{Memory: benchMemory / 10, LimitRows: 1_000_000}, time.Second)
		})
	}
}

// prepared is the least time that it takes to parse a statement and to plan it.
func prepared(b *testing.B, text string, known *catalog) (parsing, planning time.Duration) {
	parsing, planning = time.Hour, time.Hour
	for range 50 {
		start := time.Now()
		stmt, err := query.New(query.Options{}).Prepare(text)
		if err != nil {
			b.Fatal(err)
		}
		parsed := time.Now()
		if _, err := plan.New(b.Context(), stmt.Query(), known, plan.Options{}); err != nil {
			b.Fatal(err)
		}
		parsing, planning = min(parsing, parsed.Sub(start)), min(planning, time.Since(parsed))
	}
	return parsing, planning
}

// BenchmarkSuite times the suite: the median of the runs in milliseconds.
func BenchmarkSuite(b *testing.B) {
	queries := benchQueries(b)
	a, err := benchEstate()
	if err != nil {
		b.Fatal(err)
	}
	engine, known := query.New(query.Options{}), newCatalog(b, a)
	for _, q := range queries {
		b.Run(q.name, func(b *testing.B) {
			stmt, err := engine.Prepare(q.text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var times []time.Duration
			for b.Loop() {
				start := time.Now()
				drained(b.Context(), b, a, stmt)
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			ms, _ := strconv.ParseFloat(fmt.Sprintf("%.4f", times[len(times)/2].Seconds()*1000), 64)
			b.ReportMetric(ms, "ms-median")
			b.ReportMetric(times[0].Seconds()*1000, "ms-least")
			parse, plan := prepared(b, q.text, known)
			b.ReportMetric(float64(parse.Nanoseconds())/1000, "us-parse")
			b.ReportMetric(float64(plan.Nanoseconds())/1000, "us-plan")
		})
	}
}
