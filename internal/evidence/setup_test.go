package evidence

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/evidence/offline"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/iso20022"
	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// desk is a ledger in which something of everything has happened.
type desk struct {
	*testing.T
	book     *ledger.Ledger
	merchant ledger.Merchant
	lease    *ledger.Lease
	now      time.Time
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	var err error
	o := ledger.Options{Now: func() time.Time { return d.now }, Random: &letters{}, Host: "here"}
	d.book, err = ledger.Create(t.Context(), filepath.Join(t.TempDir(), "book.db"), o)
	d.must(err)
	d.merchant, err = d.book.Merchant(t.Context(), ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "7", Gateway: "https://gateway.example"})
	d.must(err)
	d.lease, err = d.book.Acquire(context.WithoutCancel(t.Context()), d.merchant)
	d.must(err)
	t.Cleanup(func() { d.must(errors.Join(d.lease.Release(), d.book.Close())) })
	return d
}

// letters are no random numbers: the same ledger is made again each time.
type letters struct{ n byte }

func (l *letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = l.n
		l.n++
	}
	return len(p), nil
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

const (
	account = "646180000000000042"
	payee   = "José Pérez & Söhne"
)

func row(n int, minor int64) ledger.NewRow {
	return ledger.NewRow{
		Row: n, Amount: money.FromMinor(money.MXN, minor), Readable: true, PayeeName: payee, PayeeAccount: account, Bank: "646",
		Fields:      map[string]string{"amount": "1.00", "email": "jose@example.com", "remark": "salary <Nov>"},
		Fingerprint: []byte{byte(n), 0xff},
	}
}

func (d *desk) imported(source string, rows ...ledger.NewRow) ledger.Batch {
	d.Helper()
	batch, err := d.book.Import(d.Context(), ledger.NewBatch{
		Merchant: d.merchant, Source: source, Original: ledger.Text("the bytes of " + source), Actor: "maria",
		Assumed: []string{"column A is the name"}, Content: func() string { return source },
	}, func(yield func(ledger.NewRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
	d.must(err)
	return batch
}

// paid sends payouts of a batch and records what the gateway says.
func (d *desk) paid(batch ledger.Batch, kinds ...ledger.Kind) []ledger.Payout {
	d.Helper()
	claimed, err := d.book.Claim(d.Context(), d.lease, batch.ID, len(kinds))
	d.must(err)
	var outcomes []ledger.Outcome
	for i, p := range claimed {
		answer := fmt.Sprintf(`{"code":"0000","tradeNo":%q,"name":"Jos\u00e9 P\u00e9rez \u0026 S\u00f6hne","account":%q}`, p.TradeNo, account)
		if i > 0 {
			answer = `{"code":"0000"}`
		}
		o := ledger.Outcome{Payout: p, Attempt: p.Attempts, Kind: kinds[i], Actor: ledger.ActorSubmit, Reason: "token", Evidence: []byte(answer)}
		if kinds[i] == ledger.Paid {
			o.PlatformTradeNo = "00" + p.TradeNo
		}
		outcomes = append(outcomes, o)
	}
	_, err = d.book.Record(d.Context(), ledger.Policy{}, outcomes)
	d.must(err)
	return claimed
}

// lived is a batch with a row of every kind, with events of another one in
// between.
func (d *desk) lived() ledger.Batch {
	d.Helper()
	held := row(6, 500)
	held.Hold = "like row 2"
	batch := d.imported("nóminas.csv", row(2, 100), row(3, 200),
		ledger.NewRow{Row: 4, Problems: []string{"row 4: amount: unreadable"}},
		ledger.NewRow{Row: 5, Readable: true, Amount: money.FromMinor(money.MXN, 7), Problems: []string{"row 5: <name>: missing"}},
		held, row(7, 600), row(8, 700))
	sent := d.paid(batch, ledger.Paid, ledger.NotPaid, ledger.Doubt)
	other := d.imported("other.csv", row(2, 900))
	d.paid(other, ledger.Paid)
	_, err := d.book.Resolve(d.Context(), sent[2].TradeNo, ledger.SaidPaid, "maria", "the statement has it")
	d.must(err)
	_, err = d.book.Release(d.Context(), d.payouts(batch)[2].TradeNo, "paul", "both are meant")
	d.must(err)
	d.must(d.book.Note(d.Context(), batch.ID, "maria", "looked at", "cut in a character: ", []byte("S\xc3")))
	d.paid(batch, ledger.Accepted)
	d.compared(sent[0])
	d.must(d.book.Note(d.Context(), other.ID, "maria", "the other", "one", nil))
	return batch
}

// compared takes a statement in that has a payout, and compares it.
func (d *desk) compared(p ledger.Payout) {
	d.Helper()
	s, _, err := d.book.TakeStatement(d.Context(), ledger.NewStatement{
		Merchant: d.merchant, Name: "orders.csv", SHA256: strings.Repeat("ab", 32), Origin: ledger.OfGateway, Format: "csv",
		FirstDay: d.now, LastDay: d.now, Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		yield(ledger.NewLine{Number: 2, Day: d.now, Amount: p.Amount, Status: ledger.LinePaid, TradeNo: p.TradeNo}, nil)
	})
	d.must(err)
	_, err = d.book.Reconcile(d.Context(), d.merchant, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{DayWindow: 3}, "maria")
	d.must(err)
}

func (d *desk) payouts(batch ledger.Batch) (all []ledger.Payout) {
	d.Helper()
	for line, err := range d.book.Lines(d.Context(), batch.ID) {
		d.must(err)
		if line.Payout != nil {
			all = append(all, *line.Payout)
		}
	}
	return all
}

func options() Options {
	return Options{Version: "v1", Personal: func(field string) bool { return field == "email" }}
}

// messages are the bank's message and the bookings, as bulkpay evidence adds
// them.
func (d *desk) messages(v ledger.View, batch ledger.Batch) []Member {
	setting := journal.Setting{Accounts: journal.DefaultAccounts, Zone: time.UTC}
	return []Member{
		{Name: pack.StatusName, What: "for the bank", Fill: func(w io.Writer) error {
			_, err := iso20022.Write(d.Context(), v, batch, w, iso20022.Options{})
			return err
		}},
		{Name: pack.JournalName, What: "for the books", Fill: func(w io.Writer) error {
			to, err := journal.NewWriter(journal.CSV, w, journal.Options{})
			d.must(err)
			_, err = journal.Run(d.Context(), v, journal.Scope{Merchant: d.merchant, Batch: batch}, setting, journal.Statements{View: v, Origin: ledger.OfGateway}, to.Write)
			return errors.Join(err, to.Close())
		}},
	}
}

// write makes a pack.
func (d *desk) write(batch ledger.Batch, o Options) ([]byte, Made) {
	d.Helper()
	var b bytes.Buffer
	var made Made
	d.must(d.book.Snapshot(d.Context(), func(v ledger.View) (err error) {
		o.Members = append(slices.Clone(o.Members), d.messages(v, batch)...)
		made, err = Write(d.Context(), &b, v, batch.ID, o)
		return err
	}))
	return b.Bytes(), made
}

func (d *desk) check(file []byte) offline.Result {
	d.Helper()
	result, err := offline.Check(d.Context(), bytes.NewReader(file), int64(len(file)), offline.Options{})
	d.must(err)
	return result
}

// content is a member of a pack.
func (d *desk) content(file []byte, name string) string {
	d.Helper()
	archive, _, err := pack.Open(bytes.NewReader(file), int64(len(file)))
	d.must(err)
	entry, ok := archive.Entry(name)
	if !ok {
		d.Fatalf("no %s", name)
	}
	var b bytes.Buffer
	_, err = archive.Measure(d.Context(), entry, &b)
	d.must(err)
	return b.String()
}

func text(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// forgetSources takes away the files, as another program could.
func (d *desk) forgetSources() {
	d.Helper()
	db, err := sql.Open("sqlite", d.book.Path())
	d.must(err)
	for _, statement := range []string{
		"DROP TRIGGER sources_are_kept", "DROP TRIGGER source_chunks_are_kept", "DELETE FROM source_chunks", "DELETE FROM sources",
	} {
		_, err := db.Exec(statement)
		d.must(err)
	}
	d.must(db.Close())
}
