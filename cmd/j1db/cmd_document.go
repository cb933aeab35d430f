package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest"
)

func (a *app) documentCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "document PROVIDER",
		Short: "Write what a collector supplies, for a Markdown document",
		Long: `Writes the section about a collector's data model, from its step table, in the
form of JupiterOne's own documentation. With --output it replaces the section
between the marks in a file, or is appended when there is none.`,
		Example: "  j1db document heroku\n  j1db document jumpcloud --output docs/jumpcloud.md",
		Args:    argsBetween(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := findProvider(args[0])
			if err != nil {
				return &usageError{err, ""}
			}
			return a.runDocument(p, output)
		},
	}
	cmd.Flags().StringVar(&output, "output", "-", "the `file` to write into, - for stdout")
	return cmd
}

func (a *app) runDocument(p *ingest.Provider, output string) error {
	if output == "-" {
		_, err := fmt.Fprintln(a.stdout, ingest.Document(p))
		return err
	}
	text, err := os.ReadFile(output)
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	whole, err := ingest.InsertDocument(string(text), p)
	if err != nil {
		return fmt.Errorf("write into %s: %w", output, err)
	}
	return writeAtomically(output, func(w io.Writer) error {
		_, err := io.WriteString(w, whole)
		return err
	})
}
