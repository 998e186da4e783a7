package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/evidence"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/explain"
	"github.com/bulkpay/bulkpay/internal/iso20022"
	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/ledger"
)

// bookMembers writes the bank's message and, where the accounts of the books
// are configured, the bookings of a batch into a folder for the pack to take
// them from. What does not add up is not written; the pack is, because that is
// when it is needed, and why something is missing is a finding.
func (a *app) bookMembers(ctx context.Context, v ledger.View, batch ledger.Batch, folder string) (members []evidence.Member, left []pack.Finding, err error) {
	parts := []bookMember{{pack.StatusName, "what became of every row, as banks report it: ISO 20022, pain.002", func(w io.Writer) error {
		words := func(p ledger.Payout) string { return explain.In(batch, p).Reason }
		_, err := iso20022.Write(ctx, v, batch, w, iso20022.Options{Words: words})
		return err
	}}}
	if a.settings.AccountsOf(batch.Merchant.Name) != (config.Accounts{}) {
		parts = append(parts, bookMember{pack.JournalName, "the bookings of the batch, two lines for each entry", func(w io.Writer) error {
			return journalOf(ctx, v, batch, settingFor(a.settings, batch.Merchant.Name), w)
		}})
	}
	for _, part := range parts {
		switch err := part.write(folder); {
		case errors.Is(err, iso20022.ErrNotTied), errors.Is(err, errUntied), errors.Is(err, errAccounts):
			left = append(left, pack.Finding{Member: part.name, Why: "is left out: " + err.Error()})
		case err != nil:
			return nil, nil, err
		default:
			members = append(members, part.member(folder))
		}
	}
	return members, left, nil
}

// bookMember is a member that is known to add up only when it is written.
type bookMember struct {
	name, what string
	fill       func(io.Writer) error
}

func (m bookMember) write(folder string) error {
	to, err := os.Create(filepath.Join(folder, m.name))
	if err != nil {
		return err
	}
	return errors.Join(m.fill(to), to.Close())
}

func (m bookMember) member(folder string) evidence.Member {
	return evidence.Member{Name: m.name, What: m.what, Fill: func(w io.Writer) error { return copyFile(w, filepath.Join(folder, m.name)) }}
}

// errAccounts is that the accounts cannot be booked to as they are named.
var errAccounts = errors.New("the accounts cannot be booked to as they are configured")

// journalOf writes the bookings of a batch as bulkpay journal does.
func journalOf(ctx context.Context, v ledger.View, batch ledger.Batch, setting journal.Setting, w io.Writer) error {
	var faults []error
	for _, fault := range journal.CSV.Faults(setting.Accounts) {
		faults = append(faults, errors.New(fault))
	}
	if len(faults) > 0 {
		return errors.Join(append([]error{errAccounts}, faults...)...)
	}
	to, err := journal.NewWriter(journal.CSV, w, journal.Options{})
	if err != nil {
		return err
	}
	scope := journal.Scope{Merchant: batch.Merchant, Batch: batch}
	result, err := journal.Run(ctx, v, scope, setting, journal.Statements{View: v, Origin: ledger.OfGateway}, to.Write)
	if err == nil && !result.Tied() {
		err = errUntied
	}
	return errors.Join(err, to.Close())
}
