package config

import (
	"fmt"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Reconcile is how far a line of a statement and its payout may lie apart:
// [reconcile] of the file, and [merchants.NAME.reconcile]. What is not there is
// as the command's flags have it.
type Reconcile struct {
	Fee      string   `toml:"fee"`       // by how much they may differ for a fee; an amount, so merchants only
	FeeShare *float64 `toml:"fee_share"` // the same as a share of the payout, 0 to 1
	Days     *int     `toml:"days"`      // that a line without a number may lie from its payout, at least 1
	Timing   *int     `toml:"timing"`    // days before a statement's end in which what is missing may still come, at least 1
}

// ReconcileOf is how statements of a merchant are reconciled: as it says, and
// as the file says where it does not. A merchant that is not configured has
// the file's; c may be nil.
func (c *Config) ReconcileOf(merchant string) Reconcile {
	if c == nil {
		return Reconcile{}
	}
	r := c.Reconcile
	m, ok := c.Merchants[merchant]
	if !ok {
		return r
	}
	r.Fee = m.Reconcile.Fee
	if m.Reconcile.FeeShare != nil {
		r.FeeShare = m.Reconcile.FeeShare
	}
	if m.Reconcile.Days != nil {
		r.Days = m.Reconcile.Days
	}
	if m.Reconcile.Timing != nil {
		r.Timing = m.Reconcile.Timing
	}
	return r
}

// mostDays bounds days and timing; beyond it they are a slip of the hand.
const mostDays = 92

// faults lists what is wrong with it. The currency is the merchant's; that of
// the file, which has none, is zero.
func (r *Reconcile) faults(currency money.Currency) []string {
	var faults []string
	switch {
	case r.Fee == "":
	case currency == money.Currency{}:
		faults = append(faults, "reconcile.fee is an amount, and merchants have currencies of their own: write it under [merchants.NAME.reconcile]")
	default:
		if _, err := money.Parse(currency, r.Fee); err != nil {
			faults = append(faults, fmt.Sprintf("reconcile.fee %q is not an amount of %s such as \"5.80\"", r.Fee, currency.Code))
		}
	}
	// NaN compares with nothing, so the question is put this way round.
	if share := r.FeeShare; share != nil && !(*share >= 0 && *share <= 1) {
		faults = append(faults, "reconcile.fee_share is a share between 0 and 1, such as 0.01")
	}
	for _, one := range []struct {
		name string
		days *int
	}{{"days", r.Days}, {"timing", r.Timing}} {
		if one.days != nil && (*one.days < 1 || *one.days > mostDays) {
			faults = append(faults, fmt.Sprintf("reconcile.%s lies between 1 and %d days", one.name, mostDays))
		}
	}
	return faults
}
