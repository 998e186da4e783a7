// Package retry pays anew what a batch could not pay, as far as the gateway
// confirms that nothing was paid.
//
//	made, left, err := retry.Make(drain, now, runner, book, batch, actor, reason)
//
// # What is paid anew
//
// Every payout of the batch that failed, was rejected or reversed, and that
// no other payout stands in for yet, is asked about afresh, once. It is paid
// anew only if that answer confirms it: a failed or a reversed payout by the
// answer that it failed, a rejected one by that answer or by one that the
// gateway does not know it. Anything else leaves it as it is, with the reason
// why: no answer, "in progress", "paid" (which is recorded, and flagged), or a
// person's word that it was not paid which the gateway does not confirm. So does
// a statement that shows it as paid, whatever the gateway answers.
//
// # What is made
//
// A batch of new payouts with numbers of their own, each of which stands in
// for one of the old ones. Amounts and fields are exactly as they were
// instructed, in the same rows. Nothing is sent here: the batch is run like
// any other. If nothing is confirmed, none is made. If a later batch pays the
// same account, somebody may have paid it in another way already: then the
// new payout is held for a person's word.
//
// # Safe to run twice
//
// What has been replaced is not called off any more, so a second time makes
// nothing. Two at once cannot both replace a payout: each is looked at again
// within the import, which is one write, and the ledger itself refuses a
// second replacement.
package retry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Left is a payout that is not paid anew, and why. It names no contents.
type Left struct {
	Row     int
	TradeNo string
	State   ledger.State // as it stands after it was asked about
	Why     string
}

// candidate is a payout whose answer confirms that nothing was paid.
type candidate struct {
	row     int
	tradeNo string
}

// making is a retry under way.
type making struct {
	ctx       context.Context
	book      *ledger.Ledger
	batch     ledger.Batch
	past      *ledger.Lookback
	confirmed []candidate
	left      []Left
	content   hash.Hash
	made      int
}

// errNothing rolls an import back that would make an empty batch.
var errNothing = errors.New("nothing is left to be paid anew")

// Make asks about every called-off payout of a batch and makes a batch of
// what may be paid anew; the zero Batch if that is nothing. left is what may
// not, in the order of the sheet. drain asks it to stop in good order, now to
// stop at once; unless everything was asked about, it makes nothing.
func Make(drain, now context.Context, runner *dispatch.Runner, book *ledger.Ledger, batch ledger.Batch, actor, reason string) (made ledger.Batch, left []Left, err error) {
	if actor == "" || reason == "" {
		return ledger.Batch{}, nil, errors.New("retry: a person's word needs who and why")
	}
	m := &making{ctx: now, book: book, batch: batch, content: sha256.New()}
	numbers, err := m.numbers()
	if err != nil {
		return ledger.Batch{}, nil, err
	}
	if err := runner.Ask(drain, now, m.payouts(numbers), m.judge); err != nil {
		return ledger.Batch{}, m.sorted(), err
	}
	// Answers come in the order of their arrival.
	slices.SortFunc(m.confirmed, func(a, b candidate) int { return a.row - b.row })
	if len(m.confirmed) > 0 {
		made, err = m.importAnew(actor, reason)
	}
	return made, m.sorted(), err
}

func (m *making) sorted() []Left {
	slices.SortFunc(m.left, func(a, b Left) int { return a.Row - b.Row })
	return m.left
}

// numbers are those of the payouts that were called off. Only the numbers
// are remembered: asking takes long, and nobody should hold a reading of the
// ledger open for that long.
func (m *making) numbers() ([]string, error) {
	var numbers []string
	for p, err := range m.book.CalledOff(m.ctx, m.batch.ID) {
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, p.TradeNo)
	}
	return numbers, nil
}

// payouts reads one payout after the other when its turn comes.
func (m *making) payouts(numbers []string) iter.Seq2[ledger.Payout, error] {
	return func(yield func(ledger.Payout, error) bool) {
		for _, number := range numbers {
			if p, err := m.book.Payout(m.ctx, number); !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// judge sorts an answer.
func (m *making) judge(p ledger.Payout, v paypro.Verdict) {
	if why := objection(p, v); why != "" {
		m.leave(p, why)
		return
	}
	m.confirmed = append(m.confirmed, candidate{p.Row, p.TradeNo})
}

func (m *making) leave(p ledger.Payout, why string) {
	m.left = append(m.left, Left{Row: p.Row, TradeNo: p.TradeNo, State: p.State, Why: why})
}

// objection is why an answer does not confirm that nothing was paid; "" if it
// does.
func objection(p ledger.Payout, v paypro.Verdict) string {
	switch {
	case p.State != ledger.Failed && p.State != ledger.Rejected && p.State != ledger.Reversed:
		return fmt.Sprintf("it is %s now", p.State)
	case v.Kind == paypro.Failed:
		return ""
	case v.Kind == paypro.Unknown && p.State == ledger.Rejected:
		return ""
	case v.Kind == paypro.Unknown:
		return fmt.Sprintf("it counts as %s, and the gateway says that it does not know it", p.State)
	}
	return fmt.Sprintf("it counts as %s, and the gateway does not confirm it: %s (%s)", p.State, v.Kind, v.Reason)
}

// importAnew makes the batch.
func (m *making) importAnew(actor, reason string) (ledger.Batch, error) {
	var err error
	if m.past, err = m.book.LookBack(m.ctx, m.batch.Merchant.ID, time.Time{}); err != nil {
		return ledger.Batch{}, err
	}
	defer m.past.Close() //nolint:errcheck // it was only read
	var asked strings.Builder
	for _, c := range m.confirmed {
		replaces(&asked, c.tradeNo)
	}
	made, err := m.book.Import(m.ctx, ledger.NewBatch{
		Merchant: m.batch.Merchant, Source: "retry of " + m.batch.Code,
		// No sheet reads like this, so that none is taken for this batch.
		Original: ledger.Text(asked.String()),
		Actor:    actor, Reason: reason,
		Content: func() string { return hex.EncodeToString(m.content.Sum(nil)) },
	}, m.rows())
	if errors.Is(err, errNothing) {
		return ledger.Batch{}, nil
	}
	return made, err
}

// replaces takes a replaced number in. The text before it keeps a digest apart
// from one of a sheet's rows.
func replaces(to io.Writer, tradeNo string) {
	fmt.Fprintf(to, "replaces %s\n", tradeNo)
}

// rows are read within the import: nobody else can import meanwhile, so what
// may be replaced now may still be when it is written.
func (m *making) rows() iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for _, c := range m.confirmed {
			row, ok, err := m.row(c)
			if !ok && err == nil {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
			replaces(m.content, c.tradeNo)
			m.made++
		}
		if m.made == 0 {
			yield(ledger.NewRow{}, errNothing)
		}
	}
}

// row is the new payout's instruction: that of the old one, unless something
// happened to that since it was asked about.
func (m *making) row(c candidate) (ledger.NewRow, bool, error) {
	p, err := m.book.Payout(m.ctx, c.tradeNo)
	if err != nil {
		return ledger.NewRow{}, false, err
	}
	traded, found, err := m.past.Trade(m.ctx, c.tradeNo)
	switch {
	case err != nil:
		return ledger.NewRow{}, false, err
	case p.ReplacedBy != "":
		m.leave(p, fmt.Sprintf("payout %s stands in for it already", p.ReplacedBy))
		return ledger.NewRow{}, false, nil
	case !found || traded.TradeNo != p.TradeNo || !p.State.CalledOff():
		m.leave(p, fmt.Sprintf("payout %s is %s now", traded.TradeNo, traded.State))
		return ledger.NewRow{}, false, nil
	}
	shown, err := m.book.ShownPaid(m.ctx, p.ID)
	if err != nil {
		return ledger.NewRow{}, false, err
	}
	if shown != "" {
		m.leave(p, fmt.Sprintf("it counts as %s, and a statement shows it as paid: %s", p.State, shown))
		return ledger.NewRow{}, false, nil
	}
	since, paid, err := m.past.Later(m.ctx, p.TradeNo, p.PayeeAccount)
	if err != nil {
		return ledger.NewRow{}, false, err
	}
	hold := ""
	if paid {
		hold = fmt.Sprintf("payout %s (batch %s, row %d) to the same account came after the one it stands in for: it may have been meant for it", since.TradeNo, since.Batch, since.Row)
	}
	return ledger.NewRow{
		Hold: hold,
		Row:  p.Row, Amount: p.Amount, Readable: true, Replaces: p.TradeNo,
		Fields: p.Fields, PayeeName: p.PayeeName, PayeeAccount: p.PayeeAccount, Bank: p.Bank,
		Fingerprint: traded.Fingerprint,
	}, true, nil
}
