// Package shell is the interactive loop: it reads statements and meta commands
// from a terminal or a script and hands them to a Session. It asks the parser
// whether a statement is complete, and knows the graph only through the Session.
package shell
