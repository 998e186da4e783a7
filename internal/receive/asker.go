package receive

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// askMost is how many questions may wait. One that finds no room is not lost:
// its hint made the payout due, and the next run asks.
const askMost = 4096

// The pauses after an answer that asks for less, or after none.
const (
	slowPause        = 2 * time.Second // after 429 without Retry-After
	unconnectedPause = 5 * time.Second
	credentialsPause = time.Minute // somebody has to set them right
	leastAskRate     = 0.05        // a second
)

// asker asks the gateway about the payouts of one merchant of which a callback
// gave a hint, one after the other.
type asker struct {
	r       *Receiver
	a       *account
	most    rate.Limit
	limiter *rate.Limiter
	queue   chan string

	mu     sync.Mutex
	queued map[string]struct{}
}

func newAsker(r *Receiver, a *account) *asker {
	most := rate.Limit(r.o.AskRate)
	return &asker{
		r: r, a: a, most: most, limiter: rate.NewLimiter(most, 1),
		queue: make(chan string, askMost), queued: map[string]struct{}{},
	}
}

// push lines up a question, once.
func (k *asker) push(tradeNo string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.queued[tradeNo]; ok {
		return
	}
	select {
	case k.queue <- tradeNo:
		k.queued[tradeNo] = struct{}{}
	default:
		k.a.counts.unasked.Add(1)
	}
}

func (k *asker) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case tradeNo := <-k.queue:
			if k.limiter.Wait(ctx) != nil {
				return
			}
			// From here on another hint is another question.
			k.mu.Lock()
			delete(k.queued, tradeNo)
			k.mu.Unlock()
			k.rest(ctx, k.ask(ctx, tradeNo))
		}
	}
}

// ask asks once, records the answer and says how long to leave the gateway
// alone.
func (k *asker) ask(ctx context.Context, tradeNo string) time.Duration {
	p, err := k.r.o.Book.Payout(ctx, tradeNo)
	if err != nil {
		k.r.unread(k.a, err)
		return 0
	}
	if !due(p, k.r.o.Now()) {
		return 0 // a run has asked meanwhile
	}
	v := k.a.Client.Query(ctx, requestOf(p))
	if ctx.Err() != nil {
		return 0 // cut off: the next run asks
	}
	k.a.counts.asked.Add(1)
	k.a.records.Record(ledger.Outcome{
		Payout: p, Kind: answers[v.Kind], Reason: string(v.Reason), Code: v.Code,
		Message:         k.a.Client.Area().Impersonal(v.Message, p.Fields),
		PlatformTradeNo: v.PlatformTradeNo, Evidence: v.Raw, Actor: ledger.ActorSettle, Date: v.Date,
		NextAsk: k.r.o.Now().Add(pause(p.Asks + 1)),
	}, nil)
	return k.pace(v)
}

// answers says what the verdict on a query is to the ledger.
var answers = map[paypro.Kind]ledger.Kind{
	paypro.InDoubt:    ledger.Doubt,
	paypro.Succeeded:  ledger.Paid,
	paypro.Processing: ledger.Accepted,
	paypro.Failed:     ledger.NotPaid,
	paypro.Unknown:    ledger.Unknown,
	paypro.NoAnswer:   ledger.NoAnswer,
	paypro.Conflict:   ledger.Conflict,
}

// pace halves the rate when the gateway asks for less, and lets it climb back.
func (k *asker) pace(v paypro.Verdict) time.Duration {
	switch {
	case v.Slow():
		k.limiter.SetLimit(max(k.limiter.Limit()/2, leastAskRate))
		return max(v.RetryAfter, slowPause)
	case v.Reason == paypro.ReasonCredentials:
		return credentialsPause
	case v.Reason == paypro.ReasonNotConnected:
		return unconnectedPause
	}
	k.limiter.SetLimit(min(k.most, k.limiter.Limit()*1.1))
	return 0
}

func (k *asker) rest(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
