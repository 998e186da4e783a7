package receive

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limits of what is remembered of senders.
const (
	addressMost = 4096        // addresses have a limit of their own
	addressIdle = time.Minute // after which one is forgotten
	sweepEvery  = time.Second
)

// addresses limits the rate of each sender. Beyond addressMost all others
// share one limit: whoever has many addresses gains nothing by them.
type addresses struct {
	rate   rate.Limit
	others *rate.Limiter

	mu    sync.Mutex
	known map[netip.Addr]*sender
	swept time.Time
}

type sender struct {
	limiter *rate.Limiter
	seen    time.Time
}

func newAddresses(perSecond float64) *addresses {
	a := &addresses{rate: rate.Limit(perSecond), known: map[netip.Addr]*sender{}}
	a.others = a.limiter()
	return a
}

func (a *addresses) limiter() *rate.Limiter { return rate.NewLimiter(a.rate, max(1, int(a.rate))) }

// allow tells whether one more callback may come from an address now.
func (a *addresses) allow(from netip.Addr, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.known[from]
	if !ok {
		a.sweep(now)
		if len(a.known) >= addressMost {
			return a.others.AllowN(now, 1)
		}
		s = &sender{limiter: a.limiter()}
		a.known[from] = s
	}
	s.seen = now
	return s.limiter.AllowN(now, 1)
}

// sweep forgets idle addresses when there is no room for another.
func (a *addresses) sweep(now time.Time) {
	if len(a.known) < addressMost || now.Sub(a.swept) < sweepEvery {
		return
	}
	a.swept = now
	for from, s := range a.known {
		if now.Sub(s.seen) > addressIdle {
			delete(a.known, from)
		}
	}
}

// sender is the address that a request comes from. Of IPv6 it is the network:
// whoever has one has all its addresses.
func (r *Receiver) sender(req *http.Request) netip.Addr {
	var from netip.Addr
	if port, err := netip.ParseAddrPort(req.RemoteAddr); err == nil {
		from = port.Addr()
	}
	if lines := req.Header.Values("X-Forwarded-For"); r.o.TrustForwarded && len(lines) > 0 {
		hops := strings.Split(lines[len(lines)-1], ",")
		if hop, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			from = hop
		}
	}
	from = from.Unmap().WithZone("")
	if from.Is6() {
		const network = 64
		if prefix, err := from.Prefix(network); err == nil {
			return prefix.Addr()
		}
	}
	return from
}

// rarely logs one line of a kind for a merchant every logEvery, and how many
// there were in between: a flood must not fill a disk.
type rarely struct {
	log *slog.Logger
	now func() time.Time

	mu   sync.Mutex
	last map[string]*quiet
}

type quiet struct {
	since   time.Time
	dropped int
}

const logEvery = 10 * time.Second

func (l *rarely) warn(kind, merchant, message string, more ...any) {
	l.write(slog.LevelWarn, kind, merchant, message, more)
}

func (l *rarely) error(kind, merchant, message string, more ...any) {
	l.write(slog.LevelError, kind, merchant, message, more)
}

func (l *rarely) write(level slog.Level, kind, merchant, message string, more []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[string]*quiet{}
	}
	now, key := l.now(), kind+" "+merchant
	was, ok := l.last[key]
	if ok && now.Sub(was.since) < logEvery {
		was.dropped++
		return
	}
	more = append(more, "merchant", merchant)
	if ok && was.dropped > 0 {
		more = append(more, "more", was.dropped)
	}
	l.last[key] = &quiet{since: now}
	l.log.Log(context.Background(), level, message, more...)
}
