package main_test

import (
	"go/ast"
	"go/parser"
	"strings"
	"testing"
)

// A test that is skipped says so in one way, by which `dev skips` finds it.
func TestSkipsAreLoud(t *testing.T) {
	found := 0
	for _, s := range sources(t, parser.SkipObjectResolution) {
		if !s.isTest() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || fun.Sel.Name != "Skip" && fun.Sel.Name != "Skipf" && fun.Sel.Name != "SkipNow" {
				return true
			}
			found++
			if len(call.Args) > 0 {
				if text, ok := call.Args[0].(*ast.BasicLit); ok && strings.HasPrefix(text.Value, `"SKIPPED: `) {
					return true
				}
			}
			t.Errorf("%s:%d: a test is skipped without `SKIPPED: ` and a reason", s.path, s.line(call.Pos()))
			return true
		})
	}
	if found == 0 {
		t.Error("no skip was found")
	}
}
