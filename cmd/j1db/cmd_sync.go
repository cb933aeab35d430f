package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/ingest/mapper"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

type syncOptions struct {
	only, skip   []string
	dryRun       bool
	strict       bool
	allowDeletes bool
	every        time.Duration
	memory       string
	record       string
	replay       string
	brief        bool // no word about steps that went well
	cache        *httpx.Cache
}

func (a *app) syncCommand() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync [INSTANCE...]",
		Short: "Collect from the providers and commit what changed",
		Long: `Runs the collectors of the named instances, or of all that are configured, and
commits one version per instance that changed. Without a configuration,
"j1db sync heroku" and "j1db sync jumpcloud" work from HEROKU_API_KEY and
JUMPCLOUD_API_KEY alone.

What a step could not read whole is never deleted. A run that would delete more
than 20 % of a type (and more than 10 objects) stops, unless --allow-deletes.

Exit codes: 0 done; 1 failed, nothing committed; 3 something was committed and
something failed; 7 the deletion guard said no; 130 interrupted.`,
		Example: "  j1db sync\n  j1db sync heroku-prod --dry-run\n  j1db sync --only fetch-teams,fetch-team-apps heroku-prod",
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.every != 0 {
				return a.syncEvery(cmd.Context(), args, o)
			}
			return a.syncAll(cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.only, "only", nil, "run these `steps` and what they need")
	f.StringSliceVar(&o.skip, "skip", nil, "do not run these `steps`")
	f.BoolVar(&o.dryRun, "dry-run", false, "collect and validate, show what would change, commit nothing")
	f.BoolVar(&o.strict, "strict", false, "an object that JupiterOne's data model would not take fails its step")
	f.BoolVar(&o.allowDeletes, "allow-deletes", false, "turn the deletion guard off for this run")
	f.StringVar(&o.memory, "memory", "384MiB", "memory for what is read before it is written")
	f.StringVar(&o.record, "record", "", "keep the run's answers, redacted, in a new `folder`")
	f.StringVar(&o.replay, "replay", "", "answer from the recording in a `folder` instead of a network")
	f.DurationVar(&o.every, "every", 0, "sync again and again, this long from start to start")
	return cmd
}

// syncEvery runs until a signal; a run that failed does not end it. What an API
// says has not changed is not read again.
func (a *app) syncEvery(ctx context.Context, names []string, o syncOptions) error {
	if o.every < time.Second {
		return usageErrorf("--every must be at least 1s")
	}
	if o.record != "" || o.replay != "" {
		return usageErrorf("--every goes with neither --record nor --replay: a recording is of one run")
	}
	var err error
	if o.cache, err = httpx.NewCache(0); err != nil {
		return err
	}
	for {
		next := a.now().Add(o.every + jitter(o.every, a.now()))
		err := a.syncAll(ctx, names, o)
		o.cache.Sweep()
		if ctx.Err() != nil {
			return err
		}
		if err != nil && (exitCode(ctx, err) == exitUsage || is[*trustError](err) || is[*configError](err)) {
			return err
		}
		if err != nil && !is[*silentError](err) {
			a.warn("%v", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(next.Sub(a.now())):
		}
	}
}

// jitter spreads the runs of several machines by up to a twentieth of the
// interval.
func jitter(every time.Duration, seed time.Time) time.Duration {
	return time.Duration(seed.UnixNano() % int64(every/20+1))
}

// target is one instance to collect.
type target struct {
	config   *instanceConfig
	provider *ingest.Provider
	settings map[string]string
}

// syncAll collects one instance after the other. What went wrong with one does
// not keep the others back; the exit code tells what became of them together.
func (a *app) syncAll(ctx context.Context, names []string, o syncOptions) error {
	memory, err := parseSize(o.memory)
	if err != nil {
		return err
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.warnAll(cfg.warnings)
	targets, err := a.targets(ctx, cfg, names, o.replay != "")
	if err != nil {
		return err
	}
	db, err := a.openStore(cfg)
	if err != nil {
		return err
	}
	if !o.dryRun {
		if err := checkWritable(db.Path()); err != nil {
			return err
		}
	}
	s, err := a.newSyncing(ctx, cfg, db, o)
	if err != nil {
		return err
	}
	s.bytes = memory
	boundHeap(memory)
	err = a.syncTargets(ctx, s, targets)
	if closeErr := s.tape.close(a); closeErr != nil && err == nil {
		return closeErr
	}
	return err
}

// syncing is what the instances of one sync have in common.
type syncing struct {
	db    *store.DB
	tape  *tape
	rules *mapper.Rules
	model *datamodel.Model
	bytes int64 // of memory
	syncOptions
}

// newSyncing reads what a sync goes by. The tape is the caller's to close.
func (a *app) newSyncing(ctx context.Context, cfg *config, db *store.DB, o syncOptions) (*syncing, error) {
	s := &syncing{db: db, syncOptions: o}
	var err error
	if s.rules, err = cfg.mapperRules(); err != nil {
		return nil, err
	}
	if s.model, err = datamodel.Load(cfg.dataModel.value); err != nil {
		return nil, err
	}
	if s.tape, err = a.openTape(ctx, cfg, o.record, o.replay); err != nil {
		return nil, err
	}
	s.tape.base.Cache = o.cache
	return s, nil
}

func (a *app) syncTargets(ctx context.Context, s *syncing, targets []target) error {
	var errs []error
	committed := false
	for _, t := range targets {
		if err := ctx.Err(); err != nil {
			errs = append(errs, fmt.Errorf("instance %s was not begun: %w", t.config.Name, err))
			break
		}
		done, err := a.syncOne(ctx, s, t)
		committed = committed || done
		if err != nil {
			errs = append(errs, err)
		}
	}
	if committed {
		a.adviseCompaction(ctx, s.db)
	}
	return settleSync(committed, errs)
}

// settleSync makes one error of what several instances came to.
func settleSync(committed bool, errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	partials := 0
	for _, err := range errs {
		if is[*partialError](err) {
			partials++
		}
	}
	if len(errs) == 1 && (partials == 1 || !committed) {
		return errs[0]
	}
	texts := make([]string, len(errs))
	for i, err := range errs {
		texts[i] = err.Error()
	}
	if committed {
		return &partialError{strings.Join(texts, "; ")}
	}
	return errors.Join(errs...)
}

// targets finds what to collect and resolves its settings before anything runs.
func (a *app) targets(ctx context.Context, cfg *config, names []string, replay bool) ([]target, error) {
	if len(names) == 0 {
		for _, in := range cfg.instances {
			names = append(names, in.Name)
		}
		if len(names) == 0 {
			return nil, &usageError{errors.New("no instance is configured and none is named"),
				"try: HEROKU_API_KEY=... j1db sync heroku"}
		}
	}
	var targets []target
	for _, name := range names {
		in, err := findInstance(cfg, name)
		if err != nil {
			return nil, err
		}
		p, err := findProvider(in.Provider)
		if err != nil {
			return nil, err
		}
		values, err := a.settings(ctx, p, in, replay)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target{in, p, values})
	}
	return targets, nil
}

// findInstance returns a configured instance, or the one that a provider's name
// stands for when nothing is configured under it.
func findInstance(cfg *config, name string) (*instanceConfig, error) {
	if in := cfg.instance(name); in != nil {
		return in, nil
	}
	if _, err := findProvider(name); err == nil {
		if others := instancesOf(cfg, name); len(others) > 0 {
			return nil, &usageError{fmt.Errorf("no instance is named %q, but others of that provider are configured: %s", name, strings.Join(others, ", ")),
				"a second instance of one account would double everything in it"}
		}
		return &instanceConfig{Name: name, Provider: name, origin: "environment"}, nil
	}
	var known []string
	for _, in := range cfg.instances {
		known = append(known, in.Name)
	}
	for _, p := range providers() {
		if !slices.Contains(known, p.Name) {
			known = append(known, p.Name)
		}
	}
	return nil, &usageError{fmt.Errorf("there is no instance and no provider %q%s", name, didYouMean(name, known)),
		"known: " + strings.Join(known, ", ")}
}

// instancesOf lists the configured instances of a provider.
func instancesOf(cfg *config, provider string) []string {
	var names []string
	for _, in := range cfg.instances {
		if in.Provider == provider {
			names = append(names, in.Name)
		}
	}
	return names
}

// syncOne collects and commits one instance. It reports whether something was
// committed; its errors name the instance.
func (a *app) syncOne(ctx context.Context, s *syncing, t target) (bool, error) {
	name := t.config.Name
	p := a.newProgress(name)
	p.quiet = p.quiet || s.brief && !p.live
	collector, err := t.provider.Open(ingest.Options{Settings: t.settings, HTTP: a.httpOptions(s.tape, name, p)})
	if err != nil {
		return false, fmt.Errorf("instance %s: %w", name, err)
	}
	mapped := &mapping{rules: s.rules}
	sync, err := s.db.Begin(ctx, store.SyncOptions{
		Instance:     instanceOf(t),
		Started:      a.now(),
		AllowDeletes: s.allowDeletes,
		Derive:       mapped.derive,
		DryRun:       s.dryRun,
		Memory:       s.bytes,
	})
	if err != nil {
		return false, fmt.Errorf("instance %s: %w", name, err)
	}
	defer sync.Discard()
	report, err := ingest.Run(ctx, collector, ingest.RunOptions{
		Only: s.only, Skip: s.skip, Disabled: t.config.Disabled, Strict: s.strict,
		Model: s.model, Observer: p, Now: a.now,
	}, sync)
	p.clear()
	if err != nil {
		return false, fmt.Errorf("instance %s: %w", name, err)
	}
	committed, err := a.commit(ctx, sync, name, report, s.syncOptions)
	a.printMapping(mapped)
	return committed, err
}

// commit publishes what a run supplied and prints the summary.
func (a *app) commit(ctx context.Context, sync *store.Sync, name string, report *ingest.Report, o syncOptions) (bool, error) {
	if report.Outcome == graph.Failed {
		a.printReport(name, report)
		return false, fmt.Errorf("instance %s: nothing could be read: %w", name, firstError(report))
	}
	res, err := sync.Commit(ctx, store.Outcome{
		Steps: report.Steps, Outcome: report.Outcome, Rejected: report.Rejected, Invalid: report.Invalid,
	})
	if err != nil {
		a.printReport(name, report)
		return false, fmt.Errorf("instance %s: %w", name, err)
	}
	if !o.brief || report.Outcome != graph.OK {
		a.printReport(name, report)
	}
	a.printResult(name, res, o.dryRun)
	committed := res.Version != 0
	failed := report.Outcome != graph.OK || report.Rejected > 0 || res.Rejected.Count > 0
	switch {
	case failed && committed:
		return true, &partialError{fmt.Sprintf("instance %s is not complete: %s", name, incomplete(report, res))}
	case failed:
		return false, fmt.Errorf("instance %s is not complete, nothing was committed: %s", name, incomplete(report, res))
	}
	return committed, nil
}

func firstError(r *ingest.Report) error {
	if len(r.Errors) > 0 {
		return r.Errors[0]
	}
	return errors.New("no step succeeded")
}

// incomplete names what went wrong in a run.
func incomplete(r *ingest.Report, res store.Result) string {
	var parts []string
	follow := 0
	for _, s := range r.Steps {
		switch {
		case follows(s):
			follow++
		case s.Outcome == graph.Failed || s.Outcome == graph.Forbidden || s.Outcome == graph.PartialOK:
			parts = append(parts, s.Step+" "+s.Outcome.String())
		}
	}
	if follow > 0 {
		parts = append(parts, fmt.Sprintf("%d steps that need them partial", follow))
	}
	if n := r.Rejected + res.Rejected.Count; n > 0 {
		parts = append(parts, fmt.Sprintf("%d objects rejected", n))
	}
	return strings.Join(parts, ", ")
}

// instanceOf is what the store keeps of a configured instance.
func instanceOf(t target) graph.Instance {
	return graph.Instance{
		Name: t.config.Name, Provider: t.provider.Name, Class: t.provider.Class,
		Source: graph.SourceCollector, KeepRaw: t.config.KeepRaw == nil || *t.config.KeepRaw, Mapped: true,
	}
}
