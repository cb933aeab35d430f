package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
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
nothing. An export that would delete more than 20 % of a type stops (exit code 7)
unless --force.`,
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
	targets, err := exportTargets(ctx, cfg, db, o.instances)
	if err != nil {
		return err
	}
	exporter, err := a.newExporter(ctx, cfg, db, targets)
	if err != nil {
		return err
	}
	req := jupiterone.Request{Version: newest.Number, Mode: mode, Force: o.force, Instances: o.instances}
	if len(req.Instances) == 0 {
		req.Instances = sortedKeys(targets)
	}
	if req.Doubts, err = doubts(ctx, db, req.Instances); err != nil {
		return err
	}
	if o.dryRun {
		return a.planJupiterOne(ctx, exporter, req)
	}
	report, err := exporter.Export(ctx, req)
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

func (a *app) planJupiterOne(ctx context.Context, e *jupiterone.Exporter, req jupiterone.Request) error {
	plan, err := e.Plan(ctx, req)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "version %d to %s\n", plan.Version, plan.Destination)
	for i := range plan.Jobs {
		a.printJobPlan(&plan.Jobs[i])
	}
	if !req.Force {
		return plan.Guard()
	}
	return nil
}

func laneName(j *jupiterone.JobPlan) string {
	if j.Cross {
		return j.Instance + " (to other instances)"
	}
	return j.Instance
}

func (a *app) printJobPlan(j *jupiterone.JobPlan) {
	fmt.Fprintf(a.stdout, "%s: %s: %s\n", laneName(j), j.Mode, j.Why)
	if j.Mode == jupiterone.None {
		return
	}
	fmt.Fprintf(a.stdout, "  %d entities, %d relationships, %d batches, %s\n", j.Entities, j.Relationships, j.Batches, bytesText(j.Bytes))
	w := newColumns(a.stdout)
	w.row("  type", "created", "updated", "deleted", "sent", "")
	for _, t := range j.Types {
		note := ""
		switch {
		case t.Owed:
			note = "deletions wait until it is read whole"
		case t.Whole:
			note = "sent whole"
		}
		w.row("  "+t.Type, count(t.Created), count(t.Updated), count(t.Deleted), count(t.Send), note)
	}
	w.flush()
	if len(j.Partial) > 0 {
		fmt.Fprintf(a.stdout, "  declared partial: %s\n", strings.Join(j.Partial, ", "))
	}
	for _, n := range []struct {
		n    int
		what string
	}{{len(j.TooLarge), "objects are too large to send"}, {j.Home, "relationships stay home: an end is not exported"},
		{j.Waiting.Total(), "changes wait: a patch cannot bring them"}} {
		if n.n > 0 {
			fmt.Fprintf(a.stdout, "  %d %s\n", n.n, n.what)
		}
	}
}

func (a *app) printExport(r *jupiterone.Report) {
	for i := range r.Jobs {
		j := &r.Jobs[i]
		switch {
		case j.Err != nil:
			fmt.Fprintf(a.stdout, "%s: %s: failed, %d batches were sent\n", laneName(&j.JobPlan), j.Mode, j.SentBatches)
		case j.Mode == jupiterone.None:
			fmt.Fprintf(a.stdout, "%s: %s\n", laneName(&j.JobPlan), j.Why)
		default:
			fmt.Fprintf(a.stdout, "%s: %s, job %s, version %d confirmed: %d objects in %d batches, %s\n", laneName(&j.JobPlan), j.Mode,
				j.Job, j.Confirmed, j.SentObjects, j.SentBatches, bytesText(j.SentBytes))
		}
		for _, d := range j.Differences {
			a.warn("%s: %s", laneName(&j.JobPlan), d)
		}
		for _, n := range []struct {
			n    int
			what string
		}{{j.RawDropped, "objects went without their raw data, which are too large"}, {j.Trimmed, "objects went with shortened raw data"},
			{j.Dropped, "properties stayed, because JupiterOne does not take them"}} {
			if n.n > 0 {
				a.notice("%s: %d %s", laneName(&j.JobPlan), n.n, n.what)
			}
		}
		for _, t := range j.TooLarge {
			a.warn("%s: %q is too large to send", laneName(&j.JobPlan), t.Key)
		}
	}
}

// exportTargets says where at JupiterOne each instance lives: all that are
// configured or stored have a place of their own. What the mapper made stays home
// unless it is asked for by name.
func exportTargets(ctx context.Context, cfg *config, db *store.DB, named []string) (map[string]jupiterone.Target, error) {
	targets := map[string]jupiterone.Target{}
	stored, err := db.Instances(ctx)
	if err != nil {
		return nil, err
	}
	for _, in := range stored {
		if in.Name != graph.MapperInstance || slices.Contains(named, in.Name) {
			targets[in.Name] = jupiterone.DefaultTarget(in.Name)
		}
	}
	for _, in := range cfg.instances {
		if _, ok := targets[in.Name]; ok && in.JupiterOne != (jupiterOneTarget{}) {
			t := in.JupiterOne
			targets[in.Name] = jupiterone.Target{Source: t.Source, Scope: t.Scope, InstanceID: t.InstanceID}
		}
	}
	for _, name := range named {
		if _, ok := targets[name]; !ok {
			return nil, &usageError{fmt.Errorf("the database has no instance %q%s", name, didYouMean(name, sortedKeys(targets))), ""}
		}
	}
	return targets, nil
}

// doubts says which instances' last runs had objects that could not be taken.
func doubts(ctx context.Context, db *store.DB, instances []string) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range instances {
		runs, err := db.Runs(ctx, name, 1)
		if err != nil {
			return nil, err
		}
		if len(runs) == 0 {
			continue
		}
		var parts []string
		if n := runs[0].Rejected; n > 0 {
			parts = append(parts, fmt.Sprintf("%d objects were rejected", n))
		}
		if n := runs[0].Invalid; n > 0 {
			parts = append(parts, fmt.Sprintf("%d properties are not what JupiterOne's data model asks for", n))
		}
		if len(parts) > 0 {
			out[name] = strings.Join(parts, ", ")
		}
	}
	return out, nil
}

func (a *app) newExporter(ctx context.Context, cfg *config, db *store.DB, targets map[string]jupiterone.Target) (*jupiterone.Exporter, error) {
	j := cfg.jupiterOne
	key, err := a.resolve(ctx, j.APIKey, j.origin)
	if err != nil {
		return nil, fmt.Errorf("jupiterone: %w", err)
	}
	account := cmpOr(j.Account, a.getenv("JUPITERONE_ACCOUNT"))
	if account == "" {
		return nil, &usageError{errors.New("no JupiterOne account is configured"), "set jupiterone.account in the configuration, or JUPITERONE_ACCOUNT"}
	}
	client, err := jupiterone.NewClient(jupiterone.Options{
		Account: account, APIKey: cmpOr(key, a.getenv("JUPITERONE_API_KEY")),
		Region: j.Region, BaseURL: cmpOr(j.BaseURL, a.getenv("JUPITERONE_BASE_URL")),
		HTTP: httpx.Options{UserAgent: "j1db/" + programVersion(), Proxy: http.ProxyFromEnvironment},
	})
	if err != nil {
		return nil, fmt.Errorf("jupiterone: %w", err)
	}
	dir, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	return jupiterone.NewExporter(jupiterone.Config{
		Client: client, Graph: &exportGraph{db: db}, Cursors: exportCursors{db}, Journal: jupiterone.Folder{Dir: filepath.Join(dir, "export")},
		Targets: targets, Raw: true, DeleteShare: j.DeleteGuard,
	})
}
