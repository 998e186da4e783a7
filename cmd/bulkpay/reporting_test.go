package main

import (
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// A batch in which all is paid is no success if any equation does not hold;
// what nobody could be asked about changes nothing.
func TestAnEquationThatDoesNotHoldIsAnError(t *testing.T) {
	t.Parallel()
	pesos := func(minor int64) money.Amount { return money.FromMinor(money.MXN, minor) }
	summary := ledger.Summary{Batch: ledger.Batch{Code: "B", Rows: 1, Sum: pesos(100), Merchant: ledger.Merchant{ID: 1, Currency: money.MXN}}}
	for _, name := range ledger.Buckets() {
		bucket := ledger.Bucket{Name: name, Sum: pesos(0)}
		if name == ledger.BucketSucceeded {
			bucket.Count, bucket.Sum = 1, pesos(100)
		}
		summary.Buckets = append(summary.Buckets, bucket)
	}
	why := report.Say("the balance was not asked before and after the payouts")
	holds := report.Equation{Name: report.GatewayEquation, Of: "B", Left: report.Term{Sum: pesos(100)}, Terms: []report.Term{{Sum: pesos(100)}}}
	fails := report.Equation{Name: report.BalanceEquation, Of: "B", Left: report.Term{Sum: pesos(100)}, Terms: []report.Term{{Sum: pesos(99)}}}
	unknown := report.Equation{Name: report.BalanceEquation, Of: "B", Unknown: &why}
	short := summary
	short.Batch.Rows = 2
	for name, one := range map[string]struct {
		source report.Source
		want   int
	}{
		"nothing is known":  {report.Source{Batches: []report.Batch{{Summary: summary}}}, exitDone},
		"what is known":     {report.Source{Batches: []report.Batch{{Summary: summary, Equations: []report.Equation{holds, unknown}}}}, exitDone},
		"the balance":       {report.Source{Batches: []report.Batch{{Summary: summary, Equations: []report.Equation{holds, fails}}}}, exitError},
		"the sheet":         {report.Source{Batches: []report.Batch{{Summary: short}}}, exitError},
		"of one of several": {report.Source{Scope: report.Scope{All: true}, Batches: []report.Batch{{Summary: summary}, {Summary: short}}}, exitError},
		"a statement": {report.Source{
			Batches: []report.Batch{{Summary: summary}}, Matching: &report.Matching{Equations: []report.Equation{fails}},
		}, exitError},
	} {
		if got := codeForSource(one.source); got != one.want {
			t.Errorf("%s: exit code %d, want %d", name, got, one.want)
		}
	}
}
