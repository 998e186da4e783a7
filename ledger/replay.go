package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
)

// stands is a payout as its row has it, with all that its history must
// explain.
type stands struct {
	Payout
	id int64
}

const standsSQL = `SELECT id, trade_no, state, attempts, unsent, resends_to, coalesce(platform_trade_no, ''), flagged, reason, code, message
	FROM payouts ORDER BY id`

func scanStands(rows *sql.Rows) (stands, error) {
	var s stands
	err := rows.Scan(&s.id, &s.TradeNo, &s.State, &s.Attempts, &s.Unsent, &s.resendsTo, &s.PlatformTradeNo, &s.Flagged, &s.Reason, &s.Code, &s.Message)
	return s, err
}

// told is one event as far as a payout's row rests on it.
type told struct {
	Event
	proven bool // there is an answer, or a person's statement
	word   string
}

const toldSQL = `SELECT seq, payout_id, kind, from_state, to_state, actor, reason, code, message, platform_trade_no, flagged,
	coalesce(length(evidence), 0) > 0, iif(kind IN ('said_paid', 'said_not_paid', 'resend'), coalesce(cast(evidence AS TEXT), ''), '')
	FROM events WHERE payout_id > 0 ORDER BY payout_id, seq`

func scanTold(rows *sql.Rows) (told, error) {
	var t told
	err := rows.Scan(&t.Seq, &t.PayoutID, &t.Kind, &t.From, &t.To, &t.Actor, &t.Reason, &t.Code, &t.Message, &t.PlatformTradeNo, &t.Flagged, &t.proven, &t.word)
	return t, err
}

// replay is a payout as its history tells it, from its import on.
type replay struct {
	Payout
	why   string // the reason, code and message of the last event that is no hint
	wrong []string
}

var steps = Transitions()

func (r *replay) find(e told, why string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf("event %d: ", e.Seq)+fmt.Sprintf(why, args...))
}

// take makes one more step, and says what is wrong with it.
func (r *replay) take(e told) {
	if e.From != r.State {
		r.find(e, "starts at %s, where it was %s", e.From, r.State)
	}
	if e.From != e.To && !slices.Contains(steps, Transition{e.From, e.To}) {
		r.find(e, "there is no way from %s to %s", e.From, e.To)
	}
	switch kind := Kind(e.Kind); {
	case e.Kind == kindSubmitted:
		r.Attempts++
	case !slices.Contains(Kinds(), kind):
		r.find(e, "%q is no kind", e.Kind)
	case kind == NotSent && e.From == Submitting && e.To != Submitting:
		r.Unsent++
	case kind == Resend:
		r.resendsTo = r.Sends() + 1
	case kind == Hint && (e.Flagged || e.PlatformTradeNo != "" || e.To != e.From && e.To != InDoubt):
		r.find(e, "a hint proves nothing, and moves nothing")
	}
	r.proof(e)
	r.State = e.To
	r.Flagged = r.Flagged || e.Flagged
	if r.PlatformTradeNo == "" {
		r.PlatformTradeNo = e.PlatformTradeNo
	}
	if e.Kind != string(Hint) {
		r.why = e.Reason + "\n" + e.Code + "\n" + e.Message
	}
}

// proof holds an event against what it must rest on: nothing is paid without
// an answer that says so, and a person's word is that person's.
func (r *replay) proof(e told) {
	kind := Kind(e.Kind)
	if e.To == Succeeded && e.From != Succeeded && (kind != Paid && kind != SaidPaid || !e.proven) {
		r.find(e, "is succeeded without an answer that says so")
	}
	if kind != SaidPaid && kind != SaidNotPaid && kind != Resend {
		return
	}
	var said statement
	if err := json.Unmarshal([]byte(e.word), &said); err != nil || said.Who != e.Actor || said.Word != kind || clip(said.Reason) != e.Message {
		r.find(e, "is not what the person has said")
	}
}

// contradictions is what the row of a payout says otherwise than its history.
func (r *replay) contradictions(is stands) []string {
	whys := r.wrong
	if is.State != r.State {
		whys = append(whys, fmt.Sprintf("is %s, but its history ends in %s", is.State, r.State))
	}
	if is.Reason+"\n"+is.Code+"\n"+is.Message != r.why {
		whys = append(whys, "gives another reason, code or message than its last event")
	}
	if is.Attempts != r.Attempts || is.Unsent != r.Unsent {
		whys = append(whys, fmt.Sprintf("counts %d attempts, %d of them not sent; its history %d and %d", is.Attempts, is.Unsent, r.Attempts, r.Unsent))
	}
	if is.resendsTo != r.resendsTo {
		whys = append(whys, fmt.Sprintf("may be sent %d times on a person's word; by its history %d", is.resendsTo, r.resendsTo))
	}
	if is.PlatformTradeNo != r.PlatformTradeNo {
		whys = append(whys, "has another platFormTradeNo than its history")
	}
	if is.Flagged != r.Flagged {
		whys = append(whys, "is flagged otherwise than its history")
	}
	return whys
}

// payouts replays the history of every payout and holds the payout against
// it: the steps follow on one another, the state is the one that the last led
// to, every attempt is an intent, every permission a person's word, the
// gateway's number was in an answer, and nothing is paid without an answer
// that says so. Both are read in the order of payouts, side by side.
func (c *checker) payouts(ctx context.Context) error {
	next, stop := iter.Pull2(query(ctx, c.q, scanTold, toldSQL))
	defer stop()
	event, err, more := next()
	// upTo takes the events of payouts up to one; what is of none is found.
	upTo := func(id int64, r *replay) error {
		for more && err == nil && event.PayoutID <= id {
			if event.PayoutID == id {
				r.take(event)
			} else if failure := c.find("history", "event %d is about a payout that is not there", event.Seq); failure != nil {
				return failure
			}
			event, err, more = next()
		}
		return err
	}
	for is, failure := range query(ctx, c.q, scanStands, standsSQL) {
		if failure != nil {
			return failure
		}
		c.found.Payouts++
		r := &replay{Payout: Payout{State: Ready}, why: "\n\n"}
		if err := upTo(is.id, r); err != nil {
			return err
		}
		for _, why := range r.contradictions(is) {
			if err := c.find("payout "+is.TradeNo, "%s", why); err != nil {
				return err
			}
		}
	}
	return upTo(math.MaxInt64-1, nil)
}
