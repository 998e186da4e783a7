package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary serve as bulkpay too: under that name it is
// on the PATH of scripts and of the tests that need real processes.
func TestMain(m *testing.M) {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") != "bulkpay" {
		waitSideBySide()
	}
	testscript.Main(m, map[string]func(){
		"bulkpay": func() { os.Exit(Main()) },
	})
}

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
