package receive

import (
	"context"
	"sync"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// hintEvery is how often an unsigned callback may make a hint of one payout.
const hintEvery = time.Minute

// takeUnsigned is for callbacks that anybody may have sent. At most they are a
// reason to ask, and cost the ledger one event a minute for a payout.
func (r *Receiver) takeUnsigned(ctx context.Context, a *account, n paypro.Notice, p ledger.Payout) result {
	now := r.o.Now()
	if !open(p) && !watched(p, a.Policy, now) {
		return idle
	}
	if !a.hinting.begin(p.ID) {
		return limited // another one about this payout is being recorded
	}
	defer a.hinting.end(p.ID)
	seen, last, err := r.heard(ctx, p, n.Raw)
	switch {
	case err != nil:
		return r.unread(a, err)
	case seen:
		return replayed
	case now.Sub(last) < hintEvery && !last.IsZero():
		return limited
	}
	hint := r.outcomeOf(a, p, n.Judge(requestOf(p)))
	hint.Kind, hint.Reason = ledger.Hint, string(paypro.ReasonUnsigned)
	// Nothing it says is believed: not its number, not its code, not its words.
	hint.PlatformTradeNo, hint.Code, hint.Message = "", "", ""
	if _, err := r.record(ctx, a, hint); err != nil {
		return failed
	}
	a.asker.push(p.TradeNo)
	return hinted
}

// watched tells whether a settled payout is still asked about now and then.
func watched(p ledger.Payout, policy ledger.Policy, now time.Time) bool {
	var longest time.Duration
	for _, after := range policy.Watch {
		longest = max(longest, after)
	}
	return p.State.Final() && p.Sends() > 0 && now.Sub(p.FinalAt) <= longest
}

// hinting are the payouts of which a hint is being recorded. What comes at the
// same time must not look at the history before that hint is in it.
type hinting struct {
	mu  sync.Mutex
	ids map[int64]struct{}
}

func (h *hinting) begin(id int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.ids[id]; ok {
		return false
	}
	if h.ids == nil {
		h.ids = map[int64]struct{}{}
	}
	h.ids[id] = struct{}{}
	return true
}

func (h *hinting) end(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ids, id)
}
