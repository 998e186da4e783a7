package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

var reading = map[string]func(*testing.T, *desk){
	"a row is never missing, twice or out of place": func(t *testing.T, d *desk) {
		for name, rows := range map[string][]NewRow{
			"start":    {invalid(2, "x"), invalid(3, "x"), row(4, 1), row(5, 2)},
			"middle":   {row(2, 1), invalid(3, "x"), invalid(7, "x"), row(9, 2)},
			"end":      {row(2, 1), row(3, 2), invalid(4, "x"), invalid(8, "x")},
			"between":  {invalid(2, "x"), row(3, 1), invalid(4, "x"), row(5, 2), invalid(6, "x")},
			"no payee": {invalid(2, "x"), invalid(3, "x")},
			"nothing":  nil,
		} {
			b, err := d.Import(t.Context(), d.sheet(), rowsOf(rows...))
			must(t, err)
			var got, want []int
			for _, line := range all(t, d.Lines(t.Context(), b.ID)) {
				if (line.Payout == nil) == (line.Invalid == nil) {
					t.Errorf("%s: row %d is both or neither", name, line.Row)
				}
				got = append(got, line.Row)
			}
			for _, r := range rows {
				want = append(want, r.Row)
			}
			equal(t, name, got, want)
		}
	},
	"a reader that stops early never holds anything": func(t *testing.T, d *desk) {
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(invalid(2, "x"), row(3, 1), invalid(4, "x"), row(5, 1), invalid(6, "x")))
		must(t, err)
		for stop := range 6 {
			for range 20 { // more often than there are connections
				seen := 0
				for _, err := range d.Lines(t.Context(), b.ID) {
					must(t, err)
					if seen++; seen > stop {
						break
					}
				}
			}
		}
	},
	"the sums tie in every state": func(t *testing.T, d *desk) {
		bad := invalid(3, "x")
		bad.Readable, bad.Amount = true, pesos(77)
		rows := []NewRow{row(2, 11), bad, invalid(4, "y")}
		for i := range 9 {
			rows = append(rows, row(5+i, int64(1000+i)))
		}
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(rows...))
		must(t, err)
		for _, kinds := range [][]Kind{{Paid}, {NotPaid}, {Refused}, {Doubt}, {Accepted}, {Paid, NotPaid}, {Conflict}} {
			p := d.claim(b, 1)[0]
			for i, kind := range kinds {
				if o := answer(p, kind); i == 0 {
					d.record(o)
				} else {
					d.record(asked(d.reload(p), kind))
				}
			}
			s, err := d.Summary(t.Context(), b.ID)
			must(t, err)
			equal(t, "tied", s.Tied(), true)
			equal(t, "rows", s.Batch.Rows, 12)
		}
		d.claim(b, 1)
		for _, line := range all(t, d.Lines(t.Context(), b.ID)) {
			if line.Payout != nil && line.Payout.State == Ready {
				d.record(asked(*line.Payout, Cancel))
				break
			}
		}
		s, err := d.Summary(t.Context(), b.ID)
		must(t, err)
		counts := map[string]int{}
		for _, bucket := range s.Buckets {
			counts[bucket.Name] = bucket.Count
		}
		equal(t, "buckets", counts, map[string]int{
			BucketInvalid: 2, BucketKnown: 0, BucketHeld: 1, BucketCancelled: 1, BucketWaiting: 1, BucketInDoubt: 2,
			BucketProcessing: 1, BucketSucceeded: 1, BucketFailed: 1, BucketRejected: 1, BucketReversed: 1,
		})
		equal(t, "invalid sum", s.Bucket(BucketInvalid).Sum.Plain(), "0.77")
		equal(t, "flagged", s.Flagged, 2)
		equal(t, "tied", s.Tied(), true)
	},
	"a snapshot never moves": func(t *testing.T, d *desk) {
		b := d.batch(4)
		must(t, d.Snapshot(t.Context(), func(v View) error {
			before, err := v.Summary(t.Context(), b.ID)
			must(t, err)
			for _, p := range d.claim(b, 2) {
				d.record(answer(p, Paid))
			}
			after, err := v.Summary(t.Context(), b.ID)
			must(t, err)
			equal(t, "head", after.Head, before.Head)
			equal(t, "waiting", after.Bucket(BucketWaiting).Count, 4)
			for line, err := range v.Lines(t.Context(), b.ID) { // two queries in one transaction
				must(t, err)
				equal(t, "state", line.Payout.State, Ready)
			}
			return nil
		}))
		now, err := d.Summary(t.Context(), b.ID)
		must(t, err)
		equal(t, "succeeded", now.Bucket(BucketSucceeded).Count, 2)
	},
	"a question is never asked before it is due": func(t *testing.T, d *desk) {
		b := d.batch(3)
		for i, p := range d.claim(b, 3) {
			o := answer(p, Doubt)
			o.NextAsk = d.clock.now().Add(time.Duration(3-i) * time.Minute)
			d.record(o)
		}
		equal(t, "due", len(all(t, d.Due(t.Context(), b.ID, d.clock.now(), 10))), 0)
		o, err := d.Outstanding(t.Context(), b.ID)
		must(t, err)
		equal(t, "next", o.AskDue, d.clock.now().Add(time.Minute))
		equal(t, "longest overdue first", rowNumbers(all(t, d.Due(t.Context(), b.ID, d.clock.now().Add(time.Hour), 10))), []int{4, 3, 2})
		equal(t, "at most", rowNumbers(all(t, d.Due(t.Context(), b.ID, d.clock.now().Add(time.Hour), 1))), []int{4})
	},
	"a note never goes without who and why": func(t *testing.T, d *desk) {
		b := d.batch(1)
		for _, who := range [][2]string{{"", "why"}, {"who", ""}} {
			if d.Note(t.Context(), b.ID, who[0], who[1], "", nil) == nil {
				t.Error("passed")
			}
		}
		must(t, d.Note(t.Context(), b.ID, "maria", "run began", "50/s", []byte("{}")))
		var kinds []string
		for _, e := range all(t, d.BatchEvents(t.Context(), b.ID)) {
			kinds = append(kinds, e.Kind+" by "+e.Actor)
		}
		equal(t, "events", kinds, []string{"imported by maria", "note by maria"})
	},
	"a merchant never becomes another one": func(t *testing.T, d *desk) {
		again := d.register("acme-mx")
		equal(t, "id", again.ID, d.merchant.ID)
		for name, change := range map[string]func(*Merchant){
			"area": func(m *Merchant) { m.Area = "IN" }, "number": func(m *Merchant) { m.MerchantNo = "other" },
			"gateway": func(m *Merchant) { m.Gateway = "https://elsewhere" }, "currency": func(m *Merchant) { m.Currency.Code = "INR" },
		} {
			m := d.merchant
			change(&m)
			if _, err := d.Merchant(t.Context(), m); err == nil {
				t.Errorf("%s changed", name)
			}
		}
		moved := d.merchant
		moved.Gateway = "https://new"
		_, err := d.Merchant(t.Context(), moved, "https://older", "sandbox")
		must(t, err)
		if _, err := d.Merchant(t.Context(), d.merchant); err == nil {
			t.Error("moved back without a word")
		}
	},
	"a merchant is never found by anything but its name": func(t *testing.T, d *desk) {
		rupees, err := d.Merchant(t.Context(), Merchant{Name: "acme-in", Area: "IN", Currency: money.INR, MerchantNo: "7", Gateway: "https://gateway.example"})
		must(t, err)
		for _, want := range []Merchant{d.merchant, rupees} {
			found, err := d.MerchantNamed(t.Context(), want.Name)
			must(t, err)
			equal(t, "merchant", found, want)
		}
		for _, name := range []string{"", "acme", "ACME-MX", d.merchant.MerchantNo, "acme-mx "} {
			if found, err := d.MerchantNamed(t.Context(), name); !errors.Is(err, ErrNotFound) || found != (Merchant{}) {
				t.Errorf("%q: %+v, %v", name, found, err)
			}
		}
	},
	"one account is never known by two names": func(t *testing.T, d *desk) {
		twin := d.merchant
		twin.ID, twin.Name = 0, "acme-again"
		if _, err := d.Merchant(t.Context(), twin); err == nil || !strings.Contains(err.Error(), d.merchant.Name) {
			t.Errorf("got %v", err)
		}
		twin.Gateway = "https://elsewhere"
		if _, err := d.Merchant(t.Context(), twin); err != nil {
			t.Errorf("the same number at another gateway: %v", err)
		}
	},
	"a worksheet is never taken for another one of its workbook": func(t *testing.T, d *desk) {
		january := d.sheet()
		january.Worksheet = "January"
		_, err := d.Import(t.Context(), january, plainRows(1))
		must(t, err)
		if _, err := d.BatchBySource(t.Context(), d.merchant.ID, january.SourceSHA256, "February"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	},
	"the latest batch of a sheet is never confused with an older one": func(t *testing.T, d *desk) {
		n := d.sheet()
		one, err := d.Import(t.Context(), n, plainRows(1))
		must(t, err)
		n.Repeats, n.Reason = one.Code, "bonus"
		two, err := d.Import(t.Context(), n, plainRows(1))
		must(t, err)
		for name, find := range map[string]func() (Batch, error){
			"source":    func() (Batch, error) { return d.BatchBySource(t.Context(), d.merchant.ID, n.SourceSHA256, n.Worksheet) },
			"content":   func() (Batch, error) { return d.BatchByContent(t.Context(), d.merchant.ID, n.Content()) },
			"repeating": func() (Batch, error) { return d.BatchRepeating(t.Context(), d.merchant.ID, one.Code) },
		} {
			found, err := find()
			must(t, err)
			equal(t, name, found.Code, two.Code)
		}
		if _, err := d.BatchBySource(t.Context(), d.merchant.ID+1, n.SourceSHA256, n.Worksheet); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	},
	"many at once never break the chain": func(t *testing.T, d *desk) {
		b := d.batch(60)
		done := make(chan struct{})
		other := d.open().(interface {
			Note(context.Context, int64, string, string, string, []byte) error
		})
		go func() { // a second process, as far as the book can tell
			defer close(done)
			for range 40 {
				if err := other.Note(context.Background(), b.ID, "serve", "callback", "", nil); err != nil {
					t.Error(err)
				}
			}
		}()
		for {
			claimed := d.claim(b, 5)
			if len(claimed) == 0 {
				break
			}
			for _, p := range claimed {
				d.record(answer(p, Paid))
			}
		}
		<-done
	},
}
