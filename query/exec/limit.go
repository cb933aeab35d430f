package exec

import "fmt"

// LimitError says that a run would pass a limit, where, and how to go on.
type LimitError struct {
	// Operator names the operator of the plan that would pass the limit.
	Operator string
	// Rows or Bytes is the limit; the other is 0.
	Rows, Bytes int64
	// Hint is advice for people.
	Hint string
}

// Error names the operator and the limit.
func (e *LimitError) Error() string {
	if e.Bytes > 0 {
		return fmt.Sprintf("%s needs more than %d bytes of memory", e.Operator, e.Bytes)
	}
	return fmt.Sprintf("%s has more than %d rows", e.Operator, e.Rows)
}
