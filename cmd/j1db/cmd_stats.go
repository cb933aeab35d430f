package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store"
)

type statsOptions struct {
	output  string
	all     bool
	columns bool
}

func (a *app) statsCommand() *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use: "stats", Short: "Show what the database holds and how large its parts are", Args: argsBetween(0, 0),
		Long:    "Tables are listed by size, the largest ten of them unless all are asked for. JSON\nholds every table and every column.",
		Example: "  j1db stats\n  j1db stats --columns\n  j1db stats -o json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runStats(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "list all tables")
	cmd.Flags().BoolVar(&o.columns, "columns", false, "list the columns of each table")
	addOutput(cmd, &o.output, "table", "json")
	return cmd
}

// statsRecord is the answer of stats in JSON.
type statsRecord struct {
	Path            string         `json:"path"`
	Format          uint64         `json:"format"`
	FileBytes       int64          `json:"fileBytes"`
	FreeBytes       int64          `json:"freeBytes"`
	WorthCompacting bool           `json:"worthCompacting"`
	Oldest          uint64         `json:"oldestVersion"`
	Newest          uint64         `json:"newestVersion"`
	Runs            int            `json:"runs"`
	HistoryBytes    int64          `json:"historyBytes"`
	RawBytes        int64          `json:"rawBytes"`
	Tables          []tableRecord  `json:"tables"`
	Indexes         []indexRecord  `json:"indexes"`
	Buckets         []bucketRecord `json:"buckets"`
}

type tableRecord struct {
	Kind           string         `json:"kind"`
	Type           string         `json:"type"`
	Class          string         `json:"class,omitempty"`
	FromType       string         `json:"fromType,omitempty"`
	ToType         string         `json:"toType,omitempty"`
	Rows           uint32         `json:"rows"`
	Live           uint32         `json:"live"`
	Bytes          int64          `json:"bytes"`
	BaseBytes      int64          `json:"baseBytes"`
	PatchBytes     int64          `json:"patchBytes"`
	AdjacencyBytes int64          `json:"adjacencyBytes"`
	SearchBytes    int64          `json:"searchBytes"`
	OtherBytes     int64          `json:"otherBytes"`
	Columns        []columnRecord `json:"columns"`
}

type columnRecord struct {
	Name       string `json:"name"`
	Engine     bool   `json:"engine,omitempty"`
	BaseBytes  int64  `json:"baseBytes"`
	PatchBytes int64  `json:"patchBytes"`
}

type indexRecord struct {
	Name    string `json:"name"`
	Entries uint64 `json:"entries"`
	Bytes   int64  `json:"bytes"`
}

type bucketRecord struct {
	Name    string `json:"name"`
	Records int    `json:"records"`
	Bytes   int64  `json:"bytes"`
}

func (a *app) runStats(ctx context.Context, o statsOptions) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	st, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	r := newStatsRecord(db.Path(), &st)
	if o.output == "json" {
		return writeRecord(a.dataOut(o.output), r)
	}
	a.printStats(r, o)
	if r.WorthCompacting {
		a.notice("%s", compactionAdvice(st.Space))
	}
	return nil
}

func newStatsRecord(path string, st *store.Stats) *statsRecord {
	r := &statsRecord{
		Path: path, Format: st.Format, FileBytes: st.FileBytes, FreeBytes: st.FreeBytes, WorthCompacting: st.WorthCompacting(),
		Oldest: st.Oldest, Newest: st.Newest, Runs: st.Runs, HistoryBytes: st.HistoryBytes, RawBytes: st.RawBytes,
		Tables: []tableRecord{}, Indexes: []indexRecord{}, Buckets: []bucketRecord{},
	}
	for i := range st.Tables {
		t := &st.Tables[i]
		rec := tableRecord{t.Kind.String(), t.Type, t.Class, t.From, t.To, t.Rows, t.Live, t.Bytes(),
			t.BaseBytes, t.PatchBytes, t.AdjacencyBytes, t.SearchBytes, t.OtherBytes, []columnRecord{}}
		for _, c := range t.Columns {
			rec.Columns = append(rec.Columns, columnRecord(c))
		}
		r.Tables = append(r.Tables, rec)
	}
	for _, x := range st.Indexes {
		r.Indexes = append(r.Indexes, indexRecord(x))
	}
	for _, b := range st.Buckets {
		r.Buckets = append(r.Buckets, bucketRecord(b))
	}
	return r
}

// printStats prints for people: what takes most comes first.
func (a *app) printStats(r *statsRecord, o statsOptions) {
	w := newColumns(a.stdout)
	w.row("file", r.Path, bytesText(r.FileBytes))
	w.row("versions", fmt.Sprintf("%d to %d", r.Oldest, r.Newest), fmt.Sprintf("%d runs", r.Runs))
	w.row("")
	tables, patches, adjacency, search, indexes, sum := int64(0), int64(0), int64(0), int64(0), int64(0), int64(0)
	for _, t := range r.Tables {
		tables += t.BaseBytes + t.OtherBytes
		patches += t.PatchBytes
		adjacency += t.AdjacencyBytes
		search += t.SearchBytes
	}
	for _, x := range r.Indexes {
		indexes += x.Bytes
	}
	for _, n := range []int64{tables, patches, adjacency, search, indexes, r.HistoryBytes, r.RawBytes, r.FreeBytes} {
		sum += n
	}
	for _, part := range []struct {
		name  string
		bytes int64
	}{{"columns", tables}, {"patches", patches}, {"adjacency", adjacency}, {"orders and filters", search}, {"indexes", indexes},
		{"history", r.HistoryBytes}, {"raw data", r.RawBytes}, {"free pages", r.FreeBytes}, {"everything else", max(0, r.FileBytes-sum)}} {
		w.row(part.name, bytesText(part.bytes), fmt.Sprintf("%d %%", 100*part.bytes/max(1, r.FileBytes)))
	}
	w.flush()
	a.printTables(r, o)
}

// printTables lists the tables, the largest first.
func (a *app) printTables(r *statsRecord, o statsOptions) {
	const listed = 10
	list := slices.Clone(r.Tables)
	slices.SortStableFunc(list, func(a, b tableRecord) int { return cmp.Compare(b.Bytes, a.Bytes) })
	more := 0
	if !o.all && len(list) > listed {
		more = len(list) - listed
		list = list[:listed]
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(a.stdout)
	w := newColumns(a.stdout)
	w.row("table", "kind", "objects", "columns", "patches", "adjacency", "in all")
	for _, t := range list {
		name := t.Type
		if t.Class != "" {
			name += " " + t.Class + " " + t.ToType
		}
		w.row(name, t.Kind, fmt.Sprint(t.Live), bytesText(t.BaseBytes), bytesText(t.PatchBytes), bytesText(t.AdjacencyBytes), bytesText(t.Bytes))
		if !o.columns {
			continue
		}
		columns := slices.Clone(t.Columns)
		slices.SortStableFunc(columns, func(a, b columnRecord) int { return cmp.Compare(b.BaseBytes+b.PatchBytes, a.BaseBytes+a.PatchBytes) })
		for _, c := range columns {
			kind := "property"
			if c.Engine {
				kind = "engine"
			}
			w.row("  "+c.Name, kind, "", bytesText(c.BaseBytes), bytesText(c.PatchBytes), "", bytesText(c.BaseBytes+c.PatchBytes))
		}
	}
	w.flush()
	if more > 0 {
		fmt.Fprintf(a.stdout, "and %d more; --all lists them\n", more)
	}
}
