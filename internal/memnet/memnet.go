package memnet

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// network is what addresses say they belong to.
const network = "memory"

// Network is a world of its own: addresses in it reach nothing outside.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*Listener
}

// New makes a network with nobody in it.
func New() *Network { return &Network{listeners: map[string]*Listener{}} }

// Listen begins to listen on an address, "host:port". One that is in use is
// an error.
func (n *Network) Listen(address string) (*Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[address] != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: Addr(address), Err: syscall.EADDRINUSE}
	}
	l := &Listener{network: n, address: address, calls: make(chan *conn), closed: make(chan struct{})}
	n.listeners[address] = l
	return l, nil
}

// Host makes a place from which connections are made. The other end sees its
// name as the address that a connection comes from.
func (n *Network) Host(name string) *Host {
	return &Host{network: n, name: Addr(name), open: map[*conn]struct{}{}}
}

// Listener waits for connections to one address.
type Listener struct {
	network *Network
	address string
	calls   chan *conn
	closed  chan struct{}
	closing sync.Once
	refuse  atomic.Bool
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Refuse turns new connections away, or lets them in again. Those that are
// there stay.
func (l *Listener) Refuse(yes bool) { l.refuse.Store(yes) }

// Close stops listening; connections that were accepted stay.
func (l *Listener) Close() error {
	l.closing.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, l.address)
		l.network.mu.Unlock()
		close(l.closed)
	})
	return nil
}

// Addr is the address that it listens on.
func (l *Listener) Addr() net.Addr { return Addr(l.address) }

// Loss is what becomes of what is on the wire when a host is cut off.
type Loss bool

// What was written by then still arrives, or it does not.
const (
	Arrives Loss = false
	Lost    Loss = true
)

// Host is where connections come from.
type Host struct {
	network *Network
	name    Addr

	mu     sync.Mutex
	open   map[*conn]struct{}
	cut    bool
	dialed int
}

// Dial connects to an address of the network; its signature is that of
// [net.Dialer.DialContext].
func (h *Host) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	h.network.mu.Lock()
	l := h.network.listeners[address]
	h.network.mu.Unlock()
	failed := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: Addr(address), Err: err}
	}
	if l == nil || l.refuse.Load() {
		return failed(syscall.ECONNREFUSED)
	}
	here, there := newPair(h.name, Addr(address))
	here.host = h
	if !h.keep(here) {
		return failed(syscall.ENETDOWN)
	}
	select {
	case l.calls <- there:
		return here, nil
	case <-l.closed:
		h.forget(here)
		return failed(syscall.ECONNREFUSED)
	case <-ctx.Done():
		h.forget(here)
		return failed(ctx.Err())
	}
}

// keep remembers a connection of the host, which must not be cut off.
func (h *Host) keep(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut {
		return false
	}
	h.open[c] = struct{}{}
	h.dialed++
	return true
}

func (h *Host) forget(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, c)
}

// Cut ends all connections of the host, and it makes no new ones. What it had
// written and nobody had read yet is lost, or arrives and is followed by the
// end of the connection. When Cut returns, nothing more leaves the host.
func (h *Host) Cut(loss Loss) {
	h.mu.Lock()
	h.cut = true
	open := h.open
	h.open = map[*conn]struct{}{}
	h.mu.Unlock()
	for c := range open {
		if loss == Lost {
			c.Reset()
			continue
		}
		_ = c.Close() // it never fails
	}
}

// Dialed is how many connections the host has tried to make.
func (h *Host) Dialed() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dialed
}

// conn is one end of a connection.
type conn struct {
	in, out     *pipe
	here, there Addr
	host        *Host // nil: the end that was accepted
}

func newPair(from, to Addr) (near, far *conn) {
	up, down := newPipe(), newPipe()
	return &conn{in: down, out: up, here: from, there: to}, &conn{in: up, out: down, here: to, there: from}
}

func (c *conn) Read(into []byte) (int, error)  { return c.in.Read(into) }
func (c *conn) Write(from []byte) (int, error) { return c.out.Write(from) }

// Close ends both directions in good order: what was written can still be
// read.
func (c *conn) Close() error {
	c.leave()
	c.in.endReading(errBroken)
	c.out.endWriting(io.EOF)
	return nil
}

// Reset ends both directions at once: what was written and not read is lost,
// and both ends hear of a reset.
func (c *conn) Reset() {
	c.leave()
	c.in.endReading(errReset)
	c.out.lose()
	c.out.endWriting(errReset)
}

// SetLinger with 0 seconds makes the next Close a reset, as with TCP; nothing
// else is taken.
func (c *conn) SetLinger(seconds int) error {
	if seconds != 0 {
		return fmt.Errorf("memnet: linger %d: only 0 is known", seconds)
	}
	c.Reset()
	return nil
}

func (c *conn) leave() {
	if c.host != nil {
		c.host.forget(c)
	}
}

func (c *conn) LocalAddr() net.Addr  { return c.here }
func (c *conn) RemoteAddr() net.Addr { return c.there }

func (c *conn) SetDeadline(at time.Time) error {
	c.in.setDeadline(&c.in.reading, at)
	c.out.setDeadline(&c.out.writing, at)
	return nil
}

func (c *conn) SetReadDeadline(at time.Time) error {
	c.in.setDeadline(&c.in.reading, at)
	return nil
}

func (c *conn) SetWriteDeadline(at time.Time) error {
	c.out.setDeadline(&c.out.writing, at)
	return nil
}

// Addr is an address in a network: "host:port".
type Addr string

// Network names the kind of address.
func (Addr) Network() string { return network }

func (a Addr) String() string { return string(a) }
