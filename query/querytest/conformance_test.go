package querytest_test

import (
	"fmt"
	"testing"

	"github.com/j1db/j1db/query/querytest"
)

// TestSourceConforms holds the source of text graphs to the contract of sources, in
// every shape in which it can be had.
func TestSourceConforms(t *testing.T) {
	for seed := range uint64(40) {
		g := querytest.RandomGraph(seed)
		options := querytest.SourceOptions{
			Batch: int(seed%4) * 3, Deleted: seed%3 == 0, NoAdjacency: seed%5 == 0, Dict: seed%2 == 0, MaxCodes: int(seed % 7),
		}
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			querytest.Conform(t, g.Source(options), g, querytest.ConformOptions{Deleted: options.Deleted, Seed: seed})
		})
	}
}

func TestLargeSourceConforms(t *testing.T) {
	g := querytest.HubGraph(3000)
	querytest.Conform(t, g.Source(querytest.SourceOptions{}), g, querytest.ConformOptions{})
}
