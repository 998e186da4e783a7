// Package month makes up a month of payouts and the statement of it, with
// known defects in it and the answers to them, to find out what a
// reconciliation finds:
//
//	m, err := month.Make(ctx, folder, month.Plan{Seed: 1, Payouts: 50_000, Defects: 500})
//	… reconcile m.Lines with m.Book …
//	score := m.Score(findings)
//
// The payouts are imported, sent and settled through the ledger itself, on a
// clock of the month's own, and come to all ends that payouts come to. The
// statement says the same in all the ways in which statements do, harmless
// ones first ([Disguises]): a number in lower case, only in a narrative, broken
// in two, or none at all; several payouts in one line and one in several. Then
// defects are planted ([Defects]), each on payouts of its own.
//
// The same plan gives the same month.
package month

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Plan is how large a month is, and how wrong.
type Plan struct {
	Seed    uint64
	Payouts int
	Defects int // in all, of all kinds in turn

	// NoAccounts is for statements that have no column of the payee's account:
	// no line has to be found by it.
	NoAccounts bool
}

// The days of the month, and the charge for each payout.
var (
	First = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	Last  = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
)

// Fee is what the gateway charges for a payout, in minor units; what it takes
// off an amount instead is no more than that.
const Fee = 580

// sheets is how many batches a month has: one every two days.
const sheets = 15

// Month is a month in the books and on a statement.
type Month struct {
	Book     *ledger.Ledger
	Merchant ledger.Merchant
	Batches  []ledger.Batch
	Lines    []ledger.NewLine
	Key      []Answer

	random  *rand.Rand
	at      atomic.Int64 // Unix milliseconds; the renewal of a lease looks at it, too
	payouts []*payout
	extra   int         // numbers made up
	roots   [][]planted // of the answers
}

// Answer is a defect that was planted, and what must be found of it.
type Answer struct {
	Kind     string
	Findings []Finding
}

// Finding is one thing to be found: about a line, or about a payout that
// stands on none.
type Finding struct {
	Line    int    // 0: none
	TradeNo string // "": the line is no payout's
	Class   ledger.MatchClass
}

// payout is one of the month's, with what the statement says of it.
type payout struct {
	ledger.Payout
	end   string
	day   time.Time
	lines []*ledger.NewLine
	taken bool // a disguise or a defect is on it
	alone bool // no other payout has its account
}

func (m *Month) now() time.Time { return time.UnixMilli(m.at.Load()).UTC() }

func (m *Month) set(at time.Time) { m.at.Store(at.UnixMilli()) }

// seeded is randomness for the ledger that a seed gives again.
func seeded(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}

// Make makes a month in a folder. The book is the caller's to close.
func Make(ctx context.Context, folder string, plan Plan) (*Month, error) {
	m := &Month{random: rand.New(rand.NewPCG(plan.Seed, 5))} //nolint:gosec // a seed must give the same month again
	m.set(First.Add(9 * time.Hour))
	var err error
	if m.Book, err = ledger.Create(ctx, filepath.Join(folder, "month.db"), ledger.Options{
		Now: m.now, Random: seeded(plan.Seed), Host: "month",
	}); err != nil {
		return nil, err
	}
	if err := m.fill(ctx, plan); err != nil {
		return nil, errors.Join(err, m.Book.Close())
	}
	m.write()
	m.disguise(plan)
	m.plant(plan.Defects)
	m.finish()
	return m, nil
}

func (m *Month) fill(ctx context.Context, plan Plan) (err error) {
	m.Merchant, err = m.Book.Merchant(ctx, ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "0000000001", Gateway: "https://gateway.example"})
	if err != nil {
		return err
	}
	lease, err := m.Book.Acquire(ctx, m.Merchant)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	left := plan.Payouts
	for sheet := range sheets {
		m.set(First.AddDate(0, 0, 2*sheet).Add(9 * time.Hour))
		n := left / (sheets - sheet)
		left -= n
		if err := m.pay(ctx, lease, sheet, n); err != nil {
			return fmt.Errorf("sheet %d: %w", sheet+1, err)
		}
	}
	m.set(Last.AddDate(0, 0, 1).Add(23 * time.Hour))
	return nil
}

// pay imports a sheet and has all of it come to an end.
func (m *Month) pay(ctx context.Context, lease *ledger.Lease, sheet, n int) error {
	name := fmt.Sprintf("payroll-%02d.csv", sheet+1)
	batch, err := m.Book.Import(ctx, ledger.NewBatch{
		Merchant: m.Merchant, Source: name, Original: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(name)), nil }, Actor: "maria", Content: func() string { return name },
	}, m.rows(n))
	if err != nil {
		return err
	}
	m.Batches = append(m.Batches, batch)
	started := len(m.payouts)
	for line, err := range m.Book.Lines(ctx, batch.ID) {
		if err != nil {
			return err
		}
		m.payouts = append(m.payouts, &payout{Payout: *line.Payout, end: m.draw(), day: m.now()})
	}
	return m.settle(ctx, lease, batch, m.payouts[started:])
}

// ends are what payouts come to, with how many of a thousand do.
var ends = []struct {
	end string
	of  int
}{
	{"succeeded", 905}, {"failed", 40}, {"reversed", 12}, {"in doubt", 12}, {"processing", 8}, {"rejected", 8}, {"cancelled", 8}, {"said paid", 4}, {"ready", 3},
}

func (m *Month) draw() string {
	n := m.random.IntN(1000)
	for _, e := range ends {
		if n -= e.of; n < 0 {
			return e.end
		}
	}
	return ends[0].end
}

func (m *Month) rows(n int) func(yield func(ledger.NewRow, error) bool) {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			m.extra++
			account := fmt.Sprintf("6461801%011d", m.extra)
			if m.random.IntN(3) == 0 { // somebody who has been paid before
				account = fmt.Sprintf("6461801%011d", 1+m.random.IntN(m.extra))
			}
			minor := int64(10_000 + m.random.IntN(2_000_000))
			if !yield(ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, minor), Readable: true, PayeeName: fmt.Sprint("Persona ", m.extra), PayeeAccount: account, Bank: "646",
				Fields: map[string]string{"amount": money.FromMinor(money.MXN, minor).Plain()}, Fingerprint: []byte(account),
			}, nil) {
				return
			}
		}
	}
}

// settle has payouts come to their ends: cancelled first, then sent, and what
// comes back does so the day after.
func (m *Month) settle(ctx context.Context, lease *ledger.Lease, batch ledger.Batch, payouts []*payout) error {
	by := map[string]*payout{}
	for _, p := range payouts {
		by[p.TradeNo] = p
		if p.end != "cancelled" {
			continue
		}
		if _, err := m.Book.Cancel(ctx, p.TradeNo, "maria", "not meant"); err != nil {
			return err
		}
	}
	claimed, err := m.Book.Claim(ctx, lease, batch.ID, len(payouts))
	if err != nil {
		return err
	}
	for _, again := range []bool{false, true} {
		if again {
			m.set(m.now().AddDate(0, 0, 1))
		}
		var outcomes []ledger.Outcome
		for _, c := range claimed {
			outcomes = append(outcomes, m.outcomes(by[c.TradeNo], c, again)...)
		}
		for chunk := range slices.Chunk(outcomes, 500) {
			if _, err := m.Book.Record(ctx, ledger.Policy{Unknowns: 3, Quarantine: time.Hour, MaxAttempts: 1}, chunk); err != nil {
				return err
			}
		}
	}
	for _, p := range payouts {
		if p.end == "said paid" {
			if _, err := m.Book.Resolve(ctx, p.TradeNo, ledger.SaidPaid, "maria", "seen at the bank"); err != nil {
				return err
			}
		}
		now, err := m.Book.Payout(ctx, p.TradeNo)
		if err != nil {
			return err
		}
		p.Payout = now
	}
	return nil
}

// outcomes are what is heard of a payout at once, or the day after.
func (m *Month) outcomes(p *payout, claimed ledger.Payout, again bool) []ledger.Outcome {
	o := ledger.Outcome{Payout: claimed, Attempt: claimed.Attempts, Actor: ledger.ActorSubmit, Evidence: []byte("{}"), PlatformTradeNo: platformNo(m.random)}
	switch {
	case again && p.end == "reversed":
		o.Attempt, o.Actor, o.Kind, o.Reason, o.Code, o.PlatformTradeNo = 0, ledger.ActorSettle, ledger.NotPaid, "failed", "00029", ""
		return []ledger.Outcome{o}
	case again:
		return nil
	}
	switch p.end {
	case "succeeded", "reversed":
		o.Kind, o.Reason, o.Code = ledger.Paid, "paid", "0000"
	case "failed":
		o.Kind, o.Reason, o.Code = ledger.NotPaid, "failed", "00029"
	case "rejected":
		o.Kind, o.Reason, o.Code, o.PlatformTradeNo = ledger.Refused, "refused", "8000", ""
	case "processing":
		o.Kind, o.Reason, o.Code = ledger.Accepted, "processing", "0015"
	case "ready":
		o.Kind, o.Reason, o.PlatformTradeNo = ledger.NotSent, "not_connected", ""
	default:
		o.Kind, o.Reason, o.PlatformTradeNo = ledger.Doubt, "timeout", ""
	}
	return []ledger.Outcome{o}
}

// platformNo is a number as the gateway gives them.
func platformNo(random *rand.Rand) string {
	const letters = "0123456789abcdef"
	var b strings.Builder
	for range 32 {
		b.WriteByte(letters[random.IntN(len(letters))])
	}
	return b.String()
}
