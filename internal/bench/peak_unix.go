//go:build unix

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// peakOf is the most memory a finished process had, by the system's account.
func peakOf(state *os.ProcessState) string {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return "unknown"
	}
	bytes := usage.Maxrss
	if runtime.GOOS == "linux" {
		bytes *= 1024 // Linux counts in KiB
	}
	return fmt.Sprintf("%d MB", bytes/1_000_000)
}
