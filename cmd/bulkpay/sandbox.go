package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
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

	faults      string
	seed        uint64
	faultsFor   time.Duration
	late, slow  time.Duration
	clockOffset time.Duration
	duplicates  bool
}

func newSandbox(a *app) *cobra.Command {
	o := &sandboxOptions{}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run the simulated gateway: no money moves",
		Long:  sandboxHelp(),
		Example: `  bulkpay sandbox --listen 127.0.0.1:8480
  bulkpay sandbox --faults "timeout=0.2,query:http-502=0.1" --seed 7
  bulkpay sandbox --faults storm --seed 4711 --faults-for 5m --callbacks
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
	flags.StringVar(&o.faults, "faults", "", "what goes wrong by chance: outcomes with their shares, as [ENDPOINT:]OUTCOME=SHARE,…; storm, drawn from the seed; or @`FILE`")
	flags.Uint64Var(&o.seed, "seed", 1, "which chance: the same seed and payouts, the same faults")
	flags.DurationVar(&o.faultsFor, "faults-for", 0, "nothing goes wrong any more after that long (default: never)")
	flags.DurationVar(&o.late, "late", 0, "how long what comes late takes at least; longer than the client waits (default: 1m)")
	flags.DurationVar(&o.slow, "slow", 0, "how long a slow answer takes; shorter than the client waits (default: 1s)")
	flags.DurationVar(&o.clockOffset, "clock-offset", 0, "by how much its clock is wrong")
	flags.BoolVar(&o.duplicates, "allow-duplicates", false, "make a second order of a number that it has already, as a gateway might")
	flags.Int64Var(&o.balance, "balance", 0, "opening balance in whole units (default: ten billion)")
	cmd.AddCommand(newSandboxStatement(a))
	return cmd
}

func sandboxHelp() string {
	text := `sandbox answers like the gateway, by a second reading of its documents, on this machine only. NO MONEY MOVES.

A payout whose remark holds SANDBOX: and one of these words gets that outcome. One of each kind may be joined, as in
SANDBOX:00029+invisible+timeout. With --faults they happen by chance.

`
	for _, outcome := range sandbox.Outcomes() {
		text += fmt.Sprintf("  %-22s %s\n", outcome.Name, outcome.What)
	}
	text += "\nOnly by chance, with --faults:\n\n"
	for _, outcome := range sandbox.PlanOutcomes() {
		if !slices.ContainsFunc(sandbox.Outcomes(), func(o sandbox.Outcome) bool { return o.Name == outcome.Name }) {
			text += fmt.Sprintf("  %-22s %s\n", outcome.Name, outcome.What)
		}
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
	plan, err := a.plan(o)
	if err != nil {
		return err
	}
	gateway, err := sandbox.Open(sandbox.Options{
		Merchants: map[string]string{sandboxMerchantNo: sandboxSecret},
		Delay:     o.delay, Journal: o.journal, RequestLog: requests, Callbacks: o.callbacks, Balance: o.balance, ErrorLog: a.log(),
		Plan: plan, Late: o.late, Slow: o.slow, ClockOffset: o.clockOffset, AllowDuplicateTradeNo: o.duplicates, Now: a.now,
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
	go func() { served <- server.Serve(gateway.Listen(listener)) }()
	select {
	case <-stop.drain.Done():
	case err := <-served:
		return errors.Join(err, gateway.Close())
	}
	err = gateway.Close()
	return errors.Join(err, server.Close())
}

// plan is what is to go wrong; nil: nothing.
func (a *app) plan(o *sandboxOptions) (*sandbox.Plan, error) {
	if o.faults == "" {
		return nil, nil
	}
	text := o.faults
	if path, ok := strings.CutPrefix(text, "@"); ok {
		read, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text = string(read)
	}
	plan, err := sandbox.ParsePlan(text, o.seed)
	if err != nil {
		return nil, usageError{fmt.Errorf("--faults: %w", err)}
	}
	if o.faultsFor > 0 {
		plan.Until = a.now().Add(o.faultsFor)
	}
	a.say("faults, by seed %d: %s", o.seed, plan.String())
	return &plan, nil
}

func (a *app) announceSandbox(address string) {
	a.tell("SANDBOX: a simulated gateway, no money moves\nlistening on http://%s\n", address)
	for _, area := range sandbox.Areas() {
		a.tell("  %-12s base_url = \"http://%s%s\"\n", area.Name, address, area.BasePath)
	}
	a.tell("  merchant_no = %q, secret %q\n", sandboxMerchantNo, sandboxSecret)
}
