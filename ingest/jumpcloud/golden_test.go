package jumpcloud_test

import (
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

func TestGolden(t *testing.T) {
	h := emulator.JumpCloud(emulator.NewState(emulator.New(emulator.Options{})), emulator.JumpCloudOptions{})
	stage, report := collect(t, h)
	for _, s := range report.Steps {
		if s.Outcome != graph.OK {
			t.Errorf("step %s: %s: %s", s.Step, s.Outcome, s.Reason)
		}
	}
	for _, w := range report.Warnings {
		t.Errorf("%s: %s", w.Kind, w.String())
	}
	if d := stage.Duplicates(); len(d) > 0 {
		t.Errorf("duplicates: %v", d)
	}
	ingesttest.Golden(t, "testdata/golden.graph", stage.Text(), *update)
	ingesttest.Golden(t, "testdata/golden.complete", stage.Completeness(), *update)
}
