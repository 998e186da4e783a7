package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/internal/receive"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// serveOptions are the flags of `bulkpay serve`.
type serveOptions struct {
	target
	listen        string
	cert, key     string
	metrics       string
	behindProxy   bool
	rate          float64
	shutdownGrace time.Duration
}

func newServe(a *app) *cobra.Command {
	o := &serveOptions{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive the gateway's callbacks",
		Long: `serve receives what the gateway posts to notify_url when a payout has a result, and records it: the fast way to a final
status, beside the questions that run and settle ask. It may run for months, beside any number of runs on the same
ledger. Nothing is sent to the gateway but questions, and it needs no lease.

  POST /callback/MERCHANT   set notify_url = "https://YOUR-HOST/callback/MERCHANT"
  GET  /healthz             it lives
  GET  /readyz              it lives, and the ledger can be read and written

Numbers for Prometheus (GET /metrics) are at an address of their own, --metrics, for they are not for everybody.

A callback counts only if its signature is right, its number is ours and its amount is the payout's; the gateway gets its
OK only when the result is on disk. A callback that contradicts what is known, and every one of an area that does not
sign them (Kenya), proves nothing: it makes serve ask the gateway. Repeated or late ones change nothing.

Give it --tls-cert and --tls-key, or let it listen on this machine only with a proxy before it that has the certificate.
The first Ctrl-C stops in good order: what was accepted is written down and answered.`,
		Example: `  bulkpay serve --listen 127.0.0.1:8481
  bulkpay serve --listen :8443 --tls-cert bulkpay.crt --tls-key bulkpay.key --metrics 10.0.0.5:9481`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), o) },
	}
	o.target.flags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8481", "address to listen on")
	flags.StringVar(&o.metrics, "metrics", "", "address for /metrics, /healthz and /readyz, where only you can reach it (default: no metrics)")
	flags.StringVar(&o.cert, "tls-cert", "", "file with the certificate and those above it (PEM)")
	flags.StringVar(&o.key, "tls-key", "", "file with its key (PEM)")
	flags.BoolVar(&o.behindProxy, "behind-proxy", false, "a proxy of yours is before it: believe the address it puts last into X-Forwarded-For, and listen beyond this machine without TLS")
	flags.Float64Var(&o.rate, "rate", 0, "callbacks a second from one address (default: 5000)")
	flags.DurationVar(&o.shutdownGrace, "grace", 10*time.Second, "how long a stop waits for what is under way")
	cmd.MarkFlagsRequiredTogether("tls-cert", "tls-key")
	return cmd
}

func (o *serveOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case err != nil:
		return usageError{errors.New("--listen takes an address and a port, such as 127.0.0.1:8481")}
	case o.rate < 0:
		return usageError{errors.New("--rate is a number of callbacks a second")}
	case o.cert == "" && !o.behindProxy && !paypro.IsLoopback(host):
		return usageError{errors.New("beyond this machine callbacks come over TLS: give --tls-cert and --tls-key, or --behind-proxy")}
	}
	return nil
}

func (a *app) serve(ctx context.Context, o *serveOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	stop, done := a.onSignals(ctx)
	defer done()
	book, p, err := a.openToServe(stop.now, o)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	accounts, disconnect, err := a.receivers(stop.now, o, book)
	defer disconnect()
	if err != nil {
		return err
	}
	server := receive.New(receive.Options{
		Book: book, Accounts: accounts, Rate: o.rate, TrustForwarded: o.behindProxy, Log: a.log(), Now: a.now,
	})
	listener, err := o.open(stop.now)
	if err != nil {
		return err
	}
	doors := []door{{listener, server.Handler()}}
	if o.metrics != "" {
		listener, err := (&net.ListenConfig{}).Listen(stop.now, "tcp", o.metrics)
		if err != nil {
			return errors.Join(err, doors[0].Close())
		}
		doors = append(doors, door{listener, server.Metrics()})
	}
	a.announceServe(o, p, doors, accounts)
	return a.serveUntil(stop, o, doors, server)
}

// openToServe opens the ledger. A trial may begin with it, so that the
// simulation's is made if it is not there.
func (a *app) openToServe(ctx context.Context, o *serveOptions) (*ledger.Ledger, place, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, place{}, err
	}
	p := a.place(&o.target, c)
	book, err := a.createBook(ctx, p.ledger)
	if err == nil {
		a.warnOfOldCopy(ctx, book)
	}
	return book, p, err
}

// receivers are the merchants whose callbacks are taken: the one that was
// named, or all of the configuration.
func (a *app) receivers(ctx context.Context, o *serveOptions, book *ledger.Ledger) (_ map[string]receive.Account, disconnect func(), err error) {
	accounts := map[string]receive.Account{}
	var clients []*paypro.Client
	disconnect = func() {
		for _, client := range clients {
			client.Close()
		}
	}
	all, err := a.accountsToServe(o)
	if err != nil {
		return nil, disconnect, err
	}
	for _, acc := range all {
		if err := acc.register(ctx, book); err != nil {
			return nil, disconnect, err
		}
		acc.client.Now = a.now
		client, err := paypro.NewClient(acc.client)
		if err != nil {
			return nil, disconnect, err
		}
		clients = append(clients, client)
		accounts[acc.merchant.Name] = receive.Account{Merchant: acc.merchant, Client: client, Policy: acc.settings.Policy}
	}
	return accounts, disconnect, nil
}

func (a *app) accountsToServe(o *serveOptions) ([]account, error) {
	area, err := o.findArea()
	if err != nil {
		return nil, err
	}
	switch {
	case o.sandbox == sandboxHere:
		return nil, usageError{errors.New("--sandbox needs the address of a simulated gateway that runs: --sandbox=http://127.0.0.1:8480")}
	case o.sandbox != "":
		return simulatedAccounts(area, o.sandbox)
	case o.merchant != "" || area != nil:
		acc, err := a.configured(&o.target, "")
		return []account{acc}, err
	}
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	var all []account
	for _, name := range c.Names() {
		acc, err := a.configured(&o.target, name)
		if err != nil {
			return nil, err
		}
		all = append(all, acc)
	}
	if len(all) == 0 {
		return nil, hinted{errors.New("the configuration has no merchant"), "write a bulkpay.toml (see README.md), or try without money: --sandbox=http://127.0.0.1:8480"}
	}
	return all, nil
}

// simulatedAccounts are those of a simulated gateway, of one area or of all.
func simulatedAccounts(area *paypro.Area, at string) ([]account, error) {
	areas := paypro.Areas()
	if area != nil {
		areas = []*paypro.Area{area}
	}
	var all []account
	for _, area := range areas {
		acc, err := simulated(area, at)
		if err != nil {
			return nil, err
		}
		all = append(all, acc)
	}
	return all, nil
}

// open listens. The certificate is read before anything is promised.
func (o *serveOptions) open(ctx context.Context) (net.Listener, error) {
	var config *tls.Config
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, fmt.Errorf("TLS: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil || config == nil {
		return listener, err
	}
	return tls.NewListener(listener, config), nil
}

// door is where requests come in, and what is behind it.
type door struct {
	net.Listener
	handler http.Handler
}

func (a *app) announceServe(o *serveOptions, p place, doors []door, accounts map[string]receive.Account) {
	scheme := "http"
	if o.cert != "" {
		scheme = "https"
	}
	a.tell("receiving callbacks for %s\n", p.ledger)
	for _, metrics := range doors[1:] {
		a.tell("metrics at http://%s/metrics\n", metrics.Addr())
	}
	a.tell("listening on %s://%s\n", scheme, doors[0].Addr())
	var names []string
	for name := range accounts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.tell("  /callback/%s\n", url.PathEscape(name))
	}
}

// Time-outs of a connection: a callback has some hundred bytes.
const (
	serveReadTimeout  = 15 * time.Second
	serveWriteTimeout = 45 * time.Second // a commit may have to wait its turn behind an import
)

// serveUntil answers until it is told to stop: at the first signal it takes no
// more connections and finishes what it has, at the second it ends.
func (a *app) serveUntil(stop stopping, o *serveOptions, doors []door, r *receive.Receiver) error {
	working, stopWorking := context.WithCancel(context.WithoutCancel(stop.now))
	defer stopWorking()
	var group errgroup.Group
	var servers []*http.Server
	for _, d := range doors {
		server := &http.Server{
			Handler: d.handler, ReadHeaderTimeout: serveReadTimeout, ReadTimeout: serveReadTimeout,
			WriteTimeout: serveWriteTimeout, IdleTimeout: time.Minute,
		}
		servers = append(servers, server)
		group.Go(func() error {
			if err := server.Serve(d.Listener); !errors.Is(err, http.ErrServerClosed) {
				stopWorking()
				return err
			}
			return nil
		})
	}
	group.Go(func() error {
		select {
		case <-stop.drain.Done():
		case <-working.Done():
		}
		grace, cancel := context.WithTimeout(stop.now, o.shutdownGrace)
		defer cancel()
		var errs []error
		for _, server := range servers {
			if err := server.Shutdown(grace); err != nil {
				errs = append(errs, err, server.Close())
			}
		}
		stopWorking() // after the last answer: what was accepted is committed by then
		return errors.Join(errs...)
	})
	group.Go(func() error {
		err := r.Run(working)
		stopWorking()
		return err
	})
	return group.Wait()
}
