package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTolerancesAreTheMerchantsThenTheFiles(t *testing.T) {
	t.Parallel()
	c := parse(t, `
[reconcile]
fee_share = 0.02
timing = 5
`+minimal+`
[merchants.acme.reconcile]
fee = "5.80"
fee_share = 0.0
days = 2
`)
	if diff := cmp.Diff(Reconcile{Fee: "5.80", FeeShare: ptr(0.0), Days: ptr(2), Timing: ptr(5)}, c.ReconcileOf("acme")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Reconcile{FeeShare: ptr(0.02), Timing: ptr(5)}, c.ReconcileOf("another")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var none *Config
	if none.ReconcileOf("acme") != (Reconcile{}) {
		t.Error("what is not configured is configured")
	}
}

// A tolerance that is misunderstood calls money a fee, or calls nothing one.
func TestWrongTolerancesAreFaultsAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`
[reconcile]
fee = "5.80"
fee_share = nan
`+minimal+`
[merchants.acme.reconcile]
fee = "5,80"
fee_share = 5.0
days = 0
timing = 400
`), "bulkpay.toml")
	if err == nil {
		t.Fatal("wrong tolerances are accepted")
	}
	for _, want := range []string{
		"bulkpay.toml: reconcile.fee is an amount, and merchants have currencies of their own",
		"bulkpay.toml: reconcile.fee_share is a share between 0 and 1",
		`merchant acme: reconcile.fee "5,80" is not an amount of MXN`,
		"merchant acme: reconcile.fee_share is a share",
		"merchant acme: reconcile.days lies between 1 and 92 days",
		"merchant acme: reconcile.timing lies between 1 and 92 days",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	if _, err := Parse([]byte("[reconcile]\nday = 2\n"), "bulkpay.toml"); err == nil {
		t.Error("a misspelt tolerance is accepted")
	}
}
