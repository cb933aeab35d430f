package jupiterone

import (
	"fmt"
	"strings"
)

// Mode is how an instance is exported.
type Mode string

// The modes. Auto is only asked for, None only planned.
const (
	Auto  Mode = "auto"  // Delta where that is much less to send, else Diff
	Diff  Mode = "diff"  // all that the instance supplies; what it does not is deleted
	Delta Mode = "delta" // what changed; types in which something was deleted whole
	Patch Mode = "patch" // entities that changed; everything else waits
	None  Mode = "none"  // nothing is to be sent
)

// ParseMode reads a mode that can be asked for.
func ParseMode(text string) (Mode, error) {
	switch m := Mode(strings.ToLower(text)); m {
	case Auto, Diff, Delta, Patch:
		return m, nil
	}
	return "", fmt.Errorf("%q is not a mode: auto, diff, delta or patch", text)
}
