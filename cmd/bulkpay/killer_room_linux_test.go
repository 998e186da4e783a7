package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// room is a small file system of its own, which nobody but the processes that
// are started in it can see: a name space of mounts, which a user may have who
// is nobody special. It ends with the test, or with the test binary.
type room struct {
	folder string // where it is mounted
	keeper *exec.Cmd
	tell   io.Writer
	hear   *bufio.Reader
}

// newRoom mounts a file system of so many KiB on a folder, or skips the test
// where that is not possible.
func newRoom(t *testing.T, folder string, kib int) *room {
	t.Helper()
	for _, tool := range []string{"unshare", "nsenter", "mount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no file system of its own can be made here: %v", err)
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &room{folder: folder}
	r.keeper = exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh")
	var err error
	if r.tell, err = r.keeper.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := r.keeper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.keeper.Stderr = r.keeper.Stdout
	r.hear = bufio.NewReader(out)
	if err := r.keeper.Start(); err != nil {
		t.Skipf("no file system of its own can be made here: %v", err)
	}
	t.Cleanup(func() {
		_ = r.keeper.Process.Kill() // its mounts go with it
		_ = r.keeper.Wait()
	})
	if said, code := r.ask(fmt.Sprintf("mount -t tmpfs -o size=%dk,mode=0700 none %q", kib, r.folder)); code != 0 {
		t.Skipf("no file system of its own can be made here: %s", said)
	}
	return r
}

// ask lets a shell in the room do something, and returns what it printed and
// the exit code; -1 if there is no shell.
func (r *room) ask(command string) (string, int) {
	if _, err := fmt.Fprintf(r.tell, "{ %s; } 2>&1; echo \"DONE $?\"\n", command); err != nil {
		return err.Error(), -1
	}
	var said strings.Builder
	for {
		line, err := r.hear.ReadString('\n')
		if code, done := strings.CutPrefix(line, "DONE "); done {
			n, _ := strconv.Atoi(strings.TrimSpace(code)) // the shell prints numbers
			return said.String(), n
		}
		said.WriteString(line)
		if err != nil {
			return said.String(), -1
		}
	}
}

// do is ask for what must succeed.
func (r *room) do(t *testing.T, command string) {
	t.Helper()
	if said, code := r.ask(command); code != 0 {
		t.Fatalf("%s: %d, %s", command, code, said)
	}
}

// fill leaves not one block free; empty makes room again.
func (r *room) fill(t *testing.T) {
	t.Helper()
	if said, code := r.ask("cat /dev/zero >>" + r.folder + "/filling"); code == 0 {
		t.Fatalf("it cannot be filled: %s", said)
	}
}

func (r *room) empty(t *testing.T) {
	t.Helper()
	r.do(t, "rm "+r.folder+"/filling")
}

// enter makes a process one that starts in the room. Its number stays its own.
func (r *room) enter(cmd *exec.Cmd) {
	args := []string{
		"nsenter", "--target", strconv.Itoa(r.keeper.Process.Pid), "--user", "--mount", "--preserve-credentials",
		"--", "sh", "-c", `cd "$0" && exec "$@"`, cmd.Dir, cmd.Path,
	}
	cmd.Path, _ = exec.LookPath("nsenter") // newRoom has found it
	cmd.Args = append(args, cmd.Args[1:]...)
}

// carryOut copies what is in the room, as it lies there.
func (r *room) carryOut(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	r.do(t, fmt.Sprintf("cp -Rp %q/. %q", r.folder, to))
	return to
}

// leave puts what is in the room where everybody can see it.
func (r *room) leave(t *testing.T) {
	t.Helper()
	from := r.carryOut(t)
	err := os.Remove(r.folder) // seen from here it is empty
	if err == nil {
		err = os.Rename(from, r.folder)
	}
	if err != nil {
		t.Fatal(err)
	}
}
