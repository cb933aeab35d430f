package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manCommand writes the manual pages for those who package the program. People
// have --help, so it is not listed there.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man FOLDER",
		Short:   "Write a manual page for every command",
		Long:    "Writes j1db.1 and a page for each command below it, made of what --help says.",
		Example: "  j1db man /usr/local/share/man/man1",
		Hidden:  true,
		Args:    argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeManual(cmd.Root(), args[0])
		},
	}
}

func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { // manual pages are for everybody
		return fmt.Errorf("write manual: %w", err)
	}
	for _, cmd := range documented(root) {
		var page bytes.Buffer
		writePage(&page, cmd)
		path := filepath.Join(dir, pageName(cmd)+".1")
		if err := os.WriteFile(path, page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write manual: %w", err)
		}
	}
	return nil
}

// documented lists a command and all below it that --help shows.
func documented(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if !c.Hidden && c.Name() != "help" {
			list = append(list, documented(c)...)
		}
	}
	return list
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// writePage prints a page in the man macros of roff (man(7)). It bears no date, so
// that equal programs make equal pages.
func writePage(w io.Writer, cmd *cobra.Command) {
	fmt.Fprintf(w, ".TH %s 1 \"\" \"j1db %s\" \"j1db manual\"\n", strings.ToUpper(roff(pageName(cmd))), roff(programVersion()))
	fmt.Fprintf(w, ".SH NAME\n%s \\- %s\n", roff(pageName(cmd)), roffLine(cmd.Short))
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B %s\n", roff(strings.TrimSuffix(cmd.UseLine(), " [flags]")))
	if cmd.HasAvailableFlags() {
		fmt.Fprintf(w, "[\\fIflags\\fR]\n")
	}
	text, codes := cutExitCodes(cmpOr(cmd.Long, cmd.Short+"."))
	fmt.Fprintf(w, ".SH DESCRIPTION\n%s", paragraphs(text))
	writeFlags(w, "OPTIONS", cmd.NonInheritedFlags())
	writeFlags(w, "GLOBAL OPTIONS", cmd.InheritedFlags())
	if cmd.Example != "" {
		fmt.Fprintf(w, ".SH EXAMPLES\n.nf\n%s.fi\n", verbatim(cmd.Example))
	}
	if codes != "" {
		fmt.Fprintf(w, ".SH EXIT STATUS\n%s", paragraphs(codes))
	}
	writeSeeAlso(w, cmd)
}

func writeFlags(w io.Writer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(w, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "\\fB" + roff("--"+f.Name) + "\\fR"
		if f.Shorthand != "" {
			name = "\\fB" + roff("-"+f.Shorthand) + "\\fR, " + name
		}
		if value != "" {
			name += " \\fI" + roff(value) + "\\fR"
		}
		if given := f.DefValue; given != "" && given != "false" && given != "0" && given != "[]" {
			usage += " (default " + given + ")"
		}
		fmt.Fprintf(w, ".TP\n%s\n%s\n", name, roffLine(usage))
	})
}

// cutExitCodes takes from a description the paragraph about exit codes, which has
// a section of its own.
func cutExitCodes(long string) (text, codes string) {
	before, after, found := strings.Cut(long, exitCodesBegin)
	if !found {
		return long, ""
	}
	codes, rest, _ := strings.Cut(after, "\n\n")
	if table, ok := strings.CutPrefix(codes, "\n"); ok {
		return before + rest, table
	}
	return before + rest, strings.TrimSpace(codes)
}

// writeSeeAlso names the page above and those below.
func writeSeeAlso(w io.Writer, cmd *cobra.Command) {
	var names []string
	if cmd.HasParent() {
		names = append(names, pageName(cmd.Parent()))
	}
	for _, c := range cmd.Commands() {
		if !c.Hidden && c.Name() != "help" {
			names = append(names, pageName(c))
		}
	}
	slices.Sort(names)
	for i := range names {
		names[i] = "\\fB" + roff(names[i]) + "\\fR(1)"
	}
	fmt.Fprintf(w, ".SH SEE ALSO\n%s\n", strings.Join(names, ", "))
}

// roff escapes what roff would act on within a line: a minus that is none would
// not survive copying from a page.
func roff(s string) string { return strings.NewReplacer(`\`, `\e`, "-", `\-`, `"`, `\(dq`).Replace(s) }

// roffLine escapes a whole line: one that begins with a dot or a quote is a
// request.
func roffLine(s string) string {
	s = roff(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + s
	}
	return s
}

// paragraphs sets running text; lines that are indented stay as they are.
func paragraphs(text string) string {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		b.WriteString(".PP\n")
		if strings.HasPrefix(block, " ") || strings.HasPrefix(block, "\t") {
			b.WriteString(".nf\n" + verbatim(block) + ".fi\n")
			continue
		}
		for line := range strings.Lines(block) {
			b.WriteString(roffLine(strings.TrimSpace(line)) + "\n")
		}
	}
	return b.String()
}

// verbatim sets lines as they are.
func verbatim(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		b.WriteString(roffLine(line) + "\n")
	}
	return b.String()
}
