package dispatch

import (
	"context"
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// The recorder commits when it has gathered groupMost outcomes or waited
// groupWait for more: one commit a row would cost more than sending it.
const (
	groupMost = 512
	groupWait = 8 * time.Millisecond
)

// recorded is an outcome on its way to the ledger.
type recorded struct {
	outcome ledger.Outcome
	done    func() // called once it is committed, or lost with the ledger
}

// recorder is the only one who writes outcomes. It runs until its channel is
// closed, whatever else has stopped by then.
type recorder struct {
	book    *ledger.Ledger
	policy  ledger.Policy
	in      chan recorded
	observe func([]ledger.Applied)
	fail    func(error)
	err     error
}

func (r *recorder) run() {
	group := make([]recorded, 0, groupMost)
	for first := range r.in {
		group = append(group[:0], first)
		group = r.gather(group)
		r.commit(group)
		for _, one := range group {
			if one.done != nil {
				one.done()
			}
		}
	}
}

func (r *recorder) gather(group []recorded) []recorded {
	timer := time.NewTimer(groupWait)
	defer timer.Stop()
	for len(group) < groupMost {
		select {
		case more, ok := <-r.in:
			if !ok {
				return group
			}
			group = append(group, more)
		case <-timer.C:
			return group
		}
	}
	return group
}

// commit writes a group. If the ledger cannot be written, the answers are
// lost but the payouts are not: they stay in submitting, and the next run
// asks about them. Nothing more may be sent then.
func (r *recorder) commit(group []recorded) {
	if r.err != nil {
		return
	}
	outcomes := make([]ledger.Outcome, len(group))
	for i, one := range group {
		outcomes[i] = one.outcome
	}
	// Not the run's context: what was learned is written down even while
	// everything else is being stopped.
	applied, err := r.book.Record(context.Background(), r.policy, outcomes)
	if err != nil && len(outcomes) > 0 {
		applied, err = r.singly(outcomes)
	}
	r.observe(applied)
	if err != nil {
		r.err = fmt.Errorf("record %d answers: %w", len(group), err)
		r.fail(r.err)
	}
}

// singly records outcome by outcome what could not be recorded together: one
// answer that the ledger does not take must not cost the others. Its payout
// is left in doubt with that reason. Only if not even that can be written,
// the ledger cannot.
func (r *recorder) singly(outcomes []ledger.Outcome) (all []ledger.Applied, _ error) {
	for _, outcome := range outcomes {
		applied, err := r.book.Record(context.Background(), r.policy, []ledger.Outcome{outcome})
		if err != nil {
			outcome.Kind, outcome.Reason, outcome.Message, outcome.PlatformTradeNo = ledger.Doubt, ReasonUnlisted, err.Error(), ""
			if applied, err = r.book.Record(context.Background(), r.policy, []ledger.Outcome{outcome}); err != nil {
				return all, err
			}
		}
		all = append(all, applied...)
	}
	return all, nil
}
