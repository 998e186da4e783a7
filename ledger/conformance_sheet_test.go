package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A sheet that was handed back is given again.
var handedBack = map[string]func(*testing.T, *desk){
	"what was paid before is never paid again, and its row is never lost": func(t *testing.T, d *desk) {
		first := d.batch(3)
		were := d.claim(first, 3)
		d.record(answer(were[0], Paid))
		d.record(answer(were[1], NotPaid))
		garbled := NewRow{Row: 4, Known: were[2].TradeNo, Problems: []string{"row 4: amount: unreadable"}}
		again := d.imported(known(2, 10000, were[0].TradeNo), known(3, 99900, were[1].TradeNo, "was edited since: the edit has no effect"), garbled, row(9, 500))
		s, err := d.Summary(t.Context(), again.ID)
		must(t, err)
		equal(t, "tied", s.Tied(), true)
		equal(t, "known", fmt.Sprint(s.Bucket(BucketKnown)), fmt.Sprint(Bucket{BucketKnown, 3, pesos(109900)}))
		equal(t, "unreadable", again.Unreadable, 1)
		equal(t, "to pay", rowNumbers(d.claim(again, 10)), []int{9})

		lines := all(t, d.Lines(t.Context(), again.ID))
		equal(t, "paid", *lines[0].Known, KnownRow{
			Row: 2, Amount: pesos(10000), Readable: true, TradeNo: were[0].TradeNo, Batch: first.Code, BatchRow: 2, State: Succeeded,
			Notes: []string{}, PayeeName: were[0].PayeeName, PayeeAccount: were[0].PayeeAccount, Bank: were[0].Bank,
		})
		equal(t, "edited", lines[1].Known.Notes, []string{"was edited since: the edit has no effect"})
		equal(t, "failed", lines[1].Known.State, Failed)
		equal(t, "garbled", []any{lines[2].Known.Readable, lines[2].Known.State, len(lines[2].Known.Notes)}, []any{false, Submitting, 1})
		d.record(asked(d.reload(were[2]), Paid))
		lines = all(t, d.Lines(t.Context(), again.ID))
		equal(t, "as of now", lines[2].Known.State, Succeeded)
	},
	"a row is never left out for a number that is not in the book": func(t *testing.T, d *desk) {
		other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
		theirs := other.payouts(other.batch(1))[0]
		for name, number := range map[string]string{"no number": "BP20261121090000AAAAAAAAAAAA", "another merchant's": theirs.TradeNo, "lower case": strings.ToLower(theirs.TradeNo)} {
			if _, err := d.Import(t.Context(), d.sheet(), rowsOf(known(2, 100, number))); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		equal(t, "batches", len(all(t, d.Batches(t.Context()))), 1)
	},
	"rows of every kind never get out of place": func(t *testing.T, d *desk) {
		were := d.payouts(d.batch(2))
		b := d.imported(known(2, 1, were[0].TradeNo), row(3, 1), invalid(4, "x"), known(5, 1, were[1].TradeNo), known(6, 1, were[1].TradeNo), suspect(7, 1, "row 7"), invalid(8, "x"))
		var kinds []string
		for _, line := range all(t, d.Lines(t.Context(), b.ID)) {
			kinds = append(kinds, fmt.Sprint(line.Row, line.Payout != nil, line.Invalid != nil, line.Known != nil))
		}
		equal(t, "lines", kinds, []string{
			"2 false false true", "3 true false false", "4 false true false", "5 false false true", "6 false false true", "7 true false false", "8 false true false",
		})
	},
}

var suspecting = map[string]func(*testing.T, *desk){
	"what is held at import is never sent": func(t *testing.T, d *desk) {
		b := d.imported(row(2, 100), suspect(3, 250, "row 3: the same account and amount as row 7 of an earlier batch"), row(4, 100))
		s, err := d.Summary(t.Context(), b.ID)
		must(t, err)
		equal(t, "held", fmt.Sprint(s.Bucket(BucketHeld)), fmt.Sprint(Bucket{BucketHeld, 1, pesos(250)}))
		equal(t, "tied", s.Tied(), true)
		equal(t, "sent", rowNumbers(d.claim(b, 10)), []int{2, 4})
		p := d.payouts(b)[1]
		equal(t, "why", []any{p.State, p.Reason, p.Message, p.OwnWords()},
			[]any{Held, ReasonSuspect, "row 3: the same account and amount as row 7 of an earlier batch", true})
		equal(t, "history", d.history(p), []string{"hold: ready → held (suspect)"})
		n, err := d.Recover(t.Context(), d.lease)
		must(t, err)
		equal(t, "recovered", n, 2)
		d.stands(p, Held)
	},
	"many are never held in one another's place": func(t *testing.T, d *desk) {
		var rows []NewRow
		for i := range eventsHeld + 30 {
			rows = append(rows, suspect(i+2, 100, fmt.Sprint("because of ", i+2)))
		}
		b := d.imported(rows...)
		for _, p := range d.payouts(b) {
			equal(t, "message", p.Message, fmt.Sprint("because of ", p.Row))
		}
		n, err := d.ReleaseAll(t.Context(), b.ID, "maria", "looked at all")
		must(t, err)
		equal(t, "released", n, len(rows))
		equal(t, "in sheet order", rowNumbers(d.claim(b, 3)), []int{2, 3, 4})
	},
	"suspects are never paid without a person's word": func(t *testing.T, d *desk) {
		like := row(3, 100)
		like.Overridden = true
		n := d.sheet()
		if _, err := d.Import(t.Context(), n, rowsOf(row(2, 100), like)); err == nil {
			t.Fatal("paid without a reason")
		}
		n.Reason = "bonus, approved by the treasurer"
		b, err := d.Import(t.Context(), n, rowsOf(row(2, 100), like))
		must(t, err)
		equal(t, "overridden", b.Overridden, 1)
		equal(t, "to pay", rowNumbers(d.claim(b, 10)), []int{2, 3})
		last := all(t, d.BatchEvents(t.Context(), b.ID))[1]
		equal(t, "the word", []string{last.Kind, last.Actor, last.Reason, last.Message, string(last.Evidence)},
			[]string{"note", "maria", "bonus, approved by the treasurer", "1 suspected duplicates are paid on this word", `{"overridden":1,"rows":[3]}`})
	},
}

// A person decides.
var deciding = map[string]func(*testing.T, *desk){
	"a release never goes without who and why, and is kept": func(t *testing.T, d *desk) {
		b := d.imported(suspect(2, 100, "x"))
		p := d.payouts(b)[0]
		for _, who := range [][2]string{{"", "why"}, {"who", ""}} {
			_, err := d.Release(t.Context(), p.TradeNo, who[0], who[1])
			_, err2 := d.Cancel(t.Context(), p.TradeNo, who[0], who[1])
			_, err3 := d.ReleaseAll(t.Context(), b.ID, who[0], who[1])
			_, err4 := d.CancelHeld(t.Context(), b.ID, who[0], who[1])
			if err == nil || err2 == nil || err3 == nil || err4 == nil {
				t.Error("passed")
			}
		}
		now, err := d.Release(t.Context(), p.TradeNo, "maria", "both are meant")
		must(t, err)
		equal(t, "what it returns is what is written", fmt.Sprintf("%+v", now), fmt.Sprintf("%+v", d.stands(p, Ready)))
		events := all(t, d.Events(t.Context(), p.ID))
		equal(t, "kept", []string{events[1].Kind, events[1].Actor, events[1].Reason, events[1].Message},
			[]string{"release", "maria", ReasonReleased, "both are meant"})
		equal(t, "sent", rowNumbers(d.claim(b, 1)), []int{2})
	},
	"what was cancelled is never sent": func(t *testing.T, d *desk) {
		b := d.imported(suspect(2, 100, "x"), row(3, 100), row(4, 100))
		for _, p := range d.payouts(b)[:2] {
			now, err := d.Cancel(t.Context(), p.TradeNo, "maria", "a duplicate")
			must(t, err)
			equal(t, "state", []any{now.State, now.Reason, now.FinalAt}, []any{Cancelled, ReasonWithdrawn, d.clock.now()})
			_, err = d.Release(t.Context(), p.TradeNo, "maria", "after all")
			refused(t, err, Release, Cancelled, false)
		}
		equal(t, "sent", rowNumbers(d.claim(b, 10)), []int{4})
	},
	"what may have been sent is never moved by a word": func(t *testing.T, d *desk) {
		for name, c := range map[string]struct {
			kinds []Kind
			state State
		}{
			"on the wire": {nil, Submitting},
			"in doubt":    {[]Kind{Doubt}, InDoubt},
			"in progress": {[]Kind{Accepted}, Processing},
			"paid":        {[]Kind{Paid}, Succeeded},
			"refused":     {[]Kind{Refused}, Rejected},
			"held":        {[]Kind{Doubt, Hold}, Held},
			"contrary":    {[]Kind{Conflict}, Held},
		} {
			b := d.batch(1)
			p := d.claim(b, 1)[0]
			for i, kind := range c.kinds {
				if o := answer(p, kind); i == 0 {
					d.record(o)
				} else {
					d.record(asked(d.reload(p), kind))
				}
			}
			before := d.stands(p, c.state)
			_, err := d.Release(t.Context(), p.TradeNo, "maria", "send it")
			refused(t, err, Release, c.state, true)
			_, err = d.Cancel(t.Context(), p.TradeNo, "maria", "take it back")
			refused(t, err, Cancel, c.state, true)
			for _, decide := range []func() (int, error){
				func() (int, error) { return d.ReleaseAll(t.Context(), b.ID, "maria", "send all") },
				func() (int, error) { return d.CancelHeld(t.Context(), b.ID, "maria", "take all back") },
			} {
				n, err := decide()
				must(t, err)
				equal(t, name+": moved", n, 0)
			}
			equal(t, name, fmt.Sprintf("%+v", d.reload(p)), fmt.Sprintf("%+v", before))
		}
	},
	"a number that the gateway knows too soon is never released": func(t *testing.T, d *desk) {
		b := d.batch(1)
		p := d.payouts(b)[0]
		d.record(asked(p, Paid)) // never sent, and yet paid
		_, err := d.Release(t.Context(), p.TradeNo, "maria", "send it")
		refused(t, err, Release, Held, true)
		_, err = d.Cancel(t.Context(), p.TradeNo, "maria", "take it back")
		refused(t, err, Cancel, Held, true)
	},
	"only what is held is released": func(t *testing.T, d *desk) {
		p := d.payouts(d.batch(1))[0]
		_, err := d.Release(t.Context(), p.TradeNo, "maria", "send it")
		refused(t, err, Release, Ready, false)
		if _, err := d.Release(t.Context(), "BP0", "maria", "x"); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such number: %v", err)
		}
		if _, err := d.Cancel(t.Context(), "BP0", "maria", "x"); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such number: %v", err)
		}
	},
	"a request that provably never left may still be cancelled": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, NotSent))
		_, err := d.Cancel(t.Context(), p.TradeNo, "maria", "not this month")
		must(t, err)
		d.stands(p, Cancelled)
	},
	"a batch-wide word never reaches past its batch and what is held": func(t *testing.T, d *desk) {
		other := d.imported(suspect(2, 100, "x"))
		b := d.imported(suspect(2, 100, "x"), row(3, 100), suspect(4, 100, "y"))
		n, err := d.CancelHeld(t.Context(), b.ID, "maria", "duplicates")
		must(t, err)
		equal(t, "cancelled", n, 2)
		equal(t, "left to pay", rowNumbers(d.claim(b, 10)), []int{3})
		d.stands(d.payouts(other)[0], Held)
		n, err = d.ReleaseAll(t.Context(), other.ID, "maria", "in order")
		must(t, err)
		equal(t, "released", n, 1)
		n, err = d.ReleaseAll(t.Context(), b.ID, "maria", "in order")
		must(t, err)
		equal(t, "nothing held", n, 0)
	},
	"a word and a claim at once never both win": func(t *testing.T, d *desk) {
		const many = 40
		b := d.batch(many)
		payouts := d.payouts(b)
		other := d.open() // a second process, as far as the book can tell
		cancelled := make(chan int)
		go func() {
			n := 0
			for i := len(payouts) - 1; i >= 0; i-- {
				_, err := other.Cancel(t.Context(), payouts[i].TradeNo, "maria", "stop")
				if refused := (*WordError)(nil); errors.As(err, &refused) && refused.State == Submitting && refused.Evidence {
					continue
				}
				if err != nil {
					t.Error(err)
					break
				}
				n++
			}
			cancelled <- n
		}()
		claimed := 0
		for {
			got := d.claim(b, 1)
			if len(got) == 0 {
				break
			}
			claimed++
		}
		equal(t, "each went one way", claimed+<-cancelled, many)
	},
}

// refused asserts that a word was refused, and why.
func refused(t *testing.T, err error, kind Kind, state State, evidence bool) {
	t.Helper()
	var word *WordError
	if !errors.As(err, &word) {
		t.Fatalf("%s of what is %s: %v", kind, state, err)
	}
	equal(t, "refusal", []any{word.Kind, word.State, word.Evidence, strings.Contains(err.Error(), word.TradeNo)}, []any{kind, state, evidence, true})
}
