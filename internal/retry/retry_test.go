package retry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answers is a gateway that says of each row what it is told to.
type answers struct {
	mu      sync.Mutex
	place   map[string]paypro.Verdict // by account
	query   map[string]paypro.Verdict
	placed  map[string]int
	waiting chan struct{} // not nil: queries wait until it is closed
}

func (a *answers) Area() *paypro.Area {
	area, _ := paypro.LookupArea("mexico")
	return area
}

func (a *answers) Balance(context.Context) (paypro.Balance, error) {
	return paypro.Balance{}, errors.New("not asked")
}

func (a *answers) Place(_ context.Context, r paypro.Request) paypro.Verdict {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.placed[r.Values["customerAccount"]]++
	return a.say(a.place, r)
}

func (a *answers) Query(ctx context.Context, r paypro.Request) paypro.Verdict {
	if a.waiting != nil {
		select {
		case <-a.waiting:
		case <-ctx.Done():
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.say(a.query, r)
}

func (a *answers) say(from map[string]paypro.Verdict, r paypro.Request) paypro.Verdict {
	v, ok := from[r.Values["customerAccount"]]
	if !ok {
		v = paid
	}
	v.Raw = []byte("evidence")
	if v.Kind == paypro.Succeeded || v.Kind == paypro.Failed || v.Kind == paypro.Processing {
		v.PlatformTradeNo = "PF" + r.TradeNo
	}
	return v
}

var (
	paid       = paypro.Verdict{Kind: paypro.Succeeded, Reason: paypro.ReasonPaid, Code: "0000"}
	failed     = paypro.Verdict{Kind: paypro.Failed, Reason: paypro.ReasonFailed, Code: "00029"}
	processing = paypro.Verdict{Kind: paypro.Processing, Reason: paypro.ReasonProcessing, Code: "0015"}
	refused    = paypro.Verdict{Kind: paypro.Refused, Reason: paypro.ReasonRefused, Code: "8000"}
	unknown    = paypro.Verdict{Kind: paypro.Unknown, Reason: paypro.ReasonUnknownNumber, Code: "8000"}
	noAnswer   = paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonTimeout}
	unclear    = paypro.Verdict{Reason: paypro.ReasonUnclearStatus, Code: "00032"}
)

// desk is a ledger with a batch whose payouts have become what they were told.
type desk struct {
	*testing.T
	book   *ledger.Ledger
	lease  *ledger.Lease
	gate   *answers
	batch  ledger.Batch
	runner *dispatch.Runner
	ctx    context.Context
}

func account(i int) string { return fmt.Sprint(646180000000000000 + i) }

// virtual runs a test with payouts that are answered so when they are placed.
func virtual(t *testing.T, placed []paypro.Verdict, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{T: t, ctx: context.Background(), gate: &answers{
			place: map[string]paypro.Verdict{}, query: map[string]paypro.Verdict{}, placed: map[string]int{},
		}}
		d.open()
		for i, v := range placed {
			d.gate.place[account(i)], d.gate.query[account(i)] = v, v
		}
		d.batch = d.importRows("sheet", len(placed))
		d.run(d.batch)
		do(d)
	})
}

func (d *desk) open() {
	d.Helper()
	var err error
	d.book, err = ledger.Create(d.ctx, filepath.Join(d.TempDir(), "book.db"), ledger.Options{})
	d.must(err)
	merchant, err := d.book.Merchant(d.ctx, ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "scripted"})
	d.must(err)
	d.lease, err = d.book.Acquire(d.ctx, merchant)
	d.must(err)
	d.batch.Merchant = merchant
	d.runner = dispatch.New(d.book, d.lease, d.gate, dispatch.Options{
		Rate: 1000, Refusals: -1, FailureShare: -1, BalanceEvery: -1, Deadline: time.Minute,
		Policy: ledger.Policy{Unknowns: 3, Quarantine: time.Minute, MaxAttempts: 2},
	})
	d.Cleanup(func() { d.must(errors.Join(d.lease.Release(), d.book.Close())) })
}

func (d *desk) importRows(content string, n int) ledger.Batch {
	d.Helper()
	batch, err := d.book.Import(d.ctx, ledger.NewBatch{
		Merchant: d.batch.Merchant, Source: "sheet.csv", Original: ledger.Text(content), Actor: "maria", Content: func() string { return content },
	}, rows(n))
	d.must(err)
	return batch
}

func rows(n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			amount := money.FromMinor(money.MXN, int64(100*(i+1)))
			if !yield(ledger.NewRow{
				Row: 2*i + 2, Amount: amount, Readable: true, PayeeName: fmt.Sprint("Payee ", i), PayeeAccount: account(i), Bank: "BANXICO",
				Fields:      map[string]string{"amount": amount.Plain(), "customerAccount": account(i), "remark": "rent é"},
				Fingerprint: fmt.Appendf(nil, "fingerprint %d", i),
			}, nil) {
				return
			}
		}
	}
}

func (d *desk) run(batch ledger.Batch) {
	d.Helper()
	result, err := d.runner.Run(d.ctx, d.ctx, batch)
	d.must(errors.Join(err, result.Halted))
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) payouts(batch ledger.Batch) (all []ledger.Payout) {
	d.Helper()
	for line, err := range d.book.Lines(d.ctx, batch.ID) {
		d.must(err)
		all = append(all, *line.Payout)
	}
	return all
}

func (d *desk) make() (ledger.Batch, []Left) {
	d.Helper()
	made, left, err := Make(d.ctx, d.ctx, d.runner, d.book, d.batch, "maria", "the bank was down")
	d.must(err)
	return made, left
}

// batches is how many there are.
func (d *desk) batches() (n int) {
	d.Helper()
	for _, err := range d.book.Batches(d.ctx) {
		d.must(err)
		n++
	}
	return n
}

func rowsOf(payouts []ledger.Payout) (rows []int) {
	for _, p := range payouts {
		rows = append(rows, p.Row)
	}
	return rows
}

func TestWhatIsConfirmedIsPaidAnewAsItWasInstructed(t *testing.T) {
	virtual(t, []paypro.Verdict{failed, paid, refused, failed}, func(d *desk) {
		d.gate.query[account(2)] = unknown
		old := d.payouts(d.batch)
		made, left := d.make()
		if len(left) > 0 {
			t.Errorf("left %v", left)
		}
		if made.Source != "retry of "+d.batch.Code || made.Reason != "the bank was down" || made.Rows != 3 || made.Content == "" {
			t.Errorf("made %+v", made)
		}
		anew := d.payouts(made)
		if fmt.Sprint(rowsOf(anew)) != "[2 6 8]" {
			t.Fatalf("rows %v", rowsOf(anew))
		}
		for i, was := range []ledger.Payout{old[0], old[2], old[3]} {
			is := anew[i]
			if is.Replaces != was.TradeNo || is.TradeNo == was.TradeNo || is.State != ledger.Ready || !is.Amount.Equal(was.Amount) ||
				!maps.Equal(is.Fields, was.Fields) || is.PayeeName != was.PayeeName || is.PayeeAccount != was.PayeeAccount || is.Bank != was.Bank {
				t.Errorf("%+v stands in for %+v", is, was)
			}
		}
		d.fingerprints(old, anew)
		d.tied(made)

		clear(d.gate.place)
		d.run(made)
		for i, times := range []int{2, 1, 2, 2} {
			if d.gate.placed[account(i)] != times {
				t.Errorf("row %d was sent %d times, want %d", i, d.gate.placed[account(i)], times)
			}
		}
		// A second time there is nothing to do.
		if again, left := d.make(); again.ID != 0 || len(left) > 0 || d.batches() != 2 {
			t.Errorf("made %+v, left %v", again, left)
		}
	})
}

func (d *desk) fingerprints(old, anew []ledger.Payout) {
	d.Helper()
	past, err := d.book.LookBack(d.ctx, d.batch.Merchant.ID, time.Time{})
	d.must(err)
	defer past.Close()
	for _, p := range anew {
		traded, _, err := past.Trade(d.ctx, p.TradeNo)
		d.must(err)
		i := slices.IndexFunc(old, func(was ledger.Payout) bool { return was.TradeNo == p.Replaces })
		if want := fmt.Sprintf("fingerprint %d", i); string(traded.Fingerprint) != want {
			d.Errorf("fingerprint %q, want %q", traded.Fingerprint, want)
		}
	}
}

func (d *desk) tied(batch ledger.Batch) {
	d.Helper()
	summary, err := d.book.Summary(d.ctx, batch.ID)
	d.must(err)
	found, err := d.book.Verify(d.ctx)
	d.must(err)
	if !summary.Tied() || len(found.Findings) > 0 {
		d.Errorf("tied %v, findings %v", summary.Tied(), found.Findings)
	}
}

func TestWhatIsNotConfirmedIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		placed, asked paypro.Verdict
		state         ledger.State // after it was asked about
		anew          bool
	}{
		"failed, failed":       {failed, failed, ledger.Failed, true},
		"failed, unknown":      {failed, unknown, ledger.Failed, false},
		"failed, no answer":    {failed, noAnswer, ledger.Failed, false},
		"failed, processing":   {failed, processing, ledger.Processing, false},
		"failed, paid":         {failed, paid, ledger.Succeeded, false},
		"failed, unclear":      {failed, unclear, ledger.Failed, false},
		"rejected, failed":     {refused, failed, ledger.Rejected, true},
		"rejected, unknown":    {refused, unknown, ledger.Rejected, true},
		"rejected, no answer":  {refused, noAnswer, ledger.Rejected, false},
		"rejected, paid":       {refused, paid, ledger.Succeeded, false},
		"rejected, processing": {refused, processing, ledger.Processing, false},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, []paypro.Verdict{c.placed}, func(d *desk) {
				d.gate.query[account(0)] = c.asked
				made, left := d.make()
				if c.anew {
					if made.Rows != 1 || len(left) > 0 {
						t.Errorf("made %+v, left %v", made, left)
					}
					return
				}
				if made.ID != 0 || d.batches() != 1 || len(left) != 1 {
					t.Fatalf("made %+v, left %v", made, left)
				}
				if l := left[0]; l.Row != 2 || l.State != c.state || l.Why == "" || strings.Contains(l.Why, account(0)) {
					t.Errorf("left %+v", l)
				}
				if now := d.payouts(d.batch)[0]; now.State != c.state {
					t.Errorf("it is %s, want %s", now.State, c.state)
				}
			})
		})
	}
}

func TestWhatWasTakenBackIsPaidAnewIfTheGatewayConfirmsIt(t *testing.T) {
	for name, c := range map[string]struct {
		asked paypro.Verdict
		anew  bool
	}{"failed": {failed, true}, "unknown": {unknown, false}, "paid": {paid, false}} {
		t.Run(name, func(t *testing.T) {
			virtual(t, []paypro.Verdict{paid}, func(d *desk) {
				_, err := d.book.Record(d.ctx, ledger.Policy{}, []ledger.Outcome{{
					Payout: d.payouts(d.batch)[0], Kind: ledger.NotPaid, Reason: "failed", Actor: ledger.ActorSettle, Evidence: []byte("back"),
				}})
				d.must(err)
				if p := d.payouts(d.batch)[0]; p.State != ledger.Reversed {
					t.Fatalf("it is %s", p.State)
				}
				d.gate.query[account(0)] = c.asked
				made, left := d.make()
				if (made.Rows == 1) != c.anew || (len(left) == 0) != c.anew {
					t.Errorf("made %+v, left %v", made, left)
				}
			})
		})
	}
}

// A person has said that it was not paid, and the gateway does not say so.
func TestAPersonsWordAloneIsNotPaidAnew(t *testing.T) {
	timedOut := paypro.Verdict{Reason: paypro.ReasonTimeout}
	for name, asked := range map[string]paypro.Verdict{"unknown": unknown, "no answer": noAnswer, "processing": processing, "failed": failed} {
		t.Run(name, func(t *testing.T) {
			virtual(t, []paypro.Verdict{timedOut}, func(d *desk) {
				d.gate.query[account(0)] = asked
				p := d.payouts(d.batch)[0]
				if p.State != ledger.InDoubt {
					t.Fatalf("it is %s", p.State)
				}
				said, err := d.book.Resolve(d.ctx, p.TradeNo, ledger.SaidNotPaid, "maria", "seen at the bank")
				d.must(err)
				made, left := d.make()
				if want := asked.Kind == paypro.Failed; want != (made.Rows == 1) || want != (len(left) == 0) {
					t.Errorf("it was %s; made %+v, left %v", said.State, made, left)
				}
			})
		})
	}
}

func TestTwoAtOnceReplaceEachPayoutOnce(t *testing.T) {
	virtual(t, slices.Repeat([]paypro.Verdict{failed}, 20), func(d *desk) {
		d.gate.waiting = make(chan struct{})
		type outcome struct {
			made ledger.Batch
			left []Left
			err  error
		}
		outcomes := make([]outcome, 2)
		var both sync.WaitGroup
		for i := range outcomes {
			both.Go(func() {
				o := &outcomes[i]
				o.made, o.left, o.err = Make(d.ctx, d.ctx, d.runner, d.book, d.batch, "maria", "again")
			})
		}
		time.Sleep(time.Second)
		close(d.gate.waiting) // both have asked about all of them by now, or will
		both.Wait()
		made, left := 0, 0
		for _, o := range outcomes {
			d.must(o.err)
			made += o.made.Rows
			left += len(o.left)
		}
		if made != 20 || left != 20 || d.batches() != 2 {
			t.Errorf("%d made, %d left, %d batches", made, left, d.batches())
		}
	})
}

func TestNothingIsMadeUnlessAllWereAskedAbout(t *testing.T) {
	virtual(t, slices.Repeat([]paypro.Verdict{failed}, 20), func(d *desk) {
		drain, stop := context.WithCancel(d.ctx)
		d.gate.waiting = make(chan struct{})
		time.AfterFunc(time.Second, func() {
			stop()
			close(d.gate.waiting)
		})
		made, _, err := Make(drain, d.ctx, d.slow(), d.book, d.batch, "maria", "again")
		if !errors.Is(err, context.Canceled) || made.ID != 0 || d.batches() != 1 {
			t.Errorf("made %+v: %v", made, err)
		}
	})
}

// slow is a runner that asks one question a second.
func (d *desk) slow() *dispatch.Runner {
	return dispatch.New(d.book, d.lease, d.gate, dispatch.Options{QueryRate: 1})
}

func TestWhoAndWhyAreAsked(t *testing.T) {
	virtual(t, []paypro.Verdict{failed}, func(d *desk) {
		for _, word := range [][2]string{{"", "why"}, {"who", ""}} {
			if made, _, err := Make(d.ctx, d.ctx, d.runner, d.book, d.batch, word[0], word[1]); err == nil || made.ID != 0 {
				t.Errorf("%q: made %+v", word, made)
			}
		}
	})
}

// Somebody was paid in another sheet since: that may have been it.
func TestAPayeeWhoWasPaidSinceIsHeld(t *testing.T) {
	virtual(t, []paypro.Verdict{failed, failed}, func(d *desk) {
		d.gate.place[account(0)] = paid
		d.run(d.importRows("another", 1))
		made, left := d.make()
		anew := d.payouts(made)
		if len(anew) != 2 || len(left) > 0 || anew[0].State != ledger.Held || anew[1].State != ledger.Ready {
			t.Errorf("made %+v, left %v", anew, left)
		}
	})
}

// A retry that failed again can be retried: each payout stands in for the one
// before.
func TestARetryCanBeRetried(t *testing.T) {
	virtual(t, []paypro.Verdict{failed, failed}, func(d *desk) {
		first := d.batch
		for range 3 {
			made, left := d.make()
			if made.Rows != 2 || len(left) > 0 {
				t.Fatalf("made %+v, left %v", made, left)
			}
			d.batch = made
			d.run(made)
		}
		d.batch = first
		if made, left := d.make(); made.ID != 0 || len(left) > 0 {
			t.Errorf("made %+v, left %v", made, left)
		}
		d.tied(first)
	})
}
