package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
	"github.com/j1db/j1db/cmd/j1db/questions"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
)

func (a *app) questionsCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "questions",
		Short: "List, search and run saved questions",
		Long: `Saved questions, in the form of JupiterOne's questions.yaml. Without --file they are
those that come with j1db, about Heroku, JumpCloud and the people behind accounts.`,
		Example: "  j1db questions search mfa\n  j1db questions run j1db-heroku-members-without-mfa\n" +
			"  j1db questions list --file questions.yaml\n  j1db questions validate questions.yaml",
		Args: argsBetween(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return &usageError{fmt.Errorf("questions list, search, run or validate"), "see: j1db questions --help"}
		},
	}
	cmd.PersistentFlags().StringVar(&file, "file", "", "the `file` of questions")
	cmd.AddCommand(a.questionsList(&file), a.questionsSearch(&file), a.questionsRun(&file), a.questionsValidate())
	return cmd
}

func (a *app) questionsList(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the questions", Example: "  j1db questions list", Args: argsBetween(0, 0),
		RunE: func(*cobra.Command, []string) error { return a.listQuestions(*file, "") },
	}
}

func (a *app) questionsSearch(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "search WORD", Short: "List the questions that mention a word", Example: "  j1db questions search mfa", Args: argsBetween(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return a.listQuestions(*file, args[0]) },
	}
}

func (a *app) questionsRun(file *string) *cobra.Command {
	var o queryOptions
	cmd := &cobra.Command{
		Use: "run ID", Short: "Answer a question", Example: "  j1db questions run j1db-heroku-addons -o csv", Args: argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runQuestion(cmd.Context(), *file, args[0], o)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			f, err := a.questions(*file)
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			return f.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "table", "output `format`")
	f.StringVar(&o.at, "at", "", "ask the version of `when`")
	f.StringArrayVar(&o.vars, "var", nil, "set a parameter: `name=value`")
	return cmd
}

func (a *app) questionsValidate() *cobra.Command {
	return &cobra.Command{
		Use: "validate FILE", Short: "Check a file of questions", Example: "  j1db questions validate questions.yaml", Args: argsBetween(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return a.validateQuestions(args[0]) },
	}
}

// questions reads a file of questions, or the own ones where none is named.
func (a *app) questions(file string) (*questions.File, error) {
	if file == "" {
		return questions.Own()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	f, err := questions.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

func (a *app) listQuestions(file, word string) error {
	f, err := a.questions(file)
	if err != nil {
		return err
	}
	c := newColumns(a.stdout)
	for i := range f.Questions {
		if q := &f.Questions[i]; q.Mentions(word) {
			c.row(q.ID, q.Title)
		}
	}
	if len(c.rows) == 0 {
		a.notice("no question mentions %q", word)
	}
	c.flush()
	return nil
}

func findQuestion(f *questions.File, id string) (*questions.Question, error) {
	if q := f.Find(id); q != nil {
		return q, nil
	}
	return nil, &notFoundError{fmt.Sprintf("there is no question %q%s", id, didYouMean(id, f.IDs())), "j1db questions search WORD finds one"}
}

func (a *app) runQuestion(ctx context.Context, file, id string, o queryOptions) error {
	if err := render.CheckFormat(o.output); err != nil {
		return err
	}
	vars, err := parseVars(o.vars)
	if err != nil {
		return err
	}
	f, err := a.questions(file)
	if err != nil {
		return err
	}
	q, err := findQuestion(f, id)
	if err != nil {
		return err
	}
	db, err := a.openConfigured()
	if err != nil {
		return err
	}
	for _, one := range q.Queries {
		stmt, err := query.New(query.Options{}).Prepare(substitute(one.Query, vars))
		if err != nil {
			return err
		}
		a.notice("%s", headline(q, &one))
		if err := a.answer(ctx, db, stmt, query.RunOptions{Variables: vars, Memory: 1 << 30}, o); err != nil {
			return err
		}
	}
	return nil
}

// headline is what stands above the answer of one query.
func headline(q *questions.Question, one *questions.Query) string {
	if one.Name == "" {
		return q.Title
	}
	return q.Title + " (" + one.Name + ")"
}

// validateQuestions prints everything that is wrong with a file.
func (a *app) validateQuestions(file string) error {
	f, err := a.questions(file)
	if err != nil {
		return err
	}
	errs := f.Validate()
	code := exitFailed
	for _, err := range errs {
		fmt.Fprintln(a.stdout, render.Clean(err.Error()))
		if exitCode(context.Background(), err) == exitQuery {
			code = exitQuery
		}
	}
	if len(errs) > 0 {
		return &silentError{code}
	}
	fmt.Fprintf(a.stdout, "%d questions, nothing wrong\n", len(f.Questions))
	return nil
}

// ask is \ask ID of the shell.
func (s *session) ask(ctx context.Context, id string) error {
	f, err := questions.Own()
	if err != nil {
		return err
	}
	if id == "" {
		return s.printed(func(a *app) error { return a.listQuestions("", "") })
	}
	q, err := findQuestion(f, id)
	if err != nil {
		return err
	}
	for _, one := range q.Queries {
		s.app.notice("%s", headline(q, &one))
		s.app.notice("  %s", strings.Join(strings.Fields(one.Query), " "))
		if err := s.Query(ctx, one.Query); err != nil {
			return err
		}
	}
	return nil
}

func completeQuestion(*session, string) []shell.Candidate {
	f, err := questions.Own()
	if err != nil {
		return nil
	}
	var out []shell.Candidate
	for _, q := range f.Questions {
		out = append(out, shell.Candidate{Text: q.ID, Detail: q.Title})
	}
	return out
}
