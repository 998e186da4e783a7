package ledger

import (
	"fmt"
	"testing"
	"time"
)

// accounting holds of every store.
var accounting = map[string]func(*testing.T, *desk){
	"what moved is told as it was known by then": func(t *testing.T, d *desk) {
		b := d.batch(2)
		first := d.claim(b, 2)
		d.record(answer(first[0], NotSent))
		d.record(answer(first[1], Doubt))
		d.record(numbered(asked(d.reload(first[1]), Accepted), "gw1"))
		d.later(time.Hour)
		again := d.claim(b, 1)
		d.record(numbered(answer(again[0], Paid), "gw2"))
		d.record(asked(d.reload(again[0]), NotPaid))

		told := func(within Within) (lines []string) {
			for _, m := range all(t, d.Movements(t.Context(), within)) {
				equal(t, "batch", m.Batch, b.Code)
				sends, heard := m.After()
				lines = append(lines, fmt.Sprintf("row %d %s: %s → %s, %d→%d sent, %t→%t heard, %q", m.Row, m.Kind, m.From, m.To, m.Sends, sends, m.Heard, heard, m.PlatformTradeNo))
			}
			return lines
		}
		equal(t, "of the batch", told(Within{MerchantID: d.merchant.ID, BatchID: b.ID}), []string{
			`row 2 not_sent: submitting → ready, 1→0 sent, false→false heard, ""`,
			`row 2 submitted: ready → submitting, 0→1 sent, false→false heard, ""`,
			`row 2 paid: submitting → succeeded, 1→1 sent, false→true heard, "gw2"`,
			`row 2 not_paid: succeeded → reversed, 1→1 sent, true→true heard, "gw2"`,
			`row 3 doubt: submitting → in_doubt, 1→1 sent, false→false heard, ""`,
			`row 3 accepted: in_doubt → processing, 1→1 sent, false→true heard, "gw1"`,
		})
		equal(t, "of the merchant", len(told(Within{MerchantID: d.merchant.ID})), 6)
		equal(t, "of another", len(told(Within{MerchantID: d.register("other-mx").ID})), 0)
		equal(t, "of no batch", len(told(Within{BatchID: b.ID + 1})), 0)
	},
	"tallies never leave a payout out": func(t *testing.T, d *desk) {
		b := d.imported(row(2, 100), row(3, 200), row(4, 400), suspect(5, 800, "looks like row 2"), invalid(6, "no"))
		claimed := d.claim(b, 2)
		d.record(answer(claimed[0], Doubt))
		told := func(within Within) (lines []string) {
			for _, c := range all(t, d.Tallies(t.Context(), within)) {
				lines = append(lines, fmt.Sprintf("%d %s, %d sent, %t heard: %s", c.Count, c.State, c.Sends, c.Heard, c.Sum))
			}
			return lines
		}
		want := []string{
			"1 held, 0 sent, false heard: 8.00 MXN", "1 in_doubt, 1 sent, false heard: 1.00 MXN",
			"1 ready, 0 sent, false heard: 4.00 MXN", "1 submitting, 1 sent, false heard: 2.00 MXN",
		}
		equal(t, "of the batch", told(Within{BatchID: b.ID}), want)
		equal(t, "of the merchant", told(Within{MerchantID: d.merchant.ID}), want)
		equal(t, "of another", len(told(Within{MerchantID: d.register("other-mx").ID})), 0)
	},
}
