package simulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/bulkpay/bulkpay/internal/receive"
	"github.com/bulkpay/bulkpay/ledger"
)

// serving is a process that takes callbacks.
type serving struct {
	*process
	handler http.Handler
}

// serve keeps a process running that takes callbacks, as a service manager
// does: one that has died is started again after a while.
func (w *world) serve() (stop func()) {
	ctx, cancel := context.WithCancel(w.ctx)
	if !w.s.serve {
		return cancel
	}
	var keeping sync.WaitGroup
	keeping.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			name := fmt.Sprintf("serve-%d", i)
			f := w.s.fateOf(name)
			f.drain, f.now = 0, 0
			if time.Now().After(w.stormEnds()) {
				f = fate{}
			}
			p := w.start(name, f, func(p *process, book *ledger.Ledger) error { return p.receive(ctx, book) })
			<-p.ended
			pause := time.NewTimer(w.s.span(0, 20*time.Second, "serves again", name))
			select {
			case <-ctx.Done():
			case <-pause.C:
			}
			pause.Stop()
		}
	})
	return func() {
		cancel()
		keeping.Wait()
	}
}

// receive is what `bulkpay serve` does.
func (p *process) receive(stop context.Context, book *ledger.Ledger) error {
	merchant, err := book.Merchant(p.ctx, p.w.merchant)
	if err != nil {
		return err
	}
	client, err := p.client()
	if err != nil {
		return err
	}
	defer client.Close()
	receiver := receive.New(receive.Options{
		Book: book, AskRate: 50,
		Accounts: map[string]receive.Account{merchantName: {Merchant: merchant, Client: client, Policy: p.w.s.options.Policy}},
	})
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	defer context.AfterFunc(stop, cancel)()
	p.w.listen(&serving{p, receiver.Handler()})
	err = receiver.Run(ctx)
	p.w.listen(nil)
	return err
}

func (w *world) listen(s *serving) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.server = s
}

// callbackWay carries the gateway's callbacks to the process that takes them,
// without a connection: what a connection can do to them is drawn here.
type callbackWay struct{ w *world }

// RoundTrip delivers one callback.
func (c callbackWay) RoundTrip(r *http.Request) (*http.Response, error) {
	c.w.mu.Lock()
	s := c.w.server
	c.w.mu.Unlock()
	if s == nil || s.dead.Load() {
		return nil, syscall.ECONNREFUSED
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.w.counts.add("callbacks: delivered", 1)
	in := r.Clone(r.Context())
	in.Body, in.RemoteAddr = io.NopCloser(bytes.NewReader(body)), "198.51.100.1:443"
	out := &answer{header: http.Header{}, status: http.StatusOK}
	s.handler.ServeHTTP(out, in)
	if s.dead.Load() {
		return nil, syscall.ECONNRESET
	}
	c.w.counts.add(fmt.Sprintf("callbacks: answered %d", out.status), 1)
	return &http.Response{
		StatusCode: out.status, Header: out.header, Body: io.NopCloser(&out.body), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// answer is what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header            { return a.header }
func (a *answer) WriteHeader(status int)         { a.status = status }
func (a *answer) Write(text []byte) (int, error) { return a.body.Write(text) }
