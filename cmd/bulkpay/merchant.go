package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// account is a merchant ready to be used: who it is to the ledger, how to
// reach the gateway as it, and how fast.
type account struct {
	merchant  ledger.Merchant
	former    []string
	area      *paypro.Area
	client    paypro.Config // complete but for a sandbox in this process, which has no address yet
	constants map[string]string
	settings  dispatch.Options
	limits    config.Limits
	check     bool // ask the balance before paying

	columns         map[string]string // what its sheets call the fields
	banks           *paypro.Banks
	strictBanks     bool
	duplicates      string
	duplicateWindow time.Duration
}

// accountOf turns a configured merchant into an account.
func accountOf(m *config.Merchant) (account, error) {
	area, ok := paypro.LookupArea(m.Area)
	if !ok {
		return account{}, fmt.Errorf("merchant %s: area %q is not known", m.Name, m.Area)
	}
	secret, err := m.Secret()
	if err != nil {
		return account{}, err
	}
	limits, err := m.Limits(area.Currency)
	if err != nil {
		return account{}, fmt.Errorf("merchant %s: %w", m.Name, err)
	}
	acc := account{
		merchant: ledger.Merchant{
			Name: m.Name, Area: area.Code, Currency: area.Currency, MerchantNo: m.MerchantNo, Gateway: m.BaseURL,
		},
		former: m.FormerBaseURLs,
		area:   area,
		client: paypro.Config{
			Area: area, BaseURL: m.BaseURL, MerchantNo: m.MerchantNo, Secret: secret,
			SecretPosition: paypro.SecretPosition(m.SecretPosition), SignPlace: paypro.SignPlace(m.SignPlace), Wire: m.Wire,
			Timeout: time.Duration(m.RequestTimeout), UnknownWords: m.UnknownWords,
		},
		constants: constantsOf(area, m.NotifyURL, m.IPAddress),
		settings:  settingsOf(m, limits),
		limits:    limits,
		check:     true,
		columns:   m.Columns, strictBanks: m.StrictBanks, duplicates: m.Duplicates, duplicateWindow: time.Duration(m.DuplicateWindow),
	}
	maps.Copy(acc.constants, m.Set)
	return acc, nil
}

// constantsOf are the fields that the configuration fills in.
func constantsOf(area *paypro.Area, notifyURL, address string) map[string]string {
	constants := map[string]string{}
	for role, value := range map[paypro.Role]string{paypro.RoleNotify: notifyURL, paypro.RoleAddress: address} {
		if field := area.FieldFor(role); field != nil && value != "" {
			constants[field.Name] = value
		}
	}
	return constants
}

// settingsOf are how fast, how patiently and until when a merchant is paid.
func settingsOf(m *config.Merchant, limits config.Limits) dispatch.Options {
	o := dispatch.Options{
		Rate: m.Rate, QueryRate: m.QueryRate, Workers: m.Workers, Deadline: time.Duration(m.Deadline), Policy: policyOf(m),
		Canary: m.Canary, Refusals: offIfZero(m.HaltSameCode, -1), FailureShare: offIfZero(m.HaltFailureShare, -1),
		DayLimit: limits.Day, DayStart: midnight,
	}
	o.BalanceEvery = time.Duration(offIfZero(m.BalanceEvery, -1))
	if m.FeeAllowance != nil {
		// Nothing at all is a negative share to dispatch, where zero is the default.
		o.FeeAllowance = offIfZero(m.FeeAllowance, -1)
	}
	return o
}

// offIfZero is a setting in which dispatch takes zero for "the default": what
// was switched off must not become that.
func offIfZero[T comparable](set *T, off T) T {
	var zero T
	switch {
	case set == nil:
		return zero
	case *set == zero:
		return off
	}
	return *set
}

// midnight is when the day of a moment began, where this machine is.
func midnight(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, at.Location())
}

func policyOf(m *config.Merchant) ledger.Policy {
	policy := dispatch.DefaultPolicy
	policy.Unknowns = orDefault(m.UnknownAnswers, policy.Unknowns)
	policy.Quarantine = orDefault(time.Duration(m.Quarantine), policy.Quarantine)
	policy.MaxAttempts = orDefault(m.MaxAttempts, policy.MaxAttempts)
	policy.NeverResend = m.InDoubt == "hold"
	if m.Watch != nil {
		policy.Watch = nil
		for _, after := range m.Watch {
			policy.Watch = append(policy.Watch, time.Duration(after))
		}
	}
	if m.StuckAfter != nil {
		policy.StuckAfter = time.Duration(*m.StuckAfter)
	}
	return policy
}

// configured finds the merchant to pay as in the configuration.
func (a *app) configured(t *target, name string) (account, error) {
	c, err := a.loadConfig()
	if err != nil {
		return account{}, err
	}
	if c == nil {
		return account{}, config.ErrNone
	}
	area, err := t.findArea()
	if err != nil {
		return account{}, err
	}
	merchant, err := c.Merchant(orDefault(t.merchant, name), area)
	if err != nil {
		return account{}, err
	}
	acc, err := accountOf(merchant)
	if err == nil {
		acc.banks, err = c.Banks(acc.area)
	}
	if err == nil && area != nil && area != acc.area {
		err = usageError{fmt.Errorf("merchant %s pays in %s, not in %s", merchant.Name, acc.area.Name, area.Name)}
	}
	return acc, err
}

// register makes the ledger know the account's merchant.
func (acc *account) register(ctx context.Context, book *ledger.Ledger) error {
	merchant, err := book.Merchant(ctx, acc.merchant, acc.former...)
	if err != nil {
		return err
	}
	acc.merchant = merchant
	return nil
}

// probeTradeNo is a number that bulkpay gives to no payout.
const probeTradeNo = "BULKPAYASKSWHETHERSIGNED"

// signed shows whether the gateway accepts merchant number and signature, by
// asking about a payout that does not exist: one area's balance is asked
// without a signature, and a refused placement would be a rejected payout.
func signed(ctx context.Context, client *paypro.Client) error {
	v := client.Query(ctx, paypro.Request{TradeNo: probeTradeNo})
	if v.Reason != paypro.ReasonCredentials {
		return nil
	}
	return fmt.Errorf("query: code %s (%s): %w", v.Code, v.Message, paypro.ErrCredentials)
}

// preflight looks before anything is sent: whether the credentials are
// accepted, and whether the money is there. Only refused
// credentials and a balance that is too small stop a run; that the balance
// cannot be asked is said and no more, because one area's documents do not
// say how. What it is goes into the history: the books tie out with it.
func (a *app) preflight(ctx context.Context, j job, summary ledger.Summary) error {
	if j.account.check {
		if err := signed(ctx, j.client); err != nil {
			return err
		}
	}
	balance, err := j.client.Balance(ctx)
	switch {
	case errors.Is(err, paypro.ErrCredentials) && j.account.check:
		return err
	case err != nil:
		a.log().Warn("the balance could not be asked", "why", err)
		return nil
	}
	need := summary.Bucket(ledger.BucketWaiting).Sum
	if j.account.check && balance.Available.Cmp(need) < 0 && !j.pace.ignoreBalance {
		return hinted{
			fmt.Errorf("the balance of %s does not cover the %s that are waiting: nothing was sent", balance.Available, need),
			"fund the account and run the same command again, or add --ignore-balance",
		}
	}
	return noteBalance(ctx, j, ledger.Opening, balance)
}

// noteClosing asks for the balance once more when a run is over. That it
// cannot be asked is no fault of the run.
func (a *app) noteClosing(ctx context.Context, j job) error {
	balance, err := j.client.Balance(ctx)
	if err != nil {
		a.log().Warn("the balance after the run could not be asked", "why", err)
		return nil
	}
	return noteBalance(ctx, j, ledger.Closing, balance)
}

func noteBalance(ctx context.Context, j job, moment ledger.BalanceMoment, b paypro.Balance) error {
	actor := ledger.ActorSubmit
	if moment == ledger.Closing {
		actor = ledger.ActorSettle
	}
	return j.book.NoteBalance(ctx, j.batch.ID, actor, ledger.Balance{Moment: moment, Available: b.Available, Frozen: b.Frozen}, b.Raw)
}
