package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/paypro"
)

// balanceJSON is what `bulkpay balance --json` prints.
type balanceJSON struct {
	Merchant  string `json:"merchant"`
	Area      string `json:"area"`
	Currency  string `json:"currency"`
	Available string `json:"available"`
	Frozen    string `json:"frozen"`
	Unsettled string `json:"unsettled"`
}

func newBalance(a *app) *cobra.Command {
	t := &target{}
	cmd := &cobra.Command{
		Use:   "balance",
		Short: "Ask the gateway for a merchant's balance",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.balance(cmd.Context(), t) },
	}
	t.flags(cmd)
	return cmd
}

// openAccount finds the account that the flags name, without a sheet or a
// batch to go by.
func (a *app) openAccount(t *target) (account, error) {
	if t.sandbox == "" {
		return a.configured(t, "")
	}
	area, err := t.findArea()
	if err != nil {
		return account{}, err
	}
	if area == nil {
		area = paypro.Areas()[0]
	}
	return simulated(area, t.sandbox)
}

func (a *app) balance(ctx context.Context, t *target) error {
	acc, err := a.openAccount(t)
	if err != nil {
		return err
	}
	client, disconnect, err := a.connect(ctx, t, &acc)
	if err != nil {
		return err
	}
	defer disconnect()
	balance, err := client.Balance(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(balanceJSON{
			acc.merchant.Name, acc.area.Slug, acc.area.Currency.Code,
			balance.Available.Fixed(), balance.Frozen.Fixed(), balance.Unsettled.Fixed(),
		})
	}
	a.tell("%s (%s)\navailable  %s\nfrozen     %s\nunsettled  %s\n",
		acc.merchant.Name, acc.area.Name, balance.Available, balance.Frozen, balance.Unsettled)
	return a.told()
}
