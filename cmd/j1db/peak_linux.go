package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// resetPeak forgets the most memory that this process ever had, and returns how
// much it has now, in MiB. See proc_pid_clear_refs(5).
func resetPeak() (now float64, ok bool) {
	if os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		return 0, false
	}
	return statusMiB("VmRSS:")
}

// readPeak returns the most memory that the process had since resetPeak, in MiB.
func readPeak() (float64, bool) { return statusMiB("VmHWM:") }

// statusMiB reads a line of proc_pid_status(5).
func statusMiB(name string) (float64, bool) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), name); found {
			kib := 0.0
			_, err := fmt.Sscanf(strings.TrimSpace(rest), "%g kB", &kib)
			return kib / 1024, err == nil
		}
	}
	return 0, false
}
