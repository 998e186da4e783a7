package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestSQLiteConforms(t *testing.T) {
	t.Parallel()
	testConformance(t, createSQLite)
}

// testConformance holds a store to everything the rest of the program relies
// on. A second store passes it or is none.
func testConformance(t *testing.T, create creator) {
	for _, suite := range []map[string]func(*testing.T, *desk){
		importing_, claiming, recording, doubting, contradicting, reading, handedBack, suspecting, deciding, lookingBack, comparing,
		standingIn, callingBack, watching, sticking, resolving, reporting, accounting,
	} {
		for name, test := range suite {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, setupWith(t, create))
			})
		}
	}
}

var importing_ = map[string]func(*testing.T, *desk){
	"an error midway never leaves half a batch": func(t *testing.T, d *desk) {
		broken := errors.New("disk on fire")
		_, err := d.Import(t.Context(), d.sheet(), func(yield func(NewRow, error) bool) {
			_ = yield(row(2, 100), nil) && yield(invalid(3, "amount: missing"), nil) && yield(NewRow{}, broken)
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		equal(t, "batches", len(all(t, d.Batches(t.Context()))), 0)
		b := d.batch(2)
		equal(t, "payouts", len(d.claim(b, 10)), 2)
	},
	"no row is out of order, twice, in another currency, or nothing": func(t *testing.T, d *desk) {
		dollars := row(3, 100)
		dollars.Amount = money.FromMinor(money.INR, 100)
		for name, rows := range map[string][]NewRow{
			"order":    {row(5, 100), row(4, 100)},
			"twice":    {row(5, 100), invalid(5, "x")},
			"currency": {row(2, 100), dollars},
			"nothing":  {row(2, 0)},
			"header":   {row(0, 100)},
		} {
			if _, err := d.Import(t.Context(), d.sheet(), rowsOf(rows...)); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		equal(t, "batches", len(all(t, d.Batches(t.Context()))), 0)
	},
	"the same content is never imported twice by accident": func(t *testing.T, d *desk) {
		n := d.sheet()
		b, err := d.Import(t.Context(), n, plainRows(3))
		must(t, err)
		n.Source, n.SourceSHA256, n.Original = "renamed.csv", "", Text("other bytes")
		if _, err = d.Import(t.Context(), n, plainRows(3)); !errors.Is(err, ErrDuplicate) {
			t.Fatalf("second import: %v", err)
		}
		found, err := d.BatchByContent(t.Context(), d.merchant.ID, n.Content())
		must(t, err)
		equal(t, "batch", found.Code, b.Code)
		other := d.register("other-mx")
		n.Merchant = other
		_, err = d.Import(t.Context(), n, plainRows(3))
		must(t, err) // another merchant's money
	},
	"a repeat needs a person's reason and is never made twice": func(t *testing.T, d *desk) {
		n := d.sheet()
		b, err := d.Import(t.Context(), n, plainRows(2))
		must(t, err)
		n.Repeats = b.Code
		if _, err := d.Import(t.Context(), n, plainRows(2)); err == nil {
			t.Fatal("repeated without a reason")
		}
		n.Reason = "bonus, approved by the treasurer"
		again, err := d.Import(t.Context(), n, plainRows(2))
		must(t, err)
		equal(t, "repeats", again.Repeats, b.Code)
		n.Repeats = strings.ToLower(b.Code)
		if _, err := d.Import(t.Context(), n, plainRows(2)); !errors.Is(err, ErrDuplicate) {
			t.Fatalf("repeated twice: %v", err)
		}
	},
	"no amount is lost to rounding": func(t *testing.T, d *desk) {
		var rows []NewRow
		var sum int64
		for i := range 200 {
			minor := int64(999_999_999_999_901 - i*7)
			rows, sum = append(rows, row(i+2, minor)), sum+minor
		}
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(rows...))
		must(t, err)
		equal(t, "sum", b.Sum.String(), pesos(sum).String())
		s, err := d.Summary(t.Context(), b.ID)
		must(t, err)
		equal(t, "tied", s.Tied(), true)
	},
	"an invalid row is never forgotten": func(t *testing.T, d *desk) {
		bad := invalid(3, "row 3: amount: decimals not allowed")
		bad.Readable, bad.Amount = true, pesos(150)
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(row(2, 100), bad, invalid(4, "row 4: amount: unreadable")))
		must(t, err)
		equal(t, "rows", b.Rows, 3)
		equal(t, "unreadable", b.Unreadable, 1)
		equal(t, "sum", b.Sum.Plain(), "2.5")
		lines := all(t, d.Lines(t.Context(), b.ID))
		equal(t, "kept", lines[1].Invalid.Problems, []string{"row 3: amount: decimals not allowed"})
		equal(t, "readable", []bool{lines[1].Invalid.Readable, lines[2].Invalid.Readable}, []bool{true, false})
	},
	"a sheet without a valid row is never nothing": func(t *testing.T, d *desk) {
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(invalid(2, "x"), invalid(3, "y")))
		must(t, err)
		equal(t, "to pay", len(d.claim(b, 10)), 0)
		empty, err := d.Import(t.Context(), d.sheet(), rowsOf())
		must(t, err)
		equal(t, "rows", empty.Rows, 0)
	},
	"a number is never long, lower-case or given twice": func(t *testing.T, d *desk) {
		seen := map[string]bool{}
		for range 3 {
			for _, line := range all(t, d.Lines(t.Context(), d.batch(500).ID)) {
				number := line.Payout.TradeNo
				if len(number) > 32 || !tradeNoForm.MatchString(number) || seen[number] {
					t.Fatalf("number %q", number)
				}
				seen[number] = true
			}
		}
	},
	"what was instructed is never altered on its way": func(t *testing.T, d *desk) {
		odd := row(2, 12345)
		odd.Fields = map[string]string{"name": "José \"Pepe\" Ñandú\u2028<&>", "empty": "", "zeros": "000123", "line": "a\nb\x00c"}
		odd.PayeeName = odd.Fields["name"]
		b, err := d.Import(t.Context(), d.sheet(), rowsOf(odd))
		must(t, err)
		p := d.claim(b, 1)[0]
		equal(t, "fields", p.Fields, odd.Fields)
		equal(t, "payee", []string{p.PayeeName, p.PayeeAccount, p.Bank, p.Amount.Plain()}, []string{odd.PayeeName, odd.PayeeAccount, odd.Bank, "123.45"})
	},
}

var claiming = map[string]func(*testing.T, *desk){
	"an intent is never less than durable when claim returns": func(t *testing.T, d *desk) {
		p := d.claimed()
		other := d.open() // a reader that shares nothing with the claimer
		now, err := other.Payout(t.Context(), p.TradeNo)
		must(t, err)
		equal(t, "state", now.State, Submitting)
		equal(t, "attempts", now.Attempts, 1)
		equal(t, "submitted", now.SubmittedAt, d.clock.now())
		equal(t, "claimed is what is written", fmt.Sprintf("%+v", p), fmt.Sprintf("%+v", now))
		equal(t, "history", d.history(p), []string{"submitted: ready → submitting (intent)"})
	},
	"rows are never paid out of order": func(t *testing.T, d *desk) {
		b := d.batch(7)
		equal(t, "first", rowNumbers(d.claim(b, 3)), []int{2, 3, 4})
		equal(t, "then", rowNumbers(d.claim(b, 100)), []int{5, 6, 7, 8})
		equal(t, "none left", len(d.claim(b, 100)), 0)
	},
	"nothing is claimed before it is due": func(t *testing.T, d *desk) {
		b := d.batch(2)
		p := d.claim(b, 1)[0]
		back := answer(p, NotSent)
		back.NextAsk = d.clock.now().Add(30 * time.Second)
		d.record(back)
		equal(t, "due now", rowNumbers(d.claim(b, 10)), []int{3})
		d.clock.advance(29 * time.Second)
		equal(t, "not yet", len(d.claim(b, 10)), 0)
		d.clock.advance(time.Second)
		again := d.claim(b, 10)
		equal(t, "due", rowNumbers(again), []int{2})
		equal(t, "number", again[0].TradeNo, p.TradeNo)
		equal(t, "what never left does not count", again[0].Sends(), 1)
	},
	"another batch's payouts are never claimed": func(t *testing.T, d *desk) {
		one, two := d.batch(2), d.batch(3)
		equal(t, "of the second", len(d.claim(two, 10)), 3)
		equal(t, "of the first", len(d.claim(one, 10)), 2)
	},
	"a lease that was taken over never claims or recovers": func(t *testing.T, d *desk) {
		b := d.batch(2)
		d.clock.advance(2 * time.Minute) // the term is over
		old := *d.lease
		d.acquire()
		if _, err := d.Claim(t.Context(), &old, b.ID, 1); !errors.Is(err, ErrLeaseLost) {
			t.Fatalf("claim by the former holder: %v", err)
		}
		if _, err := d.Recover(t.Context(), &old); !errors.Is(err, ErrLeaseLost) {
			t.Fatalf("recover by the former holder: %v", err)
		}
		equal(t, "nothing was taken", len(d.claim(b, 10)), 2)
	},
	"no payout is ever claimed twice": func(t *testing.T, d *desk) {
		b := d.batch(300)
		var mu sync.Mutex
		seen := map[string]int{}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for {
					claimed, err := d.Claim(context.Background(), d.lease, b.ID, 7)
					if err != nil || len(claimed) == 0 {
						if err != nil {
							t.Error(err)
						}
						return
					}
					mu.Lock()
					for _, p := range claimed {
						seen[p.TradeNo]++
					}
					mu.Unlock()
				}
			})
		}
		group.Wait()
		equal(t, "claimed", len(seen), 300)
		for number, n := range seen {
			if n != 1 {
				t.Errorf("%s was claimed %d times", number, n)
			}
		}
	},
	"what a killed run left behind is never sent blind": func(t *testing.T, d *desk) {
		b := d.batch(4)
		claimed := d.claim(b, 3)
		d.record(answer(claimed[0], Paid))
		n, err := d.Recover(t.Context(), d.lease)
		must(t, err)
		equal(t, "recovered", n, 2)
		d.stands(claimed[1], InDoubt)
		equal(t, "still to be sent", rowNumbers(d.claim(b, 10)), []int{5})
		due := all(t, d.Due(t.Context(), b.ID, d.clock.now(), 10))
		equal(t, "to be asked at once", rowNumbers(due), []int{3, 4})
	},
	"recover never touches another merchant": func(t *testing.T, d *desk) {
		mine := d.claimed()
		other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
		other.acquire()
		theirs := other.claimed()
		n, err := d.Recover(t.Context(), d.lease)
		must(t, err)
		equal(t, "recovered", n, 1)
		d.stands(mine, InDoubt)
		d.stands(theirs, Submitting)
		must(t, other.lease.Release())
	},
	"outstanding never says done while something is open": func(t *testing.T, d *desk) {
		b := d.batch(2)
		is := func(ready, open bool) {
			t.Helper()
			o, err := d.Outstanding(t.Context(), b.ID)
			must(t, err)
			equal(t, "outstanding", []bool{o.Ready, o.Open}, []bool{ready, open})
		}
		is(true, false)
		one := d.claim(b, 1)[0]
		is(true, true)
		d.record(answer(one, Doubt))
		is(true, true)
		d.record(asked(d.reload(one), Paid))
		is(true, false)
		two := d.claim(b, 1)[0]
		is(false, true)
		d.record(answer(two, Accepted))
		is(false, true)
		d.record(asked(d.reload(two), NotPaid))
		is(false, false)
	},
}
