package main

import (
	"os"
	"runtime"
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

// firstPercent is GOGC until the first collection, which then comes with a heap of 48
// MiB instead of 4: most commands have ended by then.
const firstPercent = 1200

// collectLater puts the first collection off; after it all is as usual. GOGC, if it is
// set, counts.
func collectLater() {
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(firstPercent)
	first := new([64]byte) // garbage, of which the first collection tells
	runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
