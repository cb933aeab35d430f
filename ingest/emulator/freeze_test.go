package emulator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestCompanyIsFrozen notices when the demo's company or its first two days
// become others: goldens elsewhere depend on them.
func TestCompanyIsFrozen(t *testing.T) {
	var b bytes.Buffer
	e := emulator.New(emulator.Options{})
	for {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "day %d, %s, %x\n", e.Day, e.Now, sha256.Sum256(text))
		for _, c := range e.Size() {
			fmt.Fprintf(&b, "%5d %s\n", c.Rows, c.Kind)
		}
		for _, who := range finding(e) {
			fmt.Fprintf(&b, "finding: %s\n", who)
		}
		if e.Day == 2 {
			break
		}
		var events []emulator.Event
		e, events = e.NextDay()
		for _, v := range events {
			fmt.Fprintf(&b, "%s: %s\n", v.Provider, v.Text)
		}
	}
	const golden = "testdata/company.txt"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update if this is meant: %s", diff)
	}
}
