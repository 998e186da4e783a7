//go:build linux || darwin

package main

import (
	"os/signal"
	"strconv"
	"syscall"
)

const canLimitFiles = true

// limitFiles makes every write beyond a size fail, as on a full disk. The
// system would rather end the process with a signal, which is ignored.
func limitFiles(text string) {
	size, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
		panic(err)
	}
}
