package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// entry is one row of the report, the same in every form.
type entry struct {
	Batch           string
	Merchant        string
	Row             int
	TradeNo         string
	PlatformTradeNo string
	Payee           string
	Account         string // masked, unless the report is unmasked
	Bank            string
	Amount          money.Amount
	Readable        bool // Amount could be read
	Bucket          string
	State           string // "invalid" or "known" for rows that are no payout of the batch
	Token           string // the ledger's reason; of an invalid row, its first problem
	Code            string
	Message         string // the gateway's words
	Advice                 // in the reader's language
	Plain           Advice // in English, for programs
	Flagged         bool
	Attempts        int
	Submitted       time.Time
	Final           time.Time
	Settled         bool          // an answer made it final
	Since           time.Time     // what is open: since when nobody knows how it ends
	Open            time.Duration // the same, until the moment the report speaks of
	WordOf          string        // the person on whose word alone it counts as paid or as not paid
	Problems        []string      // of an invalid row

	Replaces   string // the payout that was called off and that this one stands in for
	ReplacedBy string // the payout that stands in for this one

	Known *ledger.KnownRow // the payout of an earlier batch that the row is

	// general is the advice about all rows like this one, in the reader's
	// language and in English.
	general func() (Advice, Advice)
}

// entry makes a row of a line of the batch.
func (s *section) entry(line ledger.Line) (entry, error) {
	p := s.part.paper
	var e entry
	switch payout, invalid, known := line.Payout, line.Invalid, line.Known; {
	case payout != nil && invalid == nil && known == nil:
		e = p.payoutEntry(s.Summary.Batch, *payout)
	case payout == nil && invalid == nil && known != nil:
		e = p.knownEntry(known)
	case payout == nil && invalid != nil && known == nil:
		e = p.invalidEntry(invalid)
	default:
		return entry{}, fmt.Errorf("row %d is not one of a payout, an invalid and a known row", line.Row)
	}
	e.Batch, e.Merchant, e.Row = s.Summary.Batch.Code, s.Summary.Batch.Merchant.Name, line.Row
	if !e.Since.IsZero() && !s.Summary.At.IsZero() {
		e.Open = s.Summary.At.Sub(e.Since) // never as it is now: the same ledger gives the same report
	}
	return e, nil
}

func (p *paper) payoutEntry(batch ledger.Batch, o ledger.Payout) entry {
	// The gateway may repeat the account that it did not find, and whoever
	// decides, the one that they have looked at.
	o.Message = mask.Hide(o.Message, o.PayeeAccount, p.account(o.PayeeAccount))
	e := entry{
		TradeNo:         o.TradeNo,
		PlatformTradeNo: o.PlatformTradeNo,
		Payee:           o.PayeeName,
		Account:         p.account(o.PayeeAccount),
		Bank:            o.Bank,
		Amount:          o.Amount,
		Readable:        true,
		Bucket:          o.State.Bucket(),
		State:           string(o.State),
		Token:           o.Reason,
		Code:            o.Code,
		Message:         o.Message,
		Advice:          ReplacedIn(p.Lang, p.Explain(p.Lang, batch, o), o),
		Flagged:         o.Flagged,
		Attempts:        o.Sends(),
		Submitted:       o.SubmittedAt,
		Final:           o.FinalAt,
		Settled:         !o.FinalAt.IsZero() && !o.SubmittedAt.IsZero() && o.FinalAt.After(o.SubmittedAt),
		Since:           openSince(o),
		Replaces:        o.Replaces,
		ReplacedBy:      o.ReplacedBy,
	}
	e.Plain = e.Advice
	if p.Lang != lang.English {
		e.Plain = ReplacedIn(lang.English, p.Explain(lang.English, batch, o), o)
	}
	e.general = func() (Advice, Advice) { return p.inGeneral(batch, o) }
	if _, ok := said(o); ok {
		e.WordOf = someone
	}
	if o.OwnWords() || e.WordOf != "" {
		e.Message = "" // the reason has it; the gateway has said nothing
	}
	return e
}

// inGeneral is the advice about all payouts that stand like one of them: it
// names neither that one nor, in a report of several, its batch.
func (p *paper) inGeneral(batch ledger.Batch, o ledger.Payout) (read, plain Advice) {
	o.TradeNo, o.Message, o.Replaces, o.ReplacedBy = "", "", "", ""
	if !p.one() {
		batch.Code = ""
	}
	return p.Explain(p.Lang, batch, o), p.Explain(lang.English, batch, o)
}

// account is an account number as the report shows it.
func (p *paper) account(number string) string {
	if p.Unmasked {
		return number
	}
	return mask.Account(number)
}

func (p *paper) invalidEntry(row *ledger.InvalidRow) entry {
	e := entry{
		Readable: row.Readable,
		Bucket:   ledger.BucketInvalid,
		State:    ledger.BucketInvalid,
		Problems: row.Problems,
	}
	const todo lang.Key = "correct the row in the sheet and pay it in a new batch"
	reason := strings.Join(row.Problems, "; ")
	e.Advice = Advice{reason, p.t(todo), p.t("finance")}
	e.Plain = Advice{reason, string(todo), "finance"}
	if len(row.Problems) > 0 {
		e.Token = strings.TrimPrefix(row.Problems[0], fmt.Sprintf("row %d: ", row.Row))
	}
	e.general = func() (Advice, Advice) {
		return Advice{e.Token, e.Action, e.Who}, Advice{e.Token, e.Plain.Action, e.Plain.Who}
	}
	if e.Readable {
		e.Amount = row.Amount
	}
	return e
}

// knownEntry is a row that is a payout of an earlier batch: it names the
// payout and the payee as they stand there.
func (p *paper) knownEntry(k *ledger.KnownRow) entry {
	e := entry{
		TradeNo:  k.TradeNo,
		Payee:    k.PayeeName,
		Account:  p.account(k.PayeeAccount),
		Bank:     k.Bank,
		Readable: k.Readable,
		Bucket:   ledger.BucketKnown,
		State:    ledger.BucketKnown,
		Token:    strings.Join(k.Notes, "; "),
		Known:    k,
		Advice:   knownAdvice(p.Lang, k),
		Plain:    knownAdvice(lang.English, k),
	}
	e.general = func() (Advice, Advice) {
		of := func(l lang.Lang, a Advice) Advice {
			why := strings.Join(k.Notes, "; ")
			if why == "" {
				why = l.Text("is a payout of batch %s, and was not paid there", k.Batch)
			}
			return Advice{why, a.Action, a.Who}
		}
		return of(p.Lang, e.Advice), of(lang.English, e.Plain)
	}
	if k.Readable {
		e.Amount = k.Amount
	}
	return e
}

func knownAdvice(l lang.Lang, k *ledger.KnownRow) Advice {
	a := Advice{Reason: l.Text("is a payout of batch %s already, row %d: %s; nothing is paid for it here",
		k.Batch, k.BatchRow, l.Text(terms[k.State.Bucket()]))}
	for _, note := range k.Notes {
		a.Reason += "; " + note
	}
	switch {
	case k.State.CalledOff():
		a.Action, a.Who = l.Text("it was not paid there: the report of batch %s says what to do", k.Batch), l.Text("finance")
	case len(k.Notes) > 0:
		a.Action, a.Who = l.Text("compare the row with the report of batch %s: what was sent stands", k.Batch), l.Text("finance")
	}
	return a
}

// openSince is since when a payout has been open: its last request, or, if it was
// never sent, the moment it was held. It is zero for all others.
func openSince(p ledger.Payout) time.Time {
	switch p.State.Bucket() {
	case ledger.BucketHeld, ledger.BucketInDoubt, ledger.BucketProcessing:
	default:
		return time.Time{}
	}
	if p.Sends() > 0 && !p.SubmittedAt.IsZero() {
		return p.SubmittedAt
	}
	return p.UpdatedAt
}

// exception tells whether a person must look at the row. Paid rows and rows
// whose turn has not come are in order, unless an answer contradicted another,
// and so are payouts of an earlier batch, whose report has them, unless the
// row says something else than that payout or counts on one that failed. What
// rests on a person's word is always shown: no answer stands behind it.
func (e entry) exception() bool {
	if e.Bucket == ledger.BucketKnown {
		return e.Action != ""
	}
	return e.Flagged || e.WordOf != "" || e.Bucket != ledger.BucketSucceeded && e.Bucket != ledger.BucketWaiting
}

// age is for how long what is open has been; "" for all else.
func (e entry) age(l lang.Lang) string {
	if e.Since.IsZero() {
		return ""
	}
	return l.Age(e.Open)
}
