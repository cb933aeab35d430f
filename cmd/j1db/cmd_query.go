package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
	"github.com/j1db/j1db/store/graph"
)

type queryOptions struct {
	file           string
	output         string
	at             string
	vars           []string
	includeDeleted bool
	rawCSV         bool
	explain        string
	limitRows      int64
	memory         string
}

func (a *app) queryCommand() *cobra.Command {
	var o queryOptions
	cmd := &cobra.Command{
		Use:   "query [J1QL | -f FILE | -]",
		Short: "Answer one J1QL query",
		Long: `Answers a query over the newest version, or over the one that --at names. The
query is an argument, a file (-f), or stdin (-).

Formats: table, line, json, jsonl, csv, markdown, tree, dot. JSON is in
JupiterOne's result shapes.

Exit codes: 0 done (also without rows); 2 usage; 4 the query is wrong;
5 not a database; 6 locked by another process.`,
		Example: `  j1db query "FIND heroku_team THAT OWNS heroku_application"
  j1db query "FIND jumpcloud_user WITH suspended = true AS u RETURN u.email" -o csv
  j1db query --at -7d -o json -f question.j1ql`,
		Args: argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runQuery(cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.file, "file", "f", "", "read the query from a `file`")
	f.StringVarP(&o.output, "output", "o", "table", "output `format`")
	f.StringVar(&o.at, "at", "", "ask the version of `when`: a number, a time, a date, -7d")
	f.StringArrayVar(&o.vars, "var", nil, "set a parameter: `name=value`")
	f.BoolVar(&o.includeDeleted, "include-deleted", false, "also what was deleted before that version")
	f.BoolVar(&o.rawCSV, "raw-csv", false, "leave cells that a spreadsheet would run as they are")
	f.StringVar(&o.explain, "explain", "", "show the plan (=analyze: run it, with rows and times)")
	f.Lookup("explain").NoOptDefVal = "plan"
	f.Int64Var(&o.limitRows, "limit-rows", 0, "end with an error beyond this many rows")
	f.StringVar(&o.memory, "memory", "1GiB", "`size` of the memory that a query may use")
	return cmd
}

func (a *app) runQuery(ctx context.Context, args []string, o queryOptions) error {
	if err := render.CheckFormat(o.output); err != nil {
		return err
	}
	text, err := a.readInput(o.file, args)
	if err != nil {
		return err
	}
	vars, err := parseVars(o.vars)
	if err != nil {
		return err
	}
	memory, err := parseSize(o.memory)
	if err != nil {
		return err
	}
	stmt, err := query.New(query.Options{}).Prepare(substitute(text, vars))
	if err != nil {
		return err
	}
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	run := query.RunOptions{Variables: vars, LimitRows: o.limitRows, Memory: memory}
	if o.explain != "" {
		run.Clock = a.now // operators that are timed run one after the other
	}
	return a.answer(ctx, db, stmt, run, o)
}

// askedInstant is what date.now stands for: the time that --at names, or that of
// the version that it numbers.
func (a *app) askedInstant(w when, snap *store.Snapshot) time.Time {
	switch {
	case !w.time.IsZero():
		return w.time
	case w.version != 0:
		return time.UnixMilli(snap.Version().Time)
	}
	return a.now()
}

// answer answers a prepared statement, or explains it, and prints the result once
// nothing holds the database any more.
func (a *app) answer(ctx context.Context, db *store.DB, stmt *query.Stmt, run query.RunOptions, o queryOptions) error {
	tally := ""
	err := a.gathered(func() error {
		snap, w, err := a.snapshot(ctx, db, o.at, store.SnapshotOptions{IncludeDeleted: o.includeDeleted})
		if err != nil {
			return err
		}
		defer snap.Close()
		run.Now = a.askedInstant(w, snap)
		if o.explain != "" {
			return a.explain(ctx, stmt, snap, run, o.explain)
		}
		if err := a.noticeStale(ctx, stmt.Query(), snap); err != nil {
			return err
		}
		tally, err = a.ask(ctx, stmt, snap, run, o)
		return err
	})
	if err == nil && tally != "" && a.stdoutTerminal && forPeople(o.output) {
		a.notice("%s", tally)
	}
	return err
}

// ask prints the answer of a statement and returns how much that is, in words.
func (a *app) ask(ctx context.Context, stmt *query.Stmt, snap *store.Snapshot, run query.RunOptions, o queryOptions) (string, error) {
	res, err := stmt.Run(ctx, snap, run)
	if err != nil {
		return "", err
	}
	defer res.Close()
	a.printWarnings(res.Warnings())
	answer, err := render.From(res)
	if err != nil {
		return "", err
	}
	n, err := a.show(answer, o.output, o.rawCSV)
	if err := errors.Join(err, res.Close(), snap.Err()); err != nil {
		return "", err
	}
	if operator, blocked := res.Blocked(); blocked {
		a.notice("no rows: nothing passed %s", operator)
	}
	return counted(n, answer.Kind == query.Tree), nil
}

// forPeople reports whether a format is read by nobody else.
func forPeople(format string) bool { return format == "table" || format == "line" || format == "tree" }

// counted says how much an answer holds.
func counted(n int, tree bool) string {
	switch {
	case tree && n == 1:
		return "1 entity"
	case tree:
		return fmt.Sprintf("%d entities", n)
	case n == 1:
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// show prints an answer to stdout as people or programs want it.
func (a *app) show(answer render.Answer, format string, rawCSV bool) (int, error) {
	opt := render.Options{Color: a.color(a.stdoutTerminal), RawCSV: rawCSV}
	if a.stdoutTerminal {
		opt.Width = a.width()
	}
	return render.Write(a.dataOut(format), answer, format, opt)
}

// dataOut is stdout; on a terminal, formats for programs lose the control
// characters that their data hold. Formats for people have none.
func (a *app) dataOut(format string) io.Writer {
	if a.stdoutTerminal && (render.Machine(format) || format == "csv") {
		return render.NewCleanWriter(a.stdout)
	}
	return a.stdout
}

func (a *app) explain(ctx context.Context, stmt *query.Stmt, snap *store.Snapshot, run query.RunOptions, mode string) error {
	var text string
	var err error
	switch mode {
	case "plan":
		text, err = stmt.Explain(ctx, snap, run)
	case "analyze":
		text, err = stmt.ExplainAnalyze(ctx, snap, run)
	default:
		return usageErrorf("--explain or --explain=analyze, not %q", mode)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(render.NewCleanWriter(a.stdout), strings.TrimRight(text, "\n"))
	return nil
}

func (a *app) printWarnings(warnings []plan.Warning) {
	for _, w := range warnings {
		a.warn("%s", w.String())
	}
}

// parseVars reads --var name=value: JSON scalars and lists are such values, all
// else is text.
func parseVars(pairs []string) (map[string]graph.Value, error) {
	vars := map[string]graph.Value{}
	for _, p := range pairs {
		name, text, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, usageErrorf("--var wants name=value, not %q", p)
		}
		var v graph.Value
		if err := v.UnmarshalJSON([]byte(text)); err != nil || v.Missing() {
			v = graph.StringValue(text)
		}
		if err := graph.CheckValue(v); err != nil {
			return nil, usageErrorf("--var %s: %v", name, err)
		}
		vars[name] = v
	}
	return vars, nil
}

// substitute fills {{name}} placeholders of saved questions, which are replaced
// before the text is a query.
func substitute(text string, vars map[string]graph.Value) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	for _, name := range sortedKeys(vars) {
		text = strings.ReplaceAll(text, "{{"+name+"}}", vars[name].Text())
	}
	return text
}
