package simulate

import (
	"errors"
	"io"
	"time"

	"github.com/bulkpay/bulkpay/internal/iso20022"
	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/ledger"
)

// account books what became of everything, and says it in the words of banks:
// whatever the storm has left behind, both must add up.
func (w *world) account() {
	book, err := ledger.Open(w.ctx, w.book, ledger.Options{})
	w.must(err)
	defer func() { w.must(book.Close()) }()
	merchant, err := book.MerchantNamed(w.ctx, merchantName)
	if errors.Is(err, ledger.ErrNotFound) {
		return // nothing was ever imported
	}
	w.must(err)
	w.must(book.Snapshot(w.ctx, func(view ledger.View) error {
		all := w.bookings(view, journal.Scope{Merchant: merchant})
		apart := 0
		for batch, err := range view.Batches(w.ctx) {
			w.must(err)
			apart += w.bookings(view, journal.Scope{Merchant: merchant, Batch: batch})
			if _, err := iso20022.Write(w.ctx, view, batch, io.Discard, iso20022.Options{}); err != nil {
				w.find("pain.002: %v", err)
			}
		}
		if all != apart {
			w.find("%d entries of the merchant, %d of its batches", all, apart)
		}
		w.counts.add("entries booked", all)
		return nil
	}))
}

// bookings books a scope and tells how many entries there are.
func (w *world) bookings(view ledger.View, scope journal.Scope) int {
	ids := map[string]bool{}
	result, err := journal.Run(w.ctx, view, scope, journal.Setting{Accounts: journal.DefaultAccounts, Zone: time.UTC}, nil, func(e journal.Entry) error {
		if ids[e.ID] {
			w.find("entry %s is there twice", e.ID)
		}
		ids[e.ID] = true
		return nil
	})
	if err != nil {
		w.find("journal: %v", err)
		return 0
	}
	if !result.Tied() {
		w.find("the bookings of %s are not tied: %+v", scope.Batch.Code, result.Controls)
	}
	return result.Entries
}
