package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// root is the top of the project, as a file system: reading through it puts the
// files into the test's cache key.
const root = "../.."

// source is one Go file of the project.
type source struct {
	path  string // slash-separated, relative to the root
	room  string // its folder
	lines int
	file  *ast.File
	fset  *token.FileSet
}

func (s source) line(p token.Pos) int { return s.fset.Position(p).Line }

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// sources parses every Go file of the project. Mode is as for parser.ParseFile.
func sources(t *testing.T, mode parser.Mode) []source {
	t.Helper()
	var all []source
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name()[0] == '.' || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, mode)
		if err != nil {
			return err
		}
		all = append(all, source{name, path.Dir(name), strings.Count(string(text), "\n"), file, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no Go file found")
	}
	return all
}
