package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// The simulated gateway's one account. The secret is no secret: it opens
// nothing.
const (
	sandboxMerchantNo = "0000000001"
	sandboxSecret     = "sandbox-secret-that-opens-nothing"
	sandboxDelay      = 500 * time.Millisecond
	sandboxNotifyURL  = "https://example.com/bulkpay/callback"
	sandboxAddress    = "203.0.113.10" // from the range reserved for documents
)

// sandboxPolicy and sandboxSchedule make a trial take seconds where the real
// thing takes its time.
var (
	sandboxPolicy   = ledger.Policy{Unknowns: 3, Quarantine: 2 * time.Second, MaxAttempts: 3}
	sandboxSchedule = []time.Duration{
		200 * time.Millisecond, 400 * time.Millisecond, 500 * time.Millisecond, time.Second, time.Second, 2 * time.Second,
	}
)

// simulated is an account at the simulated gateway.
func simulated(area *paypro.Area, at string) (account, error) {
	secret, err := paypro.NewSecret(sandboxSecret)
	if err != nil {
		return account{}, err
	}
	acc := account{
		merchant: ledger.Merchant{
			Name: "sandbox-" + area.Slug, Area: area.Code, Currency: area.Currency,
			MerchantNo: sandboxMerchantNo, Gateway: ledger.SimulatedGateway,
		},
		area:      area,
		client:    paypro.Config{Area: area, MerchantNo: sandboxMerchantNo, Secret: secret, Timeout: 5 * time.Second},
		constants: constantsOf(area, sandboxNotifyURL, sandboxAddress),
		settings: dispatch.Options{
			Rate: 200, Workers: 16, Deadline: 20 * time.Second, Policy: sandboxPolicy, Schedule: sandboxSchedule,
		},
		check: true,
	}
	if at == sandboxHere {
		return acc, nil
	}
	base, err := url.Parse(at)
	if err != nil || !paypro.IsLoopback(base.Hostname()) {
		return account{}, usageError{errors.New("--sandbox takes the address of a simulated gateway on this machine, such as http://127.0.0.1:8480")}
	}
	at = strings.TrimRight(at, "/") // the ledger knows it by one spelling
	acc.client.BaseURL = at + "/" + area.Slug
	acc.merchant.Name += "@" + base.Host
	acc.merchant.Gateway = ledger.SimulatedGateway + " " + at
	return acc, nil
}

// startSandbox runs the simulated gateway within this process until stop is
// called, and points the account at it.
func (a *app) startSandbox(t *target, acc *account) (stop func(), _ error) {
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return nil, err
	}
	gateway, err := sandbox.Open(sandbox.Options{
		Merchants: map[string]string{sandboxMerchantNo: sandboxSecret},
		Delay:     sandboxDelay,
		Journal:   filepath.Join(t.folder, "gateway.jsonl"),
		ErrorLog:  a.log(),
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, gateway.Close())
	}
	server := newServer(gateway)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it always ends in ErrServerClosed
	}()
	acc.client.BaseURL = "http://" + listener.Addr().String() + "/" + acc.area.Slug
	a.say("SANDBOX: a simulated gateway answers, and no money moves")
	return func() {
		_ = gateway.Close() // it lets go of connections that it holds on purpose
		_ = server.Close()
		<-served
	}, nil
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
}

// settleOn gives settings of the command line precedence.
func (acc *account) settleOn(o *paceFlags) {
	acc.settings.Rate = orDefault(o.rate, acc.settings.Rate)
	acc.settings.QueryRate = orDefault(o.queryRate, acc.settings.QueryRate)
	acc.settings.Workers = orDefault(o.workers, acc.settings.Workers)
	acc.settings.Deadline = orDefault(o.deadline, acc.settings.Deadline)
	acc.settings.Canary = orDefault(o.canary, acc.settings.Canary)
	if o.inDoubt == "hold" {
		acc.settings.Policy.NeverResend = true
	}
}

// accountFor finds whom to pay as: simulated or configured. name is the
// merchant a batch belongs to, if that is known.
func (a *app) accountFor(t *target, area *paypro.Area, name string) (account, error) {
	if t.sandbox != "" {
		return simulated(area, t.sandbox)
	}
	return a.configured(t, name)
}

// connect starts the simulation if it is to run here, and makes the client.
func (a *app) connect(_ context.Context, t *target, acc *account) (client *paypro.Client, stop func(), err error) {
	stop = func() {}
	if t.sandbox == sandboxHere {
		if stop, err = a.startSandbox(t, acc); err != nil {
			return nil, nil, fmt.Errorf("sandbox: %w", err)
		}
	}
	acc.client.Now = a.now
	client, err = paypro.NewClient(acc.client)
	if err != nil {
		stop()
		return nil, nil, err
	}
	end := stop
	return client, func() { client.Close(); end() }, nil
}
