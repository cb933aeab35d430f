package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

type diffOptions struct {
	output, instance string
	types, ignore    []string
	stat             bool
}

func (o *diffOptions) delta() delta.Options {
	d := delta.Options{Types: o.types, Ignore: o.ignore}
	if o.instance != "" {
		d.Instances = []string{o.instance}
	}
	return d
}

func (a *app) diffCommand() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [FROM [TO]]",
		Short: "Show what changed between two versions",
		Long: `Shows what turns version FROM into version TO. Without arguments: the last version
against the one before; with one: from there to the newest. FROM and TO are
version numbers or times; FROM may be the later one.`,
		Example: "  j1db diff\n  j1db diff -7d\n  j1db diff 3 5 --type heroku_application --ignore updatedOn\n  j1db diff 3 5 -o jsonl",
		Args:    argsBetween(0, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runDiff(cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.types, "type", nil, "only these `types`")
	f.StringVar(&o.instance, "instance", "", "only what this `instance` supplies")
	f.StringSliceVar(&o.ignore, "ignore", nil, "leave out these `properties`")
	f.BoolVar(&o.stat, "stat", false, "counts only")
	addOutput(cmd, &o.output, "table", "json", "jsonl", "markdown")
	return cmd
}

func (a *app) runDiff(ctx context.Context, args []string, o diffOptions) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	from, to, err := a.versionRange(ctx, db, args)
	if err != nil {
		return err
	}
	if err := checkDiffNames(ctx, db, from, to, o); err != nil {
		return err
	}
	return a.printDiff(ctx, db, from, to, o)
}

// checkDiffNames refuses instances and types that neither version knows: about
// them nothing changed, and that is not what was asked.
func checkDiffNames(ctx context.Context, db *store.DB, from, to uint64, o diffOptions) error {
	if o.instance == "" && len(o.types) == 0 {
		return nil
	}
	types, instances := map[string]bool{}, map[string]bool{}
	for _, v := range []uint64{from, to} {
		if v == 0 {
			continue
		}
		snap, err := db.Snapshot(ctx, store.AtVersion(v), store.SnapshotOptions{})
		if err != nil {
			return err
		}
		stats, err := snap.Types(ctx)
		if err := errors.Join(err, snap.Close()); err != nil {
			return err
		}
		for _, t := range stats {
			types[t.Type] = true
			for _, in := range t.Instances {
				instances[in] = true
			}
		}
	}
	for _, t := range o.types {
		if !types[t] {
			return &usageError{fmt.Errorf("neither version has the type %q%s", t, didYouMean(t, sortedKeys(types))), ""}
		}
	}
	if o.instance != "" && !instances[o.instance] {
		return &usageError{fmt.Errorf("neither version has the instance %q%s", o.instance, didYouMean(o.instance, sortedKeys(instances))), ""}
	}
	return nil
}

// versionRange resolves [FROM [TO]].
func (a *app) versionRange(ctx context.Context, db *store.DB, args []string) (from, to uint64, err error) {
	resolve := func(i int) (uint64, error) {
		text := ""
		if i < len(args) {
			text = args[i]
		}
		w, err := parseWhen(text, a.now())
		if err != nil {
			return 0, err
		}
		v, err := db.Resolve(ctx, w.at())
		return v.Number, err
	}
	if to, err = resolve(1); err != nil {
		return 0, 0, err
	}
	if len(args) > 0 {
		from, err = resolve(0)
		return from, to, err
	}
	if to == 0 {
		return 0, 0, &notFoundError{"there is no version to compare", "j1db sync makes one"}
	}
	return to - 1, to, nil
}

// printDiff prints what turns one version into another.
func (a *app) printDiff(ctx context.Context, db *store.DB, from, to uint64, o diffOptions) error {
	changes := delta.Between(ctx, db, from, to, o.delta())
	if o.stat {
		return a.printStat(changes, o.output)
	}
	if o.output == "json" || o.output == "jsonl" {
		return a.spooled(o.output, func(w io.Writer) error { return encodeChanges(w, o.output, changes) })
	}
	return a.spooled(o.output, func(w io.Writer) (err error) {
		names, err := newNames(ctx, db, from, to)
		defer func() { err = errors.Join(err, names.close()) }()
		if err != nil {
			return err
		}
		d := differ{w: bufio.NewWriter(w), names: names, escape: render.Clean}
		if o.output == "markdown" {
			d.escape, d.markdown = render.Markdown, true
		}
		for c, err := range changes {
			if err != nil {
				return err
			}
			d.change(&c)
		}
		d.flushGroup()
		if d.groups == 0 {
			fmt.Fprintf(d.w, "nothing changed between version %d and version %d\n", from, to)
		}
		return d.w.Flush()
	})
}

// spooled gathers what write writes and then prints it, so that the database is
// not held while the output is slow.
func (a *app) spooled(format string, write func(io.Writer) error) error {
	if _, gathering := a.stdout.(*screen); gathering {
		return write(a.dataOut(format))
	}
	s := newSpool()
	defer s.Close()
	if err := write(s); err != nil {
		return err
	}
	return s.copyTo(a.dataOut(format))
}

func encodeChanges(w io.Writer, output string, changes iter.Seq2[graph.Change, error]) error {
	if output == "jsonl" {
		return delta.Encode(w, changes)
	}
	b := []byte("[")
	for c, err := range changes {
		if err != nil {
			return err
		}
		if len(b) > 1 || b[0] != '[' {
			b = append(b, ',')
		}
		b = delta.Append(append(b, '\n'), &c)
		if len(b) > 32<<10 {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = append(b[:0], ' ')
		}
	}
	_, err := w.Write(append(b, "\n]\n"...))
	return err
}

// statRecord counts the changes of one type.
type statRecord struct {
	Kind     string `json:"kind"`
	Instance string `json:"instance"`
	Type     string `json:"type"`
	Created  int    `json:"created"`
	Updated  int    `json:"updated"`
	Deleted  int    `json:"deleted"`
}

func (a *app) printStat(changes iter.Seq2[graph.Change, error], output string) error {
	stat, err := delta.Stat(changes)
	if err != nil {
		return err
	}
	records := make([]statRecord, len(stat))
	for i, s := range stat {
		records[i] = statRecord{s.Kind.String(), s.Instance, s.Type, s.Created, s.Updated, s.Deleted}
	}
	if output == "json" || output == "jsonl" {
		return writeRecords(a.dataOut(output), output, records)
	}
	w := newColumns(a.stdout)
	w.row("TYPE", "INSTANCE", "CREATED", "UPDATED", "DELETED")
	for _, r := range records {
		w.row(r.Type, r.Instance, fmt.Sprint(r.Created), fmt.Sprint(r.Updated), fmt.Sprint(r.Deleted))
	}
	w.flush()
	return nil
}

// names finds what entities at the ends of relationships are called.
type names struct{ snapshots []*store.Snapshot }

func newNames(ctx context.Context, db *store.DB, from, to uint64) (names, error) {
	var n names
	for _, v := range []uint64{to, from} {
		if v == 0 {
			continue
		}
		s, err := db.Snapshot(ctx, store.AtVersion(v), store.SnapshotOptions{})
		if err != nil {
			return n, err
		}
		n.snapshots = append(n.snapshots, s)
	}
	return n, nil
}

// close lets go of the versions, and tells what could not be read of them.
func (n names) close() error {
	var errs []error
	for _, s := range n.snapshots {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

func (n names) of(end graph.End) string {
	for _, s := range n.snapshots {
		if im := s.Get(graph.Identity{Kind: graph.EntityKind, Instance: end.Instance, Key: end.Key}); im != nil {
			return im.DisplayName()
		}
	}
	return end.Key
}

// differ prints changes for people, a heading for each type.
type differ struct {
	w        *bufio.Writer
	names    names
	escape   func(string) string
	markdown bool
	groups   int
	kind     graph.Kind
	typ      string
	instance string
	held     []graph.Change // of the present group
}

func (d *differ) change(c *graph.Change) {
	im := c.Image()
	if len(d.held) > 0 && (im.Kind != d.kind || im.Type != d.typ || im.Instance != d.instance) {
		d.flushGroup()
	}
	d.kind, d.typ, d.instance = im.Kind, im.Type, im.Instance
	d.held = append(d.held, *c)
}

// flushGroup prints the changes of one type under their counts.
func (d *differ) flushGroup() {
	if len(d.held) == 0 {
		return
	}
	var n graph.Counts
	for i := range d.held {
		n.Add(d.held[i].Op())
	}
	if d.groups > 0 {
		fmt.Fprintln(d.w)
	}
	d.groups++
	heading := fmt.Sprintf("%s (%s): %s", d.escape(d.typ), d.escape(d.instance), countsText(n))
	if d.markdown {
		heading = "### " + heading + "\n"
	}
	fmt.Fprintln(d.w, heading)
	for i := range d.held {
		d.object(&d.held[i])
	}
	d.held = d.held[:0]
}

func (d *differ) object(c *graph.Change) {
	mark, indent := [...]string{"+", "~", "-"}[c.Op()], "      "
	if d.markdown {
		mark, indent = [...]string{"- created", "- updated", "- deleted"}[c.Op()], "  - "
	} else {
		mark = "  " + mark
	}
	fmt.Fprintf(d.w, "%s %s\n", mark, d.label(c.Image()))
	if c.Op() == graph.Update {
		writeChangedProperties(d.w, indent, c, d.escape)
	}
}

func (d *differ) label(im *graph.Image) string {
	if im.Kind == graph.RelationshipKind {
		return d.escape(fmt.Sprintf("%s %s %s", d.names.of(im.From), im.Class[0], d.names.of(im.To)))
	}
	if name := im.DisplayName(); name != im.Key {
		return d.escape(name) + "  " + d.escape(im.Key)
	}
	return d.escape(im.Key)
}

// writeChangedProperties prints each changed property, before → after.
func writeChangedProperties(w io.Writer, indent string, c *graph.Change, escape func(string) string) {
	for _, name := range c.Changed() {
		fmt.Fprintf(w, "%s%s: %s → %s\n", indent, escape(name), escape(render.PropertyText(name, c.Before.Get(name))), escape(render.PropertyText(name, c.After.Get(name))))
	}
}

// changesOf turns the states of an object into what happened to it.
func changesOf(states []store.State) []graph.Change {
	var changes []graph.Change
	var before *graph.Image
	for _, s := range states {
		if !s.Pruned && (before != nil || s.Image != nil) {
			changes = append(changes, graph.Change{Version: s.Version, Before: before, After: s.Image})
		}
		before = s.Image
	}
	return slices.Clip(changes)
}
