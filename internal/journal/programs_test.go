package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The programs themselves read what is written for them, on machines that have
// them; elsewhere the readers of the other tests must do.

func TestHLedgerReadsIt(t *testing.T) {
	t.Parallel()
	hledger, err := exec.LookPath("hledger")
	if err != nil {
		t.Skip("there is no hledger here")
	}
	path := filepath.Join(t.TempDir(), "bulkpay.journal")
	if err := os.WriteFile(path, []byte(written(t, HLedger, sample())), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), hledger, "-f", path, "check").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), hledger, "-f", path, "register", "tag:kind=fee", "code:BP15-9F3A7C", "-O", "csv").CombinedOutput()
	if err != nil || strings.Count(string(out), "1500.55 MXN") < 2 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestBeancountReadsIt(t *testing.T) {
	t.Parallel()
	check, err := exec.LookPath("bean-check")
	if err != nil {
		t.Skip("there is no beancount here")
	}
	var text strings.Builder
	for _, role := range Roles() {
		text.WriteString("2000-01-01 open " + DefaultAccounts.Of(role) + "\n")
	}
	text.WriteString("\n" + written(t, Beancount, sample()))
	path := filepath.Join(t.TempDir(), "bulkpay.beancount")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), check, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
