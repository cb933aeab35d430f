package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

func (a *app) schemaCommand() *cobra.Command {
	var at, output string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Show the types, what joins them, and their properties",
		Long: `Shows what a version holds: types of entities with classes and counts,
relationships as from-type, verb, to-type with counts, and the properties of
each type with kinds and fill rates. -o mermaid and -o dot draw it.`,
		Example: "  j1db schema\n  j1db schema -o mermaid",
		Args:    argsBetween(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runSchema(cmd.Context(), at, output)
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "the version of `when`")
	addOutput(cmd, &output, "table", "json", "mermaid", "dot")
	return cmd
}

// schemaRecord is the schema in JSON.
type schemaRecord struct {
	Version       uint64               `json:"version"`
	Types         []typeRecord         `json:"types"`
	Relationships []relationshipRecord `json:"relationships"`
}

type typeRecord struct {
	Kind       string           `json:"kind"`
	Type       string           `json:"type"`
	Classes    []string         `json:"classes"`
	Count      int              `json:"count"`
	Instances  []string         `json:"instances"`
	Properties []propertyRecord `json:"properties"`
}

type propertyRecord struct {
	Name     string   `json:"name"`
	Kinds    []string `json:"kinds"`
	Filled   int      `json:"filled"`
	Distinct int      `json:"distinct"`
}

type relationshipRecord struct {
	Type     string `json:"type"`
	FromType string `json:"fromType"`
	Verb     string `json:"verb"`
	ToType   string `json:"toType"`
	Count    int    `json:"count"`
}

func (a *app) runSchema(ctx context.Context, at, output string) error {
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	snap, _, err := a.snapshot(ctx, db, at, store.SnapshotOptions{})
	if err != nil {
		return err
	}
	defer snap.Close()
	s, err := readSchema(ctx, snap)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(a.stdout)
	switch output {
	case "json":
		return writeRecord(a.dataOut("json"), s)
	case "mermaid":
		s.mermaid(w)
	case "dot":
		s.dot(w)
	default:
		s.text(w)
	}
	return w.Flush()
}

func readSchema(ctx context.Context, snap *store.Snapshot) (*schemaRecord, error) {
	types, err := snap.Types(ctx)
	if err != nil {
		return nil, err
	}
	joins, err := snap.Relationships(ctx)
	if err != nil {
		return nil, err
	}
	s := &schemaRecord{Version: snap.Version().Number, Types: []typeRecord{}, Relationships: []relationshipRecord{}}
	for _, t := range types {
		r := typeRecord{Kind: t.Kind.String(), Type: t.Type, Classes: t.Classes, Count: t.Count, Instances: t.Instances, Properties: []propertyRecord{}}
		props, err := snap.Properties(ctx, t.Kind, t.Type)
		if err != nil {
			return nil, err
		}
		for _, p := range props {
			r.Properties = append(r.Properties, propertyRecord{p.Name, kindNames(p.Kinds), p.Filled, p.Distinct})
		}
		s.Types = append(s.Types, r)
	}
	for _, j := range joins {
		s.Relationships = append(s.Relationships, relationshipRecord{j.Type, j.FromType, j.Verb, j.ToType, j.Count})
	}
	return s, nil
}

func kindNames(kinds []graph.ValueKind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return names
}

func (s *schemaRecord) text(w *bufio.Writer) {
	c := newColumns(w)
	c.row("ENTITIES", "CLASS", "COUNT", "INSTANCES")
	for _, t := range s.Types {
		if t.Kind == graph.EntityKind.String() {
			c.row(t.Type, strings.Join(t.Classes, ", "), fmt.Sprint(t.Count), strings.Join(t.Instances, ", "))
		}
	}
	c.flush()
	fmt.Fprintln(w)
	c = newColumns(w)
	c.row("RELATIONSHIPS", "", "", "COUNT")
	for _, r := range s.Relationships {
		c.row(r.FromType, r.Verb, r.ToType, fmt.Sprint(r.Count))
	}
	c.flush()
	for _, t := range s.Types {
		if len(t.Properties) > 0 {
			fmt.Fprintln(w)
			s.textProperties(w, &t)
		}
	}
}

func (s *schemaRecord) textProperties(w *bufio.Writer, t *typeRecord) {
	c := newColumns(w)
	c.row("PROPERTIES of "+t.Type, "KIND", "FILLED", "DISTINCT")
	for _, p := range t.Properties {
		c.row("  "+p.Name, strings.Join(p.Kinds, ", "), fmt.Sprintf("%d%%", p.Filled*100/max(1, t.Count)), fmt.Sprint(p.Distinct))
	}
	c.flush()
}

// mermaid draws the types as a flow chart.
func (s *schemaRecord) mermaid(w *bufio.Writer) {
	fmt.Fprintln(w, "flowchart LR")
	ids := map[string]string{}
	for i, t := range s.Types {
		if t.Kind != graph.EntityKind.String() {
			continue
		}
		ids[t.Type] = fmt.Sprintf("t%d", i)
		fmt.Fprintf(w, "  t%d[\"%s (%d)\"]\n", i, mermaidText(t.Type), t.Count)
	}
	for _, r := range s.Relationships {
		fmt.Fprintf(w, "  %s -->|\"%s %d\"| %s\n", ids[r.FromType], mermaidText(r.Verb), r.Count, ids[r.ToType])
	}
}

// mermaidText escapes what ends a quoted label: Mermaid reads entities in it.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;").Replace(render.Clean(s))
}

func (s *schemaRecord) dot(w *bufio.Writer) {
	fmt.Fprintln(w, "digraph schema {\n  rankdir=LR;\n  node [shape=box, style=rounded];")
	for _, t := range s.Types {
		if t.Kind == graph.EntityKind.String() {
			fmt.Fprintf(w, "  %s [label=%s];\n", render.DOTString(t.Type), render.DOTString(fmt.Sprintf("%s\n%d", t.Type, t.Count)))
		}
	}
	for _, r := range s.Relationships {
		fmt.Fprintf(w, "  %s -> %s [label=%s];\n", render.DOTString(r.FromType), render.DOTString(r.ToType),
			render.DOTString(fmt.Sprintf("%s %d", r.Verb, r.Count)))
	}
	fmt.Fprintln(w, "}")
}
