package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// skipMark begins the reason of every test that is skipped.
const skipMark = "SKIPPED: "

// skips runs the tests that may be skipped and says which of them were, and why:
// `go test` alone is silent about it.
func skips(ctx context.Context, _ []string) error {
	may, err := skippable(os.DirFS("."))
	if err != nil {
		return err
	}
	ran, skipped := 0, 0
	for _, room := range slices.Sorted(maps.Keys(may)) {
		out, err := exec.CommandContext(ctx, "go", "test", "./"+room, "-v", "-run", "^("+strings.Join(may[room], "|")+")$").CombinedOutput()
		if err != nil {
			return fmt.Errorf("test %s: %w\n%s", room, err, out)
		}
		ran += len(may[room])
		for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
			if _, reason, ok := strings.Cut(lines.Text(), skipMark); ok {
				fmt.Printf("%s%s: %s\n", skipMark, room, reason)
				skipped++
			}
		}
	}
	fmt.Printf("%d tests may be skipped here or elsewhere; %d trials were skipped here\n", ran, skipped)
	return nil
}

// skippable lists by package the tests that skip, or that call what does.
func skippable(tree fs.FS) (map[string][]string, error) {
	calls := map[string]map[string][]string{} // by package and function
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := path.Dir(name)
		if calls[room] == nil {
			calls[room] = map[string][]string{}
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				calls[room][f.Name.Name] = append(calls[room][f.Name.Name], called(f)...)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for room, functions := range calls {
		for name := range functions {
			if strings.HasPrefix(name, "Test") && reaches(functions, name, map[string]bool{}) {
				out[room] = append(out[room], name)
			}
		}
		slices.Sort(out[room])
	}
	if len(out) == 0 {
		return nil, errors.New("no test is ever skipped: is this the root of the project?")
	}
	return out, nil
}

// called lists the names of what a function calls.
func called(f *ast.FuncDecl) (names []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				names = append(names, fun.Name)
			case *ast.SelectorExpr:
				names = append(names, fun.Sel.Name)
			}
		}
		return true
	})
	return names
}

// reaches reports whether a function skips, itself or by what it calls.
func reaches(functions map[string][]string, name string, seen map[string]bool) bool {
	if seen[name] {
		return false
	}
	seen[name] = true
	return slices.ContainsFunc(functions[name], func(next string) bool {
		return next == "Skip" || next == "Skipf" || reaches(functions, next, seen)
	})
}
