package ledger

import (
	"context"
	"errors"
)

// Release lets a held payout go on: it becomes ready and is sent by the next
// run. Only what was never sent is released by a word; otherwise it is a
// [WordError], and nothing has changed. Who and why are kept in the history.
//
// It may be called while a run is under way, here or in another process: a
// payout is either still held, or it is not released.
func (l *Ledger) Release(ctx context.Context, tradeNo, actor, reason string) (Payout, error) {
	return l.word(ctx, tradeNo, Release, actor, reason)
}

// Cancel withdraws a payout that is held or ready and was never sent; it is
// final. What a run has claimed meanwhile, or has sent at any time, is not
// cancelled: it is a [WordError], and nothing has changed.
func (l *Ledger) Cancel(ctx context.Context, tradeNo, actor, reason string) (Payout, error) {
	return l.word(ctx, tradeNo, Cancel, actor, reason)
}

// ReleaseAll releases all payouts of a batch that are held and were never
// sent, and tells how many there were. Others that are held stay as they are.
func (l *Ledger) ReleaseAll(ctx context.Context, batchID int64, actor, reason string) (n int, err error) {
	return l.words(ctx, batchID, Release, actor, reason)
}

// CancelHeld cancels all payouts of a batch that are held and were never
// sent, and tells how many there were. Others that are held stay as they are.
func (l *Ledger) CancelHeld(ctx context.Context, batchID int64, actor, reason string) (n int, err error) {
	return l.words(ctx, batchID, Cancel, actor, reason)
}

func (l *Ledger) word(ctx context.Context, tradeNo string, kind Kind, actor, reason string) (Payout, error) {
	if err := whoAndWhy(actor, reason); err != nil {
		return Payout{}, err
	}
	var now Payout
	err := l.write(ctx, "word", func(t *tx) error {
		payout, err := View{t.Tx}.Payout(ctx, tradeNo)
		if err != nil {
			return err
		}
		now, err = t.takeWord(payout, kind, actor, reason)
		return err
	})
	if err != nil {
		return Payout{}, err
	}
	return now, nil
}

const heldSQL = "SELECT id FROM payouts WHERE batch_id = ? AND state = 'held' ORDER BY row"

func (l *Ledger) words(ctx context.Context, batchID int64, kind Kind, actor, reason string) (n int, err error) {
	if err := whoAndWhy(actor, reason); err != nil {
		return 0, err
	}
	err = l.write(ctx, "words", func(t *tx) error {
		ids, err := t.ids(heldSQL, batchID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			payout, err := t.reload(id)
			if err != nil {
				return err
			}
			_, err = t.takeWord(payout, kind, actor, reason)
			if refused := (*WordError)(nil); errors.As(err, &refused) {
				continue
			}
			if err != nil {
				return err
			}
			n++
			if err := t.flushMany(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

func whoAndWhy(actor, reason string) error {
	if actor == "" || reason == "" {
		return errors.New("ledger: a person's word needs who and why")
	}
	return nil
}

// words have a token each; the person's own words are the message.
var wordReasons = map[Kind]string{
	Release: ReasonReleased, Cancel: ReasonWithdrawn, SaidPaid: ReasonSaidPaid, SaidNotPaid: ReasonSaidNotPaid, Resend: ReasonResend,
}

// takeWord applies a person's word to a payout as it stands, which nobody can
// change before this write commits: a claim is a write of its own, before or
// after.
func (t *tx) takeWord(payout Payout, kind Kind, actor, reason string) (Payout, error) {
	if why := payout.refusal(kind); why != "" {
		return Payout{}, &WordError{TradeNo: payout.TradeNo, Kind: kind, State: payout.State, Why: why, Evidence: why == WordSent}
	}
	applied, err := t.apply(Policy{}, Outcome{Payout: payout, Kind: kind, Reason: wordReasons[kind], Message: reason, Actor: actor})
	return applied.Payout, err
}

// heardOf tells whether the gateway may know the payout.
func (p Payout) heardOf() bool {
	return p.Sends() > 0 || p.known || p.conflict || p.Flagged
}
