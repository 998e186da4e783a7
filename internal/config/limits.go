package config

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Limits are what a merchant may pay at most. An amount of no
// currency is no limit.
type Limits struct {
	Payout money.Amount // a payout above it is held until a person releases it
	Batch  money.Amount // a sheet above it is not imported
	Day    money.Amount // a run stops before it, and goes on another day
}

// Limits reads the limits in the area's currency. All that is wrong with them
// is said at once.
func (m *Merchant) Limits(currency money.Currency) (Limits, error) {
	var l Limits
	var wrong []string
	for _, one := range []struct {
		name, text string
		to         *money.Amount
	}{
		{"limit_payout", m.LimitPayout, &l.Payout},
		{"limit_batch", m.LimitBatch, &l.Batch},
		{"limit_day", m.LimitDay, &l.Day},
	} {
		if one.text == "" {
			continue
		}
		amount, err := money.Parse(currency, one.text)
		if err != nil || amount.IsZero() {
			wrong = append(wrong, fmt.Sprintf("%s %q is not an amount of %s such as \"50000\"", one.name, one.text, currency.Code))
			continue
		}
		*one.to = amount
	}
	if len(wrong) > 0 {
		return Limits{}, fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return l, nil
}

// mostCanaries bounds the payouts that are sent ahead of the others: more are
// a batch of their own.
const mostCanaries = 1000

// haltFaults lists what is wrong with the settings by which a run stops itself.
func (m *Merchant) haltFaults() []string {
	var faults []string
	if m.Canary < 0 || m.Canary > mostCanaries {
		faults = append(faults, fmt.Sprintf("canary lies between 0 and %d", mostCanaries))
	}
	if m.HaltSameCode != nil && *m.HaltSameCode < 0 {
		faults = append(faults, "halt_same_code is a number of payouts, or 0 for never")
	}
	// NaN compares with nothing, so the questions are put this way round.
	if share := m.HaltFailureShare; share != nil && !(*share >= 0 && *share <= 1) {
		faults = append(faults, "halt_failure_share is a share between 0 (never) and 1, such as 0.5")
	}
	if share := m.FeeAllowance; share != nil && !(*share >= 0 && *share <= 1) {
		faults = append(faults, "fee_allowance is a share between 0 and 1, such as 0.05")
	}
	for i := 1; i < len(m.Watch); i++ {
		if m.Watch[i] <= m.Watch[i-1] {
			faults = append(faults, `watch lists growing times, such as ["1d", "3d"]`)
			break
		}
	}
	return faults
}
