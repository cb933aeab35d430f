package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/delta"
	"github.com/j1db/j1db/store/graph"
)

type exportOptions struct {
	since, to, instance, output string
	full                        bool
}

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "export", Short: "Write a version, or what changed, for other programs", Args: argsBetween(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var o exportOptions
	jsonl := &cobra.Command{
		Use:   "jsonl",
		Short: "JSON Lines: objects in JupiterOne's shape, or the changes since a version",
		Long: `Writes every entity and relationship of a version, one JSON object a line, in the
shape that imports take. With --since it writes the changes from that version to
--to instead, each with its properties before and after.`,
		Example: "  j1db export jsonl --output graph.jsonl\n  j1db export jsonl --since 3 > delta.jsonl",
		Args:    argsBetween(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.exportJSONL(cmd.Context(), o) },
	}
	f := jsonl.Flags()
	f.StringVar(&o.since, "since", "", "the changes since the version of `when`")
	f.StringVar(&o.to, "to", "", "the version of `when` (the newest)")
	f.BoolVar(&o.full, "full", false, "everything, which is the default without --since")
	f.StringVar(&o.instance, "instance", "", "only what this `instance` supplies")
	f.StringVar(&o.output, "output", "-", "the `file` to write, - for stdout")
	cmd.AddCommand(jsonl)
	return cmd
}

func (a *app) exportJSONL(ctx context.Context, o exportOptions) error {
	if o.full && o.since != "" {
		return usageErrorf("--full and --since exclude each other")
	}
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return a.exportFull(ctx, db, w, o) }
	if o.since != "" {
		from, to, err := a.versionRange(ctx, db, []string{o.since, o.to})
		if err != nil {
			return err
		}
		d := diffOptions{instance: o.instance}
		write = func(w io.Writer) error {
			b := bufio.NewWriter(w)
			if err := delta.Encode(b, delta.Between(ctx, db, from, to, d.delta())); err != nil {
				return err
			}
			return b.Flush()
		}
	}
	if o.output == "-" {
		return a.spooled("jsonl", write)
	}
	return writeAtomically(o.output, write)
}

// exportFull writes all objects of a version, entities first.
func (a *app) exportFull(ctx context.Context, db *store.DB, w io.Writer, o exportOptions) error {
	snap, _, err := a.snapshot(ctx, db, o.to, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	b := bufio.NewWriter(w)
	var line []byte
	for _, kind := range []graph.Kind{graph.EntityKind, graph.RelationshipKind} {
		for im := range snap.All(kind) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if o.instance != "" && im.Instance != o.instance {
				continue
			}
			line = append(appendImport(line[:0], im), '\n')
			if _, err := b.Write(line); err != nil {
				return fmt.Errorf("write export: %w", err)
			}
		}
	}
	return b.Flush()
}

// appendImport appends an object in the shape that imports take.
func appendImport(b []byte, im *graph.Image) []byte {
	field := func(name string, v graph.Value) {
		b = append(graph.AppendJSONString(append(b, ','), name), ':')
		b = v.AppendJSON(b)
	}
	b = append(b, `{"_key":`...)
	b = graph.AppendJSONString(b, im.Key)
	field(graph.PropType, graph.StringValue(im.Type))
	field(graph.PropClass, im.Get(graph.PropClass))
	if im.Kind == graph.RelationshipKind {
		field(graph.PropFromKey, graph.StringValue(im.From.Key))
		if im.From.Instance != im.Instance {
			field("_fromEntityScope", graph.StringValue(im.From.Instance))
		}
		field(graph.PropToKey, graph.StringValue(im.To.Key))
		if im.To.Instance != im.Instance {
			field("_toEntityScope", graph.StringValue(im.To.Instance))
		}
	}
	for name, v := range im.Props.All() {
		field(name, v)
	}
	return append(b, '}')
}
