package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

type showOptions struct {
	instance, at, output string
	raw                  bool
}

func (a *app) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:     "show KEY | _ID",
		Short:   "Show one entity, its properties and its relationships",
		Example: "  j1db show acme-user-1\n  j1db show 5f0c0e0e-... --raw",
		Args:    argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runShow(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.instance, "instance", "", "the `instance` that supplies it, where several hold the key")
	f.StringVar(&o.at, "at", "", "the version of `when`")
	f.BoolVar(&o.raw, "raw", false, "also what the API answered")
	addOutput(cmd, &o.output, "table", "json")
	return cmd
}

// notFoundError says that an object is not in the version that was asked.
type notFoundError struct{ what, hint string }

func (e *notFoundError) Error() string { return e.what }

// Hint says where else to look.
func (e *notFoundError) Hint() string { return e.hint }

// findObject finds the one object that a key or an _id names.
func findObject(s *store.Snapshot, name, instance string) (*graph.Image, error) {
	if id, ok := graph.ParseID(name); ok {
		if im := s.ByID(id); im != nil && (instance == "" || im.Instance == instance) {
			return im, nil
		}
	}
	var found []*graph.Image
	for _, im := range s.ByKey(name) {
		if instance == "" || im.Instance == instance {
			found = append(found, im)
		}
	}
	switch len(found) {
	case 0:
		return nil, &notFoundError{fmt.Sprintf("nothing has the key or _id %q in %s", name, versionText(s)),
			`FIND "part of the name" finds objects by name`}
	case 1:
		return found[0], nil
	}
	return nil, ambiguousKey(name, found)
}

func ambiguousKey(name string, found []*graph.Image) error {
	var holders []string
	for _, im := range found {
		holders = append(holders, fmt.Sprintf("%s (%s, %s)", im.Instance, im.Kind, im.Type))
	}
	return &usageError{fmt.Errorf("several objects have the key %q: %s", name, strings.Join(holders, "; ")),
		"name one with --instance, or use its _id"}
}

func versionText(s *store.Snapshot) string {
	if n := s.Version().Number; n > 0 {
		return fmt.Sprintf("version %d", n)
	}
	return "the empty database"
}

func (a *app) runShow(ctx context.Context, name string, o showOptions) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	snap, _, err := a.snapshot(ctx, db, o.at, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	if err := knownInstance(ctx, db, o.instance); err != nil {
		return err
	}
	im, err := findObject(snap, name, o.instance)
	if damage := snap.Err(); damage != nil {
		return damage
	}
	if err != nil {
		return whyGone(ctx, db, snap, name, err)
	}
	around := snap.Neighbours(im.Identity())
	if err := snap.Err(); err != nil {
		return err
	}
	var raw []byte
	if o.raw {
		if raw, err = db.Raw(ctx, im.Identity()); err != nil {
			return err
		}
	}
	if o.output == "json" {
		return a.showJSON(im, around, raw)
	}
	return a.showText(im, around, raw, o.raw)
}

// whyGone adds to an object's absence when it was deleted, if it was.
func whyGone(ctx context.Context, db *store.DB, asked *store.Snapshot, name string, absent error) error {
	if !is[*notFoundError](absent) || asked.Version().Number == 0 {
		return absent
	}
	snap, err := db.Snapshot(ctx, store.AtVersion(asked.Version().Number), store.SnapshotOptions{IncludeDeleted: true})
	if err != nil {
		return absent
	}
	defer snap.Close()
	im, err := findObject(snap, name, "")
	if err != nil || !im.Meta.Deleted {
		return absent
	}
	return &notFoundError{fmt.Sprintf("%s %q of %s was deleted on %s", im.Type, im.Key, im.Instance, formatTime(im.Meta.EndOn)),
		"j1db history shows what it was"}
}

func (a *app) showText(im *graph.Image, around []store.Neighbour, raw []byte, wantRaw bool) error {
	w := bufio.NewWriter(a.stdout)
	render.Object(w, im)
	if len(around) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range around {
		arrow := "→"
		if !n.Outgoing {
			arrow = "←"
		}
		fmt.Fprintf(w, "%s %s %s  %s  %s\n", render.Clean(n.Relationship.Class[0]), arrow,
			render.Clean(n.Entity.DisplayName()), render.Clean(n.Entity.Type), render.Clean(n.Entity.Key))
	}
	if wantRaw {
		fmt.Fprintln(w)
		writeRaw(w, raw)
	}
	return w.Flush()
}

func writeRaw(w io.Writer, raw []byte) {
	var v any
	if len(raw) == 0 {
		fmt.Fprintln(w, "no raw data is kept of it")
		return
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		fmt.Fprintln(w, render.Clean(string(raw)))
		return
	}
	e := json.NewEncoder(render.NewCleanWriter(w))
	e.SetIndent("", "  ")
	_ = e.Encode(v) // the writer's errors are seen at its Flush
}

func (a *app) showJSON(im *graph.Image, around []store.Neighbour, raw []byte) error {
	type neighbour struct {
		Verb         string          `json:"verb"`
		Direction    string          `json:"direction"`
		Relationship json.RawMessage `json:"relationship"`
		Entity       json.RawMessage `json:"entity"`
	}
	record := struct {
		Object        json.RawMessage `json:"object"`
		Relationships []neighbour     `json:"relationships"`
		Raw           json.RawMessage `json:"rawData,omitempty"`
	}{Object: render.ObjectJSON(im), Relationships: []neighbour{}, Raw: raw}
	for _, n := range around {
		direction := "out"
		if !n.Outgoing {
			direction = "in"
		}
		record.Relationships = append(record.Relationships, neighbour{n.Relationship.Class[0], direction,
			render.ObjectJSON(n.Relationship), render.ObjectJSON(n.Entity)})
	}
	return writeRecord(a.dataOut("json"), record)
}

func (a *app) historyCommand() *cobra.Command {
	var instance, output string
	cmd := &cobra.Command{
		Use:     "history KEY | _ID",
		Short:   "Show one object through the versions",
		Example: "  j1db history acme-user-1",
		Args:    argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runHistory(cmd.Context(), args[0], instance, output)
		},
	}
	cmd.Flags().StringVar(&instance, "instance", "", "the `instance` that supplies it, where several hold the key")
	addOutput(cmd, &output, "table", "json", "jsonl")
	return cmd
}

func (a *app) runHistory(ctx context.Context, name, instance, output string) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	// What was deleted has a history too.
	snap, err := db.Snapshot(ctx, store.Latest, store.SnapshotOptions{IncludeDeleted: true})
	if err != nil {
		return err
	}
	im, err := findObject(snap, name, instance)
	if err := errors.Join(err, snap.Close()); err != nil {
		return err
	}
	states, err := db.History(ctx, im.Identity())
	if err != nil {
		return err
	}
	changes := changesOf(states)
	if output != "table" {
		return a.spooled(output, func(w io.Writer) error { return encodeChanges(w, output, eachChange(changes)) })
	}
	w := bufio.NewWriter(a.stdout)
	fmt.Fprintf(w, "%s  %s  %s of %s\n", render.Clean(im.DisplayName()), render.Clean(im.Type), render.Clean(im.Key), render.Clean(im.Instance))
	for i, c := range changes {
		fmt.Fprintf(w, "version %d: %sd\n", c.Version, c.Op())
		writeChangedProperties(w, "  ", &changes[i], render.Clean)
	}
	return w.Flush()
}

func eachChange(changes []graph.Change) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}
