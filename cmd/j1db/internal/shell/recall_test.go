package shell_test

import (
	"strings"
	"testing"

	"github.com/j1db/j1db/cmd/j1db/internal/shell"
)

func TestRecall(t *testing.T) {
	asked := []string{"FIND hero", "find person", "FIND herd", "\\types", "FIND herd"}
	for name, c := range map[string]struct {
		line string
		keys string // u and d are arrows, what else stands there is typed
		want string
	}{
		"the newest":                {"", "u", "FIND herd"},
		"the one before":            {"", "uu", "\\types"},
		"and back":                  {"", "uud", "FIND herd"},
		"back to the line":          {"", "ud", ""},
		"beyond the oldest":         {"", "uuuuuuuu", "FIND hero"},
		"beginning so":              {"FIND her", "u", "FIND herd"},
		"beginning so, once each":   {"FIND her", "uu", "FIND hero"},
		"beginning so, no more":     {"FIND her", "uuuu", "FIND hero"},
		"beginning so, back":        {"FIND her", "uudd", "FIND her"},
		"in any case":               {"find P", "u", "find person"},
		"nothing begins so":         {"FIND x", "u", "FIND x"},
		"down without up":           {"FIND", "d", "FIND"},
		"another walk when changed": {"FIND her", "u!", "FIND herd!"},
		"and nothing begins so":     {"FIND her", "u!u", "FIND herd!"},
		"an old one":                {"find person", "u", "FIND hero"},
		"an old one, back":          {"find person", "ud", "find person"},
		"a beginning that is whole": {"FIND her", "uuuX", "FIND heroX"},
		"longer than any":           {strings.Repeat("x", 99), "u", strings.Repeat("x", 99)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shell.Recall(asked, c.line, c.keys); got != c.want {
				t.Errorf("%q, %s: got %q, want %q", c.line, c.keys, got, c.want)
			}
		})
	}
}
