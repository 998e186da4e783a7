package journal

import (
	"context"
	"errors"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Balance is one account over the period. Balances are debits less credits:
// what is owed and what left the gateway are below zero.
type Balance struct {
	Role          Role
	Account       string
	Opening       money.Amount
	Debit, Credit money.Amount // booked in the period
	Closing       money.Amount
}

// Sum counts payouts, or entries, and adds them up.
type Sum struct {
	Count  int
	Amount money.Amount
}

func (s *Sum) add(t ledger.Tally) (err error) {
	s.Count += t.Count
	s.Amount, err = s.Amount.Add(t.Sum)
	return err
}

// Control holds the books against the payouts as they stand now.
type Control struct {
	Name    string // "suspense"
	Books   money.Amount
	Payouts money.Amount
}

// Tied tells whether both are the same.
func (c Control) Tied() bool { return c.Books.Equal(c.Payouts) }

// Result is what was booked for a merchant.
type Result struct {
	Scope    Scope
	Setting  Setting
	Entries  int           // in the period
	Kinds    map[Kind]*Sum // in the period
	Balances []Balance     // in the order of [Roles]
	Controls []Control     // over all days, whatever the period

	// Unbooked is what is under way and in progress now: owed until there is an
	// answer that says otherwise.
	Unbooked Sum

	// Contradicted is what answers contradict one another about and is booked as
	// the ledger counts it; what was reversed is not among it.
	Contradicted Sum

	after map[Role]money.Amount // debits less credits after the period
	fees  money.Amount          // net, over all days
	back  money.Amount          // money that came back, net, over all days
}

func newResult(scope Scope, setting Setting) Result {
	zero := money.FromMinor(scope.Merchant.Currency, 0)
	r := Result{
		Scope: scope, Setting: setting, Kinds: map[Kind]*Sum{}, Unbooked: Sum{Amount: zero}, Contradicted: Sum{Amount: zero},
		after: map[Role]money.Amount{}, fees: zero, back: zero,
	}
	for _, kind := range Kinds() {
		r.Kinds[kind] = &Sum{Amount: zero}
	}
	for _, role := range Roles() {
		r.Balances = append(r.Balances, Balance{role, setting.Accounts.Of(role), zero, zero, zero, zero})
		r.after[role] = zero
	}
	return r
}

// Tied tells whether all controls hold.
func (r Result) Tied() bool {
	for _, c := range r.Controls {
		if !c.Tied() {
			return false
		}
	}
	return true
}

// Balance is the balance of a role.
func (r Result) Balance(role Role) Balance {
	for _, b := range r.Balances {
		if b.Role == role {
			return b
		}
	}
	panic("journal: no such role: " + string(role))
}

// take adds an entry up, and gives it on if it is of the period.
func (r *Result) take(e Entry, sink func(Entry) error) error {
	if err := r.charged(e); err != nil {
		return err
	}
	where := r.Scope.holds(e.Day)
	for i := range r.Balances {
		if err := r.add(&r.Balances[i], e, where); err != nil {
			return err
		}
	}
	if where != 0 {
		return nil
	}
	e.accounts = r.Setting.Accounts
	if e.accounts.Of(e.debit) == e.accounts.Of(e.credit) {
		return nil // the books see no difference: what came back never left the gateway's account
	}
	r.Entries++
	sum := r.Kinds[e.Kind]
	sum.Count++
	var err error
	if sum.Amount, err = sum.Amount.Add(e.amount); err != nil {
		return err
	}
	return sink(e)
}

func (r *Result) charged(e Entry) (err error) {
	switch e.Kind {
	case Fee:
		r.fees, err = r.fees.Add(e.amount)
	case FeeUndone:
		r.fees, err = r.fees.Sub(e.amount)
	case Returned:
		r.back, err = r.back.Add(e.amount)
	case ReturnedUndone:
		r.back, err = r.back.Sub(e.amount)
	}
	return err
}

// add books one side of an entry to an account, if it has one there.
func (r *Result) add(b *Balance, e Entry, where int) (err error) {
	isDebit := b.Role == e.debit
	if !isDebit && b.Role != e.credit {
		return nil
	}
	add := money.Amount.Add
	if !isDebit {
		add = money.Amount.Sub
	}
	switch {
	case where > 0:
		r.after[b.Role], err = add(r.after[b.Role], e.amount)
		return err
	case where < 0:
		b.Opening, err = add(b.Opening, e.amount)
	case isDebit:
		b.Debit, err = b.Debit.Add(e.amount)
	default:
		b.Credit, err = b.Credit.Add(e.amount)
	}
	if err == nil {
		b.Closing, err = add(b.Closing, e.amount)
	}
	return err
}

// control adds the payouts up as they stand, and holds the books against them.
func (r *Result) control(ctx context.Context, view ledger.View) error {
	var sums [CameBack + 1]money.Amount
	for tally, err := range view.Tallies(ctx, r.Scope.within()) {
		if err != nil {
			return err
		}
		position := PositionOf(tally.State, tally.Sends, tally.Heard)
		if sums[position], err = sums[position].Add(tally.Sum); err != nil {
			return err
		}
		if position == Owed && (tally.State == ledger.Submitting || tally.State == ledger.Processing) {
			err = r.Unbooked.add(tally)
		}
		if tally.Contradicted && tally.State != ledger.Reversed {
			err = errors.Join(err, r.Contradicted.add(tally))
		}
		if err != nil {
			return err
		}
	}
	return r.compare(sums[Suspend], sums[Settled], sums[CameBack])
}

// compare holds each account against what it must be: suspense owes what is in
// doubt; the gateway has lost what was ever paid, and fees, less what came
// back; reversals are what came back and is still to be had.
func (r *Result) compare(doubtful, settled, cameBack money.Amount) error {
	type term struct {
		of   money.Amount
		plus bool
	}
	for _, control := range []struct {
		role  Role
		terms []term
	}{
		{Suspense, []term{{doubtful, false}}},
		{Gateway, []term{{settled, false}, {cameBack, false}, {r.fees, false}, {r.back, true}}},
		{Reversals, []term{{cameBack, true}, {r.back, false}}},
		{Payable, []term{{doubtful, true}, {settled, true}}},
	} {
		books, err := r.Balance(control.role).Closing.Add(r.after[control.role])
		if err != nil {
			return err
		}
		must := money.FromMinor(r.Scope.Merchant.Currency, 0)
		for _, t := range control.terms {
			if t.plus {
				must, err = must.Add(t.of)
			} else {
				must, err = must.Sub(t.of)
			}
			if err != nil {
				return err
			}
		}
		r.Controls = append(r.Controls, Control{string(control.role), books, must})
	}
	return nil
}
