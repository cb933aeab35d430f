package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store/graph"
)

func (a *app) logCommand() *cobra.Command {
	var output string
	var limit int
	cmd := &cobra.Command{
		Use:     "log",
		Short:   "List the versions, newest first",
		Example: "  j1db log\n  j1db log --limit 5 -o json",
		Args:    argsBetween(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runLog(cmd.Context(), output, limit)
		},
	}
	addOutput(cmd, &output, "table", "json", "jsonl")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most this many versions (0: all)")
	return cmd
}

// versionRecord is a version in JSON.
type versionRecord struct {
	Version       uint64       `json:"version"`
	Time          string       `json:"time"`
	Instance      string       `json:"instance"`
	Provider      string       `json:"provider"`
	Created       int          `json:"created"`
	Updated       int          `json:"updated"`
	Deleted       int          `json:"deleted"`
	Entities      countRecord  `json:"entities"`
	Relationships countRecord  `json:"relationships"`
	PartialSteps  []string     `json:"partialSteps"`
	Steps         []stepRecord `json:"steps"`
	Note          string       `json:"note,omitempty"`
}

type countRecord struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	Deleted int `json:"deleted"`
}

type stepRecord struct {
	Step          string   `json:"step"`
	Outcome       string   `json:"outcome"`
	Reason        string   `json:"reason,omitempty"`
	Entities      int      `json:"entities"`
	Relationships int      `json:"relationships"`
	Partial       []string `json:"partialTypes,omitempty"`
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

func recordOf(v graph.Version) versionRecord {
	sum := v.Entities.Plus(v.Relationships)
	r := versionRecord{
		Version: v.Number, Time: isoTime(v.Time), Instance: v.Instance, Provider: v.Provider, Note: v.Note,
		Created: sum.Created, Updated: sum.Updated, Deleted: sum.Deleted,
		Entities: countRecord(v.Entities), Relationships: countRecord(v.Relationships),
		PartialSteps: []string{}, Steps: []stepRecord{},
	}
	for _, s := range v.Steps {
		r.Steps = append(r.Steps, stepRecord{s.Step, s.Outcome.String(), s.Reason, s.Entities, s.Relationships, s.Partial})
		if s.Outcome != graph.OK {
			r.PartialSteps = append(r.PartialSteps, s.Step)
		}
	}
	return r
}

func (a *app) runLog(ctx context.Context, output string, limit int) error {
	if limit < 0 {
		return usageErrorf("--limit cannot be negative")
	}
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	versions, err := db.Versions(ctx, limit)
	if err != nil {
		return err
	}
	records := make([]versionRecord, len(versions))
	for i, v := range versions {
		records[i] = recordOf(v)
	}
	if output != "table" {
		return writeRecords(a.dataOut(output), output, records)
	}
	w := newColumns(a.stdout)
	w.row("VERSION", "TIME", "INSTANCE", "CREATED", "UPDATED", "DELETED", "NOTE")
	for i, r := range records {
		note := r.Note
		if n := len(r.PartialSteps); n > 0 {
			note = fmt.Sprintf("%d steps not whole", n)
		}
		w.row(fmt.Sprint(r.Version), formatTime(versions[i].Time), r.Instance, fmt.Sprint(r.Created), fmt.Sprint(r.Updated), fmt.Sprint(r.Deleted), note)
	}
	w.flush()
	return nil
}

// addOutput gives a command the flag -o with the formats that it has.
func addOutput(cmd *cobra.Command, output *string, formats ...string) {
	cmd.Flags().StringVarP(output, "output", "o", formats[0], fmt.Sprintf("output `format`: %s", joinOr(formats)))
	cmd.Flags().Lookup("output").Annotations = map[string][]string{formatsAnnotation: formats}
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, f := range formats {
			if f == *output {
				return run(cmd, args)
			}
		}
		return usageErrorf("%s has no format %q, only %s", cmd.CommandPath(), *output, joinOr(formats))
	}
}

func joinOr(words []string) string {
	switch n := len(words); n {
	case 1:
		return words[0]
	default:
		s := words[0]
		for _, w := range words[1 : n-1] {
			s += ", " + w
		}
		return s + " or " + words[n-1]
	}
}

// writeRecords prints records as one JSON array, or one a line.
func writeRecords[T any](w io.Writer, output string, records []T) error {
	if output == "json" {
		if records == nil {
			records = []T{}
		}
		return writeRecord(w, records)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range records {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// writeRecord prints one record as indented JSON.
func writeRecord(w io.Writer, record any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(record)
}
