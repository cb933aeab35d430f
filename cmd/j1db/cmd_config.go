package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show the configuration, or trust a project file", Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var origin bool
	show := &cobra.Command{
		Use: "show", Short: "Show what is configured, secrets hidden", Args: argsBetween(0, 0),
		Example: "  j1db config show\n  j1db config show --origin",
		RunE:    func(*cobra.Command, []string) error { return a.showConfig(origin) },
	}
	show.Flags().BoolVar(&origin, "origin", false, "also where each part comes from")
	trust := &cobra.Command{
		Use: "trust [FILE]", Short: "Trust ./j1db.yaml as it is now",
		Long: `A j1db.yaml in the working folder may come from a stranger. Until it is trusted,
it may not read variables, files or commands, nor say where credentials go.
Trust is of the file's present content: a changed file asks again.`,
		Example: "  j1db config trust",
		Args:    argsBetween(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := filepath.Join(a.workDir, "j1db.yaml")
			if len(args) == 1 {
				path = args[0]
			}
			if err := a.trust(path); err != nil {
				return err
			}
			a.notice("%s is trusted as it is now", path)
			return nil
		},
	}
	cmd.AddCommand(show, trust)
	return cmd
}

func (a *app) showConfig(origin bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.warnAll(cfg.warnings)
	w := newColumns(a.stdout)
	from := func(s string) string {
		if origin {
			return s
		}
		return ""
	}
	w.row("db", cfg.db.value, from(cfg.db.origin))
	w.row("dataModel", cfg.dataModel.value, from(cfg.dataModel.origin))
	w.row("mapper.persons", fmt.Sprint(cfg.persons), from(cmpOr(cfg.personsFrom, "default")))
	if e := cfg.mapperExport; e != nil {
		w.row("mapper.export", fmt.Sprint(*e), from(cfg.mapperExportFrom))
	}
	if r := cfg.rules; r.value != "" {
		w.row("mapper.rules", r.value, from(r.origin))
	}
	if n := cfg.network; n.Proxy != "" {
		w.row("network.proxy", shownProxy(n.Proxy), from(n.origin))
	}
	if n := cfg.network; n.CAFile != "" {
		w.row("network.caFile", n.CAFile, from(n.origin))
	}
	for _, in := range cfg.instances {
		w.row("instance "+in.Name, in.Provider, from(in.origin))
		p, err := findProvider(in.Provider)
		if err != nil {
			return err
		}
		for _, name := range sortedKeys(in.Config) {
			w.row("  "+name, shownSetting(p, name, in.Config[name]), "")
		}
	}
	w.flush()
	return nil
}

// shownSetting hides a secret that stands in the file; a reference to one is
// worth seeing.
func shownSetting(p *ingest.Provider, name, value string) string {
	secret := slices.ContainsFunc(p.Settings, func(s ingest.Setting) bool { return s.Name == name && s.Secret })
	if secret && !isReference(value) {
		return "***"
	}
	return value
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the program's version", Args: argsBetween(0, 0),
		Example: "  j1db version",
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.stdout, "j1db %s %s %s/%s\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// programVersion is the module's version, or the commit that it was built from.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return strings.Trim(info.Main.Version, "()")
}
