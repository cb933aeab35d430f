package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, credentials, database and permissions",
		Long: `Checks everything that a sync needs and names all problems at once: the
configuration, each credential by the lightest request that proves it, the
database, and who else can read the files. Nothing is written.

The exit code is 0 when nothing is wrong, else that of the first problem.`,
		Example: "  j1db doctor",
		Args:    argsBetween(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runDoctor(cmd.Context()) },
	}
}

// checkup collects what doctor finds.
type checkup struct {
	*app
	first error
}

// good prints a check that found nothing wrong.
func (c *checkup) good(what, format string, args ...any) { c.line("ok", what, format, args...) }

// odd prints something to think about that keeps nothing from working.
func (c *checkup) odd(what, format string, args ...any) { c.line("note", what, format, args...) }

// bad prints a problem and what to do about it.
func (c *checkup) bad(what string, err error) {
	if c.first == nil {
		c.first = err
	}
	p := problemOf(err)
	c.line("BAD", what, "%s", p.Message)
	if p.Hint != "" {
		fmt.Fprintln(c.stdout, "      "+render.Clean(p.Hint))
	}
}

func (c *checkup) line(verdict, what, format string, args ...any) {
	fmt.Fprintf(c.stdout, "%-4s  %s: %s\n", verdict, render.Clean(what), render.Clean(fmt.Sprintf(format, args...)))
}

func (a *app) runDoctor(ctx context.Context) error {
	c := &checkup{app: a}
	cfg, err := a.loadConfig()
	if err != nil {
		// Without it nobody knows which database and which credentials are meant.
		c.bad("configuration", err)
		return &silentError{exitCode(ctx, err)}
	}
	c.configuration(cfg)
	c.credentials(ctx, cfg)
	c.database(ctx, cfg)
	c.permissions(cfg)
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.first != nil {
		return &silentError{exitCode(ctx, c.first)}
	}
	return nil
}

func (c *checkup) configuration(cfg *config) {
	if len(cfg.files) == 0 {
		c.good("configuration", "no file, the environment alone")
	}
	for _, f := range cfg.files {
		c.good("configuration", "%s", f)
	}
	for _, w := range cfg.warnings {
		c.odd("configuration", "%s", w)
	}
	if _, err := cfg.mapperRules(); err != nil {
		c.bad("mapper", err)
	} else if cfg.persons && cfg.rules.value != "" {
		c.good("mapper", "the rules of %s are sound", cfg.rules.value)
	}
}

// credentials proves the credential of every instance that is configured or that
// the environment makes possible.
func (c *checkup) credentials(ctx context.Context, cfg *config) {
	instances := slices.Clone(cfg.instances)
	for _, p := range providers() {
		used := slices.ContainsFunc(instances, func(in instanceConfig) bool { return in.Provider == p.Name })
		if !used && c.possible(p) {
			instances = append(instances, instanceConfig{Name: p.Name, Provider: p.Name, origin: "environment"})
		}
	}
	if len(instances) == 0 {
		c.odd("credentials", "no instance is configured, and no credential is in the environment")
	}
	for i := range instances {
		what := "instance " + instances[i].Name
		if err := c.verify(ctx, cfg, &instances[i]); err != nil {
			c.bad(what, err)
			continue
		}
		c.good(what, "%s accepts the credential", instances[i].Provider)
	}
}

// possible reports whether the environment holds all that a provider needs.
func (c *checkup) possible(p *ingest.Provider) bool {
	required := 0
	for _, s := range p.Settings {
		if !s.Required {
			continue
		}
		required++
		if s.Env == "" || c.getenv(s.Env) == "" {
			return false
		}
	}
	return required > 0
}

func (c *checkup) verify(ctx context.Context, cfg *config, in *instanceConfig) error {
	p, err := findProvider(in.Provider)
	if err != nil {
		return err
	}
	values, err := c.settings(ctx, p, in, false)
	if err != nil {
		return err
	}
	tape, err := c.openTape(ctx, cfg, "", "")
	if err != nil {
		return err
	}
	collector, err := p.Open(ingest.Options{Settings: values, HTTP: c.httpOptions(tape, in.Name, c.newProgress(in.Name))})
	if err != nil || collector.Verify == nil {
		return err
	}
	return collector.Verify(ctx)
}

func (c *checkup) database(ctx context.Context, cfg *config) {
	db, err := c.openStore(cfg)
	if err != nil {
		c.bad("database", err)
		return
	}
	v, err := db.Resolve(ctx, store.Latest)
	switch {
	case is[*store.NotFoundError](err):
		c.odd("database", "%s does not exist yet: j1db sync makes it", cfg.db.value)
	case err != nil:
		c.bad("database", err)
	case v.Number == 0:
		c.good("database", "%s is empty", cfg.db.value)
	default:
		c.good("database", "%s, version %d of %s (j1db check reads all of it)", cfg.db.value, v.Number, formatTime(v.Time))
	}
}

// permissions looks for files that others can read.
func (c *checkup) permissions(cfg *config) {
	paths := []string{cfg.db.value}
	if history, err := c.historyFile(cfg.db.value); err == nil && history != "" {
		paths = append(paths, history, filepath.Dir(history))
	}
	if dir, err := c.savedDir(); err == nil {
		paths = append(paths, dir)
	}
	fine := true
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			c.bad("permissions", fmt.Errorf("look at %s: %w", path, err))
			fine = false
		case readableByOthers(info):
			c.bad("permissions", &readableError{path, info.Mode().Perm()})
			fine = false
		}
	}
	if fine {
		c.good("permissions", "only you can read what j1db wrote")
	}
}

// readableError says that others can read a file of ours.
type readableError struct {
	path string
	mode fs.FileMode
}

func (e *readableError) Error() string {
	return fmt.Sprintf("%s can be read by others (mode %v)", e.path, e.mode)
}

// Hint says how to change that.
func (e *readableError) Hint() string { return "chmod go-rwx " + e.path }
