//go:build unix

package j1files_test

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used so far, on all processors: unlike the wall
// clock it means something on a machine that does other work.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
