package paypro

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func answerOn(conn net.Conn, body string) {
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// TestADroppedConnectionIsNeverASecondRequest: a kept connection dies while
// it waits, or just as it is used again. Whatever the timing, one call is at
// most one request at the server, and its verdict fits what arrived.
func TestADroppedConnectionIsNeverASecondRequest(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]func(r *raw, from *bufio.Reader, conn net.Conn){
		"closed while idle": func(_ *raw, _ *bufio.Reader, conn net.Conn) { _ = conn.Close() },
		"reset while idle":  func(_ *raw, _ *bufio.Reader, conn net.Conn) { reset(conn) },
		"closed on the first byte": func(_ *raw, from *bufio.Reader, conn net.Conn) {
			_, _ = from.Peek(1)
			_ = conn.Close()
		},
		"reset after the whole request": func(r *raw, from *bufio.Reader, conn net.Conn) {
			r.request(from)
			reset(conn)
		},
		"closed after the whole request": func(r *raw, from *bufio.Reader, _ net.Conn) { r.request(from) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 25 {
				dropOnce(t, drop)
			}
		})
	}
}

func dropOnce(t *testing.T, drop func(*raw, *bufio.Reader, net.Conn)) {
	t.Helper()
	var answered sync.WaitGroup
	answered.Add(1)
	r := listen(t, func(r *raw, n int64, conn net.Conn) {
		from := bufio.NewReader(conn)
		if !r.request(from) {
			return
		}
		answerOn(conn, accepted(`"status":"0015"`))
		if n == 1 {
			answered.Wait()
			drop(r, from, conn)
			return
		}
		for r.request(from) {
			answerOn(conn, accepted(`"status":"0015"`))
		}
	})
	c := newClient(t, mexico, r.url(), nil)
	defer c.Close()
	want(t, c.Place(t.Context(), payout(mexico, testNo)), Processing, ReasonProcessing)
	answered.Done()
	before := r.posts.Load()
	v := c.Place(t.Context(), payout(mexico, testNo))
	arrived := r.posts.Load() - before
	switch {
	case arrived > 1:
		t.Fatalf("one call, %d requests", arrived)
	case v.Kind == NotSent && arrived != 0:
		t.Fatalf("not sent, but %d requests arrived", arrived)
	case v.Kind == Processing && arrived != 1:
		t.Fatalf("an answer to %d requests", arrived)
	case v.Kind != NotSent && v.Kind != Processing && (v.Kind != InDoubt || v.Reason != ReasonConnectionLost):
		t.Fatalf("got %v (%s)", v.Kind, v.Reason)
	}
}

// keyed adds the header that makes the standard library think that a POST may
// be repeated.
type keyed struct{ http.RoundTripper }

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Idempotency-Key", "1")
	return k.RoundTripper.RoundTrip(r)
}

// TestWithoutARewindNothingIsSentTwice guards the one line that keeps the
// standard library from repeating a request out of sight: even a request that
// it holds to be repeatable goes out once, since its body cannot be had again.
func TestWithoutARewindNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	r := listen(t, func(r *raw, _ int64, conn net.Conn) {
		from := bufio.NewReader(conn)
		if r.request(from) {
			answerOn(conn, accepted(`"status":"0015"`))
			r.request(from) // written, and then closed
		}
	})
	c := newClient(t, mexico, r.url(), nil)
	transport := c.http.Transport
	c.http.Transport = keyed{transport}
	t.Cleanup(func() { transport.(*http.Transport).CloseIdleConnections() })
	want(t, c.Place(t.Context(), payout(mexico, testNo)), Processing, ReasonProcessing)
	want(t, c.Place(t.Context(), payout(mexico, testNo)), InDoubt, ReasonConnectionLost)
	if r.posts.Load() != 2 || r.dials.Load() != 1 {
		t.Errorf("%d requests on %d connections, want 2 on 1", r.posts.Load(), r.dials.Load())
	}
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := answering(t, 200, nil, accepted(`"status":"0000"`))
	for _, status := range []int{301, 302, 303, 307, 308} {
		g := answering(t, status, map[string]string{"Location": elsewhere.URL}, "")
		c := newClient(t, mexico, g.URL, nil)
		want(t, c.Place(t.Context(), payout(mexico, testNo)), InDoubt, ReasonHTTPStatus)
		want(t, c.Query(t.Context(), payout(mexico, testNo)), NoAnswer, ReasonHTTPStatus)
		g.once(t, 2)
	}
	elsewhere.once(t, 0)
}

func TestWorkersReuseConnections(t *testing.T) {
	t.Parallel()
	const workers, each = 64, 50
	g := answering(t, 200, nil, accepted(`"status":"0015"`))
	c := newClient(t, mexico, g.URL, nil)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				want(t, c.Place(t.Context(), payout(mexico, testNo)), Processing, ReasonProcessing)
			}
		})
	}
	group.Wait()
	g.once(t, workers*each)
	// The transport dials ahead now and then; without reuse it would be a
	// connection a request.
	if dials := g.dials.Load(); dials > 2*workers {
		t.Errorf("%d connections for %d workers", dials, workers)
	}
}

// TestOverTLS: the bytes of the handshake do not count as a request, those of
// a request do.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	var protocol sync.Map
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol.Store(r.Proto, true)
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path != mexico.PayoutPath {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, accepted(`"status":"0000"`))
	}))
	server.Config.ErrorLog = discard()
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c := newClient(t, mexico, server.URL, nil)
	c.http.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	c.http.Transport.(*http.Transport).TLSClientConfig.NextProtos = nil
	want(t, c.Place(t.Context(), payout(mexico, testNo)), Succeeded, ReasonPaid)
	want(t, c.Query(t.Context(), payout(mexico, testNo)), NoAnswer, ReasonConnectionLost)
	if _, ok := protocol.Load("HTTP/1.1"); !ok {
		t.Error("not HTTP/1.1")
	}
}

// TestOnlyWrittenBytesCount: a connection that a request got and did not use
// is none that it was sent on; one of unknown make may have been.
func TestOnlyWrittenBytesCount(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	_ = there.Close()
	counted := &countedConn{Conn: here}
	mark := markWire(counted)
	if mark.moved() {
		t.Error("nothing was written")
	}
	if _, err := counted.Write([]byte("x")); err == nil || !mark.moved() {
		t.Errorf("a failed write may have sent some: %v", err)
	}
	if markWire(counted).moved() {
		t.Error("what went before does not count")
	}
	if !markWire(here).moved() {
		t.Error("a connection that does not count is taken to have sent")
	}
	_ = here.Close()
}
