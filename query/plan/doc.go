// Package plan turns a query's tree into a plan: names resolved against what a
// graph holds, conditions placed where they filter first, an order of traversal
// chosen from statistics.
package plan
