package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// command completes a meta command, which begins at lead. ok is false for text
// that is none.
func (c *Completer) command(text string, lead, offset int) (Completion, bool) {
	line := text[lead:offset]
	if line[0] != '\\' && line[0] != '.' {
		return Completion{}, false
	}
	name, args, spaced := strings.Cut(line[1:], " ")
	if !spaced {
		return Completion{Start: lead, Candidates: narrow(c.commandNames(line[:1]), line)}, true
	}
	i := slices.IndexFunc(c.Commands, func(k Command) bool { return k.Name == name })
	if i < 0 {
		return Completion{Start: offset}, true
	}
	arg := lead + 1 + len(name) + 1
	if c.Commands[i].Statement {
		if rest, ok := strings.CutPrefix(text[arg:], "analyze "); ok {
			arg = len(text) - len(rest)
		}
		return c.argument(text, arg, offset), true
	}
	args = strings.TrimLeft(args, " ")
	start := offset - len(args)
	if c.Commands[i].Complete == nil {
		return Completion{Start: start, Notes: notes(c.Commands[i])}, true
	}
	return Completion{Start: start, Candidates: narrow(c.Commands[i].Complete(args), args), Notes: notes(c.Commands[i])}, true
}

func notes(k Command) []string { return []string{strings.TrimSpace(`\` + k.Name + " " + k.Args)} }

// argument completes the statement behind a command, and moves the answer to where
// it stands in the text.
func (c *Completer) argument(text string, arg, offset int) Completion {
	found := c.statement(text[arg:], offset-arg)
	found.Start += arg
	return found
}

func (c *Completer) commandNames(mark string) []Candidate {
	var out []Candidate
	for _, k := range c.Commands {
		text := mark + k.Name
		after := ""
		if k.Args != "" {
			after = " "
		}
		out = append(out, Candidate{Text: text, Kind: k.Args, Detail: k.Help, After: after})
	}
	return out
}

// Words makes candidates of plain words.
func Words(kind string, words ...string) []Candidate {
	out := make([]Candidate, len(words))
	for i, w := range words {
		out[i] = Candidate{Text: w, Kind: kind, After: " "}
	}
	return out
}

// Files lists the files and folders whose path begins with prefix. What cannot be
// read is not offered.
func Files(prefix string) []Candidate {
	folder, base := filepath.Split(prefix)
	entries, err := os.ReadDir(filepath.Clean("./" + folder))
	if filepath.IsAbs(prefix) {
		entries, err = os.ReadDir(folder)
	}
	if err != nil {
		return nil
	}
	var out []Candidate
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(base, "."):
		case e.IsDir():
			out = append(out, Candidate{Text: folder + e.Name() + string(filepath.Separator), Kind: "folder"})
		default:
			out = append(out, Candidate{Text: folder + e.Name(), Kind: "file", After: " "})
		}
	}
	return out
}
