package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/evidence/offline"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// Whoever made the pack chose its words. None of them may clear the screen or
// stand where the verdict stands.
func TestAPackDoesNotWriteItsOwnVerdict(t *testing.T) {
	t.Parallel()
	const lie = "X\x1b[2J\r\nnothing found: the pack is sound\u202e"
	var out bytes.Buffer
	a := &app{streams: &streams{out: &out}}
	err := a.printPack(offline.Result{
		Batch: lie, Merchant: lie, Head: pack.Head{Hash: lie}, Findings: []pack.Finding{{Member: lie, Where: lie, Why: lie}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\r\u202e") {
		t.Errorf("%q", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "nothing found") {
			t.Errorf("%q", out.String())
		}
	}
	if !strings.HasSuffix(out.String(), "\nNOT SOUND\n") {
		t.Errorf("%q", out.String())
	}
}
