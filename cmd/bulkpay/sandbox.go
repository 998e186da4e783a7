package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// sandboxOptions are the flags of `bulkpay sandbox`.
type sandboxOptions struct {
	listen    string
	journal   string
	log       string
	delay     time.Duration
	callbacks bool
	balance   int64
}

func newSandbox(a *app) *cobra.Command {
	o := &sandboxOptions{}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run the simulated gateway: no money moves",
		Long:  sandboxHelp(),
		Example: `  bulkpay sandbox --listen 127.0.0.1:8480
  bulkpay run --sandbox=http://127.0.0.1:8480 samples/payouts-mexico.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveSandbox(cmd.Context(), o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8480", "address on this machine")
	flags.StringVar(&o.journal, "journal", "", "file that keeps the orders over restarts (default: memory only)")
	flags.StringVar(&o.log, "log", "", "file for one JSON line a request")
	flags.DurationVar(&o.delay, "delay", sandboxDelay, "how long an order stays in progress")
	flags.BoolVar(&o.callbacks, "callbacks", false, "post results to notifyUrl, on this machine only")
	flags.Int64Var(&o.balance, "balance", 0, "opening balance in whole units (default: ten billion)")
	return cmd
}

func sandboxHelp() string {
	text := `sandbox answers like the gateway, by a second reading of its documents, on this machine only. NO MONEY MOVES.

A payout whose remark holds SANDBOX: and one of these words gets that outcome:
`
	for _, outcome := range sandbox.Outcomes() {
		text += fmt.Sprintf("  %-14s %s\n", outcome.Name, outcome.What)
	}
	return text
}

func (a *app) serveSandbox(ctx context.Context, o *sandboxOptions) error {
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil || !paypro.IsLoopback(host) {
		return usageError{errors.New("--listen takes an address on this machine, such as 127.0.0.1:8480")}
	}
	stop, done := a.onSignals(ctx)
	defer done()
	var requests io.Writer
	if o.log != "" {
		file, err := os.OpenFile(o.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // every line was written at once
		requests = file
	}
	gateway, err := sandbox.Open(sandbox.Options{
		Merchants: map[string]string{sandboxMerchantNo: sandboxSecret},
		Delay:     o.delay, Journal: o.journal, RequestLog: requests, Callbacks: o.callbacks, Balance: o.balance, ErrorLog: a.log(),
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return errors.Join(err, gateway.Close())
	}
	a.announceSandbox(listener.Addr().String())
	server := newServer(gateway)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case <-stop.drain.Done():
	case err := <-served:
		return errors.Join(err, gateway.Close())
	}
	err = gateway.Close()
	return errors.Join(err, server.Close())
}

func (a *app) announceSandbox(address string) {
	fmt.Fprintf(a.out, "SANDBOX: a simulated gateway, no money moves\nlistening on http://%s\n", address)
	for _, area := range sandbox.Areas() {
		fmt.Fprintf(a.out, "  %-12s base_url = \"http://%s%s\"\n", area.Name, address, area.BasePath)
	}
	fmt.Fprintf(a.out, "  merchant_no = %q, secret %q\n", sandboxMerchantNo, sandboxSecret)
}
