package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"time"
)

var fuzzFunc = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// target is one fuzz function.
type target struct{ room, name string }

// fuzz runs every fuzz target of the project for the time in args, one after the
// other: Go fuzzes one target at a time.
func fuzz(ctx context.Context, args []string) error {
	each := 30 * time.Second
	if len(args) > 0 {
		d, err := time.ParseDuration(args[0])
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a time to fuzz for", args[0])
		}
		each = d
	}
	targets, err := fuzzTargets(os.DirFS("."))
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range targets {
		errs = append(errs, command(ctx, nil, "go", "test", "./"+t.room,
			"-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+each.String()))
	}
	return errors.Join(errs...)
}

// fuzzTargets finds the fuzz functions in the tests under tree, sorted by path.
func fuzzTargets(tree fs.FS) ([]target, error) {
	var found []target
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		for _, m := range fuzzFunc.FindAllStringSubmatch(string(text), -1) {
			found = append(found, target{path.Dir(name), m[1]})
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = errors.New("no fuzz target found; run this from the top of the project")
	}
	return found, err
}
