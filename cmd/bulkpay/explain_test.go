package main

import (
	"strconv"
	"testing"

	"github.com/bulkpay/bulkpay/internal/explain"
)

// Every exit code of the program is explained, and none that it does not have.
func TestEveryExitCodeIsExplained(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, e := range explain.List(nil) {
		if e.Level == explain.LevelExit {
			known[e.Code] = true
		}
	}
	for _, exit := range exitCodes {
		if code := strconv.Itoa(exit.code); !known[code] {
			t.Errorf("exit code %s is not explained", code)
		}
	}
	if len(known) != len(exitCodes) {
		t.Errorf("%d exit codes are explained, there are %d", len(known), len(exitCodes))
	}
}
