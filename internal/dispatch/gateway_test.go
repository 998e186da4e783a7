package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// call is one request as the gateway sees it.
type call struct {
	ctx     context.Context
	tradeNo string
	nth     int // of this kind for this number, from 1
	total   int // of this kind, from 1
}

// gateway is scripted: place and query say what it answers. It keeps its own
// books of what it was asked, in which no code of the package takes part.
type gateway struct {
	place, query func(call) paypro.Verdict
	balance      func(nth int) (paypro.Balance, error)
	takes        time.Duration // for each answer

	mu         sync.Mutex
	placed     map[string]int // placements by number
	asked      map[string]int // queries by number
	asking     map[string]int // queries in progress by number
	placedAt   []time.Time
	askedAt    []time.Time
	inFlight   int
	most       int // in flight at once
	askedTwice []string
	balanceAt  []time.Time
}

// newGateway pays everything at once.
func newGateway() *gateway {
	return &gateway{
		place: func(c call) paypro.Verdict { return paid(c) }, query: func(c call) paypro.Verdict { return paid(c) },
		balance: func(int) (paypro.Balance, error) { return holding(1_000_000_00), nil },
		placed:  map[string]int{}, asked: map[string]int{}, asking: map[string]int{}, takes: 10 * time.Millisecond,
	}
}

func (g *gateway) Area() *paypro.Area { return mexico() }

func (g *gateway) Place(ctx context.Context, r paypro.Request) paypro.Verdict {
	g.mu.Lock()
	g.placed[r.TradeNo]++
	g.placedAt = append(g.placedAt, time.Now())
	c := call{ctx, r.TradeNo, g.placed[r.TradeNo], len(g.placedAt)}
	g.inFlight++
	g.most = max(g.most, g.inFlight)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.inFlight--
		g.mu.Unlock()
	}()
	return g.answer(c, g.place)
}

func (g *gateway) Query(ctx context.Context, r paypro.Request) paypro.Verdict {
	g.mu.Lock()
	g.asked[r.TradeNo]++
	g.askedAt = append(g.askedAt, time.Now())
	c := call{ctx, r.TradeNo, g.asked[r.TradeNo], len(g.askedAt)}
	g.asking[r.TradeNo]++
	if g.asking[r.TradeNo] > 1 {
		g.askedTwice = append(g.askedTwice, r.TradeNo)
	}
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.asking[r.TradeNo]--
		g.mu.Unlock()
	}()
	return g.answer(c, g.query)
}

func (g *gateway) Balance(context.Context) (paypro.Balance, error) {
	g.mu.Lock()
	g.balanceAt = append(g.balanceAt, time.Now())
	nth := len(g.balanceAt)
	g.mu.Unlock()
	return g.balance(nth)
}

// holding is an account in which so many centavos are available.
func holding(minor int64) paypro.Balance {
	return paypro.Balance{Available: money.FromMinor(money.MXN, minor)}
}

func (g *gateway) answer(c call, with func(call) paypro.Verdict) paypro.Verdict {
	began := time.Now()
	if sleep(c.ctx, g.takes) != nil {
		return paypro.Verdict{Reason: paypro.ReasonStopped}
	}
	v := with(c)
	v.Raw = []byte("HTTP/1.1 200 OK\n\n" + v.Code)
	v.Elapsed = time.Since(began)
	return v
}

// placements is how many requests to pay arrived, and for how many payouts.
func (g *gateway) placements() (requests, payouts int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.placedAt), len(g.placed)
}

func (g *gateway) queries() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.askedAt)
}

func (g *gateway) flying() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inFlight
}

// The answers.

func paid(c call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Succeeded, Reason: paypro.ReasonPaid, Code: "0000", PlatformTradeNo: "PF" + c.tradeNo}
}

func processing(c call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Processing, Reason: paypro.ReasonProcessing, Code: "0015", PlatformTradeNo: "PF" + c.tradeNo}
}

func notPaid(c call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Failed, Reason: paypro.ReasonFailed, Code: "00029", PlatformTradeNo: "PF" + c.tradeNo}
}

func refused(code string) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Refused, Reason: paypro.ReasonRefused, Code: code, Message: "no"}
}

func refusedCredentials(call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Refused, Reason: paypro.ReasonCredentials, Code: "8000", Message: "sign error"}
}

func timedOut(call) paypro.Verdict { return paypro.Verdict{Reason: paypro.ReasonTimeout} }

func notConnected(call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.NotSent, Reason: paypro.ReasonNotConnected}
}

func unknown(call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.Unknown, Reason: paypro.ReasonUnknownNumber, Code: "8000"}
}

func noAnswer(call) paypro.Verdict {
	return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonQueryRefused, Code: "8000"}
}

func throttled(after time.Duration) paypro.Verdict {
	return paypro.Verdict{Reason: paypro.ReasonThrottled, HTTPStatus: 429, RetryAfter: after}
}

// untilCut answers only when the caller gives up.
func untilCut(c call) paypro.Verdict {
	<-c.ctx.Done()
	return paypro.Verdict{Reason: paypro.ReasonStopped}
}

// whenClosed answers once release is closed, or the caller gives up.
func whenClosed(release <-chan struct{}, with func(call) paypro.Verdict) func(call) paypro.Verdict {
	return func(c call) paypro.Verdict {
		select {
		case <-release:
			return with(c)
		case <-c.ctx.Done():
			return paypro.Verdict{Reason: paypro.ReasonStopped}
		}
	}
}

// trivial pays everything and remembers nothing.
type trivial struct{}

func (trivial) Area() *paypro.Area { return mexico() }

func (trivial) Place(_ context.Context, r paypro.Request) paypro.Verdict {
	v := paid(call{tradeNo: r.TradeNo})
	v.Raw = []byte("evidence")
	return v
}

func (g trivial) Query(ctx context.Context, r paypro.Request) paypro.Verdict { return g.Place(ctx, r) }

func (trivial) Balance(context.Context) (paypro.Balance, error) { return holding(0), nil }
