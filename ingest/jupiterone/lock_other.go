//go:build !windows && (!unix || solaris || aix)

package jupiterone

import (
	"errors"
	"io/fs"
	"os"
)

// lockFile makes a file that exists as long as it is locked, or returns errHeld.
// Where there are no locks that end with a process, a killed one leaves it behind.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	_ = f.Close()
	return func() { _ = os.Remove(path) }, nil
}
