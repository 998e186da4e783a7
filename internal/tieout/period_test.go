package tieout

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// till is a merchant's account, and runs that are paid out of it: payouts of
// 100.00 each.
type till struct {
	t        *testing.T
	book     *ledger.Ledger
	merchant ledger.Merchant
	lease    *ledger.Lease
	holds    int64
	batches  []ledger.Batch
}

func atTill(t *testing.T) *till {
	t.Helper()
	var at atomic.Int64 // the renewal of the lease looks at the clock, too
	at.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).Unix())
	c := &till{t: t, holds: 1_000_000}
	var err error
	c.book, err = ledger.Create(t.Context(), filepath.Join(t.TempDir(), "book.db"), ledger.Options{Now: func() time.Time { return time.Unix(at.Add(1), 0).UTC() }})
	check(t, err)
	t.Cleanup(func() { check(t, c.book.Close()) })
	c.merchant, err = c.book.Merchant(t.Context(), ledger.Merchant{Name: "acme", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "g"})
	check(t, err)
	c.lease, err = c.book.Acquire(t.Context(), c.merchant)
	check(t, err)
	t.Cleanup(func() { check(t, c.lease.Release()) })
	return c
}

func (c *till) imported(rows int) ledger.Batch {
	c.t.Helper()
	name := fmt.Sprint("sheet ", len(c.batches))
	b, err := c.book.Import(c.t.Context(), ledger.NewBatch{Merchant: c.merchant, Source: name, Original: ledger.Text(name), Actor: "maria", Content: func() string { return name }},
		func(yield func(ledger.NewRow, error) bool) {
			for i := range rows {
				if !yield(ledger.NewRow{Row: i + 2, Amount: money.FromMinor(money.MXN, 10000), Readable: true, PayeeAccount: fmt.Sprint(i), Fingerprint: []byte{byte(i)}}, nil) {
					return
				}
			}
		})
	check(c.t, err)
	c.batches = append(c.batches, b)
	return b
}

func (c *till) asked(b ledger.Batch, moment ledger.BalanceMoment) {
	c.t.Helper()
	check(c.t, c.book.NoteBalance(c.t.Context(), b.ID, "submit", ledger.Balance{
		Moment: moment, Available: money.FromMinor(money.MXN, c.holds), Frozen: money.FromMinor(money.MXN, 0),
	}, []byte("{}")))
}

func (c *till) learned(p ledger.Payout, kind ledger.Kind) {
	c.t.Helper()
	actor, attempt := ledger.ActorSubmit, p.Attempts
	if p.State.Final() {
		actor, attempt = ledger.ActorSettle, 0 // a query: nothing else contradicts what was settled
	}
	_, err := c.book.Record(c.t.Context(), ledger.Policy{}, []ledger.Outcome{{
		Payout: p, Attempt: attempt, Kind: kind, Reason: string(kind), PlatformTradeNo: "g" + p.TradeNo, Actor: actor, Evidence: []byte("{}"),
	}})
	check(c.t, err)
	if kind == ledger.Paid {
		c.holds -= 10000
	}
}

func (c *till) sent(b ledger.Batch, kinds ...ledger.Kind) []ledger.Payout {
	c.t.Helper()
	claimed, err := c.book.Claim(c.t.Context(), c.lease, b.ID, len(kinds))
	check(c.t, err)
	for i, p := range claimed {
		c.learned(p, kinds[i])
	}
	return claimed
}

// run pays a new batch between two balances.
func (c *till) run(kinds ...ledger.Kind) []ledger.Payout {
	c.t.Helper()
	b := c.imported(len(kinds))
	c.asked(b, ledger.Opening)
	sent := c.sent(b, kinds...)
	c.asked(b, ledger.Closing)
	return sent
}

// again is a later run of a batch, within which something happens.
func (c *till) again(b ledger.Batch, happens func()) {
	c.t.Helper()
	c.asked(b, ledger.Opening)
	happens()
	c.asked(b, ledger.Closing)
}

func (c *till) equation(batches ...ledger.Batch) []report.Equation {
	c.t.Helper()
	var all []report.Equation
	check(c.t, c.book.Snapshot(c.t.Context(), func(v ledger.View) (err error) {
		all, err = Merchants(c.t.Context(), v, batches)
		return err
	}))
	return all
}

func term(e report.Equation, name string) report.Term {
	for _, t := range e.Terms {
		if t.Name == name {
			return t
		}
	}
	return report.Term{}
}

const (
	paid     = ledger.Paid
	failed   = ledger.NotPaid
	accepted = ledger.Accepted
)

func TestTheBalanceOfAMonthTiesOutOrSaysWhy(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*till)
		want    report.Verdict
		term    string
		minor   int64
	}{
		"all of it is explained": {func(c *till) {
			c.run(paid, paid, failed)
			c.run(paid)
		}, report.Tied, "paid", 30000},
		"the account was filled between the runs": {func(c *till) {
			c.run(paid, paid)
			c.holds += 500_000
			c.run(paid)
		}, report.Tied, "moved between the runs", 500_000},
		"something left during a run that nobody ordered": {func(c *till) {
			c.run(paid, paid)
			b := c.imported(1)
			c.again(b, func() { c.sent(b, paid); c.holds -= 20000 })
		}, report.NotTied, "paid", 30000},
		"a little less, which may be fees": {func(c *till) {
			c.run(paid, paid)
			b := c.imported(1)
			c.again(b, func() { c.sent(b, paid); c.holds -= 900 })
		}, report.NotKnown, "", 0},
		"it was in progress, and paid between the runs": {func(c *till) {
			open := c.run(paid, accepted)
			c.learned(c.now(open[1]), paid)
			c.run(paid)
		}, report.NotKnown, "", 0},
		"it was in progress, and paid during the next run": {func(c *till) {
			open := c.run(paid, accepted)
			b := c.imported(1)
			c.again(b, func() { c.learned(c.now(open[1]), paid); c.sent(b, paid) })
		}, report.Tied, "paid", 30000},
		"it is in progress": {func(c *till) {
			c.run(paid)
			c.run(paid, accepted)
		}, report.NotKnown, "", 0},
		"a run did not ask": {func(c *till) {
			c.run(paid)
			c.sent(c.imported(1), paid)
			c.run(paid)
		}, report.NotKnown, "", 0},
		"a run died before it asked again": {func(c *till) {
			b := c.imported(2)
			c.asked(b, ledger.Opening)
			c.sent(b, paid, paid)
			c.run(paid)
		}, report.Tied, "paid", 30000},
		"one came back during the next run": {func(c *till) {
			was := c.run(paid, paid)
			b := c.imported(1)
			c.again(b, func() { c.learned(c.now(was[0]), failed); c.holds += 10000; c.sent(b, paid) })
		}, report.Tied, "came back", 10000},
		"one came back between the runs": {func(c *till) {
			was := c.run(paid, paid)
			c.learned(c.now(was[0]), failed)
			c.holds += 10000
			c.run(paid)
		}, report.Tied, "moved between the runs", 10000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := atTill(t)
			c.happens(at)
			all := at.equation(at.batches...)
			if len(all) != 1 || all[0].Verdict() != c.want || all[0].Of != "acme" {
				t.Fatalf("want %s: %+v", c.want, all)
			}
			if got := term(all[0], c.term).Sum; c.term != "" && !got.Equal(money.FromMinor(money.MXN, c.minor)) {
				t.Errorf("%s: %s", c.term, got)
			}
		})
	}
}

// A batch that is not in the report was paid out of the same account.
func TestABatchBetweenIsNotForgotten(t *testing.T) {
	t.Parallel()
	c := atTill(t)
	c.run(paid)
	c.run(paid, paid)
	c.run(paid)
	c.run(paid, paid, paid) // after the last of the report
	e := c.equation(c.batches[0], c.batches[2])[0]
	if others := term(e, "paid by other batches"); e.Verdict() != report.Tied || others.Count != 2 || term(e, "paid").Count != 2 {
		t.Errorf("%s: %+v", e.Verdict(), e)
	}
}

// One batch has its own equation, and what nobody asked has none.
func TestNothingIsSaidOfABalanceThatNobodyAsked(t *testing.T) {
	t.Parallel()
	c := atTill(t)
	c.run(paid)
	if all := c.equation(c.batches...); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	other := atTill(t)
	other.sent(other.imported(1), paid)
	other.sent(other.imported(1), paid)
	if all := other.equation(other.batches...); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// now is a payout as it stands.
func (c *till) now(p ledger.Payout) ledger.Payout {
	c.t.Helper()
	found, err := c.book.Payout(c.t.Context(), p.TradeNo)
	check(c.t, err)
	return found
}
