package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// copied is a copy of a desk's book as it is now, in a folder of its own.
func (d *desk) copied() string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), "copy.db")
	_, err := d.ledger().writer.Exec("VACUUM INTO ?", path)
	must(d.t, err)
	return path
}

// witnessOf puts the desk's witness beside another file.
func (d *desk) witnessOf(path string) {
	d.t.Helper()
	text, err := os.ReadFile(d.ledger().path + witnessSuffix)
	must(d.t, err)
	must(d.t, os.WriteFile(path+witnessSuffix, text, 0o600))
}

func isOldCopy(t *testing.T, err error) *OldCopyError {
	t.Helper()
	var old *OldCopyError
	if !errors.As(err, &old) {
		t.Fatalf("error %v, want an OldCopyError", err)
	}
	return old
}

func TestAnOldCopyGivesNothingOutToBeSent(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	path := d.copied()
	sent := d.claim(b, 2)
	d.witnessOf(path)

	old := openSQLite(t, path, Options{Now: d.clock.now, Random: seeded(2), Host: "here"})
	_, err := old.Acquire(t.Context(), d.merchant)
	if e := isOldCopy(t, err); e.Ends >= e.Sent {
		t.Errorf("ends at %d, sent up to %d", e.Ends, e.Sent)
	}
	found, err := old.Verify(t.Context())
	must(t, err)
	if len(found.Findings) != 1 || found.Findings[0].What != "ledger" {
		t.Errorf("verify: %v", found.Findings)
	}

	// A person says that it is the one to go on with: whatever was ready may
	// have been sent, and nothing leaves before it is asked about.
	n, err := old.Adopt(t.Context(), "maria", "the disk is gone")
	must(t, err)
	equal(t, "adopted", n, Adopted{Doubted: 3})
	lease, err := old.Acquire(t.Context(), d.merchant)
	must(t, err)
	defer func() { must(t, lease.Release()) }()
	claimed, err := old.Claim(t.Context(), lease, b.ID, 10)
	must(t, err)
	equal(t, "claimed at once", len(claimed), 0)
	for i := range 3 {
		p, err := old.Payout(t.Context(), sent[0].TradeNo)
		must(t, err)
		equal(t, "state", p.State, InDoubt)
		_, err = old.Record(t.Context(), retry, []Outcome{asked(p, Unknown)})
		must(t, err)
		d.clock.advance(time.Duration(i+1) * 8 * time.Minute)
	}
	claimed, err = old.Claim(t.Context(), lease, b.ID, 10)
	must(t, err)
	equal(t, "claimed once denied", len(claimed), 1)
	equal(t, "with its number", claimed[0].TradeNo, sent[0].TradeNo)
	found, err = old.Verify(t.Context())
	must(t, err)
	equal(t, "findings", len(found.Findings), 0)
}

func TestAnotherHistoryGivesNothingOutToBeSent(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	path := d.copied()
	d.claim(b, 1)
	d.witnessOf(path)
	old := openSQLite(t, path, Options{Now: d.clock.now, Random: seeded(2), Host: "here"})
	for range 5 { // it has gone on by itself, past the event that the witness knows
		must(t, old.Note(t.Context(), b.ID, "maria", "looked", "", nil))
	}
	_, err := old.Acquire(t.Context(), d.merchant)
	if e := isOldCopy(t, err); e.Ends < e.Sent {
		t.Errorf("ends at %d, sent up to %d", e.Ends, e.Sent)
	}
}

func TestWhatIsNoWitnessIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"nothing": "", "words": "event one\n", "half": "00000000000000000007 abcd\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			d.claim(d.batch(2), 1)
			must(t, os.WriteFile(d.ledger().path+witnessSuffix, []byte(text), 0o600))
			d.tampered = true
			must(t, d.lease.Release())
			_, err := d.Acquire(t.Context(), d.merchant)
			isOldCopy(t, err)
			n, err := d.ledger().Adopt(t.Context(), "maria", "looked at it")
			must(t, err)
			equal(t, "adopted", n, Adopted{Doubted: 1})
			d.acquire()
		})
	}
}

func TestALedgerWithoutAWitnessIsBelieved(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(2)
	d.claim(b, 1)
	must(t, os.Remove(d.ledger().path+witnessSuffix))
	d.acquire()
	equal(t, "claimed", len(d.claim(b, 1)), 1)
	if _, err := os.Stat(d.ledger().path + witnessSuffix); err != nil {
		t.Error(err)
	}
}

// What a claim gives out is on the disk in the witness by then, and what cannot
// be witnessed is not given out.
func TestNothingIsGivenOutUnwitnessed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	d.claim(b, 1)
	seq, hash, ok, err := d.ledger().witnessed()
	must(t, err)
	var head int64
	must(t, d.ledger().reader.QueryRow("SELECT seq FROM head").Scan(&head))
	equal(t, "witnessed", []any{ok, seq, len(hash)}, []any{true, head, hashBytes})

	path := d.ledger().path + witnessSuffix
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700)) // nothing can be written there
	claimed, err := d.Claim(t.Context(), d.lease, b.ID, 1)
	if err == nil || len(claimed) > 0 {
		t.Errorf("claimed %d, %v", len(claimed), err)
	}
	must(t, os.Remove(path))
	// The next run finds it as a killed one leaves it.
	n, err := d.Recover(t.Context(), d.lease)
	must(t, err)
	equal(t, "recovered", n, 2)
}

func TestAWitnessNeverGoesBack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.claim(d.batch(2), 1)
	seq, hash, _, err := d.ledger().witnessed()
	must(t, err)
	must(t, d.ledger().testify(seq-1, make([]byte, hashBytes)))
	now, sum, _, err := d.ledger().witnessed()
	must(t, err)
	equal(t, "witnessed", []any{now, string(sum)}, []any{seq, string(hash)})
}

func TestNobodyAdoptsDuringARun(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(2)
	if _, err := d.ledger().Adopt(t.Context(), "maria", "why not"); !errors.Is(err, ErrLocked) {
		t.Errorf("adopted: %v", err)
	}
	if _, err := d.ledger().Adopt(t.Context(), "maria", ""); err == nil || errors.Is(err, ErrLocked) {
		t.Errorf("adopted without a reason: %v", err)
	}
}

// What an old copy has as held and never sent may have been released and sent
// since: no release sends it once more, and what does asks before.
func TestWhatWasHeldInAnOldCopyIsAskedAboutBeforeItIsSent(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(2)
	held := d.payouts(b)
	for _, p := range held {
		d.record(Outcome{Payout: p, Kind: Hold, Reason: ReasonSuspect, Actor: "maria"})
	}
	path := d.copied()
	_, err := d.ledger().Release(t.Context(), held[0].TradeNo, "maria", "looked")
	must(t, err)
	sent := d.claim(b, 1)
	equal(t, "sent since", sent[0].TradeNo, held[0].TradeNo)
	d.witnessOf(path)

	old := openSQLite(t, path, Options{Now: d.clock.now, Random: seeded(2), Host: "here"})
	n, err := old.Adopt(t.Context(), "maria", "the disk is gone")
	must(t, err)
	equal(t, "adopted", n, Adopted{Held: 2})
	lease, err := old.Acquire(t.Context(), d.merchant)
	must(t, err)
	defer func() { must(t, lease.Release()) }()
	released, err := old.ReleaseAll(t.Context(), b.ID, "maria", "pay them")
	must(t, err)
	equal(t, "released", released, 0)
	for _, p := range held {
		var refused *WordError
		for _, word := range []func() (Payout, error){
			func() (Payout, error) { return old.Release(t.Context(), p.TradeNo, "maria", "pay it") },
			func() (Payout, error) { return old.Cancel(t.Context(), p.TradeNo, "maria", "do not") },
		} {
			if _, err := word(); !errors.As(err, &refused) || refused.Why != WordSent {
				t.Errorf("%s: %v", p.TradeNo, err)
			}
		}
		now, err := old.Resolve(t.Context(), p.TradeNo, Resend, "maria", "it is not in the gateway's list")
		must(t, err)
		equal(t, "state", now.State, InDoubt)
	}
	claimed, err := old.Claim(t.Context(), lease, b.ID, 10)
	must(t, err)
	equal(t, "claimed before it is asked about", len(claimed), 0)
	found, err := old.Verify(t.Context())
	must(t, err)
	equal(t, "findings", len(found.Findings), 0)
}
