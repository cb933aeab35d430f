// Package exec runs plans over a Source of graph data and yields rows in
// batches. It knows neither query text nor storage.
package exec
