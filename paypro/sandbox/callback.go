package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// callbackPauses are the documented pauses before each repetition.
var callbackPauses = []time.Duration{
	2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour,
}

const (
	callbackWorkers = 4
	callbackTimeout = 5 * time.Second // of one post
)

// delivery is one callback that is due at a time: the nth step of an order's life.
type delivery struct {
	order *order // nil: nothing is to be posted, an order is to be made
	nth   int
	tries int // posts so far

	begun bool // its fault has been drawn
	fault *outcome
	dice  dice
	text  string // of the last post
	skips int    // the step before, plus one, that was passed over: it follows out of order; 0: none
	extra bool   // text is posted once, whatever the answer is
	lie   bool   // text has no valid signature
}

// caller posts results to merchants: one goroutine waits for what is due, a few
// workers post.
type caller struct {
	g      *Gateway
	client *http.Client
	ctx    context.Context // the life of the goroutines
	stop   context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	queue timed[delivery]
	wake  chan struct{}
	jobs  chan delivery
}

// startCaller begins with what the journal says is not done with.
func startCaller(g *Gateway) {
	c := &caller{g: g, wake: make(chan struct{}, 1), jobs: make(chan delivery)}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.client = &http.Client{
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     g.opts.CallbackTransport,
	}
	if c.client.Transport == nil {
		c.client.Transport = &http.Transport{ // no proxy: it would be an address that is not loopback
			DialContext:         dialLoopback,
			MaxIdleConnsPerHost: callbackWorkers,
		}
	}
	known := g.books.list(g.now()) // and from here on the books tell of what is made late
	g.caller = c
	for _, o := range known {
		c.expect(o)
	}
	for _, o := range g.books.postponed() {
		c.look(o.created)
	}
	c.wg.Go(c.schedule)
	for range callbackWorkers {
		c.wg.Go(func() {
			for d := range c.jobs {
				c.deliver(d)
			}
		})
	}
}

func (c *caller) close() {
	c.stop()
	c.wg.Wait()
	c.client.CloseIdleConnections()
}

// accept is the URL if it will be called, "" if not.
func (c *caller) accept(notifyURL string) string {
	u, err := url.Parse(notifyURL)
	if err != nil || c.g.opts.CallbackTransport == nil && loopback(u.Hostname()) == "" {
		return ""
	}
	return strings.Clone(notifyURL) // it is kept, the body is not
}

// loopback is the address behind a host that is this machine, "" for any other host.
// No name is looked up: a resolver could answer anything.
func loopback(host string) string {
	if strings.EqualFold(host, "localhost") {
		return "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		return ip.String()
	}
	return ""
}

// dialLoopback asserts once more, at the last moment, where a callback goes.
func dialLoopback(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	ip := loopback(host)
	if ip == "" {
		return nil, errors.New("callback: not a loopback address")
	}
	var d net.Dialer
	return d.DialContext(ctx, network, net.JoinHostPort(ip, port))
}

// expect puts the first callback of an order that is not done with on the schedule.
// A reversal waits for the callback before it, so that an order's callbacks keep their order. A
// crash between an OK and its line in the journal repeats a callback, and one after it forgets what was to
// come beside it: a second copy, a late replay.
func (c *caller) expect(o *order) {
	if c.accept(o.notify) != "" { // a journal is a file: it may say anything
		c.following(o, 0, o.told)
	}
}

// following schedules the first final status from the nth step that is not in told.
func (c *caller) following(o *order, nth int, told uint8) {
	if i, at, ok := o.finalFrom(nth, told); ok {
		c.push(at, delivery{order: o, nth: i})
	}
}

// finalFrom is the first final status from the nth step that is not in told.
func (o *order) finalFrom(nth int, told uint8) (i int, at int64, ok bool) {
	steps, n := o.life()
	for i := nth; i < n; i++ {
		if !steps[i].open && told&(1<<i) == 0 {
			return i, steps[i].at, true
		}
	}
	return 0, 0, false
}

// look has the books looked into at a time: an order is to be made then.
func (c *caller) look(at int64) { c.push(at, delivery{}) }

func (c *caller) push(at int64, d delivery) {
	c.mu.Lock()
	c.queue.push(at, d)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it is awake already
	}
}

// next is a delivery that is due, or how long to wait for one.
func (c *caller) next() (d delivery, wait time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.g.now()
	if d, ok = c.queue.pop(now); ok {
		return d, 0, true
	}
	wait = time.Hour
	if len(c.queue) > 0 {
		wait = time.Duration(c.queue[0].at-now) * time.Millisecond
	}
	return d, wait, false
}

func (c *caller) schedule() {
	defer close(c.jobs)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		d, wait, ok := c.next()
		if ok {
			select {
			case c.jobs <- d:
				continue
			case <-c.ctx.Done():
				return
			}
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-c.wake:
		case <-c.ctx.Done():
			return
		}
	}
}

// deliver posts once, and sees to what comes after.
func (c *caller) deliver(d delivery) {
	if d.order == nil {
		c.g.books.list(c.g.now())
		return
	}
	merchant := c.g.merchants[d.order.merchant]
	if merchant == nil {
		return // of an older configuration: nothing to sign with
	}
	switch {
	case d.extra:
		c.postExtra(d)
		return
	case !d.begun && !c.begin(&d, merchant.secret):
		return
	}
	d.text = c.g.notice(d.order, d.nth, callFine, merchant.secret)
	confirmed := c.post(d)
	if c.ctx.Err() != nil && !confirmed {
		return // cut short: the next Open begins again
	}
	pauses := c.g.opts.CallbackPauses
	giveUp := !confirmed && d.tries >= len(pauses)
	c.g.stats.callback(func(s *CallbackStats) {
		s.Posted++
		if confirmed {
			s.Confirmed++
		} else if giveUp {
			s.GivenUp++
		}
	})
	if !confirmed && !giveUp {
		pause := pauses[d.tries]
		d.tries++
		c.push(c.g.now()+pause.Milliseconds(), d)
		return
	}
	c.done(d, d.nth)
	c.end(d, merchant.secret)
	c.following(d.order, d.nth+1, 0)
}

// done records that a step's callback is done with.
func (c *caller) done(d delivery, nth int) {
	if err := c.g.books.notified(d.order, nth); err != nil {
		c.g.log.Error("sandbox: callback not recorded", "tradeNo", d.order.tradeNo, "error", err)
	}
}

// post tells whether the merchant answered OK.
func (c *caller) post(d delivery) bool {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, d.order.notify, strings.NewReader(d.text))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	req.Header["X-Paypro-Sandbox"] = headerSandbox
	resp, err := c.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1024))
	return err == nil && resp.StatusCode == http.StatusOK && strings.TrimSpace(string(text)) == "OK"
}
