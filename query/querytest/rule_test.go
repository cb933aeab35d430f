package querytest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"

	"github.com/j1db/j1db/query/querytest"
)

// TestEveryRuleHasACase turns each rule round and expects that some script notices:
// what no case would notice is not said by the scripts.
func TestEveryRuleHasACase(t *testing.T) {
	var cases []querytest.Case
	paths, err := filepath.Glob(filepath.Join(scripts, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		more, err := querytest.ReadScript(path)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, more...)
	}
	for _, rule := range querytest.Rules() {
		t.Run(string(rule), func(t *testing.T) {
			noticed := slices.ContainsFunc(cases, func(c querytest.Case) bool {
				_, ok := c.Check(t.Context(), querytest.Naive{Against: rule})
				return !ok
			})
			if !noticed {
				t.Error("no case fails without this rule")
			}
		})
	}
}

// TestRulesAreListed compares Rules with the constants of rule.go.
func TestRulesAreListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "rule.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			declared += len(spec.Names)
		}
		return true
	})
	listed := slices.Sorted(slices.Values(querytest.Rules()))
	if n := len(slices.Compact(listed)); n != declared {
		t.Errorf("%d rules are listed, %d are declared", n, declared)
	}
}
