package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// trustError says that a project file asks for more than it may before somebody
// has trusted it. It is a guard: exit code 7.
type trustError struct{ file, what string }

func (e *trustError) Error() string {
	return fmt.Sprintf("%s uses %s, which a project file may not do before it is trusted", e.file, e.what)
}

// Hint says how to trust the file.
func (e *trustError) Hint() string {
	return "read the file; if you trust it, run: j1db config trust"
}

// checkTrust refuses what a file in a stranger's folder could do harm with:
// reading variables, files and commands, sending credentials elsewhere, and
// showing them to whoever stands between.
func (a *app) checkTrust(path string, text []byte, f *fileConfig) error {
	what := restrictedUse(f)
	if what == "" {
		return nil
	}
	trusted, err := a.isTrusted(path, text)
	if err != nil || trusted {
		return err
	}
	return &trustError{path, what}
}

func restrictedUse(f *fileConfig) string {
	values := map[string]string{}
	for _, in := range f.Instances {
		for k, v := range in.Config {
			values[k+" of instance "+in.Name] = v
			if k == "baseUrl" {
				return "baseUrl (instance " + in.Name + ")"
			}
		}
	}
	switch {
	case f.Mapper.Rules != "":
		return "mapper.rules (another file)"
	case f.Network.CAFile != "":
		return "network.caFile"
	case f.Network.Proxy != "":
		return "network.proxy"
	}
	if j := f.JupiterOne; j != nil {
		if j.BaseURL != "" {
			return "baseUrl (jupiterone)"
		}
		values["apiKey of jupiterone"] = j.APIKey
	}
	for _, k := range sortedKeys(values) {
		if isReference(values[k]) {
			kind, _, _ := strings.Cut(values[k], ":")
			return fmt.Sprintf("%s: (%s)", kind, k)
		}
	}
	return ""
}

// trustMark names one content of one file: a changed file is not trusted.
func trustMark(path string, text []byte) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]) + "  " + abs, nil
}

func (a *app) trustFile() (string, error) {
	dir, err := a.stateDir()
	return filepath.Join(dir, "trusted"), err
}

func (a *app) isTrusted(path string, text []byte) (bool, error) {
	mark, err := trustMark(path, text)
	if err != nil {
		return false, err
	}
	name, err := a.trustFile()
	if err != nil {
		return false, err
	}
	known, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	s := bufio.NewScanner(bytes.NewReader(known))
	for s.Scan() {
		if s.Text() == mark {
			return true, nil
		}
	}
	return false, err
}

// trust remembers the file as it is now.
func (a *app) trust(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if _, err := parseConfig(path, text); err != nil {
		return err
	}
	if ok, err := a.isTrusted(path, text); ok || err != nil {
		return err
	}
	mark, err := trustMark(path, text)
	if err != nil {
		return err
	}
	name, err := a.trustFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(mark + "\n")
	return errors.Join(err, f.Close())
}
