package shell

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// historyLimit is how many statements are remembered.
const historyLimit = 5000

// prepareHistory makes the file before the editor would make it readable by all,
// and shortens it, which the editor would do by a file of its own.
func prepareHistory(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	kept, err := History(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil || len(kept) <= historyLimit {
		return err
	}
	return rewriteHistory(path, kept[len(kept)-historyLimit:])
}

// rewriteHistory replaces the file at once: what was typed in years is not lost to
// a full disk.
func rewriteHistory(path string, statements []string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	for i := range statements {
		statements[i] = oneLine(statements[i])
	}
	_, err = f.WriteString(strings.Join(statements, "\n") + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

// History reads the statements of a history file, the oldest first; none where
// there is no file.
func History(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, lines(line))
		}
	}
	return out, nil
}
