package evidence

import (
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// Said is a name, and people type in lower case: what is masked may be a part
// of what bulkpay itself has written. A sound ledger gives a sound pack all the
// same.
func TestNoNameMakesASoundPackUnsound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"said", "paid", "word", "reason", "who", "code", "maria", "note", "submitted", `"`, "paid\"", "in", "00", "•", "…]"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			r := row(2, 100)
			r.PayeeName = name
			s := row(3, 200)
			s.PayeeAccount, s.Hold = name, "like row 2"
			batch := d.imported("n.csv", r, s)
			sent := d.paid(batch, ledger.Doubt)
			_, err := d.book.Resolve(d.Context(), sent[0].TradeNo, ledger.SaidPaid, "maria", "who said that the code is in the word")
			d.must(err)
			_, err = d.book.Release(d.Context(), d.payouts(batch)[1].TradeNo, "maria", "both are meant, said paul")
			d.must(err)
			file, _ := d.write(batch, options())
			if result := d.check(file); !result.Sound() {
				t.Errorf("%v", result.Findings)
			}
		})
	}
}
