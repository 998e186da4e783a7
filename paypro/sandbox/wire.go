package sandbox

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// The values of headers, made once: they are set on every answer.
var (
	headerSandbox = []string{"no money moves"}
	headerJSON    = []string{"application/json;charset=UTF-8"}
	headerHTML    = []string{"text/html;charset=UTF-8"}
	headerRetry   = []string{"1"}
)

// carryOut sends an answer, or does what is done instead of sending it.
func (g *Gateway) carryOut(w http.ResponseWriter, r *http.Request, a *answer) {
	switch {
	case a.silence:
		g.wait(r, g.opts.Hold)
		panic(http.ErrAbortHandler)
	case a.reset:
		reset(w)
	case a.slow > 0:
		if !g.wait(r, a.slow) {
			panic(http.ErrAbortHandler)
		}
	}
	h := w.Header()
	h["X-Paypro-Sandbox"] = headerSandbox
	h["Content-Type"] = headerJSON
	body := a.envelope
	if a.html {
		h["Content-Type"] = headerHTML
		body = fmt.Appendf(nil, "<!doctype html><title>%[1]d</title><h1>%[1]d %s</h1><p>sandbox: no money moves</p>\n",
			a.http, http.StatusText(a.http))
	}
	a.pageHeaders(h)
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(a.http)
	if a.half {
		_, _ = w.Write(body[:len(body)/2]) // the connection is about to be cut anyway
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // a client that has gone away will ask again
	if a.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// wait keeps a client waiting. It is false if the client has gone away or the sandbox closes before.
func (g *Gateway) wait(r *http.Request, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-limit.C:
		return true
	case <-r.Context().Done():
	case <-g.done:
	}
	return false
}

// reset cuts a connection so that the client reads a RST. Where a connection cannot be
// taken over (HTTP/2, a recorder) it is dropped. It does not return.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	resetConn(conn)
	panic(http.ErrAbortHandler)
}

// resetConn closes a connection with a RST, if it is of a kind that can. A connection that is none of the network's
// can have a SetLinger too, to tell a reset from an ordinary end.
func resetConn(conn net.Conn) {
	if c, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		_ = c.SetLinger(0) // or else it is closed in the ordinary way
	}
	_ = conn.Close()
}
