package receive

import (
	"context"
	"fmt"
	"sync"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// ReasonForgotten is why the ledger as a whole has a note: a signed callback
// about a payout that is not in it.
const ReasonForgotten = "callback_unknown_number"

const (
	forgottenMost = 10_000 // numbers are noted, and as many remembered
	numberMost    = 64     // characters of a number in a log or a note
)

// forgotten are the numbers that were noted already. Each is noted once in the
// life of a ledger, and the notes come to an end: only who has the secret can
// cause one, but a ledger restored from a bad copy may lack millions.
type forgotten struct {
	mu    sync.Mutex
	noted map[string]struct{}
}

// load finds what was noted before this process.
func (f *forgotten) load(ctx context.Context, book *ledger.Ledger) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noted = map[string]struct{}{}
	for event, err := range book.BatchEvents(ctx, 0) {
		if err != nil {
			return err
		}
		if event.Reason == ReasonForgotten && len(f.noted) < forgottenMost {
			f.noted[event.Message] = struct{}{}
		}
	}
	return nil
}

// remember notes a number that the ledger should have and has not. The
// callback is not confirmed, so a note that fails is tried again when it is
// repeated.
func (r *Receiver) remember(ctx context.Context, a *account, n paypro.Notice) {
	message := fmt.Sprintf("%s: %s", a.name, short(n.TradeNo))
	r.forgotten.mu.Lock()
	defer r.forgotten.mu.Unlock()
	if _, ok := r.forgotten.noted[message]; ok || len(r.forgotten.noted) >= forgottenMost {
		return
	}
	r.o.Log.Warn("signed callback about a payout that is not in the ledger", "merchant", a.name, "tradeNo", short(n.TradeNo))
	if err := r.o.Book.Note(ctx, 0, ledger.ActorCallback, ReasonForgotten, message, n.Raw); err != nil {
		a.counts.ledgerErrors.Add(1)
		r.rarely.error("not_noted", a.name, "the ledger could not be written", "error", err)
		return
	}
	r.forgotten.noted[message] = struct{}{}
}

func short(number string) string {
	if runes := []rune(number); len(runes) > numberMost {
		return string(runes[:numberMost-1]) + "…"
	}
	return number
}

// merchants remembers whose batch is whose, which never changes.
type merchants struct {
	mu sync.Mutex
	by map[int64]int64
}

// merchantsMost is after how many batches it begins anew.
const merchantsMost = 4096

func (m *merchants) of(ctx context.Context, book *ledger.Ledger, batchID int64) (int64, error) {
	m.mu.Lock()
	id, ok := m.by[batchID]
	m.mu.Unlock()
	if ok {
		return id, nil
	}
	batch, err := book.BatchByID(ctx, batchID)
	if err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.by == nil || len(m.by) >= merchantsMost {
		m.by = map[int64]int64{}
	}
	m.by[batchID] = batch.Merchant.ID
	return batch.Merchant.ID, nil
}
