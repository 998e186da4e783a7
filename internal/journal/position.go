package journal

import (
	"fmt"

	"github.com/bulkpay/bulkpay/ledger"
)

// Position is where the money of a payout is, as the books see it.
type Position int

// The positions.
const (
	Owed     Position = iota // the payee has not been paid, or not yet
	Suspend                  // it may have been paid: nobody knows, or a person must find out
	Settled                  // it was paid
	CameBack                 // it was paid and is not any more: the gateway owes it, and we owe it again
)

// PositionOf is the position of a payout that stands so: sends is how many
// requests may have reached the gateway, heard that the gateway has shown to
// know the number.
//
// A payout whose first request is on its way is owed: within moments there is
// an answer, or the next run says that there is none. In progress is owed, too:
// the gateway has taken the order and not yet carried it out.
func PositionOf(state ledger.State, sends int, heard bool) Position {
	switch state {
	case ledger.Succeeded:
		return Settled
	case ledger.Reversed:
		return CameBack
	case ledger.InDoubt:
		return Suspend
	case ledger.Held:
		return suspendIf(sends > 0 || heard)
	case ledger.Ready:
		return suspendIf(sends > 0)
	case ledger.Submitting:
		return suspendIf(sends > 1)
	}
	return Owed
}

func suspendIf(doubtful bool) Position {
	if doubtful {
		return Suspend
	}
	return Owed
}

// step is what is booked when a payout goes from one position to another.
type step struct {
	kind          Kind
	debit, credit Role
	text          string
}

var steps = map[[2]Position]step{
	{Owed, Settled}:     {Paid, Payable, Gateway, "paid"},
	{Owed, Suspend}:     {InDoubt, Payable, Suspense, "in doubt: it may have been paid"},
	{Suspend, Settled}:  {ClearedPaid, Suspense, Gateway, "no longer in doubt: paid"},
	{Suspend, Owed}:     {ClearedNotPaid, Suspense, Payable, "no longer in doubt: not paid"},
	{Settled, CameBack}: {Reversed, Reversals, Payable, "was paid and is not any more: owed again, to be had back from the gateway"},
}

// inProgress is booked for a doubt that has cleared to an order that the
// gateway is carrying out.
var inProgress = step{ClearedInProgress, Suspense, Payable, "no longer in doubt: in progress at the gateway"}

// book makes the entry of a movement, if it has one.
func (s Scope) book(m ledger.Movement, setting Setting) (Entry, bool, error) {
	sends, heard := m.After()
	from, to := PositionOf(m.From, m.Sends, m.Heard), PositionOf(m.To, sends, heard)
	if from == to {
		return Entry{}, false, nil
	}
	booked, ok := steps[[2]Position{from, to}]
	if !ok {
		return Entry{}, false, fmt.Errorf("event %d: payout %s: %s to %s: there is no booking for it", m.Seq, m.TradeNo, m.From, m.To)
	}
	if booked.kind == ClearedNotPaid && m.To == ledger.Processing {
		booked = inProgress
	}
	e := Entry{
		ID: idOf(m.Seq, m.Hash), Day: dayOf(m.At, setting.Zone), Kind: booked.kind,
		Merchant: s.Merchant.Name, Batch: m.Batch, Row: m.Row, TradeNo: m.TradeNo, PlatformTradeNo: m.PlatformTradeNo,
		Word: word(m), Event: m.Seq, Count: 1, simulated: s.Merchant.Simulated(),
	}
	e.Text = s.text(fmt.Sprintf("%s row %d %s: %s", m.Batch, m.Row, m.TradeNo, booked.text), e.Word)
	return e.post(booked.debit, booked.credit, m.Amount), true, nil
}

// word is who said so, if it was a person.
func word(m ledger.Movement) string {
	switch ledger.Kind(m.Kind) {
	case ledger.SaidPaid, ledger.SaidNotPaid, ledger.Resend:
		return m.Actor
	}
	return ""
}

// simulation stands before the text of what is not real.
const simulation = "SIMULATION: "

// text says what must not be missed: that nothing is real, or that nothing but
// a person's word stands behind it.
func (s Scope) text(what, word string) string {
	if word != "" {
		what += ", on a person's word"
	}
	if s.Merchant.Simulated() {
		what = simulation + what
	}
	return what
}
