package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

type importOptions struct {
	instance, mode, memory string
	partial                []string
	skipBad, allowDeletes  bool
	mapper, dryRun         bool
}

func (a *app) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import PATH...",
		Short: "Import files or a JupiterOne integration's folder as an instance",
		Long: `Reads a .j1-integration folder, or JSON and JSON Lines files (- for stdin) of
entities and relationships in JupiterOne's shape, and commits them as one version
of an instance.

Modes: diff (what is absent is deleted, except types that were not read whole),
patch (nothing is deleted), delta (a file of changes, as export jsonl --since
writes it: each change is applied to the instance that it names, or only those
of --instance).

Exit codes: 0 done; 1 failed, nothing committed; 3 committed without the bad
objects (--skip-bad); 7 the deletion guard said no.`,
		Example: "  j1db import .j1-integration --instance aws\n  j1db import entities.jsonl relationships.jsonl --instance estate\n" +
			"  j1db import delta.jsonl --mode delta",
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runImport(cmd.Context(), args, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.instance, "instance", "", "the `name` of the instance that supplies the objects")
	f.StringVar(&o.mode, "mode", "diff", "diff, patch or delta")
	f.StringSliceVar(&o.partial, "partial", nil, "`types` that the files do not hold whole")
	f.BoolVar(&o.skipBad, "skip-bad", false, "commit without objects that cannot be read")
	f.BoolVar(&o.allowDeletes, "allow-deletes", false, "turn the deletion guard off for this import")
	f.BoolVar(&o.mapper, "mapper", false, "the rules about people see this instance from now on")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would change, commit nothing")
	f.StringVar(&o.memory, "memory", "384MiB", "memory for what is read before it is written")
	return cmd
}

func (o *importOptions) check() error {
	switch o.mode {
	case "diff", "patch":
		if o.instance == "" {
			return usageErrorf("import wants --instance: the scope of keys and of deletion")
		}
	case "delta":
		if len(o.partial) > 0 {
			return usageErrorf("--partial says nothing about a delta")
		}
	default:
		return usageErrorf("--mode is diff, patch or delta, not %q", o.mode)
	}
	if o.instance != "" {
		if err := graph.CheckInstance(o.instance); err != nil {
			return &usageError{err, ""}
		}
	}
	return nil
}

func (a *app) runImport(ctx context.Context, paths []string, o importOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	memory, err := parseSize(o.memory)
	if err != nil {
		return err
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.warnAll(cfg.warnings)
	db, err := a.openStore(cfg)
	if err != nil {
		return err
	}
	mapped, err := cfg.mapping()
	if err != nil {
		return err
	}
	boundHeap(memory)
	im := &importing{app: a, db: db, memory: memory, mapped: mapped, importOptions: o}
	err = a.metered("importing", func() error {
		if o.mode == "delta" {
			return im.deltas(ctx, paths)
		}
		return im.files(ctx, paths)
	})
	if err == nil && !o.dryRun {
		a.adviseCompaction(ctx, db)
	}
	return err
}

// importing is one run of the command.
type importing struct {
	app    *app
	db     *store.DB
	memory int64
	mapped *mapping
	importOptions
}

// begin starts the sync of one instance.
func (im *importing) begin(ctx context.Context, instance string) (*store.Sync, error) {
	return im.db.Begin(ctx, store.SyncOptions{
		Instance:     graph.Instance{Name: instance, Provider: "import", Source: graph.SourceImport, KeepRaw: true, Mapped: im.mapper},
		Started:      im.app.now(),
		AllowDeletes: im.allowDeletes,
		Derive:       im.mapped.derive,
		DryRun:       im.dryRun,
		Memory:       im.memory,
	})
}

// files imports objects.
func (im *importing) files(ctx context.Context, paths []string) error {
	in, err := im.begin(ctx, im.instance)
	if err != nil {
		return err
	}
	defer in.Discard()
	report, err := im.read(ctx, paths, &countedSink{Sink: in, m: im.app.live})
	if err != nil {
		return explainBad(im.app, err)
	}
	im.tellReport(report)
	if im.mode == "diff" {
		complete, partial := report.Scope()
		for _, typ := range im.partial {
			partial = append(partial, graph.Partial{Type: typ, Reason: "--partial"})
		}
		if err := in.Put(ctx, graph.Batch{Complete: complete, Partial: partial}); err != nil {
			return err
		}
	}
	outcome := graph.OK
	if report.BadCount > 0 || report.Incomplete != "" {
		outcome = graph.PartialOK
	}
	im.app.live.say("read, now writing")
	res, err := in.Commit(ctx, store.Outcome{Outcome: outcome, Rejected: report.BadCount})
	if err != nil {
		return err
	}
	im.app.printMapping(im.mapped)
	im.app.printResult(im.instance, res, im.dryRun)
	if bad := report.BadCount + res.Rejected.Count; bad > 0 {
		return &partialError{fmt.Sprintf("%d objects could not be imported", bad)}
	}
	return nil
}

// read reads one folder or any number of files.
func (im *importing) read(ctx context.Context, paths []string, sink j1files.Sink) (*j1files.Report, error) {
	opt := j1files.Options{SkipBad: im.skipBad, Brotli: func(r io.Reader) io.Reader { return brotli.NewReader(r) }}
	var inputs []j1files.Input
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == "-":
			inputs = append(inputs, j1files.Input{Name: "-", Open: func() (io.ReadCloser, error) { return io.NopCloser(im.app.stdin), nil }})
			continue
		case err != nil:
			return nil, fmt.Errorf("import: %w", err)
		case info.IsDir() && len(paths) > 1:
			return nil, usageErrorf("a folder is imported alone")
		case info.IsDir():
			return readFolder(ctx, path, sink, opt)
		}
		inputs = append(inputs, j1files.File(path))
	}
	return j1files.Read(ctx, inputs, sink, opt)
}

// countedSink tells a meter what passes through it.
type countedSink struct {
	j1files.Sink
	m *meter

	mu                      sync.Mutex // guards what follows
	entities, relationships int
}

// Put implements j1files.Sink.
func (s *countedSink) Put(ctx context.Context, b graph.Batch) error {
	if s.m != nil {
		s.mu.Lock()
		s.entities += len(b.Entities)
		s.relationships += len(b.Relationships)
		s.m.say("%d entities, %d relationships read", s.entities, s.relationships)
		s.mu.Unlock()
	}
	return s.Sink.Put(ctx, b)
}

func readFolder(ctx context.Context, path string, sink j1files.Sink, opt j1files.Options) (*j1files.Report, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	report, err := j1files.ReadIntegration(ctx, root, sink, opt)
	return report, errors.Join(err, root.Close())
}

// explainBad lists bad objects before the error that counts them.
func explainBad(a *app, err error) error {
	if bad, ok := errors.AsType[*j1files.BadError](err); ok {
		for _, b := range bad.Objects[1:] {
			a.warn("%v", b)
		}
	}
	return err
}

func (im *importing) tellReport(r *j1files.Report) {
	for _, b := range r.Bad {
		im.app.warn("%v", b)
	}
	if more := r.BadCount - len(r.Bad); more > 0 {
		im.app.warn("and %d more bad objects", more)
	}
	for _, n := range []struct {
		count int
		what  string
	}{
		{r.Ignored, "properties with names that the engine keeps for itself were ignored"},
		{r.Nested, "nested values were dropped"},
		{r.Doubled, "properties came twice in one object; the last ones count"},
		{r.Links, "links and other irregular files were not read"},
	} {
		if n.count > 0 {
			im.app.notice("%s: %d %s", im.instance, n.count, n.what)
		}
	}
	if r.Incomplete != "" {
		im.app.notice("%s: nothing was deleted: %s", im.instance, r.Incomplete)
	}
}
