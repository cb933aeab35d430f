package store

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// holderPath is the sidecar in which a writer names itself while it holds the
// lock. It is a courtesy: nothing depends on it.
func holderPath(path string) string { return path + ".pid" }

// waitPath is the sidecar that says that a writer waits for the lock.
func waitPath(path string) string { return path + ".wait" }

// freshWait is how long the sidecar of a waiting writer counts: one that died
// does not remove it.
const freshWait = time.Second

// announce says that this writer waits. It repeats that as long as it does, for
// another writer takes the sidecar away when it waits no longer.
func announce(path string) {
	now := time.Now()
	if os.Chtimes(waitPath(path), now, now) == nil {
		return
	}
	if f, err := os.OpenFile(waitPath(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		f.Close()
	}
}

// writerWaits reports whether a writer waits for the lock.
func writerWaits(path string) bool {
	info, err := os.Lstat(waitPath(path))
	return err == nil && time.Since(info.ModTime()).Abs() < freshWait
}

// writeHolder writes the sidecar and returns its path, "" when it could not.
func writeHolder(path string) string {
	p := holderPath(path)
	// A link planted under this name must not be followed.
	_ = os.Remove(p)
	f, err := os.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ""
	}
	defer f.Close()
	if _, err := f.WriteString(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		_ = os.Remove(p) // a full disk has room for names, though not for what they name
		return ""
	}
	return p
}

// holder returns the process that the sidecar names, 0 when there is none.
func holder(path string) int {
	b, err := os.ReadFile(holderPath(path))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}
