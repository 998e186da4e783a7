package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// lookBack searches as a merchant does since a time.
func (d *desk) lookBack(since time.Time) *Lookback {
	d.t.Helper()
	looking, err := d.LookBack(d.t.Context(), d.merchant.ID, since)
	must(d.t, err)
	d.t.Cleanup(func() { must(d.t, looking.Close()) })
	return looking
}

func soughtOf(r NewRow) Sought { return Sought{r.Fingerprint, r.PayeeName, r.PayeeAccount, r.Amount} }

// suspects are those of a row, in short.
func (d *desk) suspects(r NewRow) []string {
	d.t.Helper()
	found, err := d.lookBack(time.Time{}).Suspects(d.t.Context(), soughtOf(r))
	must(d.t, err)
	var short []string
	for _, s := range found {
		text := fmt.Sprintf("%s: row %d", s.Kind, s.Row)
		if s.SameAmount {
			text += ", same amount"
		}
		short = append(short, text)
	}
	return short
}

// with changes a row: n: another number; then the payee and the amount.
func with(r NewRow, name, account string, minor int64) NewRow {
	r.PayeeName, r.PayeeAccount, r.Amount = name, account, pesos(minor)
	r.Fingerprint = []byte(name + account + r.Amount.Plain())
	return r
}

var lookingBack = map[string]func(*testing.T, *desk){
	"what looks like an earlier payout is never overlooked": func(t *testing.T, d *desk) {
		d.imported(
			with(row(2, 1), "Ana Núñez", "646180000000000001", 10000),
			with(row(3, 1), "Bruno Gil", "646180000000000002", 20000),
			with(row(4, 1), "Bruno Gil", "646180000000000002", 30000),
			with(row(5, 1), "Carla Luna", "646180000000000003", 40000),
		)
		same := with(row(9, 1), "Ana Núñez", "646180000000000001", 10000)
		edited := same
		edited.Fingerprint = []byte("another remark")
		for name, c := range map[string]struct {
			row  NewRow
			want []string
		}{
			"all the same":         {same, []string{"same payout: row 2, same amount"}},
			"another remark":       {edited, []string{"same payee: row 2, same amount"}},
			"spelt otherwise":      {with(same, "ANA NUNEZ", "6461 8000 0000 0000 01", 10000), []string{"same payee: row 2, same amount"}},
			"another amount":       {with(same, "Ana Nunez", "646180000000000001", 10001), nil},
			"another name":         {with(same, "Eva Haro", "646180000000000001", 10000), []string{"same payee: row 2, same amount", "other name: row 2, same amount"}},
			"other name, amount":   {with(same, "Eva Haro", "646180000000000001", 5), []string{"other name: row 2"}},
			"prefers the amount":   {with(same, "Eva Haro", "646180000000000002", 20000), []string{"same payee: row 3, same amount", "other name: row 3, same amount"}},
			"the latest otherwise": {with(same, "Eva Haro", "646180000000000002", 5), []string{"other name: row 4"}},
			"another account":      {with(same, "carla  luna", "646180000000000099", 40000), []string{"other account: row 5, same amount"}},
			"account and amount":   {with(same, "carla  luna", "646180000000000099", 40001), nil},
			"everything":           {with(same, "Carla Luna", "646180000000000001", 40000), []string{"other name: row 2", "other account: row 5, same amount"}},
			"no name":              {with(same, "—", "646180000000000001", 10000), []string{"same payee: row 2, same amount"}},
			"somebody else":        {with(same, "Eva Haro", "646180000000000098", 7), nil},
		} {
			equal(t, name, d.suspects(c.row), c.want)
		}
	},
	"the strongest suspicion never hides a later payout": func(t *testing.T, d *desk) {
		first := with(row(2, 1), "Ana", "1", 100)
		second := with(row(3, 1), "Ana", "1", 100)
		second.Fingerprint = []byte("another remark")
		d.imported(first, second)
		equal(t, "both", d.suspects(first), []string{"same payout: row 2, same amount", "same payee: row 3, same amount"})
		found, err := d.lookBack(time.Time{}).Suspects(t.Context(), soughtOf(first))
		must(t, err)
		equal(t, "where", []any{found[0].Batch != "", found[0].TradeNo != found[1].TradeNo, found[0].State, found[0].At}, []any{true, true, Ready, d.clock.now()})
	},
	"what was called off is never in the way, and what may be paid always is": func(t *testing.T, d *desk) {
		for i, c := range []struct {
			kinds []Kind
			free  bool
		}{
			{[]Kind{Paid}, false},
			{[]Kind{Accepted}, false},
			{[]Kind{Doubt}, false},
			{[]Kind{Conflict}, false},
			{nil, false},
			{[]Kind{NotPaid}, true},
			{[]Kind{Refused}, true},
			{[]Kind{Paid, NotPaid}, true},
		} {
			own := with(row(2, 1), fmt.Sprint("payee ", i), fmt.Sprint(i), int64(i+1))
			p := d.claim(d.imported(own), 1)[0]
			for n, kind := range c.kinds {
				if o := answer(p, kind); n == 0 {
					d.record(o)
				} else {
					d.record(asked(d.reload(p), kind))
				}
			}
			other := with(own, own.PayeeName, own.PayeeAccount+"9", int64(i+1))
			third := with(own, own.PayeeName+" x", own.PayeeAccount, 999)
			for _, r := range []NewRow{own, other, third} {
				if found := d.suspects(r); (len(found) == 0) != c.free {
					t.Errorf("%v: %v", c.kinds, found)
				}
			}
		}
		own := with(row(2, 1), "cancelled", "cancelled", 1)
		_, err := d.Cancel(t.Context(), d.payouts(d.imported(own))[0].TradeNo, "maria", "x")
		must(t, err)
		equal(t, "cancelled", d.suspects(own), nil)
		own = with(row(2, 1), "held", "held", 1)
		own.Hold = "why"
		d.imported(own)
		equal(t, "held", d.suspects(own), []string{"same payout: row 2, same amount"})
	},
	"what is before the window or another merchant's is never found": func(t *testing.T, d *desk) {
		own := with(row(2, 1), "Ana", "1", 100)
		d.imported(own)
		since := d.clock.now()
		d.later(time.Hour)
		d.imported(with(row(2, 1), "Eva", "2", 100)) // so that the window is not empty
		for name, c := range map[string]struct {
			merchant int64
			since    time.Time
			want     int
		}{
			"in the window": {d.merchant.ID, since, 1},
			"before it":     {d.merchant.ID, since.Add(time.Millisecond), 0},
			"nothing in it": {d.merchant.ID, since.Add(24 * time.Hour), 0},
			"nobody's":      {d.merchant.ID + 7, since, 0},
			"another one's": {d.register("other-mx").ID, since, 0},
		} {
			looking, err := d.LookBack(t.Context(), c.merchant, c.since)
			must(t, err)
			found, err := looking.Suspects(t.Context(), soughtOf(own))
			must(t, err)
			equal(t, name, len(found), c.want)
			must(t, looking.Close())
		}
		found, err := (&Lookback{}).Suspects(t.Context(), soughtOf(own))
		must(t, err)
		equal(t, "zero value", len(found), 0)
	},
	"a batch that came first is never missed by the rows of the next import": func(t *testing.T, d *desk) {
		own := with(row(2, 1), "Ana", "1", 100)
		looking := d.lookBack(time.Time{}) // opened while there was nothing yet
		d.imported(own)
		var found []Suspect
		_, err := d.Import(t.Context(), d.sheet(), func(yield func(NewRow, error) bool) {
			var err error
			found, err = looking.Suspects(t.Context(), soughtOf(own))
			_ = yield(row(2, 7), err)
		})
		must(t, err)
		equal(t, "found", len(found), 1)
	},
	"one account of many payouts never hides a payout of the same amount": func(t *testing.T, d *desk) {
		var rows []NewRow
		for i := range 1500 {
			rows = append(rows, with(row(i+2, 1), "Ana", "1", int64(1000+i)))
		}
		d.imported(rows...)
		for _, i := range []int{0, 700, 1499} {
			equal(t, "found", d.suspects(rows[i]), []string{fmt.Sprintf("same payout: row %d, same amount", i+2)})
		}
		equal(t, "other name", len(d.suspects(with(row(2, 1), "Eva", "1", 1700))), 2)
	},
	"an amount of another currency is never compared": func(t *testing.T, d *desk) {
		d.batch(1)
		r := row(2, 1)
		r.Amount = money.FromMinor(money.INR, 10000)
		if _, err := d.lookBack(time.Time{}).Suspects(t.Context(), soughtOf(r)); !errors.Is(err, money.ErrCurrency) {
			t.Error(err)
		}
	},
	"a value is never proposed unless there is one only": func(t *testing.T, d *desk) {
		pay := func(r NewRow, kind Kind) string {
			b := d.imported(r)
			p := d.claim(b, 1)[0]
			d.record(answer(p, kind))
			return p.TradeNo
		}
		last := func(name string, since time.Time) string {
			paid, found, err := d.lookBack(since).LastPaid(t.Context(), name)
			must(t, err)
			if !found {
				equal(t, "nothing", paid, PaidTo{})
				return ""
			}
			return paid.Account + " at " + paid.Bank + " " + paid.TradeNo
		}
		start := d.clock.now()
		pay(with(row(2, 1), "Ana Núñez", "001", 100), Paid)
		d.later(time.Hour)
		again := pay(with(row(2, 1), "ana nunez", "001", 200), Paid)
		pay(with(row(2, 1), "Ana Núñez", "009", 300), NotPaid) // never reached anybody
		equal(t, "the latest", last("ANA NÚÑEZ", start), "001 at 646 "+again)
		equal(t, "nobody", last("Ana", start), "")
		equal(t, "no name", last("-", start), "")
		pay(with(row(2, 1), "Ana Núñez", "002", 300), Paid)
		equal(t, "two accounts", last("Ana Núñez", start), "")
		many := []NewRow{with(row(2, 1), "Eva Haro", "003", 100)}
		for i := range suspectsAtMost {
			many = append(many, with(row(3+i, 1), "eva haro", fmt.Sprint("1", i), 100))
		}
		pay(many[0], Paid)
		equal(t, "one", last("Eva Haro", start) != "", true)
		d.imported(many...)
		equal(t, "one of more than can be gone through", last("Eva Haro", start), "")
		d.later(time.Hour)
		only := pay(with(row(2, 1), "Ana Núñez", "002", 400), Paid)
		equal(t, "one within the window", last("Ana Núñez", d.clock.now()), "002 at 646 "+only)
		equal(t, "out of the window", last("Ana Núñez", d.clock.now().Add(time.Hour)), "")
	},
	"somebody who was paid since is never overlooked": func(t *testing.T, d *desk) {
		pay := func(r NewRow, kind Kind) Payout {
			p := d.claim(d.imported(r), 1)[0]
			d.record(answer(p, kind))
			return p
		}
		later := func(p Payout) int {
			found, ok, err := d.lookBack(d.clock.now()).Later(t.Context(), p.TradeNo, p.PayeeAccount)
			must(t, err)
			equal(t, "found", found.TradeNo != "", ok)
			return map[bool]int{true: found.Row}[ok]
		}
		pay(with(row(2, 1), "Ana", "1", 100), Paid)
		failed := pay(with(row(3, 1), "Ana", "1", 100), NotPaid)
		equal(t, "before", later(failed), 0)
		pay(with(row(4, 1), "Ana", "1", 100), Refused)
		pay(with(row(5, 1), "Eva", "2", 100), Paid)
		equal(t, "called off, and another account", later(failed), 0)
		pay(with(row(6, 1), "Somebody", " 1", 90), Doubt)
		d.later(400 * 24 * time.Hour)
		equal(t, "since", later(failed), 6)
		anew := with(row(7, 1), "Eva", "4", 100)
		was := pay(with(row(3, 1), "Eva", "5", 100), NotPaid)
		anew.Replaces = was.TradeNo
		pay(with(row(8, 1), "Eva", "5", 100), Paid) // the row once more, without its number
		equal(t, "to the account it had before", later(pay(anew, NotPaid)), 8)
		two := d.imported(with(row(2, 1), "Bo", "3", 1), with(row(3, 1), "Bo", "3", 1))
		equal(t, "in the same batch", later(d.payouts(two)[0]), 0)
	},
	"a number is never found for another merchant, nor altered": func(t *testing.T, d *desk) {
		own := row(2, 12345)
		own.Fingerprint = bytes.Repeat([]byte{7}, 32)
		b := d.imported(own)
		p := d.claim(b, 1)[0]
		d.later(400 * 24 * time.Hour)
		d.record(answer(p, Paid))
		looking := d.lookBack(d.clock.now()) // a number is known however old
		found, ok, err := looking.Trade(t.Context(), p.TradeNo)
		must(t, err)
		equal(t, "found", ok, true)
		equal(t, "trade", found, Traded{
			TradeNo: p.TradeNo, Batch: b.Code, Row: 2, State: Succeeded, Amount: pesos(12345), Fingerprint: own.Fingerprint,
			Name: own.PayeeName, Account: own.PayeeAccount, Bank: own.Bank, At: d.clock.now(),
		})
		_, ok, err = looking.Trade(t.Context(), p.TradeNo+"x")
		must(t, err)
		equal(t, "no such number", ok, false)
		other, err := d.LookBack(t.Context(), d.register("other-mx").ID, time.Time{})
		must(t, err)
		_, ok, err = other.Trade(t.Context(), p.TradeNo)
		must(t, err)
		equal(t, "another merchant", ok, false)
	},
}

// A sheet is compared with what was paid before.
var comparing = map[string]func(*testing.T, *desk){
	"the batch before is never another merchant's, nor a later one": func(t *testing.T, d *desk) {
		if _, err := d.PreviousBatch(t.Context(), d.merchant.ID, 0); !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		one := d.batch(1)
		other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
		other.batch(1)
		two := d.batch(1)
		for before, want := range map[int64]Batch{0: two, two.ID: one, two.ID + 9: two} {
			found, err := d.PreviousBatch(t.Context(), d.merchant.ID, before)
			must(t, err)
			equal(t, "previous", found.Code, want.Code)
		}
		if _, err := d.PreviousBatch(t.Context(), d.merchant.ID, one.ID); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	},
	"payees are never out of order or without their payout": func(t *testing.T, d *desk) {
		b := d.imported(
			with(row(2, 1), "Carla", "300", 10), with(row(3, 1), "Ana", "100", 20), invalid(4, "x"),
			with(row(5, 1), "Ana", "100", 30), with(row(6, 1), "Bruno", "020", 40),
		)
		d.batch(2)
		p := d.claim(b, 1)[0]
		d.record(answer(p, Paid))
		var got []string
		for _, payee := range all(t, d.Payees(t.Context(), b.ID)) {
			got = append(got, fmt.Sprintln(payee.Account, payee.Name, payee.Bank, payee.Amount, payee.Row, payee.State, len(payee.TradeNo)))
		}
		equal(t, "payees", got, []string{
			"020 Bruno 646 0.40 MXN 6 ready 28\n", "100 Ana 646 0.20 MXN 3 ready 28\n", "100 Ana 646 0.30 MXN 5 ready 28\n",
			"300 Carla 646 0.10 MXN 2 succeeded 28\n",
		})
	},
	"a history never counts what was not paid": func(t *testing.T, d *desk) {
		start := d.clock.now()
		for i := range 15 {
			p := d.claim(d.imported(with(row(2, 1), "Ana", "1", int64(100+i))), 1)[0]
			kind := Paid
			if i == 14 {
				kind = NotPaid
			}
			d.record(answer(p, kind))
			d.later(time.Hour)
		}
		h, err := d.lookBack(d.clock.now()).History(t.Context(), " 1")
		must(t, err)
		equal(t, "amounts", fmt.Sprint(len(h.Amounts), h.Amounts[0], h.Amounts[11]), "12 1.13 MXN 1.02 MXN")
		equal(t, "all", []any{h.Count, h.First, h.Last}, []any{14, start, start.Add(13 * time.Hour)})
		for _, account := range []string{"2", ""} {
			h, err = d.lookBack(start).History(t.Context(), account)
			must(t, err)
			equal(t, "nothing", fmt.Sprint(h.Count, len(h.Amounts), h.Last.IsZero()), "0 0 true")
		}
	},
}
