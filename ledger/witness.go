package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// Beside the ledger lies a small file, its witness: up to which event payouts
// were given out to be sent, and that event's hash. It is written after a claim
// has committed and before anything of it leaves. A ledger whose history ends
// before that, or has another event there, is an old copy: payouts that it
// takes for unsent have been sent. It says so before anything more is.
//
// The witness proves nothing for the other side: a copy that brings its own
// along is not noticed, and a ledger without one (moved to another folder, made
// before there were any) is believed, unless there is a mark in it that it is a
// copy: then nobody knows what was sent since from the one that it was made of.

// witnessSuffix is added to the ledger's path.
const witnessSuffix = ".witness"

// OldCopyError is a ledger that has forgotten what was sent from it.
type OldCopyError struct {
	Path string // of the ledger
	Ends int64  // its last event
	Sent int64  // the event up to which payouts were given out to be sent; 0: nobody knows

	Made time.Time // when it was copied, if it is a marked copy without a witness; else zero
}

func (e *OldCopyError) Error() string {
	if !e.Made.IsZero() {
		return fmt.Sprintf("%s: a backup of %s: its history ends at event %d, and nobody knows what was sent since",
			e.Path, e.Made.UTC().Format("2006-01-02 15:04 UTC"), e.Ends)
	}
	if e.Sent == 0 {
		return fmt.Sprintf("%s%s cannot be read: nobody knows up to where payouts were sent", e.Path, witnessSuffix)
	}
	if e.Ends >= e.Sent {
		return fmt.Sprintf("%s: another history than the one from which payouts were sent: they part before event %d", e.Path, e.Sent)
	}
	return fmt.Sprintf("%s: an old copy: its history ends at event %d, and payouts were sent up to event %d", e.Path, e.Ends, e.Sent)
}

// testify brings the witness up to date after a claim, unless a run of another
// merchant has claimed something since.
func (l *Ledger) testify(seq int64, hash []byte) error {
	if later, _, ok, err := l.witnessed(); err != nil || ok && later > seq {
		return err
	}
	return l.swearIn(seq, hash)
}

// swearIn writes the witness. It has to be on the disk before anything leaves,
// and so it is written and forced there in place: one sector, which the disk
// writes whole.
func (l *Ledger) swearIn(seq int64, hash []byte) error {
	file, err := os.OpenFile(l.path+witnessSuffix, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("ledger: witness: %w", err)
	}
	_, err = file.WriteAt(fmt.Appendf(nil, "%020d %s\n", seq, hex.EncodeToString(hash)), 0)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("ledger: witness: %w", err)
	}
	return nil
}

// witnessed reads the witness; ok is false if there is none.
func (l *Ledger) witnessed() (seq int64, hash []byte, ok bool, err error) {
	text, err := os.ReadFile(l.path + witnessSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, false, nil
	}
	if err != nil {
		return 0, nil, false, fmt.Errorf("ledger: witness: %w", err)
	}
	if seq, hash, ok = testimony(string(text)); !ok {
		return 0, nil, false, &OldCopyError{Path: l.path}
	}
	return seq, hash, true, nil
}

// testimony takes apart what a witness says.
func testimony(text string) (seq int64, hash []byte, ok bool) {
	number, rest, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err == nil {
		hash, err = hex.DecodeString(rest)
	}
	return seq, hash, err == nil && len(hash) == hashBytes
}

// CheckWitness tells with an [OldCopyError] whether the ledger has forgotten
// what was sent from it. Acquire asks it for whoever wants to send; whoever
// only reads is told by asking it first. It may be asked during a run.
func (l *Ledger) CheckWitness(ctx context.Context) error {
	for before := ""; ; {
		text, err := os.ReadFile(l.path + witnessSuffix)
		if errors.Is(err, fs.ErrNotExist) {
			return l.unvouched(ctx)
		}
		if err != nil {
			return fmt.Errorf("ledger: witness: %w", err)
		}
		err = l.hear(ctx, string(text))
		var old *OldCopyError
		if !errors.As(err, &old) || string(text) == before {
			return err
		}
		before = string(text) // a run may be writing it: what it says twice, it says
	}
}

// unvouched is about a ledger that has no witness: it is believed, unless it
// says itself that it is a copy.
func (l *Ledger) unvouched(ctx context.Context) error {
	mark, err := l.CopyMark(ctx)
	switch {
	case errors.Is(err, ErrNoCopy):
		return nil
	case err != nil:
		return err
	}
	return &OldCopyError{Path: l.path, Ends: mark.Seq, Made: mark.MadeAt}
}

// hear holds the history against what a witness says.
func (l *Ledger) hear(ctx context.Context, text string) error {
	seq, hash, ok := testimony(text)
	if !ok {
		return &OldCopyError{Path: l.path}
	}
	return l.Snapshot(ctx, func(v View) error {
		var ends int64
		if err := v.q.QueryRowContext(ctx, "SELECT seq FROM head").Scan(&ends); err != nil {
			return cancelled(ctx, err)
		}
		event, err := first(v.events(ctx, "WHERE seq = ?", seq))
		switch {
		case errors.Is(err, ErrNotFound):
			return &OldCopyError{Path: l.path, Ends: ends, Sent: seq}
		case err != nil:
			return err
		case !bytes.Equal(event.Hash, hash):
			return &OldCopyError{Path: l.path, Ends: ends, Sent: seq}
		}
		return nil
	})
}

// adoptedSQL: what a ledger that has forgotten something believes unsent.
const adoptedSQL = "SELECT id FROM payouts WHERE state IN ('ready', 'held') ORDER BY id"

// Adopted is what an adoption has done to the payouts that the ledger believed
// unsent.
type Adopted struct {
	Doubted int // were ready: in doubt now
	Held    int // were held and never sent: held as sent ones
}

// Adopt is a person's word that this ledger is the one to go on with, although
// its witness knows of payouts that it does not remember sending. Whatever of
// it was ready, of all merchants, may have been sent and is in doubt from now
// on: it is asked about like any doubt, and sent only after the gateway has
// denied it. What was held and never sent may have been released and sent, too.
// It stays held, but as one that was: no release sends it, only [Resend], which
// asks first. Who and why stand in the history.
//
// Nobody may hold a lease meanwhile.
func (l *Ledger) Adopt(ctx context.Context, actor, reason string) (done Adopted, err error) {
	if err := whoAndWhy(actor, reason); err != nil {
		return Adopted{}, err
	}
	release, err := l.acquireAll(ctx)
	if err != nil {
		return Adopted{}, err
	}
	defer func() { err = errors.Join(err, release()) }()
	var seq int64
	var hash []byte
	err = l.write(ctx, "adopt", func(t *tx) error {
		t.append(Event{Kind: kindNote, Actor: actor, Reason: ReasonAdopted, Message: clip(reason)})
		ids, err := t.ids(adoptedSQL)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.adopt(id, actor, reason, &done); err != nil {
				return err
			}
			if err := t.flushMany(); err != nil {
				return err
			}
		}
		seq, hash = t.seq, bytes.Clone(t.hash)
		return t.dropMark()
	})
	if err != nil {
		return Adopted{}, err
	}
	return done, l.swearIn(seq, hash)
}

// adopt takes a payout for one that may have been sent, if it is not one yet.
func (t *tx) adopt(id int64, actor, reason string, done *Adopted) error {
	payout, err := t.reload(id)
	if err != nil {
		return err
	}
	if payout.State == Ready {
		done.Doubted++
		_, err := t.doubt(payout, actor)
		return err
	}
	if payout.heardOf() {
		return nil // nothing but a word that asks first sends it
	}
	done.Held++
	outcome := Outcome{Payout: payout, Kind: Release, Reason: ReasonAdopted, Message: reason, Actor: actor}
	released, err := t.apply(Policy{}, outcome)
	if err != nil {
		return err
	}
	doubted, err := t.doubt(released.Payout, actor)
	if err != nil {
		return err
	}
	outcome.Payout, outcome.Kind, outcome.Message = doubted, Hold, "" // the release has it
	_, err = t.apply(Policy{}, outcome)
	return err
}

// doubt turns a payout that was ready into one that may have been sent: it is
// claimed, as it may have been by the history that is lost, and not answered.
func (t *tx) doubt(payout Payout, actor string) (Payout, error) {
	if _, err := t.exec(t.l.stmts.claim, millis(t.now), idsOf([]Payout{payout})); err != nil {
		return Payout{}, err
	}
	payout.intend(t.now)
	t.append(Event{
		BatchID: payout.BatchID, PayoutID: payout.ID, Kind: kindSubmitted, From: Ready, To: Submitting,
		Attempt: payout.Attempts, Actor: actor, Reason: ReasonIntent,
	})
	applied, err := t.apply(Policy{}, Outcome{
		Payout: payout, Attempt: payout.Attempts, Kind: Interrupted, Reason: ReasonAdopted, Actor: actor, NextAsk: t.now,
	})
	return applied.Payout, err
}

// acquireAll takes the leases of all merchants.
func (l *Ledger) acquireAll(ctx context.Context) (release func() error, err error) {
	var leases []*Lease
	release = func() error {
		var errs []error
		for _, lease := range leases {
			errs = append(errs, lease.Release())
		}
		return errors.Join(errs...)
	}
	for merchant, err := range l.Merchants(ctx) {
		if err != nil {
			return nil, errors.Join(err, release())
		}
		lease, err := l.acquire(ctx, merchant)
		if err != nil {
			return nil, errors.Join(err, release())
		}
		leases = append(leases, lease)
	}
	return release, nil
}
