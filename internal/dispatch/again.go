package dispatch

import (
	"context"
	"errors"
	"iter"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

const (
	// againRounds is how often a pass asks, in one go, about a payout that is
	// not answered; later it is gone on with.
	againRounds = 3
	// againPage is how many payouts of a pass are read at once.
	againPage = 100
)

// AskAgain asks about every payout that a pass has no answer about yet, at the
// pace of queries and in whatever state it is, and records the answers. What
// is not answered is asked about again, some seconds later, up to three times
// in all. It sends nothing. When all is answered it ends the pass; a pass that
// is not ended is gone on with by the next call.
//
// each is told of every question whose answer, or lack of one, is in the
// ledger, one at a time; it must not block for long.
//
// drain asks it to stop in good order, now to stop at once. As with
// [Runner.Run] the error is of our own side, and why it gave up by itself
// stands in Result.Halted.
func (r *Runner) AskAgain(drain, now context.Context, p ledger.Pass, each func(ledger.Payout, paypro.Verdict)) (result Result, err error) {
	if result.Recovered, err = r.book.Recover(now, r.lease); err != nil {
		return result, err
	}
	now, stop := context.WithCancel(now)
	defer stop()
	defer r.stopWithLease(now, stop)()
	err = r.rounds(drain, now, p, func(p ledger.Payout, v paypro.Verdict) {
		result.Asked++
		each(p, v)
	})
	switch {
	case r.leaseLost():
		return result, ledger.ErrLeaseLost
	case errors.Is(err, ErrCredentials) || errors.Is(err, ErrUnreachable):
		result.Halted, err = err, nil
	case errors.Is(err, context.Canceled) && (drain.Err() != nil || now.Err() != nil):
		result.Drained, err = true, nil
	}
	if err != nil {
		return result, err
	}
	_, err = r.book.FinishPass(context.WithoutCancel(now), p, ledger.ActorSettle)
	return result, err
}

// rounds asks until all is answered, or has been asked about often enough.
func (r *Runner) rounds(drain, now context.Context, p ledger.Pass, each func(ledger.Payout, paypro.Verdict)) error {
	for round := range againRounds {
		if round > 0 {
			if err := sleep(drain, r.o.after(round)); err != nil {
				return err
			}
		}
		if err := r.askFor(drain, now, p.ID, r.unanswered(now, p), each); err != nil {
			return err
		}
		left := false
		for _, err := range r.book.Unanswered(now, p, 0, 1) {
			if err != nil {
				return err
			}
			left = true
		}
		if !left {
			break
		}
	}
	return nil
}

// unanswered streams what a pass has no answer about, page by page.
func (r *Runner) unanswered(ctx context.Context, p ledger.Pass) iter.Seq2[ledger.Payout, error] {
	return func(yield func(ledger.Payout, error) bool) {
		last := int64(0)
		for {
			page := make([]ledger.Payout, 0, againPage)
			for payout, err := range r.book.Unanswered(ctx, p, last, againPage) {
				if err != nil {
					yield(payout, err)
					return
				}
				page = append(page, payout)
			}
			for _, payout := range page {
				if last = payout.ID; !yield(payout, nil) {
					return
				}
			}
			if len(page) < againPage {
				return
			}
		}
	}
}

// stopWithLease stops everything when another run has taken over. The function
// it returns ends the watch.
func (r *Runner) stopWithLease(ctx context.Context, stop context.CancelFunc) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-r.lease.Lost():
			stop()
		case <-ctx.Done():
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (r *Runner) leaseLost() bool {
	select {
	case <-r.lease.Lost():
		return true
	default:
		return false
	}
}
