package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// exportTargets says where at JupiterOne each instance lives: all that are
// configured or stored have a place of their own. Those of which only the cursors
// of the destination tell are Removed. What the mapper made stays home unless it is
// asked for.
func exportTargets(ctx context.Context, cfg *config, db *store.DB, destination string, named []string) (map[string]jupiterone.Target, error) {
	stored, err := db.Instances(ctx)
	if err != nil {
		return nil, err
	}
	remembered, err := rememberedTargets(ctx, db, destination)
	if err != nil {
		return nil, err
	}
	_, before := remembered[graph.MapperInstance]
	targets := map[string]jupiterone.Target{}
	for _, in := range stored {
		if in.Name != graph.MapperInstance || mapperExported(cfg, slices.Contains(named, in.Name) || before) {
			targets[in.Name] = jupiterone.DefaultTarget(in.Name)
		}
	}
	for _, in := range cfg.instances {
		if _, ok := targets[in.Name]; ok && in.JupiterOne != (jupiterOneTarget{}) {
			t := in.JupiterOne
			targets[in.Name] = jupiterone.Target{Source: t.Source, Scope: t.Scope, InstanceID: t.InstanceID}
		}
	}
	for name, t := range remembered {
		if _, ok := targets[name]; !ok {
			t.Removed = true
			targets[name] = t
		}
	}
	return targets, checkNamed(cfg, targets, named)
}

// mapperExported decides whether what the mapper made is exported: the
// configuration says so, or else whoever asks for it by name, or did before.
func mapperExported(cfg *config, asked bool) bool {
	if cfg.mapperExport != nil {
		return *cfg.mapperExport
	}
	return asked
}

func rememberedTargets(ctx context.Context, db *store.DB, destination string) (map[string]jupiterone.Target, error) {
	cursors, err := db.Cursors(ctx)
	if err != nil {
		return nil, err
	}
	return jupiterone.Remembered(destination, func(yield func(jupiterone.Cursor) bool) {
		for _, c := range cursors {
			if !yield(jupiterone.Cursor(c)) {
				return
			}
		}
	}), nil
}

// checkNamed refuses instances that there are none of.
func checkNamed(cfg *config, targets map[string]jupiterone.Target, named []string) error {
	for _, name := range named {
		_, ok := targets[name]
		switch {
		case ok:
		case name == graph.MapperInstance && cfg.mapperExport != nil:
			return &usageError{errors.New("what the mapper made stays home: mapper.export is false"), "set mapper: {export: true} in " + cfg.mapperExportFrom}
		default:
			return &usageError{fmt.Errorf("the database has no instance %q%s", name, didYouMean(name, sortedKeys(targets))), ""}
		}
	}
	return nil
}

// doubts says which instances' last runs had objects that could not be taken.
func doubts(ctx context.Context, db *store.DB, targets map[string]jupiterone.Target) (map[string]string, error) {
	out := map[string]string{}
	for name, t := range targets {
		if t.Removed {
			continue
		}
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

// jupiterOneClient returns a client of the configured account. The caller closes it.
func (a *app) jupiterOneClient(ctx context.Context, cfg *config) (*jupiterone.Client, error) {
	j := cfg.jupiterOne
	key, err := a.resolve(ctx, j.APIKey, j.origin)
	if err != nil {
		return nil, fmt.Errorf("jupiterone: %w", err)
	}
	account := cmpOr(j.Account, a.getenv("JUPITERONE_ACCOUNT"))
	if account == "" {
		return nil, &usageError{errors.New("no JupiterOne account is configured"), "set jupiterone.account in the configuration, or JUPITERONE_ACCOUNT"}
	}
	network, err := a.networkOptions(ctx, cfg)
	if err != nil {
		return nil, err
	}
	client, err := jupiterone.NewClient(jupiterone.Options{
		Account: account, APIKey: cmpOr(key, a.getenv("JUPITERONE_API_KEY")),
		Region: j.Region, BaseURL: cmpOr(j.BaseURL, a.getenv("JUPITERONE_BASE_URL")), HTTP: network,
	})
	if err != nil {
		return nil, fmt.Errorf("jupiterone: %w", err)
	}
	return client, nil
}

func (a *app) newExporter(cfg *config, db *store.DB, client *jupiterone.Client, targets map[string]jupiterone.Target, observe func(jupiterone.Progress)) (*jupiterone.Exporter, error) {
	dir, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	share := 0.0 // the exporter's own
	if g := cfg.jupiterOne.DeleteGuard; g != nil {
		if *g < 0 || *g > 100 {
			return nil, &configError{cfg.jupiterOne.origin, fmt.Errorf("deleteGuard is a percentage, and %g is none", *g), ""}
		}
		share = max(*g, math.SmallestNonzeroFloat64) // 0 guards every deletion
	}
	return jupiterone.NewExporter(jupiterone.Config{
		Client: client, Graph: &exportGraph{db: db}, Cursors: exportCursors{db}, Journal: jupiterone.Folder{Dir: filepath.Join(dir, "export")},
		Targets: targets, Raw: true, DeleteShare: share, Observer: observe,
	})
}
