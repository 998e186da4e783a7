package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// inPlaceOf is a row that stands in for the payout with this number.
func inPlaceOf(n int, minor int64, tradeNo string) NewRow {
	r := row(n, minor)
	r.Replaces = tradeNo
	return r
}

// settled imports one row and lets it come to an end.
func (d *desk) settled(r NewRow, kind Kind) Payout {
	d.t.Helper()
	p := d.claim(d.imported(r), 1)[0]
	return d.record(answer(p, kind)).Payout
}

// trade is what a number stands for.
func (d *desk) trade(tradeNo string) Traded {
	d.t.Helper()
	found, ok, err := d.lookBack(d.clock.now()).Trade(d.t.Context(), tradeNo)
	must(d.t, err)
	equal(d.t, "found", ok, true)
	return found
}

// refusedFor imports rows and expects that one of them cannot stand in.
func (d *desk) refusedFor(want ReplaceError, rows ...NewRow) {
	d.t.Helper()
	before := len(all(d.t, d.Batches(d.t.Context())))
	_, err := d.Import(d.t.Context(), d.sheet(), rowsOf(rows...))
	var got *ReplaceError
	if !errors.As(err, &got) || *got != want {
		d.t.Fatalf("error %v, want %v", err, &want)
	}
	equal(d.t, "unknown", errors.Is(err, ErrNotFound), want.By == "" && want.Live == "")
	equal(d.t, "batches", len(all(d.t, d.Batches(d.t.Context()))), before)
}

// A payout that was called off is made anew.
var standingIn = map[string]func(*testing.T, *desk){
	"what another one is paid for is never overlooked, whatever that one's amount and account": func(t *testing.T, d *desk) {
		was := with(row(2, 1), "Ana", "646180000000000001", 10000)
		p := d.settled(was, NotPaid)
		look := func() (suspects []Suspect) {
			t.Helper()
			suspects, err := d.lookBack(time.Time{}).Suspects(t.Context(), soughtOf(was))
			must(t, err)
			return suspects
		}
		equal(t, "called off, and not made anew", len(look()), 0)
		for i, kind := range []Kind{NotPaid, Refused, Paid} { // a line of stand-ins, the last one paid
			anew := with(row(2, 1), "Ana", fmt.Sprint("64618000000000000", 2+i), int64(10001+i))
			anew.Replaces = p.TradeNo
			b := d.imported(anew)
			p = d.payouts(b)[0]
			found := look()
			if len(found) != 1 || found[0].Kind != SamePayout || found[0].State != Failed || found[0].StandIn != p.TradeNo {
				t.Errorf("waiting: %+v, want the payout that %s stands in for", found, p.TradeNo)
			}
			p = d.record(answer(d.claim(b, 1)[0], kind)).Payout
			found = look()
			if kind != Paid && len(found) > 0 || kind == Paid && (len(found) != 1 || found[0].StandIn != p.TradeNo) {
				t.Errorf("%s: %+v", kind, found)
			}
		}
	},
	"what stands in is never without the number of what it replaced": func(t *testing.T, d *desk) {
		was := d.settled(row(2, 100), NotPaid)
		b := d.imported(row(2, 700), inPlaceOf(3, 110, was.TradeNo))
		two := d.payouts(b)
		equal(t, "replaces", []string{two[0].Replaces, two[1].Replaces, two[1].ReplacedBy}, []string{"", was.TradeNo, ""})
		equal(t, "replaced by", d.reload(was).ReplacedBy, two[1].TradeNo)
		claimed := d.claim(b, 5)
		equal(t, "claimed", claimed[1].Replaces, was.TradeNo)
		equal(t, "recorded", d.record(answer(claimed[1], Paid)).Payout.Replaces, was.TradeNo)
		d.stands(was, Failed)
	},
	"what may be paid is never replaced": func(t *testing.T, d *desk) {
		for i, kind := range []Kind{Paid, Accepted, Doubt, Conflict, NotSent} {
			p := d.settled(row(2, int64(100+i)), kind)
			d.refusedFor(ReplaceError{TradeNo: p.TradeNo, Live: p.TradeNo, State: p.State}, row(2, 5), inPlaceOf(3, 100, p.TradeNo))
		}
		waits := d.payouts(d.batch(1))[0]
		d.refusedFor(ReplaceError{TradeNo: waits.TradeNo, Live: waits.TradeNo, State: Ready}, inPlaceOf(3, 100, waits.TradeNo))
		d.claim(Batch{ID: waits.BatchID}, 1)
		d.refusedFor(ReplaceError{TradeNo: waits.TradeNo, Live: waits.TradeNo, State: Submitting}, inPlaceOf(3, 100, waits.TradeNo))
	},
	"everything that was called off can be replaced": func(t *testing.T, d *desk) {
		reversed := d.settled(row(2, 100), Paid)
		d.record(asked(reversed, NotPaid))
		cancelled := d.payouts(d.batch(1))[0]
		_, err := d.Cancel(t.Context(), cancelled.TradeNo, "maria", "x")
		must(t, err)
		b := d.imported(
			inPlaceOf(2, 1, d.settled(row(2, 101), NotPaid).TradeNo), inPlaceOf(3, 2, d.settled(row(2, 102), Refused).TradeNo),
			inPlaceOf(4, 3, reversed.TradeNo), inPlaceOf(5, 4, cancelled.TradeNo),
		)
		equal(t, "to pay", rowNumbers(d.claim(b, 10)), []int{2, 3, 4, 5})
	},
	"a payout is never replaced twice": func(t *testing.T, d *desk) {
		was := d.settled(row(2, 100), NotPaid)
		_, err := d.Import(t.Context(), d.sheet(), rowsOf(inPlaceOf(2, 1, was.TradeNo), inPlaceOf(3, 2, was.TradeNo)))
		var refused *ReplaceError
		if !errors.As(err, &refused) || refused.By == "" {
			t.Fatalf("twice in a sheet: %v", err)
		}
		by := d.payouts(d.imported(inPlaceOf(2, 1, was.TradeNo)))[0]
		for _, state := range []State{Ready, Submitting, Failed} {
			d.stands(by, state)
			d.refusedFor(ReplaceError{TradeNo: was.TradeNo, By: by.TradeNo}, inPlaceOf(2, 3, was.TradeNo))
			switch state {
			case Ready:
				by = d.claim(Batch{ID: by.BatchID}, 1)[0]
			case Submitting:
				d.record(answer(by, NotPaid))
			}
		}
		// The one that stands in for it has failed, too: that one is replaced.
		third := d.payouts(d.imported(inPlaceOf(2, 3, by.TradeNo)))[0]
		equal(t, "replaces", third.Replaces, by.TradeNo)
		d.refusedFor(ReplaceError{TradeNo: by.TradeNo, By: third.TradeNo}, inPlaceOf(2, 3, by.TradeNo))
	},
	"nothing is ever replaced by another merchant, in its own batch, or out of nowhere": func(t *testing.T, d *desk) {
		other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
		theirs := other.payouts(other.batch(1))[0]
		_, err := d.Cancel(t.Context(), theirs.TradeNo, "maria", "x")
		must(t, err)
		for _, number := range []string{theirs.TradeNo, "BP20261121090000AAAAAAAAAAAA"} {
			d.refusedFor(ReplaceError{TradeNo: number}, inPlaceOf(2, 1, number))
		}
		own := d.settled(row(2, 1), NotPaid)
		// What is left out replaces nothing, whatever it says.
		left, known := inPlaceOf(2, 1, own.TradeNo), inPlaceOf(3, 1, own.TradeNo)
		left.Problems, known.Known = []string{"x"}, own.TradeNo
		d.imported(left, known)
		equal(t, "replaced by", d.reload(own).ReplacedBy, "")
	},
	"a number never stands for less than the whole chain": func(t *testing.T, d *desk) {
		first := d.settled(with(row(2, 1), "Ana", "1", 100), NotPaid)
		equal(t, "alone", []string{d.trade(first.TradeNo).TradeNo, d.trade(first.TradeNo).For}, []string{first.TradeNo, ""})
		firstBatch := d.trade(first.TradeNo).Batch
		d.later(time.Hour)
		r := with(inPlaceOf(7, 1, first.TradeNo), "Ana María", "2", 200)
		second := d.settled(r, Refused)
		d.later(time.Hour)
		r = with(inPlaceOf(9, 1, second.TradeNo), "Ana M.", "3", 300)
		b := d.imported(r)
		third := d.payouts(b)[0]
		want := Traded{
			TradeNo: third.TradeNo, Batch: b.Code, Row: 9, State: Ready, Amount: pesos(300), Fingerprint: r.Fingerprint,
			Name: "Ana M.", Account: "3", Bank: r.Bank, At: d.clock.now(),
		}
		equal(t, "of the last", d.trade(third.TradeNo), want)
		want.For, want.ForBatch = first.TradeNo, firstBatch
		equal(t, "of the first", d.trade(first.TradeNo), want)
		want.For, want.ForBatch = second.TradeNo, d.trade(third.TradeNo).ForBatch
		equal(t, "of the second", d.trade(second.TradeNo).For, second.TradeNo)
		for _, kind := range []Kind{Doubt, Paid} { // whatever becomes of the last is the answer for all
			p := d.reload(third)
			if p.State == Ready {
				p = d.claim(b, 1)[0]
			}
			d.record(answer(p, kind))
			equal(t, string(kind), []State{d.trade(first.TradeNo).State, d.trade(second.TradeNo).State}, []State{d.reload(third).State, d.reload(third).State})
		}
	},
	"what was called off and is paid after all is never paid by another one": func(t *testing.T, d *desk) {
		first := d.settled(row(2, 100), NotPaid)
		second := d.payouts(d.imported(inPlaceOf(2, 100, first.TradeNo)))[0]
		third := d.settled(row(2, 100), NotPaid) // of another chain
		other := d.payouts(d.imported(inPlaceOf(2, 100, third.TradeNo)))[0]
		d.record(asked(first, Paid))
		now := d.stands(second, Held)
		equal(t, "why", []any{now.Reason, now.Message, now.DueAt.IsZero()}, []any{
			ReasonSuspect, "stands in for payout " + first.TradeNo + ", about which there are contrary answers now", true,
		})
		equal(t, "history", d.history(second), []string{"hold: ready → held (suspect)"})
		d.stands(other, Ready)
		equal(t, "to pay", len(d.claim(Batch{ID: second.BatchID}, 5)), 0)

		// A person looks at both and withdraws the second: its row is paid.
		_, err := d.Cancel(t.Context(), second.TradeNo, "maria", "the first was paid")
		must(t, err)
		for _, number := range []string{first.TradeNo, second.TradeNo} {
			found := d.trade(number)
			equal(t, "trade", []any{found.TradeNo, found.State, found.Flagged, found.For != ""}, []any{first.TradeNo, Succeeded, true, number != first.TradeNo})
		}
		d.refusedFor(ReplaceError{TradeNo: second.TradeNo, Live: first.TradeNo, State: Succeeded}, inPlaceOf(2, 100, second.TradeNo))
	},
	"contrary answers never let the second be sent, wherever in the chain": func(t *testing.T, d *desk) {
		for kind, want := range map[Kind]State{Paid: Succeeded, Accepted: Processing, Conflict: Failed} {
			first := d.settled(row(2, 100), NotPaid)
			second := d.settled(inPlaceOf(2, 100, first.TradeNo), NotPaid)
			third := d.payouts(d.imported(inPlaceOf(2, 100, second.TradeNo)))[0]
			d.record(asked(first, kind))
			d.stands(first, want)
			d.stands(second, Failed)
			d.stands(third, Held)
			equal(t, "flagged", d.trade(third.TradeNo).Flagged, true)
			_, err := d.Release(t.Context(), third.TradeNo, "maria", "both are meant")
			must(t, err)
			equal(t, "on a person's word", len(d.claim(Batch{ID: third.BatchID}, 5)), 1)
		}
	},
	"the same answer again never holds what a person has released": func(t *testing.T, d *desk) {
		first := d.settled(row(2, 100), NotPaid)
		second := d.payouts(d.imported(inPlaceOf(2, 100, first.TradeNo)))[0]
		d.record(asked(first, Paid))
		_, err := d.Release(t.Context(), second.TradeNo, "maria", "both are meant")
		must(t, err)
		d.record(asked(d.reload(first), Paid))
		d.stands(second, Ready)
	},
	"what was on its way is never sent again in the place of what is paid": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{NotSent, Doubt} {
			first := d.settled(row(2, 100), NotPaid)
			second := d.claim(d.imported(inPlaceOf(2, 100, first.TradeNo)), 1)[0]
			d.record(asked(first, Paid))
			d.stands(second, Submitting) // too late
			applied := d.record(answer(second, kind))
			for range retry.Unknowns {
				if kind == Doubt {
					applied = d.record(asked(d.stands(second, InDoubt), Unknown))
					d.later(retry.Quarantine)
				}
			}
			now := d.stands(second, Held)
			equal(t, "what it returns is what is written", fmt.Sprintf("%+v", applied.Payout), fmt.Sprintf("%+v", now))
			_, err := d.Release(t.Context(), second.TradeNo, "maria", "both are meant")
			if kind == Doubt { // the gateway denies it: no word sends it again
				equal(t, "why", now.Reason, ReasonSpent)
				refused(t, err, Release, Held, true)
				continue
			}
			must(t, err)
			equal(t, "why", now.Message, "stands in for payout "+first.TradeNo+", which is succeeded")
			equal(t, "on a person's word", len(d.claim(Batch{ID: second.BatchID}, 5)), 1)
		}
	},
	"a long chain is never followed to another end": func(t *testing.T, d *desk) {
		p := d.settled(row(2, 100), NotPaid)
		numbers := []string{p.TradeNo}
		for i := range 12 {
			p = d.settled(inPlaceOf(2, int64(100+i), p.TradeNo), NotPaid)
			numbers = append(numbers, p.TradeNo)
		}
		for i, number := range numbers {
			equal(t, fmt.Sprint("link ", i), d.trade(number).TradeNo, p.TradeNo)
		}
	},
}
