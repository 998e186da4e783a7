package sandbox

import (
	"net"
	"sync"
	"time"
)

// Refuses tells whether a connection that is tried now is refused: for listeners without a network, whose
// dialer asks before it connects. Each question is one attempt.
func (g *Gateway) Refuses(now time.Time) bool {
	if g.plan == nil {
		return false
	}
	ms, name := now.UnixMilli(), "refused"
	switch {
	case g.plan.out(ms):
		name = outageName
	case !g.plan.connection(name, g.plan.attempts.Add(1), ms):
		return false
	}
	g.stats.fault(EndpointConnection, name)
	return true
}

// Listen wraps the listener of the gateway's server so that connections suffer what the plan has for
// them. A TCP listener is closed while an outage lasts, and opened again at the same address; what the plan refuses by
// chance it can only reset, as the socket is open. Of other listeners connections are reset only, and
// their dialers should ask Refuses. Without a plan it is the listener itself.
func (g *Gateway) Listen(inner net.Listener) net.Listener {
	if g.plan == nil {
		return inner
	}
	l := &listener{g: g, address: inner.Addr(), inner: inner, done: make(chan struct{})}
	if _, l.tcp = inner.(*net.TCPListener); l.tcp && len(g.plan.Outages) > 0 {
		l.watcher.Go(l.watch)
	}
	return l
}

type listener struct {
	g       *Gateway
	address net.Addr
	tcp     bool
	done    chan struct{} // closed by Close
	watcher sync.WaitGroup

	mu     sync.Mutex
	inner  net.Listener  // nil: closed by an outage
	opened chan struct{} // closed when an outage is over
	closed bool
}

func (l *listener) Addr() net.Addr { return l.address }

// Accept waits through outages.
func (l *listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.current()
		if err != nil {
			return nil, err
		}
		conn, err := inner.Accept()
		switch {
		case err == nil && !l.spoils():
			return conn, nil
		case err == nil:
			resetConn(conn)
		case !l.replaced(inner):
			return nil, err
		}
	}
}

// spoils tells whether a connection that was accepted is reset at once, and counts it.
func (l *listener) spoils() bool {
	p, now := l.g.plan, l.g.now()
	n, name := p.connections.Add(1), ""
	switch {
	case p.out(now):
		name = outageName
	case p.connection("reset-unread", n, now):
		name = "reset-unread"
	case l.tcp && p.connection("refused", n, now):
		name = "refused"
	default:
		return false
	}
	l.g.stats.fault(EndpointConnection, name)
	return true
}

// current is the listener that is open, once there is one.
func (l *listener) current() (net.Listener, error) {
	for {
		l.mu.Lock()
		inner, opened, closed := l.inner, l.opened, l.closed
		l.mu.Unlock()
		switch {
		case closed:
			return nil, net.ErrClosed
		case inner != nil:
			return inner, nil
		}
		select {
		case <-opened:
		case <-l.done:
		}
	}
}

// replaced tells whether a listener's end was an outage's doing.
func (l *listener) replaced(inner net.Listener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.closed && l.inner != inner
}

// Close ends the listener for good.
func (l *listener) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return net.ErrClosed
	}
	l.closed = true
	close(l.done)
	var err error
	if l.inner != nil {
		err = l.inner.Close()
	}
	l.mu.Unlock()
	l.watcher.Wait()
	return err
}

// watch closes the socket when an outage begins and opens it when it is over.
func (l *listener) watch() {
	for {
		now := l.g.now()
		from, to, out := l.g.plan.outage(now)
		switch {
		case out:
			l.shut()
			if !l.sleep(to-now) || !l.reopen() {
				return
			}
		case to == 0 || !l.sleep(from-now):
			return
		}
	}
}

// sleep is false if the listener or the gateway was closed meanwhile.
func (l *listener) sleep(ms int64) bool {
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
	case <-l.g.done:
	}
	return false
}

func (l *listener) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inner != nil && !l.closed {
		_ = l.inner.Close() // what it would say, the next one at this address says too
		l.inner, l.opened = nil, make(chan struct{})
	}
}

// reopen listens again, as soon as the address is free.
func (l *listener) reopen() bool {
	for {
		inner, err := net.Listen(l.address.Network(), l.address.String())
		if err != nil {
			if !l.sleep(10) {
				return false
			}
			continue
		}
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			_ = inner.Close() // nobody has seen it
			return false
		}
		l.inner = inner
		close(l.opened)
		l.mu.Unlock()
		return true
	}
}
