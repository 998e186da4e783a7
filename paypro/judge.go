package paypro

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The outer codes with a meaning of their own.
const (
	codeAccepted    = "0000" // the call was understood; says nothing about the payout
	codeSystemError = "5000" // the documents: not to be taken as failed
)

// judgePlacement turns what came back for a placement into a verdict. The
// order of the questions matters: each one presumes that the ones before it
// were answered well.
func (c *Client) judgePlacement(e exchange, r Request) Verdict {
	if e.status == 0 || e.err != nil {
		return judgeBroken(e)
	}
	a, verdict, ok := c.judgeEnvelope(e)
	if !ok {
		return verdict
	}
	verdict = Verdict{Code: a.code, Message: a.msg}
	switch {
	case a.tradeNo() != "" && a.tradeNo() != r.TradeNo:
		verdict.Reason = ReasonOtherNumber
	case a.code != codeAccepted:
		verdict.Kind, verdict.Reason = c.judgeRefusal(e, a)
	case a.tradeNo() == "" && c.area.AnswersTradeNo:
		verdict.Reason = ReasonNoNumber
	default:
		verdict = c.judgeStatus(a, r)
		if a.tradeNo() == "" && (verdict.Kind == Succeeded || verdict.Kind == Failed) {
			// An area whose placement answers do not name the payout: nothing
			// but the connection ties this one to it. That is enough to go on
			// asking, not to close the payout.
			verdict.Kind, verdict.Reason = InDoubt, ReasonNoNumber
		}
		if a.platformTradeNo() == "" && (verdict.Kind == Succeeded || verdict.Kind == Processing) {
			verdict.Kind, verdict.Reason = InDoubt, ReasonNoPlatform
		}
	}
	return verdict
}

// judgeRefusal is for a placement with an outer code other than 0000. It is
// Refused only if nothing in the answer leaves room for an order.
func (c *Client) judgeRefusal(e exchange, a answer) (Kind, Reason) {
	status, inner := c.area.Statuses[a.code]
	_, outer := c.area.Outers[a.code]
	said := allWords(e.body)
	switch {
	case a.code == codeSystemError:
		return InDoubt, ReasonSystemError
	case mentions(said, duplicateWords), e.status == http.StatusConflict:
		// The number is taken: by an attempt of ours that this ledger does
		// not remember, perhaps. An order exists; what became of it is open.
		return InDoubt, ReasonDuplicateNumber
	case e.status == http.StatusUnauthorized, e.status == http.StatusForbidden, aboutCredentials(a.msg):
		// No order was made, most likely. But a refusal would be final, and
		// what is wrong here is not the payout: once the settings are put
		// right it is asked about, and sent again if the gateway denies it.
		return InDoubt, ReasonCredentials
	case inner && status.Meaning != MeansFailed:
		// Some pages print one table for both codes: 0015, 00032 or
		// Indonesia's 8000 out here may well be the status of an order. After
		// the credentials: in doubt either way, but a run has to hear of them.
		return InDoubt, ReasonUnclearStatus
	case mentions(said, pendingWords):
		// Refused, but something is still going on: a channel behind the
		// gateway that has not answered it, for one.
		return InDoubt, ReasonUnclearStatus
	case e.status < 300 && e.status != http.StatusOK, e.status == http.StatusRequestTimeout, e.status == http.StatusTooEarly:
		// "Accepted" around a refusal, or a request that was given up.
		return InDoubt, ReasonHTTPStatus
	case e.status != http.StatusOK && !outer:
		// A code that nobody documented under a status that nobody
		// documented: a machine in between, most likely.
		return InDoubt, ReasonHTTPStatus
	case !outer && !inner:
		return InDoubt, ReasonUnknownCode
	}
	return Refused, ReasonRefused
}

// judgeQuery turns what came back for a query into a verdict. A query that
// fails says nothing about the payout.
func (c *Client) judgeQuery(e exchange, r Request) Verdict {
	verdict := c.judgeQueryAnswer(e, r)
	switch {
	case verdict.Kind == NotSent, verdict.Kind == Refused:
		verdict.Kind = NoAnswer
	case verdict.Kind == InDoubt && verdict.Reason != ReasonUnclearStatus:
		verdict.Kind = NoAnswer
	}
	return verdict
}

func (c *Client) judgeQueryAnswer(e exchange, r Request) Verdict {
	if e.status == 0 || e.err != nil {
		return judgeBroken(e)
	}
	a, verdict, ok := c.judgeEnvelope(e)
	if !ok {
		return verdict
	}
	verdict = Verdict{Kind: NoAnswer, Code: a.code, Message: a.msg}
	switch {
	case a.tradeNo() != "" && a.tradeNo() != r.TradeNo:
		verdict.Reason = ReasonOtherNumber
	case a.code == codeSystemError:
		verdict.Reason = ReasonSystemError
	case a.code != codeAccepted && aboutCredentials(a.msg):
		// Before the unknown number: "merchant does not exist" is not about it.
		verdict.Reason = ReasonCredentials
	case c.denies(e, a):
		verdict.Kind, verdict.Reason = Unknown, ReasonUnknownNumber
	case a.code != codeAccepted, !a.hasData:
		verdict.Reason = ReasonQueryRefused
	case a.tradeNo() == "" && (c.area.QueryTradeNo || !a.tells(c.area)):
		verdict.Reason = ReasonNoNumber
	default:
		return c.judgeStatus(a, r)
	}
	return verdict
}

// denies tells whether an answer says that the gateway does not know the
// number, and nothing that speaks against it. Denied often enough, a payout is
// sent again: what is not found has to be the order, not a channel or a page,
// and words of an order that exists or is under way outweigh the denial. A
// success without data denies nothing by itself: a gateway that has lost its
// database for a moment says that of orders it has.
func (c *Client) denies(e exchange, a answer) bool {
	said := allWords(e.body)
	switch {
	case a.status() != "", mentions(said, duplicateWords), mentions(said, pendingWords), a.code == codeAccepted && a.hasData:
		return false
	}
	return e.status == http.StatusOK && mentions(a.msg, c.unknown) && !aboutSomethingElse(a.msg)
}

// judgeBroken is for an exchange without a complete answer.
func judgeBroken(e exchange) Verdict {
	var netErr net.Error
	switch {
	case e.invalid:
		return Verdict{Kind: NotSent, Reason: ReasonInvalidRequest}
	case !e.left:
		return Verdict{Kind: NotSent, Reason: ReasonNotConnected}
	case e.status == http.StatusTooManyRequests:
		return Verdict{Reason: ReasonThrottled}
	case e.stopped, errors.Is(e.err, context.Canceled):
		return Verdict{Reason: ReasonStopped}
	case errors.Is(e.err, context.DeadlineExceeded), errors.As(e.err, &netErr) && netErr.Timeout():
		return Verdict{Reason: ReasonTimeout}
	}
	return Verdict{Reason: ReasonConnectionLost}
}

// judgeEnvelope reads the answer as far as both kinds of request share it.
// The documents know no HTTP status but 200; an envelope under another 4xx
// is still an answer, under a 5xx or 3xx it is a machine in between talking.
func (c *Client) judgeEnvelope(e exchange) (answer, Verdict, bool) {
	switch {
	case e.status == http.StatusTooManyRequests:
		return answer{}, Verdict{Reason: ReasonThrottled}, false
	case e.status < 200 || e.status >= 500 || e.status >= 300 && e.status < 400:
		return answer{}, Verdict{Reason: ReasonHTTPStatus}, false
	case e.tooLong:
		return answer{}, Verdict{Reason: ReasonTooLong}, false
	}
	a, err := parseAnswer(e.body)
	switch {
	case (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden) && err != nil:
		return answer{}, Verdict{Reason: ReasonCredentials}, false
	case err != nil && e.status != http.StatusOK:
		return answer{}, Verdict{Reason: ReasonHTTPStatus}, false
	case err != nil:
		return answer{}, Verdict{Reason: ReasonUnreadable}, false
	case a.contradicts(c.area):
		return answer{}, Verdict{Reason: ReasonContradiction, Code: a.code, Message: a.msg}, false
	case a.code == codeAccepted && e.status != http.StatusOK:
		return answer{}, Verdict{Reason: ReasonContradiction, Code: a.code, Message: a.msg}, false
	}
	return a, Verdict{}, true
}

// judgeStatus reads the inner status of an answer that is known to be about
// this payout.
func (c *Client) judgeStatus(a answer, r Request) Verdict {
	v := Verdict{Code: a.status(), Message: a.message(), PlatformTradeNo: a.platformTradeNo()}
	if v.Code == "" {
		v.Reason = ReasonUnreadable
		return v
	}
	switch c.area.Status(v.Code).Meaning {
	case MeansPaid:
		v.Kind, v.Reason = Succeeded, ReasonPaid
	case MeansProcessing:
		v.Kind, v.Reason = Processing, ReasonProcessing
	case MeansFailed:
		v.Kind, v.Reason = Failed, ReasonFailed
	default:
		v.Kind, v.Reason = InDoubt, ReasonUnclearStatus
	}
	return c.judgeAmounts(v, a, r)
}

// judgeAmounts holds every amount that an answer names against the payout's.
func (c *Client) judgeAmounts(v Verdict, a answer, r Request) Verdict {
	amounts, ok := a.amounts(c.area.Currency, "orderAmount", "amount")
	if v.Kind == Succeeded {
		// What was paid only counts once it was paid: examples in the
		// documents show another payAmount while in progress.
		paid, paidOK := a.amounts(c.area.Currency, "payAmount")
		amounts, ok = append(amounts, paid...), ok && paidOK
	}
	if len(amounts) > 0 {
		v.Amount = amounts[0]
	}
	for _, amount := range amounts {
		if amount.IsZero() && v.Kind != Succeeded {
			continue // a part that is not filled in before an order is paid
		}
		if !amount.Equal(r.Amount) {
			v.Kind, v.Reason, v.Amount = Conflict, ReasonAmountDiffers, amount
			return v
		}
	}
	switch {
	case !ok && v.Kind == Succeeded:
		// Paid, but who knows how much.
		v.Kind, v.Reason = Conflict, ReasonAmountUnread
	case !ok && v.Kind == Failed:
		// Not paid, in an answer half of which is no answer: as good a reason
		// to ask again as any, and no reason to close the payout.
		v.Kind, v.Reason = InDoubt, ReasonAmountUnread
	}
	return v
}

func named(amount money.Amount) bool { return amount.Currency() != (money.Currency{}) }
