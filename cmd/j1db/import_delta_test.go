package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDeltasLeadElsewhere holds that a database to which the deltas of another one
// are applied, in steps of any length, ends equal to it: with what joins instances,
// what moves and changes its type, and what goes and comes back.
func TestDeltasLeadElsewhere(t *testing.T) {
	const histories = 12
	for seed := range uint64(histories) {
		h := &exchange{t: t, dir: t.TempDir(), r: rand.New(rand.NewPCG(seed, 3))}
		steps := h.history()
		for _, in := range exchanged {
			want, got := h.objects("here.db", in), h.objects("there.db", in)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %d steps, instance %s (-here +there):\n%s", seed, steps, in, diff)
			}
		}
		h.run("--db", h.path("there.db"), "check")
	}
}

var exchanged = []string{"crm", "hr"}

// exchange is one random history and its copy.
type exchange struct {
	t   *testing.T
	dir string
	r   *rand.Rand
}

func (h *exchange) path(name string) string { return filepath.Join(h.dir, name) }

// run runs the program and returns what it printed.
func (h *exchange) run(args ...string) string {
	h.t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, workDir: h.dir, now: time.Now,
		getenv: func(name string) string { return map[string]string{"HOME": h.dir}[name] }, width: func() int { return 0 },
	}
	if code := a.execute(h.t.Context(), args); code != exitDone {
		h.t.Fatalf("j1db %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// history makes versions here and applies what changed there, now and then.
func (h *exchange) history() (steps int) {
	h.t.Helper()
	for _, in := range exchanged { // both hold something at first
		h.put(in, "here.db")
		h.put(in, "there.db")
	}
	at := h.newest()
	for range 8 {
		h.write(exchanged[h.r.IntN(2)])
		if h.r.IntN(3) == 0 {
			at = h.apply(at)
			steps++
		}
	}
	h.apply(at)
	return steps + 1
}

// apply brings the copy from one version to the newest.
func (h *exchange) apply(from int) int {
	h.t.Helper()
	to := h.newest()
	if to == from {
		return to
	}
	file := h.path(fmt.Sprintf("delta-%d-%d.jsonl", from, to))
	h.run("--db", h.path("here.db"), "export", "jsonl", "--since", fmt.Sprint(from), "--to", fmt.Sprint(to), "--output", file)
	h.run("--db", h.path("there.db"), "import", file, "--mode", "delta", "--allow-deletes")
	return to
}

func (h *exchange) newest() int {
	h.t.Helper()
	n := 0
	line, _, _ := strings.Cut(h.run("--db", h.path("here.db"), "log", "-o", "jsonl", "--limit", "1"), "\n")
	if _, err := fmt.Sscanf(line, `{"version":%d`, &n); err != nil {
		h.t.Fatalf("newest version: %v in %s", err, line)
	}
	return n
}

// put imports one entity, the same everywhere.
func (h *exchange) put(instance, db string) {
	h.t.Helper()
	file := h.path(instance + "-first.jsonl")
	text := fmt.Sprintf(`{"_key":"%s-entity-0","_type":"%s_user","_class":["User"]}`+"\n", instance, instance)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.run("--db", h.path(db), "import", file, "--instance", instance)
}

// write imports a random state of an instance.
func (h *exchange) write(instance string) {
	h.t.Helper()
	var b strings.Builder
	here := map[string]bool{}
	for i := range 6 {
		if h.r.IntN(3) == 0 {
			continue
		}
		key := fmt.Sprintf("%s-entity-%d", instance, i)
		here[key] = true
		fmt.Fprintf(&b, `{"_key":%q,"_type":"%s_type_%d","_class":["Record"],"n":%d%s}`+"\n", key, instance, h.r.IntN(2), h.r.IntN(3),
			[]string{"", `,"none":null`, `,"list":["a","b"]`, `,"mixed":[1,"a",null]`}[h.r.IntN(4)])
	}
	keys := slices.Sorted(func(yield func(string) bool) {
		for key := range here {
			if !yield(key) {
				return
			}
		}
	})
	for i := range 6 {
		if len(keys) == 0 || h.r.IntN(3) == 0 {
			continue
		}
		to := fmt.Sprintf(`"_toEntityKey":%q`, keys[h.r.IntN(len(keys))])
		if other := exchanged[h.r.IntN(2)]; other != instance {
			to = fmt.Sprintf(`"_toEntityKey":"%s-entity-%d","_toEntityScope":%q`, other, h.r.IntN(6), other)
		}
		fmt.Fprintf(&b, `{"_key":"%s-link-%d","_type":"%s_link_%d","_class":"HAS","_fromEntityKey":%q,%s,"n":%d}`+"\n",
			instance, i, instance, h.r.IntN(2), keys[h.r.IntN(len(keys))], to, h.r.IntN(2))
	}
	file := h.path(fmt.Sprintf("%s-%d.jsonl", instance, h.r.Int64()))
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.run("--db", h.path("here.db"), "import", file, "--instance", instance, "--allow-deletes")
}

// objects lists what a database holds of an instance, in order.
func (h *exchange) objects(db, instance string) []string {
	h.t.Helper()
	lines := strings.Split(strings.TrimSpace(h.run("--db", h.path(db), "export", "jsonl", "--instance", instance)), "\n")
	slices.Sort(lines)
	return lines
}
