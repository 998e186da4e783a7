package paypro

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// raw is a server on bare TCP: what becomes of the n-th connection is the
// test's to say. posts counts the requests whose headers arrived.
type raw struct {
	net.Listener
	posts, dials atomic.Int64
	done         sync.WaitGroup
}

func listen(t testing.TB, serve func(r *raw, n int64, conn net.Conn)) *raw {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &raw{Listener: listener}
	r.done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			n := r.dials.Add(1)
			r.done.Go(func() {
				defer conn.Close() //nolint:errcheck // the test is over for it
				serve(r, n, conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		r.done.Wait()
	})
	return r
}

func (r *raw) url() string { return "http://" + r.Addr().String() }

// request reads one request whole.
func (r *raw) request(from *bufio.Reader) bool {
	request, err := http.ReadRequest(from)
	if err != nil {
		return false
	}
	r.posts.Add(1)
	_, err = io.Copy(io.Discard, request.Body)
	return err == nil
}

// reset closes a connection so that the other side reads a RST.
func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// waitForClose reads until the client goes away.
func waitForClose(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func TestNeverConnectedIsNotSent(t *testing.T) {
	t.Parallel()
	closed := listen(t, func(*raw, int64, net.Conn) {})
	_ = closed.Close()
	plain := listen(t, func(_ *raw, _ int64, conn net.Conn) { _, _ = io.WriteString(conn, "not TLS at all\r\n\r\n") })
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = discard()
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	for name, base := range map[string]string{
		"refused":      closed.url(),
		"no such host": "https://gateway.invalid",
		"not TLS":      "https://" + plain.Addr().String(),
		"certificate":  untrusted.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, mexico, base, nil)
			v := c.Place(t.Context(), payout(mexico, testNo))
			want(t, v, NotSent, ReasonNotConnected)
			if len(v.Raw) == 0 || v.HTTPStatus != 0 {
				t.Errorf("raw %q, HTTP %d", v.Raw, v.HTTPStatus)
			}
			want(t, c.Query(t.Context(), payout(mexico, testNo)), NoAnswer, ReasonNotConnected)
		})
	}
}

// TestBrokenAfterSendingIsInDoubt: from the moment that bytes may have left,
// nothing but a whole answer settles anything.
func TestBrokenAfterSendingIsInDoubt(t *testing.T) {
	t.Parallel()
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	whole := accepted(`"status":"0000"`)
	for name, test := range map[string]struct {
		reason Reason
		serve  func(r *raw, conn net.Conn)
	}{
		"reset before reading": {ReasonConnectionLost, func(_ *raw, conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1)) // so that something had left
			reset(conn)
		}},
		"reset after the request": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			reset(conn)
		}},
		"closed after the request": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
		}},
		"closed within the headers": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, head)
		}},
		"half a body": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, head+"Content-Length: 4096\r\n\r\n"+whole)
		}},
		"half a chunk": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, head+"Transfer-Encoding: chunked\r\n\r\nfff\r\n"+whole)
		}},
		"not HTTP": {ReasonConnectionLost, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH\r\n\r\n")
		}},
		"half a body under 429": {ReasonThrottled, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 429 Slow\r\nContent-Length: 9\r\n\r\nslow")
		}},
		"silence": {ReasonTimeout, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			waitForClose(conn)
		}},
		"silence after the headers": {ReasonTimeout, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, head+"Content-Length: 4096\r\n\r\n"+whole)
			waitForClose(conn)
		}},
		"chunks for ever, slowly": {ReasonTimeout, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, head+"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
			waitForClose(conn)
		}},
		"chunks for ever, fast": {ReasonTooLong, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, err := io.WriteString(conn, head+"Transfer-Encoding: chunked\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(conn, "400\r\n"+strings.Repeat(" ", 1024)+"\r\n")
			}
		}},
		"continue, and then nothing": {ReasonTimeout, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")
			waitForClose(conn)
		}},
		"switching protocols": {ReasonHTTPStatus, func(r *raw, conn net.Conn) {
			r.request(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"+whole)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, query := range []bool{false, true} {
				r := listen(t, func(r *raw, _ int64, conn net.Conn) { test.serve(r, conn) })
				c := newClient(t, mexico, r.url(), func(c *Config) {
					if test.reason == ReasonTimeout {
						short(c)
					}
				})
				if query {
					want(t, c.Query(t.Context(), payout(mexico, testNo)), NoAnswer, test.reason)
				} else {
					want(t, c.Place(t.Context(), payout(mexico, testNo)), InDoubt, test.reason)
				}
				if n := r.posts.Load(); n > 1 || r.dials.Load() != 1 {
					t.Errorf("%d requests on %d connections", n, r.dials.Load())
				}
			}
		})
	}
}

func TestAWholeAnswerAfterInterimOnesCounts(t *testing.T) {
	t.Parallel()
	r := listen(t, func(r *raw, _ int64, conn net.Conn) {
		r.request(bufio.NewReader(conn))
		body := accepted(`"status":"0000"`)
		_, _ = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+body)
	})
	want(t, newClient(t, mexico, r.url(), nil).Place(t.Context(), payout(mexico, testNo)), Succeeded, ReasonPaid)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	t.Run("before sending", func(t *testing.T) {
		t.Parallel()
		g := answering(t, 200, nil, accepted(`"status":"0000"`))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		want(t, newClient(t, mexico, g.URL, nil).Place(ctx, payout(mexico, testNo)), NotSent, ReasonNotConnected)
		g.once(t, 0)
	})
	for name, cause := range map[string]error{"after sending": nil, "after sending, with a cause": errors.New("terminated")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			g := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				cancel(cause)
				<-r.Context().Done()
			})
			want(t, newClient(t, mexico, g.URL, nil).Place(ctx, payout(mexico, testNo)), InDoubt, ReasonStopped)
			g.once(t, 1)
		})
	}
	t.Run("deadline of the caller", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		g := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
		want(t, newClient(t, mexico, g.URL, nil).Place(ctx, payout(mexico, testNo)), InDoubt, ReasonTimeout)
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "0": 0, "-1": 0, "x": 0, "99999999": time.Hour, "Fri, 31 Dec 2027 23:59:59 GMT": 0,
	} {
		g := answering(t, 429, map[string]string{"Retry-After": text}, "")
		v := newClient(t, mexico, g.URL, nil).Place(t.Context(), payout(mexico, testNo))
		want(t, v, InDoubt, ReasonThrottled)
		if v.RetryAfter != expected || !v.Slow() {
			t.Errorf("Retry-After %q: %v, slow %v", text, v.RetryAfter, v.Slow())
		}
	}
	g := answering(t, 503, map[string]string{"Retry-After": "3"}, "")
	v := newClient(t, mexico, g.URL, nil).Place(t.Context(), payout(mexico, testNo))
	if v.RetryAfter != 3*time.Second || !v.Slow() {
		t.Errorf("503: %v", v.RetryAfter)
	}
}
