package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// backedUp is a backup of a desk's book as it is now, in a folder of its own.
func (d *desk) backedUp() (path string, mark CopyMark) {
	d.t.Helper()
	path = filepath.Join(d.t.TempDir(), "backup.db")
	mark, err := d.ledger().Copy(d.t.Context(), path, nil)
	must(d.t, err)
	return path, mark
}

func (d *desk) opened(path string) *Ledger {
	d.t.Helper()
	return openSQLite(d.t, path, Options{Now: d.clock.now, Random: seeded(2), Host: "here"})
}

func TestACopyHasWhatTheLedgerHadAndIsSound(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(30)
	d.record(answer(d.claim(b, 1)[0], Paid))
	seq, head, err := d.ledger().Head(t.Context())
	must(t, err)
	path, mark := d.backedUp()
	d.batch(5) // not in it
	equal(t, "mark", mark, CopyMark{MadeAt: d.clock.now(), Seq: seq, Head: head, Payouts: 30, Batches: 1})
	again, found, err := VerifyCopy(t.Context(), path)
	must(t, err)
	equal(t, "its mark", again, mark)
	if len(found.Findings) > 0 || found.Payouts != 30 || found.Head != head {
		t.Errorf("found %+v", found)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("beside it lies %v", entries)
	}
	if _, err := d.ledger().CopyMark(t.Context()); !errors.Is(err, ErrNoCopy) {
		t.Errorf("the ledger takes itself for a copy: %v", err)
	}
}

// A copy that somebody starts to pay from, on another machine or in a drill,
// would pay what the ledger has paid since.
func TestABackupSendsNothingUntilSomebodySaysSo(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	path, mark := d.backedUp()
	d.claim(b, 2)

	copied := d.opened(path)
	_, err := copied.Acquire(t.Context(), d.merchant)
	if e := isOldCopy(t, err); !e.Made.Equal(mark.MadeAt) || e.Ends != mark.Seq {
		t.Errorf("it says %v", e)
	}
	_, err = copied.Import(t.Context(), d.sheet(), plainRows(1))
	isOldCopy(t, err)
	found, err := copied.Verify(t.Context())
	must(t, err)
	if len(found.Findings) > 0 { // a drill looks at it, and it is sound
		t.Errorf("verify: %v", found.Findings)
	}

	n, err := copied.Adopt(t.Context(), "maria", "the machine has burned down")
	must(t, err)
	equal(t, "adopted", n, Adopted{Doubted: 3})
	if _, err := copied.CopyMark(t.Context()); !errors.Is(err, ErrNoCopy) {
		t.Errorf("it is a copy still: %v", err)
	}
	lease, err := copied.Acquire(t.Context(), d.merchant)
	must(t, err)
	claimed, err := copied.Claim(t.Context(), lease, b.ID, 3)
	must(t, err)
	must(t, lease.Release())
	if len(claimed) != 0 {
		t.Errorf("%d payouts are sent unasked", len(claimed))
	}
	if _, _, err := VerifyCopy(t.Context(), path); !errors.Is(err, ErrInUse) && !errors.Is(err, ErrNoCopy) {
		t.Errorf("what was adopted is a backup still: %v", err)
	}
}

// The witness beside the ledger knows better than the mark: where nothing was
// sent since, nothing is in doubt.
func TestABackupInPlaceOfTheLedgerGoesOnIfNothingWasSentSince(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	d.record(answer(d.claim(b, 1)[0], Paid))
	path, _ := d.backedUp()
	d.witnessOf(path)
	copied := d.opened(path)
	lease, err := copied.Acquire(t.Context(), d.merchant)
	must(t, err)
	claimed, err := copied.Claim(t.Context(), lease, b.ID, 3)
	must(t, err)
	must(t, lease.Release())
	if len(claimed) != 2 {
		t.Errorf("%d payouts claimed, want 2", len(claimed))
	}
	// It has become the ledger, whatever becomes of the witness.
	must(t, os.Remove(path+witnessSuffix))
	must(t, copied.CheckWitness(t.Context()))
	_, err = MarkOf(t.Context(), path)
	if err == nil {
		t.Error("it can be replaced as if it were a backup")
	}
}

func TestABackupInPlaceOfTheLedgerIsRefusedIfSomethingWasSentSince(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(3)
	path, _ := d.backedUp()
	d.claim(b, 1)
	d.witnessOf(path)
	_, err := d.opened(path).Acquire(t.Context(), d.merchant)
	if e := isOldCopy(t, err); !e.Made.IsZero() || e.Sent <= e.Ends {
		t.Errorf("it says %v", e)
	}
}

func TestWhatWasChangedInABackupIsFound(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(3)
	for name, text := range map[string]string{
		"a payout":   "UPDATE payouts SET message = 'paid, honestly'",
		"the mark":   "UPDATE copies SET payouts = payouts + 1",
		"the events": "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events); UPDATE head SET seq = seq - 1",
	} {
		path, _ := d.backedUp()
		db := raw(t, path)
		for _, trigger := range []string{"payouts_follow_the_rules", "events_are_kept"} {
			_, err := db.Exec("DROP TRIGGER IF EXISTS " + trigger)
			must(t, err)
		}
		_, err := db.Exec(text)
		must(t, err)
		must(t, db.Close())
		_, found, err := VerifyCopy(t.Context(), path)
		must(t, err)
		if len(found.Findings) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
	}
}

func TestWhatIsNoBackupIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(1)
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	must(t, os.WriteFile(text, []byte("SQLite format 3\x00 it says, and that is all that is true of it, however long it goes on"), 0o600))
	empty := filepath.Join(folder, "empty")
	must(t, os.WriteFile(empty, nil, 0o600))
	for path, want := range map[string]error{
		text: ErrNotALedger, empty: ErrNotALedger, folder: ErrNotALedger, filepath.Join(folder, "none"): ErrNoLedger,
		d.ledger().Path(): ErrInUse, d.copied(): ErrNoCopy,
	} {
		if _, _, err := VerifyCopy(t.Context(), path); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", filepath.Base(path), err, want)
		}
	}
	cut, _ := d.backedUp()
	must(t, os.Truncate(cut, 20_000))
	if _, found, err := VerifyCopy(t.Context(), cut); err == nil && len(found.Findings) == 0 {
		t.Error("half a backup is sound")
	}
}

// A backup that an older bulkpay has made cannot be verified by the rules of this
// one, but it is a backup, and may be replaced by a newer one.
func TestABackupOfAnotherReleaseIsNotTakenForSound(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(1)
	for text, want := range map[string]error{
		"PRAGMA user_version = 4":  ErrOlder,
		"PRAGMA user_version = 99": ErrNewer,
	} {
		path, _ := d.backedUp()
		db := raw(t, path)
		_, err := db.Exec(text)
		must(t, err)
		must(t, db.Close())
		if _, _, err := VerifyCopy(t.Context(), path); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", text, err, want)
		}
		_, err = MarkOf(t.Context(), path)
		must(t, err)
	}
}

func TestACopyIsMadeInANewFileOnly(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(1)
	path := filepath.Join(t.TempDir(), "there")
	must(t, os.WriteFile(path, []byte("mine"), 0o600))
	if _, err := d.ledger().Copy(t.Context(), path, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if _, err := d.ledger().Copy(t.Context(), filepath.Join(t.TempDir(), "no", "folder"), nil); err == nil {
		t.Error("no error")
	}
}

// While pages are copied a run goes on: every page is of the moment at which it
// began.
func TestACopyIsOfOneMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	b := d.batch(5000)
	seq, _, err := d.ledger().Head(t.Context())
	must(t, err)
	path := filepath.Join(t.TempDir(), "copy.db")
	steps := 0
	mark, err := d.ledger().Copy(t.Context(), path, func(done, of int) {
		steps++
		if done <= 0 || done > of {
			t.Errorf("%d pages of %d", done, of)
		}
		d.claim(b, 20) // a run commits between two steps
	})
	must(t, err)
	if mark.Seq != seq || steps < 2 {
		t.Errorf("it is up to event %d, want %d; %d steps", mark.Seq, seq, steps)
	}
	_, found, err := VerifyCopy(t.Context(), path)
	must(t, err)
	if len(found.Findings) > 0 || found.Payouts != 5000 {
		t.Errorf("found %+v", found)
	}
}

func TestACopyCanBeGivenUp(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(2000)
	ctx, stop := context.WithCancel(t.Context())
	_, err := d.ledger().Copy(ctx, filepath.Join(t.TempDir(), "copy.db"), func(int, int) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	d.batch(1) // nothing is held
	d.later(time.Minute)
}

// A backup of a backup that nobody has adopted is one as well, and of its own
// moment.
func TestACopyOfACopyIsACopy(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(2)
	path, first := d.backedUp()
	d.clock.advance(time.Hour)
	second := filepath.Join(t.TempDir(), "second.db")
	mark, err := d.opened(path).Copy(t.Context(), second, nil)
	must(t, err)
	if !mark.MadeAt.After(first.MadeAt) || mark.Head != first.Head {
		t.Errorf("%+v is made of %+v", mark, first)
	}
	got, err := MarkOf(t.Context(), second)
	must(t, err)
	equal(t, "mark", got, mark)
}
