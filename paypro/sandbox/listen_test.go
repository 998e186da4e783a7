package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener without a network. Its dialer asks the gateway first.
type pipes struct {
	g      *Gateway
	conns  chan net.Conn
	done   chan struct{}
	closed sync.Once
	resets int
	hasty  bool // does not ask
}

func newPipes(g *Gateway) *pipes {
	return &pipes{g: g, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if !p.hasty && p.g.Refuses(time.Now()) {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	ours, theirs := net.Pipe()
	select {
	case p.conns <- &pipeEnd{Conn: theirs, resets: &p.resets}:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.closed.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// pipeEnd counts how often it was asked to end with a reset.
type pipeEnd struct {
	net.Conn
	resets *int
}

func (p *pipeEnd) SetLinger(int) error {
	*p.resets++
	return nil
}

// wired is a gateway behind an http.Server on pipes, and a client of it.
func wired(t *testing.T, o Options) (*bench, *pipes) {
	t.Helper()
	g := open(t, o)
	p := newPipes(g)
	server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(g.Listen(p)) }()
	transport := &http.Transport{DialContext: p.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := errors.Join(g.Close(), server.Close()); err != nil {
			t.Error(err)
		}
	})
	return &bench{Gateway: g, t: t, server: &httptest.Server{URL: "http://sandbox", Config: server}}, p
}

func (b *bench) client(p *pipes) *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: p.dial, DisableKeepAlives: true}}
}

// try places one payout on a connection of its own.
func (b *bench) try(client *http.Client, tradeNo string) (code int, err error) {
	text := encode(b.t, sign(mexicoBody(tradeNo, nil), testSecret))
	req, err := http.NewRequest(http.MethodPost, "http://sandbox/mexico/v1/paypro/payOut", strings.NewReader(string(text)))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("merchantNo", testMerchant)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body) // or the connection is not kept
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// Without a network, connections are refused and reset as the plan says, and no order is made of them.
func TestConnectionsWithoutANetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, p := wired(t, Options{Plan: &Plan{
			Faults:  []PlanFault{{"refused", "", 0.3}, {"reset-unread", "", 0.3}},
			Outages: []Outage{{time.Hour, time.Minute}},
		}})
		client := b.client(p)
		refused, broken, good := 0, 0, 0
		for i := range 200 {
			switch _, err := b.try(client, number(i)); {
			case errors.Is(err, syscall.ECONNREFUSED):
				refused++
			case err != nil:
				broken++
			default:
				good++
			}
		}
		got := b.Stats()
		if refused < 30 || broken < 30 || good < 60 || got.Orders != good || p.resets != broken ||
			got.Faults["connection:refused"] != refused || got.Faults["connection:reset-unread"] != broken {
			t.Errorf("%d refused, %d broken, %d good, %d resets: %+v", refused, broken, good, p.resets, got)
		}
		time.Sleep(time.Hour)
		for range 5 {
			if _, err := b.try(client, "outage"); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("during an outage: %v", err)
			}
		}
		p.hasty = true
		if _, err := b.try(client, "outage"); err == nil || errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a dialer that does not ask: %v", err)
		}
		if n := b.Stats().Faults["connection:outage"]; n != 6 || p.resets != broken+1 || b.Stats().Orders != good {
			t.Errorf("%d in the outage, %d resets", n, p.resets)
		}
	})
}

// An outage resets the connections that are open.
func TestOutageCutsOpenConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, p := wired(t, Options{Plan: &Plan{Outages: []Outage{{30 * time.Second, time.Minute}}}})
		client := b.client(p)
		transport := &http.Transport{DialContext: p.dial} // keeps its connection
		client.Transport = transport
		defer transport.CloseIdleConnections()
		if code, err := b.try(client, "A1"); code != 200 || err != nil {
			t.Errorf("before: %d %v", code, err)
		}
		time.Sleep(30 * time.Second)
		if _, err := b.try(client, "A2"); err == nil || errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("on a kept connection: %v", err)
		}
		if _, err := b.try(client, "A3"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("on a new one: %v", err)
		}
		time.Sleep(time.Minute)
		if code, err := b.try(client, "A4"); code != 200 || err != nil {
			t.Errorf("after: %d %v", code, err)
		}
		if s := b.Stats(); s.Orders != 2 || s.Faults["connection:outage"] != 2 || p.resets != 1 {
			t.Errorf("%d resets, %+v", p.resets, s)
		}
	})
}

// A client that gives up while an answer is awaited ends the wait, and the late order is made all the same.
func TestClientGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		plan := always(EndpointPlacement, "timeout-late")
		plan.Late = 40 * time.Second
		b, p := wired(t, Options{Plan: plan, Hold: time.Hour})
		start := time.Now()
		var timeout interface{ Timeout() bool }
		if _, err := b.try(b.client(p), "A1"); !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) != patience {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if n := b.Stats().Orders; n != 0 {
			t.Errorf("%d orders when the client gave up", n)
		}
		time.Sleep(time.Minute)
		if o := slices.Collect(b.Orders()); len(o) != 1 || o[0].CreatedAt.Sub(start) < plan.Late || o[0].CreatedAt.Sub(start) >= 2*plan.Late {
			t.Errorf("%+v", o)
		}
	})
}

// A connection that is cut behind a whole answer is not used again.
func TestCutAfter(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	dials := 0
	var d net.Dialer
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials++
		return d.DialContext(ctx, network, addr)
	}}
	defer transport.CloseIdleConnections()
	b.server.Client().Transport = transport
	for i, word := range []string{"processing", "processing", "cut-after", "processing", "processing"} {
		r := b.mexico(number(i), body{"remark": "SANDBOX:" + word})
		for r.err != nil && word == "processing" && dials < 3 { // the end of the connection was not yet heard of
			r = b.mexico(number(i), nil)
		}
		if r.status() != "0000" && r.Msg != "duplicate tradeNo" {
			t.Errorf("%s: %+v", word, r)
		}
	}
	if dials != 2 {
		t.Errorf("%d connections", dials)
	}
}

// On a real network an outage closes the socket, and it opens again at the same address.
func TestOutageClosesTheSocket(t *testing.T) {
	t.Parallel()
	g := open(t, Options{Plan: &Plan{Outages: []Outage{{time.Hour, time.Hour}}}})
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := g.Listen(inner).(*listener)
	server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	dial := func() error {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	if err := dial(); err != nil {
		t.Errorf("before: %v", err)
	}
	l.shut()
	if err := dial(); err == nil {
		t.Error("during: connected")
	}
	if !l.reopen() {
		t.Error("not opened again")
	}
	if err := dial(); err != nil {
		t.Errorf("after: %v", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if err := dial(); err == nil {
		t.Error("closed: connected")
	}
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
}

// The watch of a real listener closes it when an outage begins, and opens it when it is over.
func TestWatchOfOutages(t *testing.T) {
	t.Parallel()
	for _, lasts := range []time.Duration{time.Hour, 20 * time.Millisecond} {
		g := open(t, Options{Plan: &Plan{Outages: []Outage{{0, lasts}, {lasts / 2, lasts}}}})
		inner, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l := g.Listen(inner).(*listener)
		server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
		go func() { _ = server.Serve(l) }()
		for !l.replaced(inner) {
			time.Sleep(time.Millisecond)
		}
		for lasts < time.Hour { // until the second one is over too
			conn, err := net.Dial("tcp", l.Addr().String())
			if err == nil {
				_ = conn.Close()
				break
			}
		}
		if conn, err := net.Dial("tcp", l.Addr().String()); lasts == time.Hour && err == nil {
			_ = conn.Close()
			t.Error("connected during an outage")
		} else if err == nil {
			_ = conn.Close()
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What a real listener refuses by chance it resets.
func TestResetUnreadOnANetwork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"reset-unread", "refused"} {
		g := open(t, Options{Plan: always(EndpointConnection, name)})
		inner, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
		go func() { _ = server.Serve(g.Listen(inner)) }()
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		text := encode(t, sign(mexicoBody("A1", nil), testSecret))
		resp, err := client.Post("http://"+inner.Addr().String()+"/mexico/v1/paypro/payOut", "application/json", strings.NewReader(string(text)))
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s: answered", name)
		}
		if s := g.Stats(); s.Requests != 0 || s.Orders != 0 || s.Faults["connection:"+name] != 1 {
			t.Errorf("%s: %+v", name, s)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Without a plan nothing stands between the server and its listener.
func TestListenWithoutAPlan(t *testing.T) {
	t.Parallel()
	g := open(t, Options{})
	p := newPipes(g)
	if g.Listen(p) != net.Listener(p) || g.Refuses(time.Now()) || len(g.Stats().Faults) != 0 {
		t.Error(fmt.Sprint("something does: ", g.Stats().Faults))
	}
}
