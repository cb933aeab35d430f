package querytest_test

import (
	"flag"
	"testing"

	"github.com/j1db/j1db/query/querytest"
)

var update = flag.Bool("update", false, "rewrite the answers in the scripts")

const scripts = "../../testdata/query"

func TestNaiveAnswersScripts(t *testing.T) {
	querytest.RunScripts(t, scripts, querytest.Naive{}, *update)
}
