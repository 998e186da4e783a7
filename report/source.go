package report

import (
	"context"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// Source is what a report is about: one batch or several, all from one state
// of the ledger.
type Source struct {
	Scope   Scope
	Batches []Batch // in the order in which they were imported

	// Equations are those about more than one batch: of a merchant, over the
	// time of the report. The equations of sheets are added up by the report.
	Equations []Equation

	Matching *Matching // nil: no statement was compared
}

// Batch is one batch of a report.
type Batch struct {
	Summary ledger.Summary

	// Lines yields every row of the sheet in its order, from the same state
	// of the ledger as Summary. It may be called several times.
	Lines func(ctx context.Context) iter.Seq2[ledger.Line, error]

	// Changes is what has moved since the last report, from the same state of
	// the ledger too. The zero value says nothing about it.
	Changes ledger.Changes

	// History yields the events of a payout, from the same state of the ledger
	// again. It is asked who it was, where a payout stands on a person's word;
	// nil: the report says "a person".
	History func(ctx context.Context, payoutID int64) iter.Seq2[ledger.Event, error]

	// Equations are [GatewayEquation] and [BalanceEquation]; one that is
	// missing is shown as NOT KNOWN.
	Equations []Equation
}

// Scope is what was asked for. The zero value is the one batch that the report
// has.
type Scope struct {
	All      bool      // every batch of the ledger
	From, To time.Time // the first and the last day on which the batches were imported, where their merchants are, as midnight UTC; zero: open
	Merchant string    // of this merchant only; "": of all
}

// One tells whether the report is about a single batch, named by its code.
func (s Scope) One() bool { return s == Scope{} }
