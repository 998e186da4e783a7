package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Errors that callers tell apart.
var (
	// ErrChanged is a file that was not the same when it was read again.
	ErrChanged = errors.New("the file changed while it was being imported")
	// ErrMoved is a ledger that knew more of the rows when they were read again.
	ErrMoved = errors.New("the ledger learned more about these rows while they were being imported")
	// ErrKnown is a sheet handed back in which there is nothing to pay; see
	// [Examined.Resumes].
	ErrKnown = errors.New("nothing in the sheet is new")
)

// Order is what to make of an examined sheet.
type Order struct {
	Merchant ledger.Merchant
	Repeats  string // batch with the same content that is to be paid again
	Reason   string // for the record; needed with Repeats and with [Pay]
	Actor    string
	Policy   Policy       // for rows that look like payouts already made
	Since    time.Time    // as in [Past]; zero: all batches are looked at
	Expect   Expect       // control totals
	Most     money.Amount // as in [Past]: what is above is held
}

// Import makes a batch of the sheet that was examined.
//
// With Repeats, that a row resembles a payout of the batch to be repeated is
// what the person wants. What it resembles besides goes by the policy.
func Import(ctx context.Context, book *ledger.Ledger, sheet *ingest.Sheet, e Examined, o Order) (ledger.Batch, error) {
	policy, err := o.Policy.check(o.Reason)
	if err != nil {
		return ledger.Batch{}, err
	}
	o.Policy = policy
	if err := e.Check(o.Expect); err != nil {
		return ledger.Batch{}, err
	}
	if batch := e.Resumes(); batch != "" {
		return ledger.Batch{}, fmt.Errorf("%s: %w: it is batch %s", sheet.File(), ErrKnown, batch)
	}
	if e.since.Before(o.Since) && !e.since.IsZero() {
		o.Since = e.since // it is a sheet handed back, of an older batch
	}
	past, err := Past{Book: book, MerchantID: o.Merchant.ID, Since: o.Since}.open(ctx)
	if err != nil {
		return ledger.Batch{}, err
	}
	defer past.close()
	i := &importing{reading: newReading(sheet, past), e: e, order: o}
	batch, err := book.Import(ctx, ledger.NewBatch{
		Merchant: o.Merchant, Source: sheet.File(), SourceSHA256: e.SHA256, Worksheet: sheet.Worksheet(),
		Assumed: slices.Concat(sheet.Assumed(), e.Notes, i.said()), Repeats: o.Repeats, Reason: o.Reason, Actor: o.Actor,
		Original: func() (io.ReadCloser, error) { return os.Open(e.path) },
		Content:  func() string { return content(&i.reading.content) },
	}, i.rows(ctx))
	if errors.Is(err, ledger.ErrSourceChanged) {
		return ledger.Batch{}, ErrChanged
	}
	return batch, err
}

// importing is an import under way.
type importing struct {
	reading *reading
	e       Examined
	order   Order
}

// said are the decisions that are kept with the batch.
func (i *importing) said() []string {
	var lines []string
	if n := i.e.Known; n > 0 {
		lines = append(lines, fmt.Sprintf("%s known to be payouts already: nothing is paid for them", rowsAre(n)))
	}
	if n := i.e.Repaired; n > 0 {
		lines = append(lines, fmt.Sprintf("%s repaired: the payouts they were are called off", rowsAre(n)))
	}
	p := i.order.Policy
	if suspects := i.e.Duplicates() + i.e.NearMatches(); suspects > 0 && p == Pay {
		lines = append(lines, fmt.Sprintf("%s paid that look like payouts already made", rowsAre(suspects)))
	}
	if n := i.e.Held(p); n > 0 {
		lines = append(lines, fmt.Sprintf("%s held that look like payouts already made", rowsAre(n)))
	}
	if n := i.e.Above; n > 0 {
		lines = append(lines, fmt.Sprintf("%s held that are above the limit of %s for one payout", rowsAre(n), i.order.Most))
	}
	if n := i.e.LeftOut(p); n > 0 {
		lines = append(lines, fmt.Sprintf("%s left out that look like payouts already made", rowsAre(n)))
	}
	return lines
}

func rowsAre(n int) string {
	if n == 1 {
		return "1 row is"
	}
	return group(n) + " rows are"
}

// rows reads the sheet for the ledger. It runs inside the transaction of the
// import, so that what it asks the ledger is the last word.
func (i *importing) rows(ctx context.Context) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		inside, err := i.e.found.cursor()
		defer inside.stop()
		if err != nil {
			yield(ledger.NewRow{}, err)
			return
		}
		for row, err := range i.reading.all(ctx) {
			if err == nil && row.standing == noPayout {
				continue
			}
			var n ledger.NewRow
			if err == nil {
				n, err = i.row(ctx, row, inside)
			}
			if !yield(n, err) || err != nil {
				return
			}
		}
		now := i.reading.sums()
		switch {
		case i.reading.rows != i.e.Rows || content(&i.reading.content) != i.e.Content || now.file != i.e.readings.file:
			yield(ledger.NewRow{}, ErrChanged)
		case now.ledger != i.e.readings.ledger:
			yield(ledger.NewRow{}, ErrMoved)
		}
	}
}

// row is what a row of the sheet is to the ledger.
func (i *importing) row(ctx context.Context, j judged, inside *cursor) (ledger.NewRow, error) {
	n := ledger.NewRow{Row: j.Number, Amount: j.Amount, Readable: j.AmountRead}
	like, err := inside.row(j.Number)
	if err != nil {
		return n, err
	}
	switch j.standing {
	case known:
		n.Known = j.was.TradeNo
		switch {
		case j.was.For != "":
			n.Notes = []string{noteReplaced}
		case j.edited:
			n.Notes = []string{noteEdited}
		}
		return n, nil
	case invalid:
		for _, problem := range j.Problems {
			n.Problems = append(n.Problems, problem.Error())
		}
		return n, nil
	}
	n.Fields, n.Fingerprint = j.Values, j.fingerprint[:]
	n.PayeeName, n.PayeeAccount = j.Name(), j.Account()
	n.Bank = j.Bank()
	if j.standing == repaired {
		n.Replaces = j.was.TradeNo
	}
	found, err := i.reading.suspects(ctx, &j)
	if err != nil {
		return n, err
	}
	var earlier Suspect
	for _, s := range found {
		if i.order.Repeats != "" && strings.EqualFold(s.Batch, i.order.Repeats) {
			n.Overridden = true
		} else if earlier.Kind == "" {
			earlier = s
		}
	}
	return n, i.decide(&n, stronger(earlier, like))
}

// decide applies the policy to what is suspected of a row, and the limit to
// its amount. A suspicion is the weightier reason to hold it.
func (i *importing) decide(n *ledger.NewRow, s Suspect) error {
	if above(i.order.Most, n.Amount) {
		n.Hold, n.HoldReason = fmt.Sprintf("above the limit of %s for one payout", i.order.Most), ledger.ReasonAboveLimit
	}
	if s.Kind == "" {
		return nil
	}
	switch i.order.Policy.fate(s.Kind) {
	case paid:
		n.Overridden = true
	case held:
		n.Hold, n.HoldReason = s.Why(), ledger.ReasonSuspect
	case leftOut:
		n.Problems = []string{fmt.Sprintf("%s: %s", i.e.File, s)}
	case refused:
		return &SuspectError{File: i.e.File, Suspect: s}
	}
	return nil
}
