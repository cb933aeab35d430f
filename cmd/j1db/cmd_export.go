package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

type exportOptions struct {
	since, to, instance, output string
	full, rescue                bool
}

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "export", Short: "Write a version, or what changed, for other programs", Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	for _, f := range exportFormats() {
		cmd.AddCommand(a.exportFormatCommand(f))
	}
	cmd.AddCommand(a.exportJupiterOneCommand())
	return cmd
}

func (a *app) exportFormatCommand(format exportFormat) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use: format.name, Short: format.short, Long: format.long, Args: argsBetween(0, 0),
		Example: "  j1db export " + format.name + " --output out",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runExport(cmd.Context(), format, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "the version of `when` (the newest)")
	f.BoolVar(&o.full, "full", false, "everything, which is the default without --since")
	f.StringVar(&o.instance, "instance", "", "only what this `instance` supplies")
	f.BoolVar(&o.rescue, "salvage", false, "of a damaged database, what can be read; what cannot is named")
	f.StringVar(&o.since, "since", "", "the changes since the version of `when`")
	what, otherwise := "the new `folder` to write", ""
	if !format.folder {
		what, otherwise = "the `file` to write, - for stdout", "-"
	}
	f.StringVar(&o.output, "output", otherwise, what)
	return cmd
}

// exporting is one export on its way.
type exporting struct {
	ctx     context.Context
	db      *store.DB
	version graph.Version // of a full export
	objects int           // of all instances, in that version
	stale   []string
	salvage *store.Salvage // of a damaged file, nil for a sound one
	exportOptions
	from, upTo uint64 // of a delta
}

func (a *app) runExport(ctx context.Context, format exportFormat, o exportOptions) error {
	switch {
	case o.full && o.since != "":
		return usageErrorf("--full and --since exclude each other")
	case format.folder && o.output == "":
		return usageErrorf("export %s wants --output: the folder to write", format.name)
	case format.perInstance && o.instance == "":
		return usageErrorf("export %s wants --instance: keys are only unique in one", format.name)
	}
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	e := &exporting{ctx: ctx, db: db, exportOptions: o}
	if o.rescue {
		return a.runSalvage(ctx, format, e)
	}
	if o.since != "" {
		if e.from, e.upTo, err = a.versionRange(ctx, db, []string{o.since, o.to}); err != nil {
			return err
		}
		if err := checkDiffNames(ctx, db, e.from, e.upTo, diffOptions{instance: o.instance}); err != nil {
			return err
		}
		return a.writeExport(format, e, format.changes)
	}
	if err := a.openExport(e); err != nil {
		return err
	}
	return a.writeExport(format, e, func(e *exporting, w io.Writer, f *j1files.Folder) (written j1files.Written, err error) {
		err = a.keeping(ctx, e, func() error {
			written, err = format.full(e, w, f)
			return err
		})
		return written, err
	})
}

// writeExport has a format written to where it goes.
func (a *app) writeExport(format exportFormat, e *exporting, write exportWriter) error {
	if !format.folder {
		return a.exportTo(e.output, func(w io.Writer) (j1files.Written, error) { return write(e, w, nil) })
	}
	written, err := writeFolder(e.output, func(f *j1files.Folder) (j1files.Written, error) { return write(e, nil, f) })
	a.tellWritten(e.output, written)
	return err
}

// openExport finds the version to export and checks that the instance is known.
func (a *app) openExport(e *exporting) error {
	snap, _, err := a.snapshot(e.ctx, e.db, e.to, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	e.version = snap.Version()
	types, err := snap.Types(e.ctx)
	if err := errors.Join(err, snap.Close()); err != nil {
		return err
	}
	for _, t := range types {
		e.objects += t.Count
	}
	if e.instance == "" {
		return nil
	}
	known, err := e.db.Instances(e.ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, in := range known {
		names = append(names, in.Name)
		if in.Name == e.instance {
			return e.findStale()
		}
	}
	return &usageError{fmt.Errorf("the database has no instance %q%s", e.instance, didYouMean(e.instance, names)), ""}
}

func (e *exporting) findStale() error {
	stale, err := e.db.Stale(e.ctx)
	for _, s := range stale {
		if s.Instance == e.instance {
			e.stale = append(e.stale, s.Type)
		}
	}
	return err
}

// images yields the objects to export, entities first.
func (e *exporting) images() iter.Seq2[*graph.Image, error] {
	if e.salvage != nil {
		return e.salvaged()
	}
	return func(yield func(*graph.Image, error) bool) {
		for _, kind := range []graph.Kind{graph.EntityKind, graph.RelationshipKind} {
			for im, err := range e.db.Objects(e.ctx, e.version.Number, kind, e.instance) {
				if !yield(im, err) || err != nil {
					return
				}
			}
		}
	}
}

func (e *exporting) changes() iter.Seq2[graph.Change, error] {
	d := diffOptions{instance: e.instance}
	return delta.Between(e.ctx, e.db, e.from, e.upTo, d.delta())
}

// exportTo writes to a file, or, once everything is there, to stdout or to what else
// there is by that name.
func (a *app) exportTo(output string, write func(io.Writer) (j1files.Written, error)) error {
	var written j1files.Written
	run := func(w io.Writer) (err error) {
		written, err = write(w)
		return err
	}
	err := error(nil)
	switch info, statErr := os.Stat(output); {
	case output == "-":
		err = a.spooled("jsonl", run)
	case statErr == nil && !info.Mode().IsRegular() && !info.IsDir():
		err = spooledTo(output, run)
	default:
		err = writeAtomically(output, run)
	}
	a.tellWritten(output, written)
	return err
}

// spooledTo writes to a pipe or a device, which nothing can take the place of.
func spooledTo(path string, write func(io.Writer) error) error {
	s := newSpool()
	defer s.Close()
	if err := write(s); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := errors.Join(s.copyTo(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// tellWritten tells what a format could not hold.
func (a *app) tellWritten(output string, w j1files.Written) {
	if output != "-" && len(w.Instances) > 1 && filepath.Ext(output) == ".jsonl" {
		a.notice("%s holds objects of %s and does not say which is whose; --instance writes one of them", output, strings.Join(w.Instances, ", "))
	}
	for _, o := range w.Omitted {
		what := o.Key
		if o.Property != "" {
			what += ": " + o.Property
		}
		a.warn("%s was left out of %s: %s", what, output, o.Reason)
	}
	if more := w.OmittedCount - len(w.Omitted); more > 0 {
		a.warn("and %d more were left out of %s", more, output)
	}
}

// writeFolder makes a folder of what write writes, or none: it is written under
// another name beside and renamed.
func writeFolder(path string, write func(*j1files.Folder) (j1files.Written, error)) (w j1files.Written, err error) {
	if _, err := os.Lstat(path); err == nil {
		return w, usageErrorf("%s exists; an export does not mix with what is there", path)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".j1db-*") // 0700
	if err != nil {
		return w, fmt.Errorf("create %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	folder, err := j1files.CreateFolder(tmp)
	if err != nil {
		return w, err
	}
	w, err = write(folder)
	if err = errors.Join(err, folder.Close()); err != nil {
		return w, fmt.Errorf("write %s: %w", path, err)
	}
	return w, os.Rename(tmp, path)
}
