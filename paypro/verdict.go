package paypro

import (
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Kind is what an answer means for the money.
type Kind int

// The kinds of verdict. The zero value is InDoubt: what nobody decided is in
// doubt.
const (
	InDoubt    Kind = iota // the payout may or may not exist: ask
	Succeeded              // definitely paid
	Processing             // definitely accepted, not final
	Failed                 // definitely not paid
	Refused                // the placement was refused: it made no order
	NotSent                // no byte of the request left: it may be sent again at once
	Unknown                // a query: the gateway says that it does not know the number
	NoAnswer               // a query that said nothing about the payout
	Conflict               // the answer contradicts what was ordered: a person must look
)

var kindNames = [...]string{
	"in doubt", "succeeded", "processing", "failed", "refused", "not sent", "unknown to the gateway", "no answer", "conflict",
}

// String names the kind for people.
func (k Kind) String() string { return kindNames[k] }

// Reason is why a verdict is what it is: a token that the ledger keeps and
// the error catalogue explains.
type Reason string

// The reasons.
const (
	ReasonPaid            Reason = "paid"                  // inner status: success
	ReasonProcessing      Reason = "processing"            // inner status: in progress
	ReasonFailed          Reason = "failed"                // inner status: a documented failure
	ReasonRefused         Reason = "refused"               // outer code other than 0000 and 5000
	ReasonDuplicateNumber Reason = "refused_duplicate"     // refused because the number exists: so an order exists
	ReasonUnknownCode     Reason = "code_unknown"          // outer code that the documents do not have
	ReasonSystemError     Reason = "system_error"          // outer code 5000
	ReasonUnclearStatus   Reason = "status_unclear"        // an inner status that does not settle whether money moved
	ReasonHTTPStatus      Reason = "http_status"           // an HTTP status other than 200
	ReasonThrottled       Reason = "throttled"             // HTTP 429
	ReasonCredentials     Reason = "credentials_refused"   // HTTP 401 or 403, or words that say so
	ReasonUnreadable      Reason = "unreadable_answer"     // not one complete JSON object of the documented form
	ReasonTooLong         Reason = "answer_too_long"       // beyond MaxAnswerBytes
	ReasonContradiction   Reason = "contradictory_answer"  // the answer contradicts itself
	ReasonOtherNumber     Reason = "other_trade_no"        // the answer is about another payout
	ReasonNoNumber        Reason = "no_trade_no"           // the answer does not say about which payout it is
	ReasonNoPlatform      Reason = "no_platform_no"        // paid or accepted, but without the gateway's number
	ReasonAmountDiffers   Reason = "amount_differs"        // another amount than ordered
	ReasonAmountUnread    Reason = "amount_unreadable"     // an amount that is not one
	ReasonTimeout         Reason = "timeout"               // no answer in time
	ReasonConnectionLost  Reason = "connection_lost"       // broke after bytes may have left
	ReasonNotConnected    Reason = "not_connected"         // broke before any byte left
	ReasonStopped         Reason = "stopped"               // our own side gave up waiting
	ReasonUnknownNumber   Reason = "unknown_to_gateway"    // a query: no such order
	ReasonQueryRefused    Reason = "query_refused"         // a query with an outer code that says nothing
	ReasonInvalidRequest  Reason = "request_not_encodable" // the request cannot be written; it never left
	ReasonUnsigned        Reason = "callback_unsigned"     // a callback that anybody may have sent
)

// Verdict is what became of one request.
type Verdict struct {
	Kind   Kind
	Reason Reason

	Code            string // the code that decided: inner if there is one, else outer
	Message         string // the gateway's words
	PlatformTradeNo string
	Amount          money.Amount // the amount the gateway named, if any; zero: none

	HTTPStatus int           // 0: no answer
	RetryAfter time.Duration // the gateway asked to wait that long (429, 503)
	Date       time.Time     // by the clock of whoever answered, to the second; zero: it did not say
	Elapsed    time.Duration
	Raw        []byte // the evidence: status line and body, or the error; without secrets
}

// Slow tells whether the gateway asked for less.
func (v Verdict) Slow() bool { return v.Reason == ReasonThrottled || v.RetryAfter > 0 }
