package render

import (
	"bufio"
	"strconv"

	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/exec"
	"github.com/j1db/j1db/store/graph"
)

// writeJSON prints {"type","data","totalCount"}, a row at a time.
func writeJSON(w *bufio.Writer, a Answer) (int, error) {
	w.WriteString(`{"type":"` + a.Kind.String() + `","data":[`)
	n := 0
	var b []byte
	for row, err := range a.Rows {
		if err != nil {
			return n, err
		}
		b = b[:0]
		if n > 0 {
			b = append(b, ',')
		}
		w.Write(appendRow(append(b, '\n'), a, row))
		n++
	}
	w.WriteString("\n],\"totalCount\":" + strconv.Itoa(n) + "}\n")
	return n, nil
}

// writeJSONLines prints each row as writeJSON does, one a line.
func writeJSONLines(w *bufio.Writer, a Answer) (int, error) {
	n := 0
	var b []byte
	for row, err := range a.Rows {
		if err != nil {
			return n, err
		}
		b = append(appendRow(b[:0], a, row), '\n')
		w.Write(b)
		n++
	}
	return n, nil
}

// appendRow appends a list item, or a table row as one flat object.
func appendRow(b []byte, a Answer, row []exec.Cell) []byte {
	if a.Kind == query.List {
		return appendCell(b, row[0])
	}
	b = append(b, '{')
	for i, c := range a.Columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(graph.AppendJSONString(b, c.Name), ':')
		b = appendCell(b, row[i])
	}
	return append(b, '}')
}

func appendCell(b []byte, c exec.Cell) []byte {
	if c.Object != nil {
		return appendObject(b, c.Object)
	}
	return c.Value.AppendJSON(b)
}

func writeTreeJSON(w *bufio.Writer, t *exec.Subgraph) {
	w.WriteString(`{"type":"tree","data":{"vertices":[`)
	for i, v := range t.Vertices {
		w.WriteString(separator(i))
		w.Write(appendObject(nil, v))
	}
	w.WriteString("\n],\"edges\":[")
	for i, e := range t.Edges {
		w.WriteString(separator(i))
		w.Write(appendEdge(nil, e))
	}
	w.WriteString("\n]},\"totalCount\":" + strconv.Itoa(len(t.Vertices)) + "}\n")
}

// writeTreeJSONLines prints each vertex, then each edge, one a line.
func writeTreeJSONLines(w *bufio.Writer, t *exec.Subgraph) {
	for _, v := range t.Vertices {
		w.Write(append(appendObject(nil, v), '\n'))
	}
	for _, e := range t.Edges {
		w.Write(append(appendEdge(nil, e), '\n'))
	}
}

func separator(i int) string {
	if i == 0 {
		return "\n"
	}
	return ",\n"
}

// appendEdge appends {"id","fromVertexId","toVertexId","relationship","properties"}.
func appendEdge(b []byte, e *graph.Image) []byte {
	b = append(b, `{"id":`...)
	b = e.Get(graph.PropID).AppendJSON(b)
	b = append(b, `,"fromVertexId":`...)
	b = e.Get(graph.PropFromID).AppendJSON(b)
	b = append(b, `,"toVertexId":`...)
	b = e.Get(graph.PropToID).AppendJSON(b)
	return append(appendBody(b, e), '}')
}
