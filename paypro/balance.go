package paypro

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Balance is what the merchant's account holds. Parts that the gateway does
// not name are zero amounts without a currency.
type Balance struct {
	Available money.Amount // can be paid out now
	Frozen    money.Amount // held by payouts in progress
	Unsettled money.Amount // comes later
	Raw       []byte
}

// ErrCredentials is a gateway that does not accept the merchant number or
// the signature.
var ErrCredentials = errors.New("the gateway refuses the merchant number or the secret")

// Balance asks for the account's balance. Errors carry the gateway's words
// and wrap ErrCredentials where they are about the merchant or the
// signature. The gateway names no currency; the area's is assumed.
func (c *Client) Balance(ctx context.Context) (Balance, error) {
	var params []Param
	if c.area.BalanceBody {
		params = []Param{c.timestamp(c.now())}
	}
	e := c.exchange(ctx, c.area.BalancePath, params)
	if e.status == 0 || e.err != nil {
		return Balance{}, fmt.Errorf("balance: %s", judgeBroken(e).Reason)
	}
	a, verdict, ok := c.judgeEnvelope(e)
	switch {
	case !ok && verdict.Reason == ReasonCredentials:
		return Balance{}, fmt.Errorf("balance: HTTP %d: %w", e.status, ErrCredentials)
	case !ok:
		return Balance{}, fmt.Errorf("balance: HTTP %d: %s", e.status, verdict.Reason)
	case a.code != codeAccepted && aboutCredentials(a.msg):
		return Balance{}, fmt.Errorf("balance: code %s (%s): %w", a.code, c.redact(a.msg), ErrCredentials)
	case a.code != codeAccepted:
		return Balance{}, fmt.Errorf("balance: code %s: %s", a.code, c.redact(a.msg))
	}
	b := Balance{Raw: e.raw}
	for _, part := range []struct {
		to    *money.Amount
		names []string
	}{
		// Mexico and Indonesia spell it without the e.
		{&b.Available, []string{"availableAmount", "availablAmount"}},
		{&b.Frozen, []string{"freezeAmount"}},
		{&b.Unsettled, []string{"unsettledAmount"}},
	} {
		text := a.first(part.names...)
		if text == "" {
			continue
		}
		amount, err := money.Parse(c.area.Currency, payable(c.area.Currency, text))
		if err != nil {
			return Balance{}, fmt.Errorf("balance: %s: %w", part.names[0], err)
		}
		*part.to = amount
	}
	if !named(b.Available) {
		return Balance{}, errors.New("balance: the answer names no available amount")
	}
	return b, nil
}

// payable cuts off what is smaller than the currency's smallest unit: the
// gateway writes four decimals, and fees leave fractions that nobody can pay.
func payable(currency money.Currency, text string) string {
	units, fraction, _ := strings.Cut(text, ".")
	if len(fraction) <= currency.Decimals || digitsIn(fraction) != len(fraction) {
		return text
	}
	if currency.Decimals == 0 {
		return units
	}
	return units + "." + fraction[:currency.Decimals]
}
