package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
)

// The folders of the XDG Base Directory Specification, version 0.8, or where the
// system keeps such things; environment variables come first everywhere.

func (a *app) configDir() (string, error) {
	return a.folder("XDG_CONFIG_HOME", ".config", "Library/Application Support", "APPDATA")
}

func (a *app) dataDir() (string, error) {
	return a.folder("XDG_DATA_HOME", ".local/share", "Library/Application Support", "LOCALAPPDATA")
}

func (a *app) stateDir() (string, error) {
	return a.folder("XDG_STATE_HOME", ".local/state", "Library/Application Support", "LOCALAPPDATA")
}

// folder returns the folder j1db under the one that a variable names, or under
// the system's usual one. Relative values of the variable are ignored, as the
// specification demands.
func (a *app) folder(variable, unix, mac, windows string) (string, error) {
	if dir := a.getenv(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "j1db"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := a.getenv(windows); dir != "" {
			return filepath.Join(dir, "j1db"), nil
		}
	}
	home := a.getenv("HOME")
	if home == "" {
		home = a.getenv("USERPROFILE")
	}
	if home == "" {
		return "", errors.New("neither HOME nor " + variable + " is set; name the database with --db")
	}
	if runtime.GOOS == "darwin" {
		unix = mac
	}
	return filepath.Join(home, filepath.FromSlash(unix), "j1db"), nil
}

// readableByOthers reports whether a file's mode lets others read it; Windows has
// no such mode.
func readableByOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}
