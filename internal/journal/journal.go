package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// Scope is what is to be booked: a batch from its beginning, or what happened
// to all payouts of a merchant within some days.
type Scope struct {
	Merchant ledger.Merchant
	Batch    ledger.Batch // ID 0: all of the merchant's
	From, To string       // first and last day, "2026-01-31"; "": no bound
}

// within is the same for the ledger.
func (s Scope) within() ledger.Within {
	return ledger.Within{MerchantID: s.Merchant.ID, BatchID: s.Batch.ID}
}

// Check finds days that are none, and a period that ends before it begins.
func (s Scope) Check() error {
	var faults []error
	for _, day := range []string{s.From, s.To} {
		if _, err := time.Parse(dayLayout, day); day != "" && err != nil {
			faults = append(faults, fmt.Errorf("%q is no day such as 2026-01-31", day))
		}
	}
	if len(faults) == 0 && s.From != "" && s.To != "" && s.To < s.From {
		faults = append(faults, fmt.Errorf("the period ends on %s, before it begins on %s", s.To, s.From))
	}
	return errors.Join(faults...)
}

// Charges are what statements have shown besides payouts, in the order in which
// it was learned. One that was learned never changes and never goes away: what
// is undone is another charge. nil: there are none.
type Charges interface {
	Charges(ctx context.Context, within ledger.Within) iter.Seq2[ledger.Charge, error]
}

// Statements are the charges of a ledger's confirmed matches with statements
// of one origin. Both may show the same fee: choose the one that the books
// follow.
type Statements struct {
	View   ledger.View
	Origin ledger.Origin
}

// Charges streams them.
func (s Statements) Charges(ctx context.Context, within ledger.Within) iter.Seq2[ledger.Charge, error] {
	return s.View.Charges(ctx, within, s.Origin)
}

// Run books a scope: it gives each entry to sink and adds everything up,
// including what came before the period and after. The view must stand still
// ([ledger.Ledger.Snapshot]), or the controls would compare two moments.
// Entries of a batch come in the order of its rows, those of a period in the
// order in which they happened, charges last. An error of sink ends it.
func Run(ctx context.Context, view ledger.View, scope Scope, setting Setting, charges Charges, sink func(Entry) error) (Result, error) {
	if err := scope.Check(); err != nil {
		return Result{}, err
	}
	r := newResult(scope, setting)
	for movement, err := range view.Movements(ctx, scope.within()) {
		if err != nil {
			return r, err
		}
		entry, booked, err := scope.book(movement, setting)
		if err == nil && booked {
			err = r.take(entry, sink)
		}
		if err != nil {
			return r, err
		}
	}
	if charges != nil {
		for charge, err := range charges.Charges(ctx, scope.within()) {
			if err == nil {
				err = r.take(scope.charge(charge, setting), sink)
			}
			if err != nil {
				return r, err
			}
		}
	}
	return r, r.control(ctx, view)
}

// undone are the kinds of entry that take others back, so that the sum of no
// kind has both in it.
var undone = map[Kind]Kind{Fee: FeeUndone, Returned: ReturnedUndone}

// charge makes the entry of a charge. Its id begins with what it is, because
// one event may have found many.
func (s Scope) charge(c ledger.Charge, setting Setting) Entry {
	e := Entry{
		Day: dayOf(c.At, setting.Zone), Kind: Fee, Merchant: s.Merchant.Name,
		Batch: c.Batch, Row: c.Row, TradeNo: c.TradeNo, PlatformTradeNo: c.PlatformTradeNo, Event: c.Seq, Count: 1, simulated: s.Merchant.Simulated(),
	}
	letter, what := "F", "fee"
	debit, credit := Fees, Gateway
	if c.Returned {
		e.Kind, letter, what = Returned, "R", "the money is back"
		debit, credit = Gateway, Reversals
	}
	if c.Undone {
		e.Kind, letter, what = undone[e.Kind], letter+"U", what+", undone"
		debit, credit = credit, debit
	}
	e.ID = fmt.Sprintf("BP%s%d-%X", letter, c.MatchID, c.Hash[:min(3, len(c.Hash))])
	e.Text = s.text(fmt.Sprintf("%s row %d %s: %s, %s line %d of %s", c.Batch, c.Row, c.TradeNo, what, tame(c.Statement), c.Line, c.Day.Format(dayLayout)), "")
	return e.post(debit, credit, c.Amount)
}

// holds tells whether a day is before (-1), in (0) or after (1) the period.
func (s Scope) holds(day string) int {
	switch {
	case s.From != "" && day < s.From:
		return -1
	case s.To != "" && day > s.To:
		return 1
	}
	return 0
}
