package reconcile

import (
	"strconv"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// Reason says in a sentence why a line, or a payout, is in its class, and what
// there is to do.
func Reason(l ledger.MatchLine) report.Phrase {
	switch l.Class {
	case ledger.ClassAmount:
		return amountReason(l)
	case ledger.ClassStatus:
		return statusReason(l)
	case ledger.ClassDoubled:
		return doubledReason(l)
	case ledger.ClassMissing:
		return missingReason(l)
	case ledger.ClassUnknown:
		return unknownReason(l)
	case ledger.ClassTiming:
		if l.Number > 0 && l.Standing == ledger.Confirmed {
			return report.Say("still in progress there, and paid here; the statement ends too soon after to say more")
		}
		return report.Say("paid on %s, shortly before the statement ends; it should be on the next one", l.FinalAt)
	case ledger.ClassRepeated:
		return report.Say("the same entry stands in an overlapping statement, too; it counts there")
	case ledger.ClassPeriod:
		return report.Say("matched; it was paid on %s, outside the days of the statement", l.FinalAt)
	}
	return matchedReason(l)
}

func amountReason(l ledger.MatchLine) report.Phrase {
	switch {
	case l.Form == ledger.SplitLine:
		return report.Say("the lines of this payout do not add up to %s; ask who booked them", l.Here)
	case l.Form == ledger.ReturnLine:
		return report.Say("%s came back there, and all that came back is not the %s that had left; ask the gateway's support for the difference", negated(l.There), l.Here)
	case l.There.Cmp(l.Here) > 0:
		return report.Say("%s there, %s here: more has left than was ordered; ask the gateway's support for the difference", l.There, l.Here)
	}
	return report.Say("%s there, %s here: less has left than was ordered; ask the payee what arrived, and the gateway's support why", l.There, l.Here)
}

// negated is money that came back as people say it.
func negated(a money.Amount) money.Amount {
	back, err := money.FromMinor(a.Currency(), 0).Sub(a)
	if err != nil {
		return a
	}
	return back
}

// number is one that is copied, without thousands marks.
func number(n int64) string { return strconv.FormatInt(n, 10) }

func statusReason(l ledger.MatchLine) report.Phrase {
	switch {
	case l.Form == ledger.ReturnLine:
		return report.Say("the money came back on %s, and it is %s here; ask about it again: bulkpay settle %s", l.Day.Format(time.DateOnly), report.Word(l.State.Bucket()), l.Batch)
	case l.Form == ledger.AttemptLine && l.Status == ledger.LineFailed:
		return report.Say("failed there, %s here. Do not pay again: ask the gateway's support which of the two is so", report.Word(l.State.Bucket()))
	case l.Form == ledger.AttemptLine:
		return report.Say("still in progress there, %s here; ask about it again: bulkpay settle %s", report.Word(l.State.Bucket()), l.Batch)
	case l.Note == ledger.NoteNumberDiffers && l.State == ledger.Succeeded:
		return report.Say("the line has another number of the gateway's than the payout; ask the gateway's support whether there are two orders")
	}
	switch l.State {
	case ledger.Reversed:
		return report.Say("paid there, reversed here, and the money has not come back on any statement; ask the gateway's support where it is")
	case ledger.InDoubt, ledger.Processing, ledger.Submitting:
		return report.Say("paid there, %s here. Do not pay again: bulkpay settle %s asks what became of it", report.Word(l.State.Bucket()), l.Batch)
	case ledger.Held:
		return report.Say("paid there, held here; do not release it: bulkpay show %s has its history", l.TradeNo)
	case ledger.Ready:
		return report.Say("paid there, waiting here: stop paying batch %s and ask the gateway's support about it now", l.Batch)
	}
	return report.Say("paid there, %s here. Do not pay again: ask the gateway's support, then bulkpay resolve %s --paid", report.Word(l.State.Bucket()), l.TradeNo)
}

func doubledReason(l ledger.MatchLine) report.Phrase {
	if l.Note == ledger.NoteNumberDiffers {
		return report.Say("payout %s is on another line already, under another number of the gateway's: its money left twice; ask for one of them back", l.TradeNo)
	}
	return report.Say("payout %s is on another line already: its money left twice, or the line stands there twice; ask for one of them back", l.TradeNo)
}

func missingReason(l ledger.MatchLine) report.Phrase {
	if l.Number > 0 {
		return report.Say("paid here on %s, and no line has it for certain; line %s may be it: bulkpay reconcile confirm %s", l.FinalAt, number(int64(l.Number)), number(l.MatchID))
	}
	return report.Say("paid here on %s, and on no line there; ask the payee whether it arrived, then the gateway's support", l.FinalAt)
}

func unknownReason(l ledger.MatchLine) report.Phrase {
	switch {
	case l.Standing == ledger.Proposed && l.Note == ledger.NoteTruncated:
		return report.Say("its number is the beginning of payout %s's, of the same amount; if it is that one: bulkpay reconcile confirm %s", l.TradeNo, number(l.MatchID))
	case l.Standing == ledger.Proposed && l.Note == ledger.NoteSeveral:
		return report.Say("the same account and amount as payout %s and perhaps others; if it is that one: bulkpay reconcile confirm %s", l.TradeNo, number(l.MatchID))
	case l.Standing == ledger.Proposed && l.Note == ledger.NoteNoAccount:
		return report.Say("the same amount as payout %s, a few days apart, and no account to go by; if it is that one: bulkpay reconcile confirm %s", l.TradeNo, number(l.MatchID))
	case l.Standing == ledger.Proposed:
		return report.Say("it names several payouts that do not add up to it; if it is payout %s alone: bulkpay reconcile confirm %s", l.TradeNo, number(l.MatchID))
	case l.Named != "":
		return report.Say("names %s, which is no payout of this ledger; find out who ordered it", l.Named)
	case l.Status == ledger.LineFailed || l.Status == ledger.LineOpen:
		return report.Say("no payout of this ledger fits; no money has moved on it")
	}
	return report.Say("no payout of this ledger fits, by number, account or amount; find out who ordered it")
}

func matchedReason(l ledger.MatchLine) report.Phrase {
	switch {
	case l.Rule == ledger.ByPerson:
		return report.Say("matched by a person")
	case l.Form == ledger.LumpLine:
		return report.Say("one line for several payouts that add up to it")
	case l.Form == ledger.SplitLine:
		return report.Say("one of several lines that add up to the payout")
	case l.Form == ledger.ReturnLine:
		return report.Say("the money came back, and the payout is reversed here")
	case l.Form == ledger.AttemptLine && l.Status == ledger.LineFailed:
		return report.Say("no money moved there, and none is owed for it here")
	case l.Form == ledger.AttemptLine:
		return report.Say("in progress there and here")
	}
	switch l.Rule {
	case ledger.ByTradeNo:
		return report.Say("the line has the payout's number")
	case ledger.ByPlatformNo:
		return report.Say("the line has the gateway's number of the payout")
	case ledger.ByNarrative:
		return report.Say("the payout's number stands in the line's text")
	}
	return report.Say("the same account and amount, a few days apart, and nothing else fits either")
}
