package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store"
)

// keeperCommands are the store's keeper: check, compact, stats, backup, prune.
func (a *app) keeperCommands() []*cobra.Command {
	check := &cobra.Command{
		Use: "check", Short: "Read everything in the database and report what is damaged", Args: argsBetween(0, 0),
		Long:    "Exit codes: 0 nothing is damaged; 5 something is.",
		Example: "  j1db check",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runCheck(cmd.Context()) },
	}
	compact := &cobra.Command{
		Use: "compact", Short: "Rewrite the database without free pages", Args: argsBetween(0, 0),
		Example: "  j1db compact",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runCompact(cmd.Context()) },
	}
	backup := &cobra.Command{
		Use: "backup FILE", Short: "Write a consistent copy of the database", Args: argsBetween(1, 1),
		Example: "  j1db backup graph-2026-01-31.db",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.runBackup(cmd.Context(), args[0]) },
	}
	var before string
	prune := &cobra.Command{
		Use: "prune --before WHEN", Short: "Forget the history before a version; the present stays", Args: argsBetween(0, 0),
		Long:    "Refuses to pass a version that an export cursor or a pin still needs (exit code 7).",
		Example: "  j1db prune --before -90d\n  j1db prune --before 120",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runPrune(cmd.Context(), before) },
	}
	prune.Flags().StringVar(&before, "before", "", "the oldest version to keep: `when`")
	return []*cobra.Command{check, compact, a.statsCommand(), backup, prune}
}

func (a *app) runCheck(ctx context.Context) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	m, stop := a.startMeter(fileLabel("checking", db.Path()))
	defer stop()
	err = a.gathered(func() error { return a.listDamage(ctx, db.Observed(m.at)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: nothing is damaged\n", db.Path())
	return nil
}

// listDamage tells of all that is damaged in the database.
func (a *app) listDamage(ctx context.Context, db *store.DB) error {
	found := 0
	for err := range db.Check(ctx) {
		if ctx.Err() != nil {
			return err
		}
		if is[*store.NotFoundError](err) || is[*store.LockedError](err) || is[*store.FormatError](err) {
			return err
		}
		if e, ok := errors.AsType[*store.CorruptError](err); ok && e.Where == "" {
			return err // it cannot be read at all
		}
		found++
		a.warn("%v", err)
	}
	if found > 0 {
		return &damagedError{fmt.Sprintf("%s is damaged: %d problems, listed above", db.Path(), found)}
	}
	return nil
}

// damagedError sums up what check has listed: exit code 5.
type damagedError struct{ what string }

func (e *damagedError) Error() string { return e.what }

// Hint says what is left to do.
func (e *damagedError) Hint() string {
	return "go back to a backup; j1db export --salvage writes what can still be read"
}

func (a *app) runCompact(ctx context.Context) error {
	db, err := a.openExisting(ctx)
	if err != nil {
		return err
	}
	var res store.CompactResult
	err = a.observed("compacting", db, func(db *store.DB) (err error) {
		res, err = db.Compact(ctx)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s before, %s now\n", db.Path(), bytesText(res.Before), bytesText(res.After))
	return nil
}

func (a *app) runPrune(ctx context.Context, before string) error {
	if before == "" {
		return usageErrorf("prune wants --before")
	}
	w, err := parseWhen(before, a.now())
	if err != nil {
		return err
	}
	db, err := a.openExisting(ctx)
	if err != nil {
		return err
	}
	var res store.PruneResult
	if err := a.unpinAbandoned(ctx, db); err != nil {
		return err
	}
	err = a.observed("pruning", db, func(db *store.DB) (err error) {
		res, err = db.Prune(ctx, w.at())
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "forgot %d versions; the oldest is now %d\n", res.Versions, res.Oldest)
	a.adviseCompaction(ctx, db)
	return nil
}

// runBackup writes to a temporary file beside the target and renames it: a backup
// is whole or not there.
func (a *app) runBackup(ctx context.Context, path string) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return usageErrorf("%s exists; a backup does not replace a file", path)
	}
	var n int64
	err = a.observed("copying", db, func(db *store.DB) error {
		return writeAtomically(path, func(w io.Writer) (err error) {
			n, err = db.Backup(ctx, w)
			return err
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", path, bytesText(n))
	return nil
}

// writeAtomically makes a 0600 file of what write writes, or none.
func writeAtomically(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usageErrorf("%s is a folder", path)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %s: there is no folder %s", path, filepath.Dir(path))
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".j1db-*") // 0600
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// observed calls f with a database that tells how far it is.
func (a *app) observed(doing string, db *store.DB, f func(*store.DB) error) error {
	m, stop := a.startMeter(fileLabel(doing, db.Path()))
	defer stop()
	return f(db.Observed(m.at))
}

// adviseCompaction says when a compaction is worth its time. It is advice: what
// keeps it from being known is none of the caller's errors.
func (a *app) adviseCompaction(ctx context.Context, db *store.DB) {
	if space, err := db.Space(ctx); err == nil && space.WorthCompacting() {
		a.notice("%s", compactionAdvice(space))
	}
}

func compactionAdvice(s store.Space) string {
	return fmt.Sprintf("%s of %s are free: j1db compact gives them back", bytesText(s.FreeBytes), bytesText(s.FileBytes))
}

// bytesText prints a number of bytes for people.
func bytesText(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d B", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
