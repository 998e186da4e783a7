package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// entry is one row of the report, the same in every form.
type entry struct {
	Row             int
	TradeNo         string
	PlatformTradeNo string
	Payee           string
	Account         string // masked
	Bank            string
	Amount          money.Amount
	Readable        bool // Amount could be read
	Bucket          string
	State           string // "invalid" for rows that are no payout
	Code            string
	Message         string // the gateway's words
	Reason          string
	Action          string
	Flagged         bool
	Attempts        int
	Submitted       time.Time
	Final           time.Time
	Problems        []string // of an invalid row
}

func newEntry(line ledger.Line, explain func(ledger.Payout) Advice) (entry, error) {
	switch p, invalid := line.Payout, line.Invalid; {
	case p != nil && invalid == nil:
		advice := explain(*p)
		return entry{
			Row:             line.Row,
			TradeNo:         p.TradeNo,
			PlatformTradeNo: p.PlatformTradeNo,
			Payee:           p.PayeeName,
			Account:         mask.Account(p.PayeeAccount),
			Bank:            p.Bank,
			Amount:          p.Amount,
			Readable:        true,
			Bucket:          p.State.Bucket(),
			State:           string(p.State),
			Code:            p.Code,
			Message:         p.Message,
			Reason:          advice.Reason,
			Action:          advice.Action,
			Flagged:         p.Flagged,
			Attempts:        p.Sends(),
			Submitted:       p.SubmittedAt,
			Final:           p.FinalAt,
		}, nil
	case p == nil && invalid != nil:
		e := entry{
			Row:      line.Row,
			Readable: invalid.Readable,
			Bucket:   ledger.BucketInvalid,
			State:    ledger.BucketInvalid,
			Reason:   strings.Join(invalid.Problems, "; "),
			Action:   "correct the row in the sheet and pay it in a new batch",
			Problems: invalid.Problems,
		}
		if e.Readable {
			e.Amount = invalid.Amount
		}
		return e, nil
	}
	return entry{}, fmt.Errorf("row %d is neither a payout nor invalid", line.Row)
}

// exception tells whether a person must look at the row. Paid rows and rows
// whose turn has not come are in order, unless an answer contradicted another.
func (e entry) exception() bool {
	return e.Flagged || e.Bucket != ledger.BucketSucceeded && e.Bucket != ledger.BucketWaiting
}

// Explain is the plain advice that follows from the state alone. A command
// that knows the gateway's codes gives better advice by [Options].Explain and
// may fall back on this.
func Explain(p ledger.Payout) Advice {
	advice := adviceOf[p.State]
	if p.Flagged {
		advice.Reason += "; an answer of the gateway contradicts another"
		advice.Action = "read its history and ask the gateway which answer holds"
	}
	return advice
}

var adviceOf = map[ledger.State]Advice{
	ledger.Ready: {"checked and numbered, not sent yet", ""},
	ledger.Held:  {"held back until a person decides", "decide whether it goes on or is withdrawn"},
	ledger.Submitting: {
		"a request is on its way or was interrupted",
		"do not pay it by other means; let the gateway be asked",
	},
	ledger.InDoubt: {
		"a request may have arrived and no trustworthy answer says what became of it",
		"do not pay it by other means; let the gateway be asked",
	},
	ledger.Processing: {"accepted by the gateway and not final yet", "wait for the final answer"},
	ledger.Succeeded:  {"paid", ""},
	ledger.Failed: {
		"accepted by the gateway and definitely not paid",
		"find the cause, then pay it again as a new payout",
	},
	ledger.Rejected: {
		"refused by the gateway; no order was made",
		"correct what it names, then pay it again as a new payout",
	},
	ledger.Cancelled: {"withdrawn before it was ever sent", ""},
	ledger.Reversed: {
		"was paid, and the gateway says it is not any more",
		"ask the gateway where the money is before anything is paid again",
	},
}
