//go:build unix && !solaris && !aix

package jupiterone

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks a file, which stays, or returns errHeld.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errHeld
		}
		return nil, err
	}
	return func() { _ = f.Close() }, nil // closing unlocks
}
