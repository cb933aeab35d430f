package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

// completeArguments lets the system's shell complete instances and types, as the
// configuration and the newest version have them, and what is known anyway.
func (a *app) completeArguments(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		a.completeArguments(below)
	}
	completeFixed(cmd)
	for flag, words := range map[string]func(context.Context) []string{"type": a.storedTypes, "instance": a.storedInstances} {
		if cmd.Flags().Lookup(flag) != nil {
			// The flag is there and has no completion yet: no other errors exist.
			_ = cmd.RegisterFlagCompletionFunc(flag, completeWords(words))
		}
	}
	switch cmd.CommandPath() {
	case "j1db document":
		cmd.ValidArgsFunction = completeWords(providerNames)
	case "j1db sync", "j1db instances remove", "j1db instances forget":
		cmd.ValidArgsFunction = completeWords(a.storedInstances)
	}
}

func providerNames(context.Context) []string {
	var names []string
	for _, p := range providers() {
		names = append(names, p.Name)
	}
	return names
}

// completeFixed completes the flags of which all values are known.
func completeFixed(cmd *cobra.Command) {
	fixed := func(flags *pflag.FlagSet, flag string, words ...string) {
		if len(words) > 0 && flags.Lookup(flag) != nil {
			// The flag is there and has no completion yet: no other errors exist.
			_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	fixed(cmd.PersistentFlags(), "color", "auto", "always", "never")
	fixed(cmd.PersistentFlags(), "log-level", "error", "warn", "info", "debug")
	fixed(cmd.Flags(), "explain", "plan", "analyze")
	fixed(cmd.Flags(), "output", outputFormats(cmd)...)
}

// outputFormats lists the formats of a command, none where -o names a file.
func outputFormats(cmd *cobra.Command) []string {
	if cmd.Name() == "query" || cmd.CommandPath() == "j1db questions run" {
		return render.Formats()
	}
	f := cmd.Flags().Lookup("output")
	if f == nil {
		return nil
	}
	return f.Annotations[formatsAnnotation]
}

// formatsAnnotation is where addOutput leaves the formats of a command.
const formatsAnnotation = "j1db_formats"

// standardCommands adds the library's own commands: its help and completion take
// what they do not know for nothing.
func standardCommands(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  j1db help export jupiterone",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return &usageError{err, "j1db help lists the commands"}
			}
			if err := noSuchCommand(cmd, rest); err != nil {
				return err
			}
			return cmd.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(cmd), cobra.ShellCompDirectiveNoFileComp
		},
	})
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args, cmd.RunE = noSuchCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		for _, shell := range cmd.Commands() {
			shell.Args = argsBetween(0, 0)
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
