//go:build !linux

package main

// resetPeak reports false: this system does not forget the peak of a process.
func resetPeak() (now float64, ok bool) { return 0, false }

// readPeak reports false: see resetPeak.
func readPeak() (float64, bool) { return 0, false }
