package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/jupiterone"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/query/syntax"
	"github.com/j1db/j1db/store"
)

// The exit codes of the contract.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartial     = 3
	exitQuery       = 4
	exitCorrupt     = 5
	exitLocked      = 6
	exitGuard       = 7
	exitInterrupted = 130
)

// exitCodesBegin begins the paragraph on exit codes of a command's description.
const exitCodesBegin = "Exit codes:"

// exitCodesText is the table of them for people.
const exitCodesText = exitCodesBegin + `
  0    done
  1    failed, nothing was committed
  2    usage
  3    partial: something was committed, and some step, instance or object
       failed; each is named
  4    the query is wrong (syntax or validation)
  5    the file is corrupt, not a database, or of another format
  6    the database stayed locked by another process
  7    a guard said no: deletions, prune past a cursor, untrusted configuration
  130  interrupted, nothing was committed`

// partialError says that something was committed and something failed; what did
// has been printed.
type partialError struct{ what string }

func (e *partialError) Error() string { return e.what }

// silentError ends a command with a code after it has said everything itself.
type silentError struct{ code int }

func (e *silentError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// exitCode is the one place that turns errors into exit codes.
func exitCode(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	if silent, ok := errors.AsType[*silentError](err); ok {
		return silent.code
	}
	switch {
	case is[*partialError](err):
		return exitPartial
	case is[*usageError](err), is[*render.FormatError](err), is[*ingest.UnknownStepError](err):
		return exitUsage
	case is[*syntax.Error](err), is[*syntax.ValidationError](err):
		return exitQuery
	case is[*store.CorruptError](err), is[*store.FormatError](err), is[*damagedError](err):
		return exitCorrupt
	case is[*store.LockedError](err), is[*jupiterone.LockedError](err):
		return exitLocked
	case is[*store.GuardError](err), is[*store.HeldError](err), is[*trustError](err), is[*jupiterone.GuardError](err):
		return exitGuard
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// finish prints the error of a command and returns its exit code.
func (a *app) finish(ctx context.Context, cmd *cobra.Command, err error) int {
	code := exitCode(ctx, err)
	if err == nil || is[*silentError](err) {
		return code
	}
	p := problemOf(err)
	if code == exitInterrupted {
		p = problem{Message: "interrupted, nothing was committed"}
	}
	p.Code = codeName(code, err)
	if wantsJSON(cmd) {
		b, jsonErr := json.Marshal(map[string]problem{"error": p})
		if jsonErr == nil {
			fmt.Fprintln(a.stderr, string(b))
			return code
		}
	}
	fmt.Fprintln(a.stderr, a.onStderr(red, "j1db:")+" "+render.Clean(p.Message))
	if p.excerpt != "" {
		fmt.Fprintln(render.NewCleanWriter(a.stderr), strings.TrimRight(p.excerpt, "\n"))
	}
	if p.Hint != "" && !strings.Contains(p.Message, p.Hint) {
		fmt.Fprintln(a.stderr, "  "+render.Clean(p.Hint))
	}
	return code
}

// problem is an error as people and programs are told of it.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	excerpt string
}

// hinter is an error with advice.
type hinter interface{ Hint() string }

func problemOf(err error) problem {
	// Several errors in one are a line each; here they are one message.
	p := problem{Message: strings.ReplaceAll(err.Error(), "\n", "; "), Hint: hintOf(err)}
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		p.Line, p.Column, p.Hint, p.excerpt = e.Line, e.Column, e.Hint, e.Excerpt()
	}
	if e, ok := errors.AsType[*syntax.ValidationError](err); ok {
		p.Line, p.Column, p.Hint, p.excerpt = e.Line, e.Column, e.Hint, e.Excerpt()
	}
	return p
}

// hintOf says what to do about the errors whose packages do not know the command
// line.
func hintOf(err error) string {
	if h, ok := asHinter(err); ok {
		return h.Hint()
	}
	if e, ok := errors.AsType[*configError](err); ok {
		return e.hint
	}
	if e, ok := errors.AsType[*render.FormatError](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*exec.LimitError](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*ingest.VerifyError](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*ingest.UnknownStepError](err); ok {
		return stepHint(e)
	}
	switch {
	case is[*store.NotFoundError](err):
		return "fill it with j1db sync, or try j1db demo"
	case is[*store.CorruptError](err):
		if e, _ := errors.AsType[*store.CorruptError](err); e.Where == "" {
			return "is it the right file?"
		}
		return "j1db check says what else is damaged"
	case is[*store.LockedError](err):
		return "wait for it, or raise --lock-timeout"
	case is[*store.GuardError](err):
		return "if that is right, run it again with --allow-deletes"
	case is[*store.HeldError](err):
		return "export first, or prune less"
	}
	return ""
}

func asHinter(err error) (hinter, bool) {
	var h hinter
	ok := errors.As(err, &h)
	return h, ok && h.Hint() != ""
}

// codeName is the code of an error in JSON: JupiterOne's where it has one.
func codeName(code int, err error) string {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*syntax.ValidationError](err); ok {
		return e.Code
	}
	names := map[int]string{exitFailed: "FAILED", exitUsage: "USAGE", exitPartial: "PARTIAL", exitCorrupt: "CORRUPT",
		exitLocked: "LOCKED", exitGuard: "GUARD", exitInterrupted: "INTERRUPTED"}
	return names[code]
}

// wantsJSON reports whether a command was asked for a format of programs.
func wantsJSON(cmd *cobra.Command) bool {
	if cmd == nil {
		return false
	}
	f := cmd.Flags().Lookup("output")
	return f != nil && render.Machine(f.Value.String())
}
