package main

import (
	"os"
	"runtime/debug"
)

// mergeRoom is what a merge takes beside what is staged, in bytes: names, rows and
// the parts that it writes.
const mergeRoom = 276 << 20

// boundHeap makes the collector work harder rather than let the heap outgrow a
// budget for staging by more than a merge needs. GOMEMLIMIT, if it is set, counts.
func boundHeap(budget int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(budget + mergeRoom)
	}
}
