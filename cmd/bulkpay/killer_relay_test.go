package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// relay is an address that stays the same while the gateway behind it is
// killed and comes back at another one. It can hold every request back, too.
type relay struct {
	listener net.Listener
	carrying sync.WaitGroup

	mu     sync.Mutex
	to     string
	gate   chan struct{} // closed: requests pass
	conns  map[net.Conn]bool
	closed bool
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener, gate: make(chan struct{}), conns: map[net.Conn]bool{}}
	close(r.gate)
	r.point(to)
	r.carrying.Go(r.accept)
	t.Cleanup(r.close)
	return r
}

func (r *relay) address() string { return "http://" + r.listener.Addr().String() }

// point leads new connections to another address, "http://127.0.0.1:1".
func (r *relay) point(to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to = strings.TrimPrefix(to, "http://")
}

// hold keeps what is sent over new connections from arriving until pass is
// called. Calling that again does nothing.
func (r *relay) hold() (pass func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	gate := make(chan struct{})
	r.gate = gate
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		open(gate)
	}
}

// open closes a gate's channel; the caller holds mu.
func open(gate chan struct{}) {
	select {
	case <-gate:
	default:
		close(gate)
	}
}

func (r *relay) close() {
	_ = r.listener.Close() // accept ends, and that is all
	r.mu.Lock()
	r.closed = true
	for conn := range r.conns {
		_ = conn.Close() // so do those who carry
	}
	open(r.gate)
	r.mu.Unlock()
	r.carrying.Wait()
}

func (r *relay) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.carrying.Go(func() { r.carry(conn) })
	}
}

// carry connects a caller with the gateway of the moment. Where there is
// none, or it breaks off, the caller's connection is closed without an answer:
// whether what was sent has arrived, nobody can tell.
func (r *relay) carry(caller net.Conn) {
	defer r.drop(caller)
	r.mu.Lock()
	gate := r.gate
	known := r.keep(caller)
	r.mu.Unlock()
	if !known {
		return
	}
	<-gate
	r.mu.Lock()
	to := r.to
	r.mu.Unlock()
	gateway, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer r.drop(gateway)
	r.mu.Lock()
	known = r.keep(gateway)
	r.mu.Unlock()
	if !known {
		return
	}
	var there sync.WaitGroup
	there.Go(func() {
		_, _ = io.Copy(gateway, caller) // a broken connection is an end as good as any
		_ = gateway.Close()
	})
	_, _ = io.Copy(caller, gateway)
	_ = caller.Close()
	there.Wait()
}

// keep remembers a connection for close; the caller holds mu.
func (r *relay) keep(conn net.Conn) bool {
	if !r.closed {
		r.conns[conn] = true
	}
	return !r.closed
}

func (r *relay) drop(conn net.Conn) {
	_ = conn.Close()
	r.mu.Lock()
	delete(r.conns, conn)
	r.mu.Unlock()
}
