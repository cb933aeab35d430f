package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// rootCommand builds the tree of commands. It is made per invocation and cheap;
// nothing that only one command needs is done here.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "j1db",
		Short: "An embedded graph database of your estate, queried with J1QL",
		Long: `j1db collects entities and relationships from Heroku, JumpCloud and others into
one local file, keeps every version of that graph, answers J1QL over any of
them, offline, and shows or exports what changed.

Start with: j1db demo

` + exitCodesText,
		Example: `  j1db demo
  j1db sync heroku jumpcloud
  j1db query "FIND heroku_team THAT OWNS heroku_application"
  j1db shell`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !a.stdinTerminal {
				return usageErrorf("no command given; j1db --help lists them")
			}
			return a.runShell(cmd.Context())
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err, "see: " + cmd.CommandPath() + " --help"}
	})
	a.globalFlags(root)
	root.AddCommand(
		a.demoCommand(), a.syncCommand(), a.importCommand(), a.queryCommand(), a.shellCommand(), a.questionsCommand(),
		a.logCommand(), a.diffCommand(), a.showCommand(), a.historyCommand(), a.schemaCommand(),
		a.exportCommand(), a.instancesCommand(), a.documentCommand(), a.configCommand(), a.doctorCommand(), a.versionCommand(), a.benchCommand(), a.manCommand(),
	)
	root.AddCommand(a.keeperCommands()...)
	standardCommands(root)
	exemplify(root)
	a.completeArguments(root)
	a.pageLong(root)
	a.showLong(root)
	return root
}

// exemplify gives a command that only groups others the first example of each.
func exemplify(group *cobra.Command) {
	var lines []string
	for _, c := range group.Commands() {
		exemplify(c)
		first, _, _ := strings.Cut(c.Example, "\n")
		lines = append(lines, first)
	}
	if group.Example == "" {
		group.Example = strings.Join(lines, "\n")
	}
}

func (a *app) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&a.flags.db, "db", "", "database `file` (J1DB_DB)")
	f.StringVar(&a.flags.config, "config", "", "configuration `file` (J1DB_CONFIG)")
	f.DurationVar(&a.flags.lockTimeout, "lock-timeout", 5*time.Second, "how long to wait for a locked database")
	f.StringVar(&a.flags.color, "color", "auto", "`when` to colour: auto, always or never")
	f.BoolVarP(&a.flags.quiet, "quiet", "q", false, "no progress and no notices")
	f.StringVar(&a.flags.logLevel, "log-level", "warn", "`level` of messages: error, warn, info (failed requests and waits) or debug (every request)")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		return errors.Join(a.checkGlobalFlags(), checkEmpty(cmd))
	}
}

func (a *app) checkGlobalFlags() error {
	switch a.flags.color {
	case "auto", "always", "never":
	default:
		return usageErrorf("--color is auto, always or never, not %q", a.flags.color)
	}
	if !slices.Contains(logLevels, a.flags.logLevel) {
		return usageErrorf("--log-level is error, warn, info or debug, not %q", a.flags.logLevel)
	}
	if a.flags.lockTimeout < 0 {
		return usageErrorf("--lock-timeout cannot be negative")
	}
	return nil
}

// checkEmpty refuses a flag that was given without a value: in a script that is a
// variable that nobody set, and no wish for the default.
func checkEmpty(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && err == nil {
			err = usageErrorf("--%s has no value", f.Name)
		}
	})
	return err
}

// noSuchCommand refuses arguments of a command that only has commands under it.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := commandNames(cmd)
	if len(names) == 0 {
		return usageErrorf("%s has no commands", cmd.CommandPath())
	}
	return &usageError{fmt.Errorf("%s has no command %q%s", cmd.CommandPath(), args[0], didYouMean(args[0], names)),
		"commands: " + strings.Join(names, ", ")}
}

// commandNames lists the commands under one, as help does.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// usageError is a wrong command line: exit code 2.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// Hint says where to look.
func (e *usageError) Hint() string { return e.hint }

func usageErrorf(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...), ""}
}

// exactArgs and its like report a wrong number of arguments as usage errors.
func argsBetween(min, max int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= min && (max < 0 || len(args) <= max) {
			return nil
		}
		return &usageError{fmt.Errorf("%s takes %s, not %d", cmd.CommandPath(), describeArgs(min, max), len(args)),
			"usage: " + cmd.UseLine()}
	}
}

func describeArgs(min, max int) string {
	switch {
	case max == 0:
		return "no arguments"
	case max < 0:
		return fmt.Sprintf("at least %d arguments", min)
	case min == max:
		return fmt.Sprintf("%d argument(s)", min)
	}
	return fmt.Sprintf("%d to %d arguments", min, max)
}
