package main

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary serve as bulkpay too: under that name it is
// on the PATH of scripts and of the tests that need real processes.
func TestMain(m *testing.M) {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") != "bulkpay" {
		waitSideBySide()
	}
	testscript.Main(m, map[string]func(){
		"bulkpay": func() { os.Exit(underTest()) },
	})
}

// What only the tests' bulkpay listens to, and the real one knows nothing of.
const (
	onLeash    = "BULKPAY_TEST_LEASH"     // not empty: it ends when standard input does
	fileLimit  = "BULKPAY_TEST_FILE_SIZE" // no file may grow beyond so many bytes
	clockShift = "BULKPAY_TEST_CLOCK"     // a file that says by how much the clock is wrong
)

// underTest is the program, with the seams that its tests need.
func underTest() int {
	if os.Getenv(onLeash) != "" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, it has ended
			os.Exit(exitUnleashed)
		}()
	}
	if text := os.Getenv(fileLimit); text != "" {
		limitFiles(text)
	}
	said := standardStreams()
	if path := os.Getenv(clockShift); path != "" {
		said.now = wrongClock(path)
	}
	return execute(context.Background(), os.Args[1:], said)
}

// wrongClock is off by what stands in a file, and may jump at any moment.
func wrongClock(path string) func() time.Time {
	return func() time.Time {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		off, err := time.ParseDuration(string(text))
		if err != nil {
			panic(err)
		}
		return time.Now().Round(0).Add(off)
	}
}

// exitUnleashed is how a process ends that its test has left behind.
const exitUnleashed = 99

// leash is the standard input of every process that a test starts. Nothing is
// ever written to it; it ends with the test binary, however that ends, and so
// do they. It stays referred to, or it would be closed as garbage.
var leash = sync.OnceValue(func() (both struct{ hand, neck *os.File }) {
	var err error
	if both.neck, both.hand, err = os.Pipe(); err != nil {
		panic(err)
	}
	return both
})

// waitSideBySide lets more tests go at once than there are processors, unless
// -parallel says otherwise: nearly all of their time is the simulated
// gateway's delay.
func waitSideBySide() {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		_ = flag.Set("test.parallel", "8") // it is a number
	}
}

// samples is the project's folder of sample sheets.
func samples(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScripts runs the sessions in testdata/script: one file for each command
// and theme, with exit codes, both streams, and the files left and not left.
// What the commands of a script beyond the usual ones do stands in
// script_test.go.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLES", samples(t))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("SECRET", sandboxSecret)
			env.Setenv("NO_COLOR", "")
			return nil
		},
	})
}
