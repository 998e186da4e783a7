package tieout

import (
	"database/sql"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite" // whoever alters the file has a driver of their own

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/reconcile"
	"github.com/bulkpay/bulkpay/internal/reconcile/month"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// books is a month that ties out in every way, with its statement matched.
type books struct {
	*month.Month
	t     *testing.T
	path  string
	batch ledger.Batch
	scope ledger.MatchScope
}

func setup(t *testing.T) *books {
	t.Helper()
	folder := t.TempDir()
	m, err := month.Make(t.Context(), folder, month.Plan{Seed: 3, Payouts: 600})
	check(t, err)
	t.Cleanup(func() { check(t, m.Book.Close()) })
	b := &books{Month: m, t: t, path: filepath.Join(folder, "month.db"), batch: m.Batches[2]}
	s, _, err := m.Book.TakeStatement(t.Context(), ledger.NewStatement{
		Merchant: m.Merchant, Name: "november.csv", SHA256: "1", Origin: ledger.OfGateway, Format: "csv", FirstDay: month.First, LastDay: month.Last, Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		for _, line := range m.Lines {
			if !yield(line, nil) {
				return
			}
		}
	})
	check(t, err)
	b.scope = ledger.MatchScope{Merchant: m.Merchant, Origin: ledger.OfGateway, Statements: []int64{s.ID}}
	_, err = m.Book.Reconcile(t.Context(), m.Merchant, ledger.OfGateway, b.scope.Statements, ledger.MatchPolicy{FeeMinor: month.Fee}, "maria")
	check(t, err)
	return b
}

// verdicts are what is said of each equation, of the batch and the statement.
func (b *books) verdicts() map[string]report.Verdict {
	b.t.Helper()
	said := map[string]report.Verdict{}
	check(b.t, b.Book.Snapshot(b.t.Context(), func(v ledger.View) error {
		equations, err := Of(b.t.Context(), v, b.batch)
		if err != nil {
			return err
		}
		matching, err := reconcile.Matching(b.t.Context(), v, []ledger.MatchScope{b.scope})
		if err != nil {
			return err
		}
		for _, e := range append(equations, matching.Equations...) {
			if said[e.Name] = e.Verdict(); e.Verdict() == report.NotTied {
				break
			}
		}
		summary, err := v.Summary(b.t.Context(), b.batch.ID)
		said[report.SheetEquation] = map[bool]report.Verdict{true: report.Tied, false: report.NotTied}[summary.Tied()]
		return err
	}))
	return said
}

// alter changes the file as somebody would who has the triggers out of the
// way.
func (b *books) alter(text string, args ...any) {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(b.path))
	check(b.t, err)
	defer func() { check(b.t, db.Close()) }()
	rows, err := db.QueryContext(b.t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	check(b.t, err)
	var names []string
	for rows.Next() {
		var name string
		check(b.t, rows.Scan(&name))
		names = append(names, name)
	}
	check(b.t, errors.Join(rows.Err(), rows.Close()))
	for _, name := range names {
		_, err := db.ExecContext(b.t.Context(), "DROP TRIGGER "+name)
		check(b.t, err)
	}
	done, err := db.ExecContext(b.t.Context(), text, args...)
	check(b.t, err)
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		b.t.Fatalf("%d rows altered, %v", n, err)
	}
}

func (b *books) wants(name string, want report.Verdict) {
	b.t.Helper()
	if got := b.verdicts()[name]; got != want {
		b.t.Errorf("%s: %s, want %s", name, got, want)
	}
}

func TestAMonthTiesOut(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	b := setup(t)
	for _, name := range []string{report.SheetEquation, report.GatewayEquation, report.StatementEquation} {
		b.wants(name, report.Tied)
	}
	b.wants(report.BalanceEquation, report.NotKnown)
}

func TestOneAlteredRowBreaksAnEquation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks, text string
	}{
		"an amount of the ledger": {report.SheetEquation, "UPDATE payouts SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(id) FROM payouts WHERE batch_id = 3)"},
		"a state of the ledger": {
			report.GatewayEquation,
			"UPDATE payouts SET state = 'failed', reason = 'failed' WHERE id = (SELECT min(id) FROM payouts WHERE batch_id = 3 AND state = 'succeeded')",
		},
		"an answer in the history": {
			report.GatewayEquation,
			"UPDATE events SET kind = 'not_paid' WHERE seq = (SELECT min(seq) FROM events WHERE batch_id = 3 AND kind = 'paid')",
		},
		"an amount of the statement": {
			report.StatementEquation, "UPDATE statement_lines SET amount_minor = amount_minor - 100 WHERE id = (SELECT min(id) FROM statement_lines WHERE status = 'paid')",
		},
		"a status of the statement": {
			report.StatementEquation, "UPDATE statement_lines SET status = 'failed' WHERE id = (SELECT min(id) FROM statement_lines WHERE status = 'paid')",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.alter(c.text)
			b.wants(c.breaks, report.NotTied)
		})
	}
}

// purse is a small batch, of which three payouts of 100.00 are paid, between
// two balances.
func purse(t *testing.T, before, after, frozen int64, late ledger.Kind) (*books, func()) {
	t.Helper()
	var at atomic.Int64 // the renewal of the lease looks at the clock, too
	at.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).Unix())
	tick := func() time.Time { return time.Unix(at.Add(1), 0).UTC() }
	b := &books{t: t, path: filepath.Join(t.TempDir(), "book.db"), Month: &month.Month{}}
	var err error
	b.Book, err = ledger.Create(t.Context(), b.path, ledger.Options{Now: tick})
	check(t, err)
	t.Cleanup(func() { check(t, b.Book.Close()) })
	m, err := b.Book.Merchant(t.Context(), ledger.Merchant{Name: "acme", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "g"})
	check(t, err)
	b.batch, err = b.Book.Import(t.Context(), ledger.NewBatch{Merchant: m, Source: "s", Original: ledger.Text("s"), Actor: "maria", Content: func() string { return "s" }},
		func(yield func(ledger.NewRow, error) bool) {
			for i := range 4 {
				if !yield(ledger.NewRow{Row: i + 2, Amount: money.FromMinor(money.MXN, 10000), Readable: true, PayeeAccount: string(rune('a' + i)), Fingerprint: []byte{byte(i)}}, nil) {
					return
				}
			}
		})
	check(t, err)
	lease, err := b.Book.Acquire(t.Context(), m)
	check(t, err)
	t.Cleanup(func() { check(t, lease.Release()) })
	note := func(moment ledger.BalanceMoment, available, frozen int64) {
		check(t, b.Book.NoteBalance(t.Context(), b.batch.ID, "submit", ledger.Balance{
			Moment: moment, Available: money.FromMinor(money.MXN, available), Frozen: money.FromMinor(money.MXN, frozen),
		}, []byte("{}")))
	}
	note(ledger.Opening, before, 0)
	claimed, err := b.Book.Claim(t.Context(), lease, b.batch.ID, 4)
	check(t, err)
	learn := func(i int, kind ledger.Kind) {
		_, err := b.Book.Record(t.Context(), ledger.Policy{}, []ledger.Outcome{{
			Payout: claimed[i], Attempt: 1, Kind: kind, Reason: string(kind), PlatformTradeNo: "g" + claimed[i].TradeNo, Actor: ledger.ActorSubmit, Evidence: []byte("{}"),
		}})
		check(t, err)
	}
	for i := range 3 {
		learn(i, ledger.Paid)
	}
	if late != ledger.Paid {
		learn(3, late)
	}
	note(ledger.Closing, after, frozen)
	return b, func() { learn(3, ledger.Paid) }
}

func (b *books) balanceIs(want report.Verdict) report.Equation {
	b.t.Helper()
	var e report.Equation
	check(b.t, b.Book.Snapshot(b.t.Context(), func(v ledger.View) (err error) {
		e, err = balanceOf(b.t.Context(), v, b.batch)
		return err
	}))
	if e.Verdict() != want {
		b.t.Errorf("%s, want %s: %+v", e.Verdict(), want, e)
	}
	return e
}

func TestABalanceTiesOutOrSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after, frozen int64
		late          ledger.Kind
		want          report.Verdict
	}{
		"all of it is explained":                 {70_000, 0, ledger.NotPaid, report.Tied},
		"some of it is bound":                    {60_000, 10_000, ledger.NotPaid, report.Tied},
		"a little less, which may be fees":       {69_000, 0, ledger.NotPaid, report.NotKnown},
		"much less":                              {60_000, 0, ledger.NotPaid, report.NotTied},
		"more than there can be":                 {70_001, 0, ledger.NotPaid, report.NotTied},
		"one payout was in progress":             {70_000, 0, ledger.Accepted, report.NotKnown},
		"one payout was paid after it was asked": {70_000, 0, ledger.Paid, report.NotKnown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, more := purse(t, 100_000, c.after, c.frozen, c.late)
			if c.late == ledger.Paid {
				more()
			}
			b.balanceIs(c.want)
		})
	}
}

func TestAnAlteredBalanceBreaksTheEquation(t *testing.T) {
	t.Parallel()
	b, _ := purse(t, 100_000, 70_000, 0, ledger.NotPaid)
	b.balanceIs(report.Tied)
	b.alter(`UPDATE events SET evidence = CAST(replace(CAST(evidence AS TEXT), '70000', '90000') AS BLOB) WHERE kind = 'balance' AND reason = 'closing'`)
	e := b.balanceIs(report.NotTied)
	if d, ok := e.Difference(); !ok || !d.Sum.Equal(money.FromMinor(money.MXN, -20_000)) {
		t.Errorf("difference %v", d)
	}
	found, err := b.Book.Verify(t.Context())
	check(t, err)
	if len(found.Findings) == 0 {
		t.Error("the chain has not noticed")
	}
}
