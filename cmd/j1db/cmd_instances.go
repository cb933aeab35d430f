package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store"
)

func (a *app) instancesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "instances", Short: "List, remove or tidy up instances", Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var output string
	list := &cobra.Command{
		Use: "list", Short: "List the configured and the stored instances", Args: argsBetween(0, 0),
		Example: "  j1db instances list",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.listInstances(cmd.Context(), output) },
	}
	addOutput(list, &output, "table", "json", "jsonl")
	var dryRun bool
	remove := &cobra.Command{
		Use: "remove NAME", Short: "Delete all that an instance supplied, as a new version", Args: argsBetween(1, 1),
		Example: "  j1db instances remove heroku-old",
		Long:    "History keeps what was deleted. Take the instance out of the configuration too, and revoke its credential at the provider.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.removeInstance(cmd.Context(), args[0], "", dryRun)
		},
	}
	remove.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be deleted")
	var typ string
	forget := &cobra.Command{
		Use: "forget NAME --type TYPE", Short: "Delete the objects of a type that is no longer collected", Args: argsBetween(1, 1),
		Example: "  j1db instances forget heroku --type heroku_space",
		RunE: func(cmd *cobra.Command, args []string) error {
			if typ == "" {
				return usageErrorf("forget wants --type")
			}
			return a.removeInstance(cmd.Context(), args[0], typ, dryRun)
		},
	}
	forget.Flags().StringVar(&typ, "type", "", "the `type` to forget")
	forget.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be deleted")
	cmd.AddCommand(list, remove, forget)
	return cmd
}

// instanceRecord is one instance in JSON.
type instanceRecord struct {
	Name          string `json:"name"`
	Provider      string `json:"provider"`
	Configured    bool   `json:"configured"`
	Stored        bool   `json:"stored"`
	Entities      int    `json:"entities"`
	Relationships int    `json:"relationships"`
	LastRun       string `json:"lastRun,omitempty"`
	LastOutcome   string `json:"lastOutcome,omitempty"`
}

func (a *app) listInstances(ctx context.Context, output string) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.warnAll(cfg.warnings)
	records, err := a.instanceRecords(ctx, cfg)
	if err != nil {
		return err
	}
	if output != "table" {
		return writeRecords(a.dataOut(output), output, records)
	}
	w := newColumns(a.stdout)
	w.row("INSTANCE", "PROVIDER", "CONFIGURED", "ENTITIES", "RELATIONSHIPS", "LAST RUN", "OUTCOME")
	for _, r := range records {
		configured := "no"
		if r.Configured {
			configured = "yes"
		}
		w.row(r.Name, r.Provider, configured, fmt.Sprint(r.Entities), fmt.Sprint(r.Relationships), r.LastRun, r.LastOutcome)
	}
	w.flush()
	return nil
}

func (a *app) instanceRecords(ctx context.Context, cfg *config) ([]instanceRecord, error) {
	byName := map[string]*instanceRecord{}
	for _, in := range cfg.instances {
		byName[in.Name] = &instanceRecord{Name: in.Name, Provider: in.Provider, Configured: true}
	}
	db, err := a.openStore(cfg)
	if err != nil {
		return nil, err
	}
	stored, err := db.Instances(ctx)
	if err != nil && !is[*store.NotFoundError](err) {
		return nil, err
	}
	for _, in := range stored {
		r := byName[in.Name]
		if r == nil {
			r = &instanceRecord{Name: in.Name, Provider: in.Provider}
			byName[in.Name] = r
		}
		r.Stored, r.Entities, r.Relationships = true, in.Entities, in.Relationships
		if in.Run != nil {
			r.LastRun, r.LastOutcome = isoTime(in.Run.Finished), in.Run.Outcome.String()
		}
	}
	var records []instanceRecord
	for _, name := range sortedKeys(byName) {
		records = append(records, *byName[name])
	}
	return records, nil
}

// removeInstance deletes an instance, or one type of it.
func (a *app) removeInstance(ctx context.Context, name, typ string, dryRun bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	db, err := a.openStore(cfg)
	if err != nil {
		return err
	}
	if err := knownInstance(ctx, db, name); err != nil {
		return err
	}
	mapped, err := cfg.mapping()
	if err != nil {
		return err
	}
	opt := store.RemovalOptions{Derive: mapped.derive, DryRun: dryRun}
	var res store.Result
	if typ == "" {
		res, err = db.RemoveInstance(ctx, name, opt)
	} else {
		res, err = db.Forget(ctx, name, typ, opt)
	}
	if is[*store.InstanceError](err) && typ != "" {
		return unheldType(ctx, db, name, typ)
	}
	if err != nil {
		return err
	}
	a.printMapping(mapped)
	a.printResult(name, res, dryRun)
	if typ == "" && !dryRun {
		a.afterRemoval(cfg, name, res)
		return a.tellHeldElsewhere(ctx, db, name)
	}
	return nil
}

// knownInstance refuses the name of an instance that the database does not hold;
// "" stands for all of them.
func knownInstance(ctx context.Context, db *store.DB, name string) error {
	if name == "" {
		return nil
	}
	stored, err := db.Instances(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, in := range stored {
		if in.Name == name {
			return nil
		}
		names = append(names, in.Name)
	}
	return &usageError{fmt.Errorf("the database has no instance %q%s", name, didYouMean(name, names)), "j1db instances list shows them"}
}

// unheldType refuses a type of which an instance holds nothing, with the nearest
// that there are.
func unheldType(ctx context.Context, db *store.DB, name, typ string) error {
	snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	types, err := snap.Types(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range types {
		names = append(names, t.Type)
	}
	return &usageError{fmt.Errorf("instance %s holds nothing of type %q%s", name, typ, didYouMean(typ, names)), "j1db schema shows the types"}
}

// afterRemoval says what is left to do at the provider.
func (a *app) afterRemoval(cfg *config, name string, _ store.Result) {
	in := cfg.instance(name)
	if in == nil {
		return
	}
	a.notice("take %s out of %s, and revoke its credential at %s", name, in.origin, in.Provider)
}

// tellHeldElsewhere says which accounts still hold what an instance had.
func (a *app) tellHeldElsewhere(ctx context.Context, db *store.DB, name string) error {
	cursors, err := db.Cursors(ctx)
	if err != nil {
		return err
	}
	for _, c := range cursors {
		if c.Instance == name && !strings.HasSuffix(c.Destination, "#cross") {
			a.notice("%s still holds what %s had; j1db export jupiterone --dry-run shows what its next export deletes", c.Destination, name)
		}
	}
	return nil
}
