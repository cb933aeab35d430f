package render

import (
	"bufio"
	"strings"
)

// markdownEscapes are the characters that would end a cell or begin markup.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "&", "&amp;",
	"#", `\#`, "~", `\~`, "!", `\!`,
)

// Markdown makes a text safe to stand in a Markdown document.
func Markdown(s string) string { return markdownEscapes.Replace(Clean(s)) }

// writeMarkdown prints a pipe table.
func writeMarkdown(w *bufio.Writer, a Answer) (int, error) {
	columns, texts := shown(a)
	w.WriteString("|")
	for _, c := range columns {
		w.WriteString(" " + Markdown(c.Name) + " |")
	}
	w.WriteString("\n|" + strings.Repeat(" --- |", len(columns)) + "\n")
	n := 0
	for row, err := range a.Rows {
		if err != nil {
			return n, err
		}
		w.WriteString("|")
		for _, t := range texts(row) {
			w.WriteString(" " + markdownEscapes.Replace(t) + " |")
		}
		w.WriteString("\n")
		n++
	}
	return n, nil
}
