package syntax

import "strconv"

// String methods: every node prints itself on one line.

func (q *Query) String() string       { return printLine(q) }
func (s *Selector) String() string    { return printLine(s) }
func (n *Name) String() string        { return printLine(n) }
func (n *SmartClass) String() string  { return printLine(n) }
func (n *Alias) String() string       { return printLine(n) }
func (h *Hop) String() string         { return printLine(h) }
func (n *Verb) String() string        { return printLine(n) }
func (g *Optional) String() string    { return printLine(g) }
func (r *Return) String() string      { return printLine(r) }
func (r *ReturnItem) String() string  { return printLine(r) }
func (k *SortKey) String() string     { return printLine(k) }
func (n *Comment) String() string     { return printLine(n) }
func (n *And) String() string         { return printLine(n) }
func (n *Or) String() string          { return printLine(n) }
func (c *Comparison) String() string  { return printLine(c) }
func (l *List) String() string        { return printLine(l) }
func (n *Regex) String() string       { return printLine(n) }
func (n *SubQuery) String() string    { return printLine(n) }
func (n *Property) String() string    { return printLine(n) }
func (n *SelectorRef) String() string { return printLine(n) }
func (n *SelectorAll) String() string { return printLine(n) }
func (n *Binary) String() string      { return printLine(n) }
func (n *Negate) String() string      { return printLine(n) }
func (n *Call) String() string        { return printLine(n) }
func (n *String) String() string      { return printLine(n) }
func (n *Number) String() string      { return printLine(n) }
func (n *Bool) String() string        { return printLine(n) }
func (n *Undefined) String() string   { return printLine(n) }
func (n *Parameter) String() string   { return printLine(n) }
func (n *DateNow) String() string     { return printLine(n) }
func (n *Date) String() string        { return printLine(n) }
func (n *RowCount) String() string    { return strconv.FormatInt(n.Rows, 10) }
func (n *RowCount) write(p *printer)  { p.begin(n); p.text(n.String()) }
