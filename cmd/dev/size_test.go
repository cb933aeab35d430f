package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// Bounds on what a reader has to hold in mind at once.
const (
	maxFile       = 600 // lines
	usualFile     = 350
	maxFunction   = 80
	usualFunction = 40
	usualShare    = 90 // percent that keep to the usual bound
)

func TestFileSizes(t *testing.T) {
	all := sources(t, parser.ImportsOnly)
	usual := 0
	for _, s := range all {
		if s.lines > maxFile {
			t.Errorf("%s has %d lines, the limit is %d", s.path, s.lines, maxFile)
		}
		if s.lines <= usualFile {
			usual++
		}
	}
	if usual*100 < usualShare*len(all) {
		t.Errorf("%d of %d files have at most %d lines; %d %% should", usual, len(all), usualFile, usualShare)
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t, parser.ParseComments|parser.PackageClauseOnly) {
		if s.isTest() {
			continue
		}
		has := strings.HasSuffix(s.path, "/doc.go") && s.file.Doc != nil
		documented[s.room] = documented[s.room] || has
	}
	for room, ok := range documented {
		if !ok {
			t.Errorf("%s has no doc.go with a package comment", room)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t, parser.ParseComments) {
		if s.isTest() || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no comment", s.path, name)
			}
		}
	}
}

// wellKnown methods mean the same on every type.
var wellKnown = map[string]bool{"String": true, "Error": true, "Unwrap": true, "Len": true, "Less": true, "Swap": true}

// undocumented lists the exported names of a declaration that have no comment of
// their own nor of their group.
func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !wellKnown[d.Name.Name] {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			names = append(names, undocumentedSpec(d, spec)...)
		}
		return names
	}
	return nil
}

func undocumentedSpec(d *ast.GenDecl, spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() && spec.Doc == nil && (d.Doc == nil || d.Tok != token.TYPE) {
			return []string{spec.Name.Name}
		}
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			if n.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
				return []string{n.Name}
			}
		}
	}
	return nil
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

func TestFunctionsAreShort(t *testing.T) {
	total, usual := 0, 0
	for _, s := range sources(t, parser.SkipObjectResolution) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil || s.isTest() {
				continue
			}
			n := s.line(f.End()) - s.line(f.Pos()) + 1
			if n > maxFunction {
				t.Errorf("%s: %s has %d lines, the limit is %d", s.path, f.Name.Name, n, maxFunction)
			}
			total++
			if n <= usualFunction {
				usual++
			}
		}
	}
	if usual*100 < usualShare*total {
		t.Errorf("%d of %d functions have at most %d lines; %d %% should", usual, total, usualFunction, usualShare)
	}
}
