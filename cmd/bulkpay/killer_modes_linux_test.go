package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// bound makes processes heed the modes of files, which root does not: in a name
// space of users in which the owner of the files is nobody special.
func bound(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	const somebody = 1000
	enter := func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: somebody, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: somebody, HostID: os.Getgid(), Size: 1}},
		}
	}
	probe := program(t.TempDir(), "version")
	enter(probe)
	if err := probe.Run(); err != nil {
		t.Skipf("root heeds no modes, and cannot be anybody else here: %v", err)
	}
	return enter
}

// A file system that was mounted for reading only is like a folder that may
// not be written to, for root too.
func TestKillReadOnlyMount(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s := newScene(t, "--delay", "50ms")
	s.add(t, "sheet.csv", "mexico", 40, 3, nil)
	home := filepath.Join(s.folder, "bulkpay-sandbox")
	r := newRoom(t, home, 8<<10)
	s.enter, s.carryOut = r.enter, r.carryOut
	s.halfway(t)
	r.do(t, "mount -o remount,ro "+home)
	s.refusesToWrite(t)
	r.do(t, "mount -o remount,rw "+home)
	s.finish(t)
	s.enter, s.carryOut = nil, nil
	r.leave(t)
	s.audit(t)
	s.discreet(t)
}
