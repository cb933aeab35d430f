// Package query answers J1QL over a graph: text is prepared once, planned for the
// graph that it is asked of, and run to rows.
//
//	engine := query.New(query.Options{})
//	stmt, err := engine.Prepare("FIND User AS u RETURN u.name")
//	result, err := stmt.Run(ctx, graph, query.RunOptions{Now: now})
//	defer result.Close()
//	for row, err := range result.Rows() { ... }
//
// A Graph is whatever satisfies exec.Source and plan.Catalog. This package knows
// no storage and prints no tables: render does.
package query
