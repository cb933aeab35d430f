//go:build unix && !solaris && !aix

package store

import (
	"os"
	"syscall"
)

// abandon gives up the lock of a file that bbolt can no longer close. Closing
// the file is not enough: its memory map keeps it, and with it the lock, alive.
func abandon(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close()
}
