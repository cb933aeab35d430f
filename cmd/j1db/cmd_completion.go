package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// completeArguments lets the system's shell complete instances and types, as the
// configuration and the newest version have them.
func (a *app) completeArguments(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		a.completeArguments(cmd)
		for flag, words := range map[string]func(context.Context) []string{"type": a.storedTypes, "instance": a.storedInstances} {
			if cmd.Flags().Lookup(flag) == nil {
				continue
			}
			// The flag is there and has no completion yet: no other errors exist.
			_ = cmd.RegisterFlagCompletionFunc(flag, completeWords(words))
		}
		switch cmd.CommandPath() {
		case "j1db sync", "j1db instances remove", "j1db instances forget":
			cmd.ValidArgsFunction = completeWords(a.storedInstances)
		}
	}
}

func completeWords(words func(context.Context) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), time.Second)
		defer cancel()
		return words(ctx), cobra.ShellCompDirectiveNoFileComp
	}
}

// storedTypes lists the types of the newest version, none where it cannot be read:
// completion has nowhere to report to.
func (a *app) storedTypes(ctx context.Context) []string {
	types := a.storedStats(ctx)
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Type
	}
	return names
}

// storedInstances lists the configured instances and those of the newest version.
func (a *app) storedInstances(ctx context.Context) []string {
	known := map[string]bool{}
	for _, t := range a.storedStats(ctx) {
		for _, name := range t.Instances {
			known[name] = true
		}
	}
	if cfg, err := a.loadConfig(); err == nil {
		for _, in := range cfg.instances {
			known[in.Name] = true
		}
	}
	return sortedKeys(known)
}

func (a *app) storedStats(ctx context.Context) []graph.TypeStat {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil
	}
	db, err := a.openStore(cfg)
	if err != nil {
		return nil
	}
	snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{})
	if err != nil {
		return nil
	}
	defer snap.Close()
	types, err := snap.Types(ctx)
	if err != nil {
		return nil
	}
	return types
}
