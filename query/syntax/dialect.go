package syntax

// Dialect says which statements are accepted where the service and its documents
// leave a choice. The zero Dialect is what [Parse] uses.
type Dialect struct {
	// ShortUnits accepts minutes and weeks in date arithmetic, which the service does
	// not know.
	ShortUnits bool
	// ServiceRegex rejects regular expressions that the service does not support:
	// groups, alternatives, anchors, \s, \S and POSIX classes.
	ServiceRegex bool
}
