package dispatch

import (
	"context"
	"fmt"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// halt ends the run in good order, for a reason that the report will name:
// requests in flight finish, and nothing more is sent or asked.
func (b *run) halt(why error) {
	b.stopFor(why)
	b.stopTake()
}

// stopFor keeps the first reason for which the run stops itself.
func (b *run) stopFor(why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.result.Halted == nil {
		b.result.Halted = why
		b.o.Log.Error("stopped: what is unsent stays ready", "why", why)
	}
}

// noteHalt writes down why the run stopped itself, when nothing else of it
// will be written any more: what is sent after the note takes it back.
func (b *run) noteHalt() error {
	if b.result.Halted == nil {
		return nil
	}
	actor := ledger.ActorSubmit
	if b.o.NoSubmit {
		actor = ledger.ActorSettle
	}
	return b.book.Stop(context.WithoutCancel(b.now), b.batch.ID, actor, b.result.Halted.Error())
}

// judgeCredentials counts refusals of the credentials in a row, those of
// placements and those of queries each by themselves.
func (b *run) judgeCredentials(inARow *int, v paypro.Verdict) {
	b.mu.Lock()
	switch v.Reason {
	case paypro.ReasonCredentials:
		*inARow++
	case paypro.ReasonNotConnected: // says nothing about them
	default:
		*inARow = 0
	}
	many := *inARow >= credentialRefusals
	b.mu.Unlock()
	if many {
		b.halt(fmt.Errorf("%w: %s", ErrCredentials, v.Message))
	}
}

// judgeRefusals watches for the whole run going wrong.
func (b *run) judgeRefusals(v paypro.Verdict) {
	b.judgeCredentials(&b.refused.placing, v)
	b.mu.Lock()
	switch {
	case v.Kind != paypro.Refused:
		b.streak = 0
	case v.Code == b.sameCode:
		b.streak++
	default:
		b.sameCode, b.streak = v.Code, 1
	}
	streak := b.streak
	b.mu.Unlock()
	if b.o.Refusals > 0 && streak >= b.o.Refusals {
		b.halt(fmt.Errorf("%w: code %s, %d times in a row", ErrRefusals, v.Code, streak))
	}
}

// tally is what became of the payouts whose final answers this run has
// learned: from placements and questions alike.
type tally struct {
	notPaid []bool // the last answers, as many as the window; a ring once it is full
	next    int    // the oldest of them
	bad     int    // how many of them are true

	code   string // of the last failure
	streak int    // failures with that code since the last success or other code
}

// apply counts a transition if it is a final answer.
func (t *tally) apply(one ledger.Applied, window int) {
	if one.Ignored || one.From == one.Payout.State {
		return
	}
	switch one.Payout.State {
	case ledger.Succeeded:
		t.streak = 0
		t.add(false, window)
	case ledger.Failed, ledger.Reversed:
		if one.Payout.Code != t.code {
			t.code, t.streak = one.Payout.Code, 0
		}
		t.streak++
		t.add(true, window)
	case ledger.Rejected: // a row of refusals is counted as they come in
		t.add(true, window)
	}
}

func (t *tally) add(notPaid bool, window int) {
	if len(t.notPaid) < window {
		t.notPaid = append(t.notPaid, notPaid)
	} else {
		if t.notPaid[t.next] {
			t.bad--
		}
		t.notPaid[t.next] = notPaid
		t.next = (t.next + 1) % window
	}
	if notPaid {
		t.bad++
	}
}

// verdict is why the answers call for a halt, if they do.
func (t *tally) verdict(o Options) error {
	if o.Refusals > 0 && t.streak >= o.Refusals {
		return fmt.Errorf("%w: code %s, %d failures without a success between", ErrRefusals, t.code, t.streak)
	}
	if o.FailureShare > 0 && len(t.notPaid) == o.FailureWindow && float64(t.bad) >= o.FailureShare*float64(o.FailureWindow) {
		return fmt.Errorf("%w: %d of the last %d", ErrFailures, t.bad, o.FailureWindow)
	}
	return nil
}

// judgeFailures halts if too many payouts fail and there is something to keep
// back. Once everything has been sent, a halt would only keep the run from
// learning what became of it.
func (b *run) judgeFailures() {
	if !b.ready.Load() && b.unsent.Load() == 0 {
		return
	}
	b.mu.Lock()
	why := b.tally.verdict(b.o)
	b.mu.Unlock()
	if why != nil {
		b.halt(why)
	}
}
