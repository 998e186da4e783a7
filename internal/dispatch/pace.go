package dispatch

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bulkpay/bulkpay/paypro"
)

// pace is how fast one kind of request goes. It starts at the configured
// rate, halves when the gateway says "too many" or slows down markedly, and
// climbs back in quiet times, never above the configured rate.
type pace struct {
	limiter *rate.Limiter
	turn    chan struct{} // full while a request waits for the limiter
	most    float64
	now     func() time.Time

	mu          sync.Mutex
	current     float64
	resume      time.Time // nothing goes before
	failures    int       // in a row, without a connection
	failing     time.Time // since the first of them
	lastChange  time.Time
	usual, last float64 // seconds an answer takes: over long, and lately
}

// The pace's constants.
const (
	leastRate    = 0.1             // a second; slower, and claims would grow old while they wait
	leastShare   = 0.02            // of the configured rate
	climbShare   = 0.05            // of the configured rate, each climbEvery
	climbEvery   = time.Second     // of quiet
	slowFactor   = 4.0             // lately this much slower than usual …
	slowSeconds  = 0.5             // … and by at least this much: the gateway is struggling
	maxPause     = time.Minute     // between attempts to connect
	shortPause   = 2 * time.Second // after 429 without Retry-After
	burstSeconds = 0.02            // the burst: what this much time allows, at least 1
)

// Burst is how many requests may go at once at a rate: never more than rate
// plus this in any second.
func Burst(requestsPerSecond float64) int { return max(1, int(requestsPerSecond*burstSeconds)) }

func newPace(requestsPerSecond float64, now func() time.Time) *pace {
	return &pace{
		limiter: rate.NewLimiter(rate.Limit(requestsPerSecond), Burst(requestsPerSecond)),
		turn:    make(chan struct{}, 1), most: requestsPerSecond, current: requestsPerSecond, now: now, lastChange: now(),
	}
}

// wait returns when one request may go, or with an error when ctx is done.
// One waits for the limiter at a time: a place in its queue is a time that a
// change of the rate no longer moves, and when the rate climbs back those
// who queued at the lower one would go beside those who come at the higher.
func (p *pace) wait(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
	}
	for ctx.Err() == nil {
		if pause := p.pause(); pause > 0 {
			_ = sleep(ctx, pause) // the loop looks at the context itself
			continue
		}
		if p.limiter.Wait(ctx) != nil {
			<-ctx.Done() // the limiter gives up ahead of a context's deadline
		}
		// A pause may have begun since this request queued up, or the end.
		if ctx.Err() == nil && p.pause() <= 0 {
			return nil
		}
	}
	return ctx.Err()
}

func (p *pace) pause() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.resume.Sub(p.now())
}

// learn adjusts the pace to an answer.
func (p *pace) learn(v paypro.Verdict) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	// Many workers hear of one incident: what arrives during its pause left
	// before it and does not count once more.
	paused := now.Before(p.resume)
	if v.Reason == paypro.ReasonNotConnected {
		if !paused {
			p.fail(now)
		}
		return
	}
	p.failures = 0
	if v.Kind != paypro.NotSent {
		p.measure(v.Elapsed)
	}
	switch {
	case v.Slow():
		p.hold(now.Add(max(v.RetryAfter, shortPause)))
		if !paused {
			p.set(p.current/2, now)
		}
	case p.last > p.usual*slowFactor && p.last-p.usual > slowSeconds:
		if now.Sub(p.lastChange) >= climbEvery {
			p.set(p.current/2, now)
		}
	case p.current < p.most && now.Sub(p.lastChange) >= climbEvery:
		p.set(p.current+p.most*climbShare, now)
	}
}

// fail counts a failure to connect; the pauses between them grow.
func (p *pace) fail(now time.Time) {
	if p.failures == 0 {
		p.failing = now
	}
	p.failures++
	p.hold(now.Add(min(maxPause, 250*time.Millisecond<<min(p.failures, 10))))
}

// hold lets nothing go before until; a longer pause is never cut short.
func (p *pace) hold(until time.Time) {
	if until.After(p.resume) {
		p.resume = until
	}
}

// unreachable is for how long there has been no connection.
func (p *pace) unreachable() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failures == 0 {
		return 0
	}
	return p.now().Sub(p.failing)
}

// measure keeps two moving averages of how long an answer takes.
func (p *pace) measure(elapsed time.Duration) {
	seconds := elapsed.Seconds()
	if p.usual == 0 {
		p.usual, p.last = seconds, seconds
		return
	}
	p.usual += (seconds - p.usual) * 0.002
	p.last += (seconds - p.last) * 0.1
}

func (p *pace) set(requestsPerSecond float64, now time.Time) {
	p.current = min(p.most, max(requestsPerSecond, p.most*leastShare, leastRate))
	p.lastChange = now
	p.limiter.SetLimit(rate.Limit(p.current))
}

// rate is what is allowed right now.
func (p *pace) rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// sleep waits, or returns early with ctx's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
