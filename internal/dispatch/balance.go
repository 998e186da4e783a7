package dispatch

import (
	"fmt"
	"math"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// outlays are what the gateway may have debited or may still debit, in minor
// units: kept as the run goes, because adding them up from the ledger takes
// long. An answer that another process records is missed, which only makes
// more of a drop explainable.
type outlays struct {
	sent int64 // payouts first sent in this run; sent again, a payout may not be debited again
	open int64 // payouts that were sent, by whichever run, and are not final

	claims int64 // how many payouts were claimed
}

// claim counts a payout that has just been claimed.
func (o *outlays) claim(p ledger.Payout) {
	o.claims++
	if p.Sends() == 1 {
		o.sent += minor(p.Amount)
		o.open += minor(p.Amount)
	}
}

// apply follows a payout that moved.
func (o *outlays) apply(one ledger.Applied) {
	p := one.Payout
	was, is := exposed(one.From, p), exposed(p.State, p)
	switch {
	case is && !was:
		o.open += minor(p.Amount)
	case was && !is:
		o.open -= minor(p.Amount)
	}
	if one.From == ledger.Submitting && p.State == ledger.Ready && p.Sends() == 0 {
		o.sent -= minor(p.Amount) // nothing left this machine
	}
}

// exposed tells whether a payout in that state may still be debited.
func exposed(s ledger.State, p ledger.Payout) bool {
	switch s {
	case ledger.Submitting, ledger.InDoubt, ledger.Processing:
		return true
	case ledger.Held, ledger.Ready:
		return p.Sends() > 0
	}
	return false
}

// minor is an amount in minor units: those of payouts are whole ones.
func minor(a money.Amount) int64 {
	n, _ := a.Minor()
	return n
}

// countOutlays adds up what was open of all the merchant's batches when the
// run began, if the balance will be watched.
func (b *run) countOutlays() error {
	if b.o.NoSubmit || b.o.BalanceEvery < 0 || b.stopping() {
		return nil
	}
	left, err := b.book.Outstanding(b.take, b.batch.ID)
	if err != nil || !left.Ready && !left.Open {
		return b.unlessStopped(err)
	}
	open, err := b.openBefore()
	b.outlays.open = open
	return b.unlessStopped(err)
}

// purse holds the account's balance against the outlays.
//
// Its base is the balance at some moment, and what of it was spoken for then.
// Whatever is sent afterwards lowers what is expected by as much. Money that
// comes in, or comes back from a payout that failed, would leave room in
// which a later drop could hide. So each answer is looked at as a base
// itself, for which everything is spoken for that is open, and everything
// that was sent since the answer before, because a gateway's balance may lag
// behind its orders. The base that expects more is kept.
type purse struct {
	turn   chan struct{} // holds one token: whoever has it asks, and nobody waits for that longer than the run
	known  bool          // there is a base
	base   int64         // the balance then
	spoken int64         // what of it may be debited after all, by payouts from before
	mark   int64         // outlays.sent then

	before int64 // outlays.sent at the answer before
	feeing int64 // what was open at the first base: fees may be taken of that, too
	asked  int64 // outlays.claims when it was last asked
	muted  bool  // that it cannot be asked was logged
}

// explained is what may have been debited since the base.
func (p *purse) explained(now outlays) int64 { return p.spoken + now.sent - p.mark }

// judge takes an answer in, with the outlays as they were before the question
// and are after the answer. It tells whether more has gone than they explain,
// and how much may have gone in fees.
func (p *purse) judge(available int64, before, after outlays, allowance float64) (fees int64, dropped bool) {
	if p.known {
		fees = int64(max(allowance, 0) * float64(p.feeing+after.sent))
		if available < p.base-p.explained(after)-fees {
			return fees, true
		}
	} else {
		p.feeing = before.open
	}
	spoken := before.open + before.sent - p.before
	if !p.known || available-spoken > p.base-p.explained(before) {
		p.base, p.spoken, p.mark = available, spoken, before.sent
	}
	p.known, p.before = true, before.sent
	return 0, false
}

// watchBalance asks for the balance again and again until sending is over.
func (b *run) watchBalance(over <-chan struct{}) {
	if b.o.BalanceEvery < 0 {
		return
	}
	ticker := time.NewTicker(b.o.BalanceEvery)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-b.take.Done():
			return
		case <-ticker.C:
			if b.asking.pause() <= 0 {
				b.checkBalance(false)
			}
		}
	}
}

// checkBalance asks for the balance and halts the run if money has gone that
// nothing explains. Unless it is the first question, it is not asked if
// nothing was sent since the last one. An answer that does not come says
// nothing.
func (b *run) checkBalance(first bool) {
	if b.o.BalanceEvery < 0 || b.stopping() {
		return
	}
	select {
	case b.purse.turn <- struct{}{}:
		defer func() { <-b.purse.turn }()
	case <-b.take.Done():
		return
	}
	before := b.outlaysNow() // what is debited from now on may not be in the answer
	if !first && before.claims == b.purse.asked {
		return
	}
	b.purse.asked = before.claims
	available, err := b.available()
	switch {
	case b.stopping():
		return
	case err != nil && !b.purse.muted:
		b.purse.muted = true
		b.o.Log.Warn("the balance cannot be asked: nobody watches whether it drops without explanation", "why", err)
	}
	if err != nil {
		return
	}
	after := b.outlaysNow() // what was debited until now may be in it
	if fees, dropped := b.purse.judge(available, before, after, b.o.FeeAllowance); dropped {
		amount := func(minor int64) money.Amount { return money.FromMinor(b.batch.Merchant.Currency, minor) }
		b.halt(fmt.Errorf("%w: it fell by %s, from %s to %s, and the payouts explain no more than %s, and fees %s", ErrBalanceDrop,
			amount(b.purse.base-available), amount(b.purse.base), amount(available), amount(b.purse.explained(after)), amount(fees)))
	}
}

func (b *run) available() (int64, error) {
	balance, err := b.gateway.Balance(b.take)
	if err != nil {
		return 0, err
	}
	exact, ok := balance.Available.Minor()
	if !ok || balance.Available.Currency() != b.batch.Merchant.Currency {
		return 0, fmt.Errorf("balance of %s: %w", balance.Available, money.ErrCurrency)
	}
	return exact, nil
}

func (b *run) outlaysNow() outlays {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.outlays
}

// farAhead is later than anything is due.
const farAhead = 100 * 365 * 24 * time.Hour

// openBefore adds up what of the merchant's payouts, in whatever batch, was
// sent and is not final. Nothing is on the wire or ready to be sent again
// yet: both have just been recovered.
func (b *run) openBefore() (sum int64, _ error) {
	merchant, later := b.batch.Merchant.ID, b.o.Now().Add(farAhead)
	for batch, err := range b.book.Unsettled(b.take, merchant, later) {
		if err != nil {
			return 0, err
		}
		for p, err := range b.book.Due(b.take, batch.ID, later, math.MaxInt) {
			if err != nil {
				return 0, err
			}
			sum += minor(p.Amount)
		}
		held, err := b.heldAndSent(batch)
		if err != nil {
			return 0, err
		}
		sum += held
	}
	return sum, nil
}

// heldAndSent adds up what of a batch is held although it was sent.
func (b *run) heldAndSent(batch ledger.Batch) (sum int64, _ error) {
	summary, err := b.book.Summary(b.take, batch.ID)
	if err != nil || summary.Bucket(ledger.BucketHeld).Count == 0 {
		return 0, err
	}
	for line, err := range b.book.Lines(b.take, batch.ID) {
		if err != nil {
			return 0, err
		}
		if p := line.Payout; p != nil && p.State == ledger.Held && exposed(p.State, *p) {
			sum += minor(p.Amount)
		}
	}
	return sum, nil
}
