package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestANotSentThatIsRepeatedNeverFreesTheNextSend(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(1)
	first := d.claim(b, 1)[0]
	d.record(answer(first, NotSent))
	second := d.claim(b, 1)[0] // its request may be on the wire
	d.record(answer(first, NotSent))
	d.stands(second, Submitting)
	equal(t, "claimed a third time", len(d.claim(b, 1)), 0)
}

func TestAnAnswerHeardTwiceNeverLiftsAContradiction(t *testing.T) {
	t.Parallel()
	d := setup(t)
	p := d.claimed()
	o := answer(p, Conflict)
	o.Reason = "amount_differs"
	d.record(o)
	d.record(asked(d.reload(p), Paid))
	d.stands(p, Held)
	d.record(asked(d.reload(p), Paid))
	d.stands(p, Held)
}

func TestALateFailureOfAnOlderAttemptNeverEndsANewerOne(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]Kind{"in doubt": Doubt, "processing": Accepted, "succeeded": Paid} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			first := d.claimed()
			second := d.resent(first)
			before := d.record(answer(second, kind)).Payout.State
			d.record(answer(first, NotPaid)) // the first attempt's reply, hours late
			d.stands(second, before)
		})
	}
}

func TestAPlacementsOwnFailureNeverReversesWhatACallbackSawPaid(t *testing.T) {
	t.Parallel()
	d := setup(t)
	second := d.resent(d.claimed())
	d.record(asked(second, Paid))     // the first attempt's order was paid after all
	d.record(answer(second, NotPaid)) // the second attempt's: duplicate
	d.stands(second, Succeeded)
}

func TestALeaseNeverClaimsAnotherMerchantsBatch(t *testing.T) {
	t.Parallel()
	d := setup(t)
	other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
	theirs := other.batch(1)
	if claimed, err := d.Claim(t.Context(), d.lease, theirs.ID, 1); err == nil && len(claimed) > 0 {
		t.Fatal("claimed with another merchant's lease")
	}
}

func TestWhatAQueryHasShownIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]func(d *desk, p Payout) Outcome{
		"a status never seen before": func(_ *desk, p Payout) Outcome { return asked(p, Doubt) },
		"another amount": func(_ *desk, p Payout) Outcome {
			o := asked(p, Conflict)
			o.Reason = "amount_differs"
			return o
		},
		"a number that is taken": func(d *desk, p Payout) Outcome {
			d.record(numbered(answer(d.claimed(), Paid), "P-1"))
			return numbered(asked(p, Accepted), "P-1")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			p := d.claimed()
			d.record(answer(p, Doubt))
			d.record(shown(d, d.reload(p)))
			d.record(asked(d.reload(p), Resend))
			d.deny(p, 4, 8*time.Minute)
			d.stands(p, Held)
		})
	}
}

func TestAReleaseNeverSendsWhatTheGatewayAlreadyKnows(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(1)
	p := *all(t, d.Lines(t.Context(), b.ID))[0].Payout
	d.record(asked(p, Paid)) // contrary: never sent, and yet paid
	d.record(asked(d.reload(p), Release))
	equal(t, "sent", len(d.claim(b, 1)), 0)
}

func TestPaidNeverPassesWithoutEvidence(t *testing.T) {
	t.Parallel()
	d := setup(t)
	p := d.claimed()
	o := answer(p, Paid)
	o.Evidence = nil
	if _, err := d.Record(t.Context(), retry, []Outcome{o}); err == nil {
		d.tampered = true
		t.Fatal("counted as paid without an answer")
	}
}

func TestTheGatewaysNumberIsNeverLostOnAPaidPayout(t *testing.T) {
	t.Parallel()
	d := setup(t)
	p := d.claimed()
	d.record(answer(p, Paid))
	d.record(numbered(asked(d.reload(p), Paid), "P-1")) // the callback names it
	equal(t, "number", d.reload(p).PlatformTradeNo, "P-1")
}

func TestAForeignFileIsNeverChangedByLookingAtIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "salaries.csv")
	must(t, os.WriteFile(path, []byte(strings.Repeat("name,account\n", 1000)), 0o640))
	must(t, os.Chmod(path, 0o640))
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNotALedger) {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	must(t, err)
	equal(t, "mode", info.Mode().Perm(), 0o640)
	foreign := filepath.Join(t.TempDir(), "browser.db")
	db := raw(t, foreign)
	_, err = db.Exec("CREATE TABLE cookies (x)")
	must(t, err)
	if _, err := Open(t.Context(), foreign, Options{}); !errors.Is(err, ErrNotALedger) {
		t.Fatal(err)
	}
	var mode string
	must(t, db.QueryRow("PRAGMA journal_mode").Scan(&mode))
	equal(t, "journal mode", mode, "delete")
}

func TestALinkToTheBookNeverOpensASecondRun(t *testing.T) {
	t.Parallel()
	d := setup(t)
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(d.ledger().Path(), link))
	second := openSQLite(t, link, Options{Now: d.clock.now, Host: "here"})
	if lease, err := second.Acquire(t.Context(), d.merchant); !errors.Is(err, ErrLocked) {
		must(t, lease.Release())
		t.Fatalf("second run: %v", err)
	}
}

func TestNoChangeOfWhatReportsShowIsEverFoundClean(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]string{
		"the gateway's number": "UPDATE payouts SET platform_trade_no = 'P-9' WHERE row = 2 AND batch_id = 1",
		"the flag":             "UPDATE payouts SET flagged = 1 WHERE row = 2 AND batch_id = 1",
		"the code":             "UPDATE payouts SET code = '00029' WHERE row = 2 AND batch_id = 1",
		"fingerprint":          "UPDATE instructions SET fingerprint = x'00' WHERE payout_id = 1",
		"content of a batch":   "UPDATE batches SET content = 'x' WHERE id = 1",
		"source of a batch":    "UPDATE batches SET source = 'x' WHERE id = 1",
		"the merchant":         "UPDATE merchants SET merchant_no = 'M-other'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, what, _ := findings(t, tamper); len(what) == 0 {
				t.Error("not found")
			}
		})
	}
}

func TestTheLastEventIsNeverCutOffUnnoticed(t *testing.T) {
	t.Parallel()
	d, db := lived(t)
	must(t, d.Note(t.Context(), 1, "maria", "override", "paid although over the limit", nil))
	_, err := db.Exec("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)")
	must(t, err)
	v, err := d.Verify(t.Context())
	must(t, err)
	if len(v.Findings) == 0 {
		t.Error("not found")
	}
}

func TestARepeatOfWhatDoesNotExistIsNeverImported(t *testing.T) {
	t.Parallel()
	d := setup(t)
	n := d.sheet()
	_, err := d.Import(t.Context(), n, plainRows(1))
	must(t, err)
	n.Repeats, n.Reason = "MX-20261121-TYPO1", "again"
	if _, err := d.Import(t.Context(), n, plainRows(1)); err == nil {
		t.Fatal("the same content once more for a code that names nothing")
	}
}

func TestANameThatIsNotUTF8IsNeverTakenForTampering(t *testing.T) {
	t.Parallel()
	d := setup(t)
	n := d.sheet()
	n.Source, n.Worksheet, n.Reason = "n\xf3\xf3mina.csv", "\xff", "a\xc3"
	batch, err := d.Import(t.Context(), n, plainRows(1))
	must(t, err)
	if batch.Source != "n\uFFFD\uFFFDmina.csv" {
		t.Errorf("source %q", batch.Source)
	}
	v, err := d.Verify(t.Context())
	must(t, err)
	if len(v.Findings) > 0 {
		t.Error(v.Findings)
	}
	batch.Source, batch.Worksheet, batch.Reason = n.Source, n.Worksheet, n.Reason // as older ledgers have them
	said, err := json.Marshal(anchor{Source: n.Source, Worksheet: n.Worksheet, Reason: n.Reason})
	must(t, err)
	var was anchor
	must(t, json.Unmarshal(said, &was))
	if now := anchorOf(batch, ""); now.Source != was.Source || now.Worksheet != was.Worksheet || now.Reason != was.Reason {
		t.Errorf("%+v, want %+v", now, was)
	}
}

func TestAMerchantsCurrencyIsNeverTheCallersWord(t *testing.T) {
	t.Parallel()
	d := setup(t)
	n := d.sheet()
	n.Merchant.Currency = money.KRW
	won := row(2, 100)
	won.Amount = money.FromMinor(money.KRW, 100)
	if _, err := d.Import(t.Context(), n, rowsOf(won)); err == nil {
		t.Fatal("100 KRW were booked as 1 MXN")
	}
}

func TestReadersNeverWaitForOneAnother(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b, err := d.Import(t.Context(), d.sheet(), rowsOf(row(2, 1), row(3, 1), invalid(4, "x")))
	must(t, err)
	for range 2 { // each stream of lines holds two of the four connections
		next, stop := iter.Pull2(d.Lines(t.Context(), b.ID))
		defer stop()
		_, err, _ := next()
		must(t, err)
	}
	patience, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = d.Summary(patience, b.ID)
	must(t, err)
}

func TestTwoAtOnceNeverStumbleOverMakingOneBook(t *testing.T) {
	t.Parallel()
	times := 20
	if testing.Short() {
		times = 5 // each is long under the race detector
	}
	for range times {
		path := filepath.Join(t.TempDir(), "book.db")
		errs := make(chan error, 6)
		for range cap(errs) {
			go func() {
				l, err := Create(context.Background(), path, Options{})
				if err == nil {
					err = l.Close()
				}
				errs <- err
			}()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
}

func TestRecoverNeverReadsTheWholeTable(t *testing.T) {
	t.Parallel()
	plan := explain(t, setup(t).ledger(), submittingSQL)
	if !strings.Contains(plan, "payouts_submitting") {
		t.Error(plan)
	}
}
