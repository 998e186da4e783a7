package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// doctorJSON is what `bulkpay doctor --json` prints.
type doctorJSON struct {
	Checks []checkupJSON `json:"checks"`
	Sound  bool          `json:"sound"`
}

// checkupJSON is one thing that was looked at.
type checkupJSON struct {
	What  string `json:"what"`
	Sound bool   `json:"sound"`
	Found string `json:"found"`
	Hint  string `json:"hint,omitempty"`
}

func newDoctor(a *app) *cobra.Command {
	t := &target{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, secret, ledger, connection, signature and balance",
		Long: `doctor looks at everything a payment needs, one after the other, and pays nothing: the configuration, the merchant's
secret and who can read it, the ledger, whether the gateway can be reached, and whether it accepts the merchant
number and the signature (by asking about a payout that does not exist, and for the balance).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), t) },
	}
	t.flags(cmd)
	return cmd
}

// doctorTimeout bounds reaching the gateway.
const doctorTimeout = 10 * time.Second

// checkup is a visit under way: what was found, and the worst of it.
type checkup struct {
	doctorJSON
	code int
}

// note adds a finding; err nil is good news.
func (c *checkup) note(what, found string, err error) bool {
	one := checkupJSON{What: what, Sound: err == nil, Found: found}
	if err != nil {
		one.Found, one.Hint = err.Error(), hintFor(err)
		if c.code == exitDone || codeOf(err) == exitCredentials {
			c.code = codeOf(err)
		}
	}
	c.Checks = append(c.Checks, one)
	return err == nil
}

func (a *app) doctor(ctx context.Context, t *target) error {
	c := &checkup{}
	a.examineAccount(ctx, t, c)
	c.Sound = c.code == exitDone
	if a.json {
		if err := a.printJSON(c.doctorJSON); err != nil {
			return err
		}
		return outcome(c.code)
	}
	for _, one := range c.Checks {
		mark := "ok  "
		if !one.Sound {
			mark = "FAIL"
		}
		a.tell("%s  %-14s %s\n", mark, one.What, one.Found)
		if one.Hint != "" {
			a.tell("      %-14s hint: %s\n", "", one.Hint)
		}
	}
	return outcome(c.code)
}

// examineAccount looks at one thing after the other; what builds on
// something broken is not looked at.
func (a *app) examineAccount(ctx context.Context, t *target, c *checkup) {
	file, err := a.loadConfig()
	switch {
	case t.sandbox != "":
	case err == nil && file == nil:
		c.note("configuration", "", config.ErrNone)
		return
	default:
		if !c.note("configuration", "read, no unknown settings", err) {
			return
		}
	}
	a.examineLedger(ctx, t, file, c)
	acc, err := a.openAccount(t)
	if !c.note("merchant", "", err) {
		return
	}
	c.Checks[len(c.Checks)-1].Found = fmt.Sprintf("%s, number %s, %s, secret present", acc.merchant.Name, acc.merchant.MerchantNo, acc.area.Name)
	client, disconnect, err := a.connect(ctx, t, &acc)
	if !c.note("client", "settings accepted", err) {
		return
	}
	defer disconnect()
	if !c.note("connection", acc.client.BaseURL+" can be reached", reach(ctx, acc.client.BaseURL)) {
		return
	}
	if !c.note("signature", "merchant number and signature accepted", signed(ctx, client)) {
		return
	}
	balance, err := client.Balance(ctx)
	if err != nil && !errors.Is(err, paypro.ErrCredentials) {
		err = hinted{err, "payouts may work nevertheless; their first answers will show"}
	}
	c.note("balance", balance.Available.String()+" available", err)
}

func (a *app) examineLedger(ctx context.Context, t *target, file *config.Config, c *checkup) {
	p := a.place(t, file)
	book, err := ledger.Open(ctx, p.ledger, a.books())
	if errors.Is(err, ledger.ErrNoLedger) {
		c.note("ledger", p.ledger+" does not exist yet: the first run makes it", nil)
		return
	}
	if c.note("ledger", p.ledger+" opens", err) {
		_ = book.Close() // it was only opened
	}
}

// reach opens a connection and closes it.
func reach(ctx context.Context, base string) error {
	parsed, err := url.Parse(base)
	if err != nil {
		return err
	}
	port := parsed.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[parsed.Scheme]
	}
	dialer := net.Dialer{Timeout: doctorTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(parsed.Hostname(), port))
	if err != nil {
		return hinted{err, "check base_url, the network and the firewall"}
	}
	return conn.Close()
}
