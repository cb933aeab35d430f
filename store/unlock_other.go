//go:build !unix || solaris || aix

package store

import "os"

// abandon gives up the lock of a file that bbolt can no longer close: here locks
// end with the file.
func abandon(f *os.File) { _ = f.Close() }
