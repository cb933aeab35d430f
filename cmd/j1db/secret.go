package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/j1db/j1db/ingest"
)

// isReference reports whether a configured value points to where the value is.
func isReference(v string) bool {
	return strings.HasPrefix(v, "env:") || strings.HasPrefix(v, "file:") || strings.HasPrefix(v, "cmd:")
}

// resolve returns the value behind env:NAME, file:PATH (relative to the folder of
// the configuration file) or cmd:COMMAND, or the value itself.
func (a *app) resolve(ctx context.Context, v, origin string) (string, error) {
	kind, rest, found := strings.Cut(v, ":")
	if !found || !isReference(v) {
		return v, nil
	}
	switch kind {
	case "env":
		s := a.getenv(rest)
		if s == "" {
			return "", fmt.Errorf("the environment variable %s is empty or not set", rest)
		}
		return s, nil
	case "file":
		if !filepath.IsAbs(rest) {
			rest = filepath.Join(filepath.Dir(origin), rest)
		}
		b, err := os.ReadFile(rest)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	return a.runSecretCommand(ctx, rest)
}

// runSecretCommand returns the first line that a command prints. What it prints
// to stderr may hold the secret's name but goes to the user, who asked for it.
func (a *app) runSecretCommand(ctx context.Context, line string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	c := exec.CommandContext(ctx, shell, flag, line)
	var out bytes.Buffer
	c.Stdout, c.Stderr, c.Stdin = &out, a.stderr, a.stdin
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("run the secret's command: %w", err)
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	if first = strings.TrimRight(first, "\r"); first == "" {
		return "", fmt.Errorf("the secret's command printed nothing")
	}
	return first, nil
}

// settings resolves an instance's configuration: what the file says, then the
// provider's own environment variables, then defaults.
// A replay needs no secret.
func (a *app) settings(ctx context.Context, p *ingest.Provider, in *instanceConfig, replay bool) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range p.Settings {
		if replay && s.Secret {
			values[s.Name] = "not needed for a replay"
			continue
		}
		v, err := a.resolve(ctx, in.Config[s.Name], in.origin)
		if err != nil {
			return nil, fmt.Errorf("instance %s: setting %s: %w", in.Name, s.Name, err)
		}
		if v == "" && s.Env != "" && in.Config[s.Name] == "" {
			v = a.getenv(s.Env)
		}
		if v == "" {
			v = s.Default
		}
		if v == "" && s.Required {
			return nil, &settingError{in.Name, s}
		}
		if v != "" {
			values[s.Name] = v
		}
	}
	return values, nil
}

// settingError says that a required setting has no value.
type settingError struct {
	instance string
	setting  ingest.Setting
}

func (e *settingError) Error() string {
	return fmt.Sprintf("instance %s: the setting %s has no value", e.instance, e.setting.Name)
}

// Hint says how to supply the value.
func (e *settingError) Hint() string {
	if e.setting.Env == "" {
		return "set it under config: in the configuration file"
	}
	return fmt.Sprintf("set %s, or %s under config: in the configuration file", e.setting.Env, e.setting.Name)
}
