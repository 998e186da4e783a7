//go:build !linux

package main

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// bound makes processes heed the modes of files, which root does not.
func bound(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("whoever runs this heeds no modes")
	}
	return nil
}
