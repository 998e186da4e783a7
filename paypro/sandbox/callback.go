package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
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
	order *order
	nth   int
	tries int // posts so far
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
func startCaller(g *Gateway) *caller {
	c := &caller{g: g, wake: make(chan struct{}, 1), jobs: make(chan delivery)}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.client = &http.Client{
		Timeout:       callbackTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ // no proxy: it would be an address that is not loopback
			DialContext:         dialLoopback,
			MaxIdleConnsPerHost: callbackWorkers,
		},
	}
	for _, o := range g.books.list() {
		c.expect(o)
	}
	c.wg.Go(c.schedule)
	for range callbackWorkers {
		c.wg.Go(func() {
			for d := range c.jobs {
				c.deliver(d)
			}
		})
	}
	return c
}

func (c *caller) close() {
	c.stop()
	c.wg.Wait()
	c.client.CloseIdleConnections()
}

// accept is the URL if it will be called, "" if not.
func (c *caller) accept(notifyURL string) string {
	if u, err := url.Parse(notifyURL); err == nil && loopback(u.Hostname()) != "" {
		return strings.Clone(notifyURL) // it is kept, the body is not
	}
	return ""
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
// crash between an OK and its line in the journal repeats a callback.
func (c *caller) expect(o *order) {
	if c.accept(o.notify) != "" { // a journal is a file: it may say anything
		c.following(o, 0, o.told)
	}
}

// following schedules the first final status from the nth step that is not in told.
func (c *caller) following(o *order, nth int, told uint8) {
	steps, n := o.life()
	for i := nth; i < n; i++ {
		if final(steps[i].status) && told&(1<<i) == 0 {
			c.push(steps[i].at, delivery{order: o, nth: i})
			return
		}
	}
}

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
	merchant := c.g.merchants[d.order.merchant]
	if merchant == nil {
		return // of an older configuration: nothing to sign with
	}
	confirmed := c.post(d, merchant.secret)
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
	if err := c.g.books.notified(d.order, d.nth); err != nil {
		c.g.log.Error("sandbox: callback not recorded", "tradeNo", d.order.tradeNo, "error", err)
	}
	c.following(d.order, d.nth+1, 0)
}

// post tells whether the merchant answered OK.
func (c *caller) post(d delivery, secret string) bool {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, d.order.notify, strings.NewReader(c.body(d, secret)))
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

// body is the documented payload, signed as a request is.
func (c *caller) body(d delivery, secret string) string {
	o := d.order
	steps, _ := o.life()
	s := steps[d.nth]
	amount := string(o.area.notifyStyle.append(nil, o.amount))
	text := strings.Trim(amount, `"`)
	p := params{
		{key: "platFormTradeNo", value: o.platform()},
		{key: "tradeNo", value: o.tradeNo},
		{key: "amount", value: text, number: text == amount},
		{key: "status", value: s.status},
		{key: "message", value: o.area.text(s.status)},
	}
	if o.area.notifyTime.has(s.status) {
		p = append(p, param{key: "successTime", value: localTime(s.at, o.area.zone)})
	}
	if !o.area.notifyUnsigned {
		p = append(p, param{key: "timestamp", value: strconv.FormatInt(c.g.now(), 10)})
		slices.SortFunc(p, func(a, b param) int { return strings.Compare(a.key, b.key) })
		sign := p.signature(secret, c.g.prefix)
		p = append(p, param{key: "sign", value: string(sign[:])})
	}
	b := []byte("{")
	for i := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSON(b, p[i].key), ':')
		if p[i].number {
			b = append(b, p[i].value...)
		} else {
			b = appendJSON(b, p[i].value)
		}
	}
	return string(append(b, '}'))
}
