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
		g.hold(r)
	case a.reset:
		reset(w)
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
	if a.retry {
		h["Retry-After"] = headerRetry
	}
	if a.http == http.StatusMethodNotAllowed {
		h.Set("Allow", http.MethodPost)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(a.http)
	if a.half {
		_, _ = w.Write(body[:len(body)/2]) // the connection is about to be cut anyway
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // a client that has gone away will ask again
}

// hold keeps a connection without an answer until the client goes away, the cap is
// reached or the sandbox closes, and then drops it. It does not return.
func (g *Gateway) hold(r *http.Request) {
	limit := time.NewTimer(g.opts.Hold)
	defer limit.Stop()
	select {
	case <-r.Context().Done():
	case <-limit.C:
	case <-g.done:
	}
	panic(http.ErrAbortHandler)
}

// reset cuts a connection so that the client reads a RST. Where a connection cannot be
// taken over (HTTP/2, a recorder) it is dropped. It does not return.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // or else it is closed in the ordinary way
	}
	_ = conn.Close()
	panic(http.ErrAbortHandler)
}
