package recorder

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// eager lets a payout be sent again at the first denial.
var eager = ledger.Policy{Unknowns: 1, MaxAttempts: 3}

// desk is a ledger with a batch that has been claimed, and a recorder.
type desk struct {
	*testing.T
	book    *ledger.Ledger
	claimed []ledger.Payout
	records *Recorder

	commits [][]ledger.Applied
	failed  []error
}

// virtual runs a test with n payouts on the wire in a bubble of its own time.
func virtual(t *testing.T, n int, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{T: t}
		d.open(n)
		d.records = New(d.book, Options{
			Policy:  eager,
			Observe: func(applied []ledger.Applied) { d.commits = append(d.commits, applied) },
			Fail:    func(err error) { d.failed = append(d.failed, err) },
		})
		do(d)
	})
}

func (d *desk) open(n int) {
	d.Helper()
	ctx := context.Background()
	var err error
	d.book, err = ledger.Create(ctx, filepath.Join(d.TempDir(), "book.db"), ledger.Options{})
	d.must(err)
	merchant, err := d.book.Merchant(ctx, ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "scripted"})
	d.must(err)
	lease, err := d.book.Acquire(ctx, merchant)
	d.must(err)
	d.Cleanup(func() {
		_ = lease.Release() // the book may be closed already, by the test
		_ = d.book.Close()
	})
	batch, err := d.book.Import(ctx, ledger.NewBatch{Merchant: merchant, Source: "sheet.csv", Original: ledger.Text("1"), Actor: "maria", Content: func() string { return "1" }}, rows(n))
	d.must(err)
	d.claimed, err = d.book.Claim(ctx, lease, batch.ID, n)
	d.must(err)
}

func rows(n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			if !yield(ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, 100), Readable: true, PayeeAccount: fmt.Sprint(i),
				Fields: map[string]string{"amount": "1"}, Fingerprint: fmt.Appendf(nil, "%d", i),
			}, nil) {
				return
			}
		}
	}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// paid is the placement's answer that the payout is paid.
func paid(p ledger.Payout) ledger.Outcome {
	return ledger.Outcome{
		Payout: p, Attempt: 1, Kind: ledger.Paid, Reason: "paid", Evidence: []byte("paid"),
		PlatformTradeNo: "PF" + p.TradeNo, Actor: ledger.ActorSubmit,
	}
}

// unbelievable is an answer that the ledger does not take.
func unbelievable(p ledger.Payout) ledger.Outcome {
	o := paid(p)
	o.Evidence = nil
	return o
}

// missing is about a payout that is not in the book.
func missing() ledger.Outcome { return paid(ledger.Payout{ID: 4711, TradeNo: "none"}) }

// said is what a recorder said of an outcome.
type said struct {
	applied ledger.Applied
	err     error
}

// record records and returns where the answer will stand.
func (d *desk) record(o ledger.Outcome) *said {
	s := &said{err: errors.New("not called")}
	d.records.Record(o, func(applied ledger.Applied, err error) { *s = said{applied, err} })
	return s
}

// stands demands how a payout stands in the book.
func (d *desk) stands(p ledger.Payout, want ledger.State) ledger.Payout {
	d.Helper()
	now, err := d.book.Payout(context.Background(), p.TradeNo)
	d.must(err)
	if now.State != want {
		d.Errorf("%s is %s because of %q, want %s", p.TradeNo, now.State, now.Reason, want)
	}
	return now
}

func TestManyOutcomesAreFewCommits(t *testing.T) {
	virtual(t, 1000, func(d *desk) {
		var learning sync.WaitGroup
		var called, wrong int
		for worker := range 8 {
			learning.Go(func() {
				for i := worker; i < len(d.claimed); i += 8 {
					p := d.claimed[i]
					d.records.Record(paid(p), func(applied ledger.Applied, err error) {
						called++ // one at a time
						if err != nil || applied.Payout.ID != p.ID || applied.Payout.State != ledger.Succeeded {
							wrong++
						}
					})
				}
			})
		}
		learning.Wait()
		d.must(d.records.Close())
		if called != 1000 || wrong > 0 {
			t.Errorf("%d were told of their outcome, %d of another", called, wrong)
		}
		if len(d.commits) != 2 || len(d.commits[0]) != groupMost {
			t.Errorf("%d commits, want a full group and the rest", len(d.commits))
		}
		for _, p := range d.claimed {
			d.stands(p, ledger.Succeeded)
		}
	})
}

func TestAnOutcomeWaitsForOthersOnlyAMoment(t *testing.T) {
	virtual(t, 2, func(d *desk) {
		began := time.Now()
		var first, second time.Duration
		d.records.Record(paid(d.claimed[0]), func(ledger.Applied, error) { first = time.Since(began) })
		time.Sleep(groupWait / 2)
		d.records.Record(paid(d.claimed[1]), func(ledger.Applied, error) { second = time.Since(began) })
		time.Sleep(groupWait)
		synctest.Wait()
		if first != groupWait || second != groupWait || len(d.commits) != 1 {
			t.Errorf("committed after %v and %v in %d groups, want %v in one", first, second, len(d.commits), groupWait)
		}
		d.must(d.records.Close())
	})
}

func TestOutcomesAreAppliedInTheirOrder(t *testing.T) {
	virtual(t, 1, func(d *desk) {
		p := d.claimed[0]
		accepted := paid(p)
		accepted.Kind, accepted.Reason = ledger.Accepted, "processing"
		first, second := d.record(accepted), d.record(paid(p))
		d.records.Record(paid(p), nil) // nobody has to listen
		d.must(d.records.Close())
		if first.err != nil || first.applied.Payout.State != ledger.Processing {
			t.Errorf("the first: %+v", first)
		}
		if second.err != nil || second.applied.From != ledger.Processing || second.applied.Payout.State != ledger.Succeeded {
			t.Errorf("the second: %+v", second)
		}
		d.stands(p, ledger.Succeeded)
	})
}

func TestWhatTheLedgerDoesNotTakeDoesNotCostTheOthers(t *testing.T) {
	virtual(t, 3, func(d *desk) {
		before, bad, after := d.record(paid(d.claimed[0])), d.record(unbelievable(d.claimed[1])), d.record(paid(d.claimed[2]))
		d.must(d.records.Close())
		if before.err != nil || after.err != nil {
			t.Errorf("the others: %v, %v", before.err, after.err)
		}
		if !errors.Is(bad.err, ErrReplaced) || bad.applied.Payout.State != ledger.InDoubt {
			t.Errorf("the one: %+v", bad)
		}
		d.stands(d.claimed[0], ledger.Succeeded)
		d.stands(d.claimed[2], ledger.Succeeded)
		if now := d.stands(d.claimed[1], ledger.InDoubt); now.Reason != ReasonUnlisted {
			t.Errorf("in doubt because of %q", now.Reason)
		}
		if len(d.failed) > 0 {
			t.Errorf("nothing was lost, and it said %v", d.failed)
		}
	})
}

// The answer had shown that the gateway knows the number. A denial after that
// must not lead to a second send.
func TestADoubtInPlaceOfAnAnswerRemembersThatTheGatewayKnows(t *testing.T) {
	for name, shows := range map[string]bool{"knows": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 1, func(d *desk) {
				o := unbelievable(d.claimed[0])
				o.PlatformTradeNo = ""
				want := ledger.Held
				if !shows {
					// Nothing of the sort: denied, it goes back to be sent.
					want, o = ledger.Ready, missing()
					o.Payout, o.Kind, o.PlatformTradeNo = d.claimed[0], ledger.Doubt, ""
				}
				d.record(o)
				d.must(d.records.Close())
				p := d.stands(d.claimed[0], ledger.InDoubt)
				_, err := d.book.Record(context.Background(), eager, []ledger.Outcome{{Payout: p, Kind: ledger.Unknown, Reason: "unknown", Actor: ledger.ActorSettle}})
				d.must(err)
				d.stands(p, want)
			})
		})
	}
}

func TestALostOutcomeIsSaidAndTheRestIsWritten(t *testing.T) {
	virtual(t, 4, func(d *desk) {
		var order []string
		d.records.o.Fail = func(err error) {
			order = append(order, "fail")
			d.failed = append(d.failed, err)
		}
		first := d.record(paid(d.claimed[0]))
		var lost error
		d.records.Record(missing(), func(_ ledger.Applied, err error) {
			order = append(order, "done")
			lost = err
		})
		second := d.record(paid(d.claimed[1]))
		time.Sleep(time.Second)
		synctest.Wait()
		if !errors.Is(lost, ledger.ErrNotFound) || first.err != nil || second.err != nil {
			t.Errorf("lost: %v; the others: %v, %v", lost, first.err, second.err)
		}
		if fmt.Sprint(order) != "[fail done]" {
			t.Errorf("order %v: whoever sends must hear of it first", order)
		}
		third := d.record(paid(d.claimed[2]))
		if err := d.records.Close(); !errors.Is(err, ledger.ErrNotFound) || third.err != nil {
			t.Errorf("closed with %v; the one after it: %v", err, third.err)
		}
		for _, p := range d.claimed[:3] {
			d.stands(p, ledger.Succeeded)
		}
		d.stands(d.claimed[3], ledger.Submitting)
	})
}

func TestALedgerThatCannotBeWrittenIsGivenUpGroupByGroup(t *testing.T) {
	virtual(t, 700, func(d *desk) {
		d.must(d.book.Close())
		told := 0
		for _, p := range d.claimed {
			d.records.Record(paid(p), func(applied ledger.Applied, err error) {
				if err == nil || applied.Payout.ID != 0 {
					t.Errorf("%+v, %v", applied, err)
				}
				told++
			})
		}
		err := d.records.Close()
		if err == nil || told != 700 || len(d.failed) != 2 {
			t.Errorf("%v; %d were told, %d failures", err, told, len(d.failed))
		}
		if err.Error() != d.failed[0].Error() {
			t.Errorf("closed with %v, want the first error, %v", err, d.failed[0])
		}
	})
}

// Each try may last as long as SQLite waits for a lock: after two in a row the
// ledger is taken for broken, and the rest of the group is not tried.
func TestTheRestOfAGroupIsGivenUpAfterTwoInARow(t *testing.T) {
	virtual(t, 2, func(d *desk) {
		d.record(missing())
		between := d.record(paid(d.claimed[0]))
		d.record(missing())
		d.record(missing())
		given := d.record(paid(d.claimed[1]))
		if err := d.records.Close(); !errors.Is(err, ledger.ErrNotFound) || between.err != nil || !errors.Is(given.err, ledger.ErrNotFound) {
			t.Errorf("%v; between: %v, given up: %v", err, between.err, given.err)
		}
		d.stands(d.claimed[0], ledger.Succeeded)
		d.stands(d.claimed[1], ledger.Submitting)
	})
}

func TestNothingIsTakenAfterClose(t *testing.T) {
	virtual(t, 1, func(d *desk) {
		d.must(d.records.Close())
		if late := d.record(paid(d.claimed[0])); !errors.Is(late.err, ErrClosed) {
			t.Errorf("too late: %v", late.err)
		}
		d.records.Record(paid(d.claimed[0]), nil)
		d.must(d.records.Close())
		d.stands(d.claimed[0], ledger.Submitting)
	})
}

// Whoever records and whoever closes may come at once: an outcome is either
// written or refused.
func TestRecordAndCloseAtOnce(t *testing.T) {
	virtual(t, 200, func(d *desk) {
		answers := make([]*said, len(d.claimed))
		var learning sync.WaitGroup
		for i, p := range d.claimed {
			learning.Go(func() { answers[i] = d.record(paid(p)) })
		}
		learning.Go(func() { d.must(d.records.Close()) })
		learning.Wait()
		d.must(d.records.Close())
		for i, s := range answers {
			want := ledger.Succeeded
			if errors.Is(s.err, ErrClosed) {
				want = ledger.Submitting
			} else if s.err != nil {
				t.Error(s.err)
			}
			d.stands(d.claimed[i], want)
		}
	})
}

func TestObserversMayBeLeftOut(t *testing.T) {
	virtual(t, 1, func(d *desk) {
		d.must(d.records.Close())
		quiet := New(d.book, Options{})
		quiet.Record(missing(), nil)
		quiet.Record(paid(d.claimed[0]), nil)
		if err := quiet.Close(); !errors.Is(err, ledger.ErrNotFound) {
			t.Error(err)
		}
		d.stands(d.claimed[0], ledger.Succeeded)
	})
}
