package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// What each history books, told by its steps.
func TestWhatAHistoryBooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		steps string // words of [desk.do]
		want  string
	}{
		{"never sent", "", ""},
		{"on its way", "claim", ""},
		{"in progress", "claim accepted", ""},
		{"paid", "claim accepted paid", "paid:payable>gateway"},
		{"failed", "claim accepted not_paid", ""},
		{"refused", "claim refused", ""},
		{"in doubt", "claim doubt", "in_doubt:payable>suspense"},
		{"killed", "claim recover", "in_doubt:payable>suspense"},
		{"in doubt and paid", "claim doubt asked:paid", "in_doubt:payable>suspense cleared_paid:suspense>gateway"},
		{"in doubt and not paid", "claim doubt asked:not_paid", "in_doubt:payable>suspense cleared_not_paid:suspense>payable"},
		{"in doubt, in progress, paid", "claim doubt asked:accepted asked:paid", "in_doubt:payable>suspense cleared_in_progress:suspense>payable paid:payable>gateway"},
		{"in doubt, and sent again", "claim doubt deny wait claim paid", "in_doubt:payable>suspense cleared_paid:suspense>gateway"},
		{"the first answer comes last", "claim doubt deny wait claim first:paid", "in_doubt:payable>suspense cleared_paid:suspense>gateway"},
		{"in doubt for good", "claim doubt deny wait claim doubt deny", "in_doubt:payable>suspense"},
		{"never reached the wire", "claim not_sent wait claim accepted paid", "paid:payable>gateway"},
		{"never reached the wire, twice", "claim not_sent wait claim not_sent wait claim doubt", "in_doubt:payable>suspense"},
		{"reversed", "claim paid asked:not_paid", "paid:payable>gateway reversed:reversals>payable"},
		{"failed, and paid after all", "claim not_paid asked:paid", "paid:payable>gateway"},
		{"failed, alive again, paid", "claim not_paid asked:accepted asked:paid", "paid:payable>gateway"},
		{"another amount", "claim conflict", "in_doubt:payable>suspense"},
		{"known without being sent", "asked:paid", "in_doubt:payable>suspense"},
		{"not sent, and known all the same", "claim asked:doubt not_sent deny", "in_doubt:payable>suspense"},
		{"withdrawn", "cancel", ""},
		{"said to be paid", "claim doubt said_paid", "in_doubt:payable>suspense cleared_paid:suspense>gateway:person:maria"},
		{"said not to be paid", "claim doubt said_not_paid", "in_doubt:payable>suspense cleared_not_paid:suspense>payable:person:maria"},
		{"said to be reversed", "claim paid said_not_paid", "paid:payable>gateway reversed:reversals>payable:person:maria"},
		{"failed, said to be paid", "claim not_paid said_paid", "paid:payable>gateway:person:maria"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			batch := d.imported(1, false)
			for step := range strings.FieldsSeq(c.steps) {
				d.do(batch, step)
			}
			entries, result := d.journal(Scope{Batch: batch}, nil)
			var got []string
			for _, e := range entries {
				told := fmt.Sprintf("%s:%s>%s", e.Kind, e.Debit(), e.Credit())
				if e.Word != "" {
					told += ":" + e.Word
				}
				got = append(got, told)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !result.Tied() {
				t.Errorf("not tied: %+v", result.Controls)
			}
		})
	}
}

// do does one step to the only payout of a batch.
func (d *desk) do(batch ledger.Batch, step string) {
	d.t.Helper()
	p := d.payouts(batch)[0]
	ctx := context.Background()
	switch kind, asked := strings.CutPrefix(step, "asked:"); {
	case asked:
		d.hear(p, ledger.Kind(kind), 0)
	case strings.HasPrefix(step, "first:"):
		d.hear(p, ledger.Kind(strings.TrimPrefix(step, "first:")), 1)
	case step == "claim":
		if len(d.run(batch, 1)) != 1 {
			d.t.Fatal("nothing was claimed")
		}
	case step == "recover":
		_, err := d.book.Recover(ctx, d.lease)
		d.must(err)
	case step == "wait":
		d.later(time.Hour)
	case step == "deny":
		d.hear(p, ledger.Unknown, 0)
		d.later(11 * time.Minute)
		d.hear(p, ledger.Unknown, 0)
	case step == "cancel":
		_, err := d.book.Cancel(ctx, p.TradeNo, "person:maria", "no")
		d.must(err)
	case strings.HasPrefix(step, "said_"):
		_, err := d.book.Resolve(ctx, p.TradeNo, ledger.Kind(step), "person:maria", "seen")
		d.must(err)
	default:
		d.hear(p, ledger.Kind(step), p.Attempts)
	}
}

func TestUnbookedIsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(3, false)
	claimed := d.run(batch, 2)
	d.hear(claimed[1], ledger.Accepted, 1)
	_, result := d.journal(Scope{Batch: batch}, nil)
	if result.Unbooked.Count != 2 || result.Unbooked.Amount.Fixed() != "201.01" {
		t.Errorf("%d, %s under way", result.Unbooked.Count, result.Unbooked.Amount)
	}
}

// The day is the merchant's: at three in the morning of UTC it is still
// yesterday in Mexico.
func TestTheDayIsTheMerchants(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.later(7 * time.Hour) // 31 January, 03:00 UTC
	batch := d.imported(1, false)
	d.do(batch, "claim")
	d.do(batch, "paid")
	entries, _ := d.journal(Scope{From: "2026-01-30", To: "2026-01-30"}, nil)
	if len(entries) != 1 || entries[0].Day != "2026-01-30" {
		t.Errorf("%+v", entries)
	}
	if none, _ := d.journal(Scope{From: "2026-01-31"}, nil); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

// shown are charges of a statement.
type shown []ledger.Charge

func (s shown) Charges(context.Context, ledger.Within) iter.Seq2[ledger.Charge, error] {
	return func(yield func(ledger.Charge, error) bool) {
		for _, c := range s {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func TestChargesAreBookedAndTied(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(1, false)
	for _, step := range []string{"claim", "paid", "asked:not_paid"} {
		d.do(batch, step)
	}
	fee := ledger.Charge{Seq: 9, At: d.now(), Hash: []byte("abcd"), MatchID: 1, Amount: pesos(350), Batch: batch.Code, Row: 2, TradeNo: "BP1", Statement: "=bank.csv", Line: 7, Day: d.now()}
	back, undone, other, taken := fee, fee, fee, fee
	back.MatchID, back.Returned, back.Amount = 2, true, pesos(4000)
	undone.Undone = true
	other.MatchID, other.Amount = 3, pesos(100)
	taken.MatchID, taken.Returned, taken.Undone, taken.Amount = 2, true, true, pesos(4000)

	entries, result := d.journal(Scope{}, shown{fee, back, undone, other})
	var got []string
	for _, e := range entries[2:] {
		got = append(got, fmt.Sprintf("%s %s %s>%s %s", e.ID, e.Kind, e.Debit(), e.Credit(), e.Amount().Fixed()))
	}
	want := []string{
		"BPF1-616263 fee fees>gateway 3.50", "BPR2-616263 returned gateway>reversals 40.00", "BPFU1-616263 fee_undone gateway>fees 3.50", "BPF3-616263 fee fees>gateway 1.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := batch.Code + " row 2 BP1: fee, _bank.csv line 7 of 2026-01-30"; entries[2].Text != text {
		t.Errorf("%s, want %s", entries[2].Text, text)
	}
	for role, want := range map[Role]string{Fees: "1.00", Gateway: "-61.00", Reversals: "60.00", Payable: "0.00"} {
		if got := result.Balance(role).Closing.Fixed(); got != want {
			t.Errorf("%s is %s, want %s", role, got, want)
		}
	}
	_, again := d.journal(Scope{}, shown{fee, back, undone, other, taken})
	if !result.Tied() || !again.Tied() || again.Balance(Reversals).Closing.Fixed() != "100.00" {
		t.Errorf("not tied: %+v, %+v", result.Controls, again.Controls)
	}
}

// Where reversals are booked to the gateway's own account, money that is back
// changes nothing there.
func TestNoEntryIsFromAnAccountToItself(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(1, false)
	for _, step := range []string{"claim", "paid", "asked:not_paid"} {
		d.do(batch, step)
	}
	accounts := DefaultAccounts
	accounts.Reversals = accounts.Gateway
	back := ledger.Charge{Seq: 9, At: d.now(), Hash: []byte("abcd"), MatchID: 1, Amount: pesos(10000), Returned: true, Batch: batch.Code, Row: 2, TradeNo: "BP1", Day: d.now()}
	var kinds []Kind
	result, err := Run(t.Context(), d.book.View, Scope{Merchant: d.merchant}, Setting{accounts, mexico}, shown{back}, func(e Entry) error {
		kinds = append(kinds, e.Kind)
		return nil
	})
	d.must(err)
	if diff := cmp.Diff([]Kind{Paid, Reversed}, kinds); diff != "" || !result.Tied() {
		t.Errorf("tied %t (-want +got):\n%s", result.Tied(), diff)
	}
}

// The control must be able to fail: a payout that was changed by hand is none
// that its history books.
func TestAChangedPayoutIsNotTied(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(2, false)
	d.do(batch, "claim")
	d.do(batch, "doubt")
	if _, result := d.journal(Scope{Batch: batch}, nil); !result.Tied() {
		t.Fatalf("%+v", result.Controls)
	}
	db, err := sql.Open("sqlite", d.book.Path())
	d.must(err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "DROP TRIGGER payouts_follow_the_rules; UPDATE payouts SET state = 'succeeded', final_at = 1 WHERE state = 'in_doubt'")
	d.must(err)
	_, result := d.journal(Scope{Batch: batch}, nil)
	var broken []string
	for _, c := range result.Controls {
		if !c.Tied() {
			broken = append(broken, c.Name)
		}
	}
	if result.Tied() || strings.Join(broken, " ") != "suspense gateway" {
		t.Errorf("%q: %+v", broken, result.Controls)
	}
}

// What a real statement shows is booked, whatever it is asked by.
func TestFeesOfAStatementAreBooked(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(2, false)
	for _, p := range d.run(batch, 2) {
		d.hear(p, ledger.Paid, 1)
	}
	payouts := d.payouts(batch)
	s, _, err := d.book.TakeStatement(t.Context(), ledger.NewStatement{
		Merchant: d.merchant, Name: "orders.csv", SHA256: "1", Origin: ledger.OfGateway, Format: "csv", FirstDay: d.now(), LastDay: d.now(), Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		for i, p := range payouts {
			if !yield(ledger.NewLine{Number: i + 2, Day: d.now(), Amount: p.Amount, Fee: pesos(300), Status: ledger.LinePaid, TradeNo: p.TradeNo}, nil) {
				return
			}
		}
	})
	d.must(err)
	_, err = d.book.Reconcile(t.Context(), d.merchant, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{}, "maria")
	d.must(err)
	for origin, want := range map[ledger.Origin]int{ledger.OfGateway: 2, ledger.OfBank: 0} {
		for _, scope := range []Scope{{}, {Batch: batch}} {
			_, result := d.journal(scope, Statements{d.book.View, origin})
			if result.Kinds[Fee].Count != want || !result.Tied() {
				t.Errorf("%s: %d fees, %+v", origin, result.Kinds[Fee].Count, result.Controls)
			}
		}
	}
}

func TestRunRefusesWhatIsNoPeriod(t *testing.T) {
	t.Parallel()
	d := setup(t)
	for _, scope := range []Scope{
		{From: "2026-02-30"}, {To: "yesterday"}, {From: "2026-1-1"}, {From: "2026-02-01", To: "2026-01-31"},
	} {
		if _, err := Run(t.Context(), d.book.View, scope, Setting{DefaultAccounts, time.UTC}, nil, nil); err == nil {
			t.Errorf("%s to %s passes", scope.From, scope.To)
		}
	}
}

func TestRunEndsWithItsSink(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported(1, false)
	d.do(batch, "claim")
	d.do(batch, "paid")
	full := errors.New("disk full")
	_, err := Run(t.Context(), d.book.View, Scope{Merchant: d.merchant}, Setting{DefaultAccounts, time.UTC}, nil, func(Entry) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// An entry that books nothing, or from an account to itself, is none.
func TestNoEntryIsUnbalanced(t *testing.T) {
	t.Parallel()
	for _, post := range []func(){
		func() { Entry{}.post(Payable, Payable, pesos(1)) },
		func() { Entry{}.post(Payable, Gateway, pesos(0)) },
		func() { Entry{}.post(Payable, Gateway, pesos(-5)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it was booked")
				}
			}()
			post()
		}()
	}
}

func pesos(minor int64) money.Amount { return money.FromMinor(money.MXN, minor) }

func TestAccountsMustTellRolesApart(t *testing.T) {
	t.Parallel()
	change := func(do func(*Accounts)) Accounts {
		a := DefaultAccounts
		do(&a)
		return a
	}
	for _, c := range []struct {
		format   Format
		accounts Accounts
		faults   int
	}{
		{CSV, DefaultAccounts, 0},
		{Beancount, DefaultAccounts, 0},
		{CSV, change(func(a *Accounts) { a.Reversals = a.Gateway }), 0},
		{CSV, change(func(a *Accounts) { a.Suspense = a.Gateway }), 1},
		{CSV, change(func(a *Accounts) { a.Reversals = a.Payable }), 1},
		{CSV, change(func(a *Accounts) { a.Fees = "" }), 1},
		{CSV, change(func(a *Accounts) { a.Fees = "Fees  paid"; a.Payable = " Payable" }), 2},
		{CSV, change(func(a *Accounts) { a.Fees = "=cmd" }), 1},
		{CSV, change(func(a *Accounts) { a.Payable = "2100"; a.Gateway = "1010" }), 0},
		{Beancount, change(func(a *Accounts) { a.Payable = "2100" }), 1},
		{HLedger, change(func(a *Accounts) { a.Fees = "fees\n" }), 1},
	} {
		if got := c.format.Faults(c.accounts); len(got) != c.faults {
			t.Errorf("%s, %+v: %q", c.format, c.accounts, got)
		}
	}
}
