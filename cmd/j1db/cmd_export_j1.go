package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store"
)

type jupiterOneOptions struct {
	instances     []string
	mode          string
	dryRun, force bool
}

func (a *app) exportJupiterOneCommand() *cobra.Command {
	var o jupiterOneOptions
	cmd := &cobra.Command{
		Use:   "jupiterone",
		Short: "Push what is new to a JupiterOne account",
		Long: `Sends what the account does not have yet through JupiterOne's synchronization
API, one job per instance, and remembers what the account confirmed. docs/export.md
describes the modes: diff sends an instance whole, delta what changed, patch
changed entities only; auto chooses between the first two.

--dry-run prints the plan (jobs, counts per type, batches, bytes) and sends
nothing. An export that would delete more than 20 % of a type or everything of an
instance, or that follows a sync in which objects failed validation, stops (exit
code 7) unless --force. What an instance had there that was removed here is
deleted.`,
		Example: "  j1db export jupiterone --dry-run\n  j1db export jupiterone --instance heroku-prod --mode delta",
		Args:    argsBetween(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runExportJupiterOne(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.instances, "instance", nil, "only these `instances`")
	f.StringVar(&o.mode, "mode", "diff", "auto, diff, delta or patch")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the plan, send nothing")
	f.BoolVar(&o.force, "force", false, "send even what the guard refuses")
	return cmd
}

func (a *app) runExportJupiterOne(ctx context.Context, o jupiterOneOptions) error {
	mode, err := jupiterone.ParseMode(o.mode)
	if err != nil {
		return &usageError{err, ""}
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
	newest, err := db.Resolve(ctx, store.Latest)
	if err != nil {
		return err
	}
	client, err := a.jupiterOneClient(ctx, cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	req := jupiterone.Request{Version: newest.Number, Mode: mode, Force: o.force, Instances: o.instances}
	exporter, err := a.exportRequest(ctx, cfg, db, client, &req)
	switch {
	case err != nil:
		return err
	case o.dryRun:
		return a.planJupiterOne(ctx, exporter, req)
	}
	return a.pushJupiterOne(ctx, db, exporter, req)
}

// exportRequest returns what exports, and completes what is asked of it: all
// instances where none is named, and what speaks against them.
func (a *app) exportRequest(ctx context.Context, cfg *config, db *store.DB, client *jupiterone.Client, req *jupiterone.Request) (*jupiterone.Exporter, error) {
	targets, err := exportTargets(ctx, cfg, db, client.Destination(), req.Instances)
	if err != nil {
		return nil, err
	}
	if len(req.Instances) == 0 {
		req.Instances = sortedKeys(targets)
	}
	if req.Doubts, err = doubts(ctx, db, targets); err != nil {
		return nil, err
	}
	return a.newExporter(cfg, db, client, targets, a.newExportProgress().observe)
}

// pushJupiterOne exports and tells what became of it.
func (a *app) pushJupiterOne(ctx context.Context, db *store.DB, e *jupiterone.Exporter, req jupiterone.Request) error {
	var report jupiterone.Report
	err := a.pinned(ctx, db, req.Version, func() (err error) {
		report, err = e.Export(ctx, req)
		return err
	})
	a.printExport(&report)
	switch {
	case err != nil && report.Confirmed():
		return &partialError{err.Error()}
	case err != nil:
		return err
	case report.Incomplete():
		return &partialError{"some objects did not reach the account; they are named above"}
	}
	return nil
}
