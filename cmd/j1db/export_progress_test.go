package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/jupiterone"
)

func TestExportProgress(t *testing.T) {
	told := []jupiterone.Progress{
		{Instance: "crm", Job: "job-1", Phase: jupiterone.PhaseSettling},
		{Instance: "crm", Job: "job-2", Phase: jupiterone.PhaseUploading, Of: 300},
		{Instance: "crm", Job: "job-2", Phase: jupiterone.PhaseUploading, Of: 300, Sent: 200, Batches: 1},
		{Instance: "crm", Job: "job-2", Phase: jupiterone.PhaseFinalising, Of: 300, Sent: 300, Batches: 2},
		{Instance: "crm", Job: "job-2", Phase: jupiterone.PhaseFinished, Of: 300, Sent: 300, Batches: 2},
		{Instance: "crm", Cross: true, Job: "job-3", Phase: jupiterone.PhaseUploading, Of: 4},
	}
	want := `crm: an earlier export left job job-1 behind; asking what became of it
crm: job job-2: uploading 300 objects
crm: job job-2: all 300 objects are sent; waiting until they are applied
crm: job job-2: finished
crm (to other instances): job job-3: uploading 4 objects
`
	for _, tt := range []struct {
		name string
		app  app
		want string
	}{
		{"lines", app{}, want},
		{"quiet", app{flags: globalFlags{quiet: true}}, ""},
		{"beside a meter", app{live: &meter{}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			tt.app.stderr = &b
			p := tt.app.newExportProgress()
			for _, j := range told {
				p.observe(j)
			}
			if b.String() != tt.want {
				t.Errorf("told:\n%s\nwant:\n%s", b.String(), tt.want)
			}
			if tt.app.live != nil && !strings.Contains(tt.app.live.note, "uploading 4 objects") {
				t.Errorf("the meter says %q", tt.app.live.note)
			}
		})
	}
}
