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
)

// Beside the ledger lies a small file, its witness: up to which event payouts
// were given out to be sent, and that event's hash. It is written after a claim
// has committed and before anything of it leaves. A ledger whose history ends
// before that, or has another event there, is an old copy: payouts that it
// takes for unsent have been sent. It says so before anything more is.
//
// The witness proves nothing for the other side: a copy that brings its own
// along is not noticed, and a ledger without one (moved to another folder, made
// before there were any) is believed.

// witnessSuffix is added to the ledger's path.
const witnessSuffix = ".witness"

// OldCopyError is a ledger that has forgotten what was sent from it.
type OldCopyError struct {
	Path string // of the ledger
	Ends int64  // its last event
	Sent int64  // the event up to which payouts were given out to be sent; 0: the witness cannot be read
}

func (e *OldCopyError) Error() string {
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
	number, rest, _ := strings.Cut(strings.TrimSuffix(string(text), "\n"), " ")
	seq, err = strconv.ParseInt(number, 10, 64)
	if err == nil {
		hash, err = hex.DecodeString(rest)
	}
	if err != nil || len(hash) != hashBytes {
		return 0, nil, false, &OldCopyError{Path: l.path}
	}
	return seq, hash, true, nil
}

// CheckWitness tells with an [OldCopyError] whether the ledger has forgotten
// what was sent from it. Acquire asks it for whoever wants to send.
func (l *Ledger) CheckWitness(ctx context.Context) error {
	seq, hash, ok, err := l.witnessed()
	if err != nil || !ok {
		return err
	}
	return l.Snapshot(ctx, func(v View) error {
		var ends int64
		if err := v.q.QueryRowContext(ctx, "SELECT seq FROM head").Scan(&ends); err != nil {
			return cancelled(ctx, err)
		}
		event, err := first(v.events(ctx, "WHERE seq = ?", seq))
		switch {
		case errors.Is(err, ErrNotFound):
			return &OldCopyError{l.path, ends, seq}
		case err != nil:
			return err
		case !bytes.Equal(event.Hash, hash):
			return &OldCopyError{l.path, ends, seq}
		}
		return nil
	})
}

const readyOfAllSQL = "SELECT id FROM payouts WHERE state = 'ready'"

// Adopt is a person's word that this ledger is the one to go on with, although
// its witness knows of payouts that it does not remember sending. Whatever of
// it was ready, of all merchants, may have been sent and is in doubt from now
// on: it is asked about like any doubt, and sent only after the gateway has
// denied it. It returns how many there were. Who and why stand in the history.
//
// Nobody may hold a lease meanwhile.
func (l *Ledger) Adopt(ctx context.Context, actor, reason string) (doubted int, err error) {
	if err := whoAndWhy(actor, reason); err != nil {
		return 0, err
	}
	release, err := l.acquireAll(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, release()) }()
	var seq int64
	var hash []byte
	err = l.write(ctx, "adopt", func(t *tx) error {
		t.append(Event{Kind: kindNote, Actor: actor, Reason: ReasonAdopted, Message: clip(reason)})
		rows, err := t.QueryContext(ctx, readyOfAllSQL)
		if err != nil {
			return err
		}
		ids, err := collect(rows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.doubt(id, actor); err != nil {
				return err
			}
			if err := t.flushMany(); err != nil {
				return err
			}
		}
		doubted, seq, hash = len(ids), t.seq, bytes.Clone(t.hash)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return doubted, l.swearIn(seq, hash)
}

// doubt turns a payout that was ready into one that may have been sent: it is
// claimed, as it may have been by the history that is lost, and not answered.
func (t *tx) doubt(id int64, actor string) error {
	payout, err := t.reload(id)
	if err != nil {
		return err
	}
	if _, err := t.exec(t.l.stmts.claim, millis(t.now), idsOf([]Payout{payout})); err != nil {
		return err
	}
	payout.intend(t.now)
	t.append(Event{
		BatchID: payout.BatchID, PayoutID: id, Kind: kindSubmitted, From: Ready, To: Submitting,
		Attempt: payout.Attempts, Actor: actor, Reason: ReasonIntent,
	})
	_, err = t.apply(Policy{}, Outcome{
		Payout: payout, Attempt: payout.Attempts, Kind: Interrupted, Reason: ReasonAdopted, Actor: actor, NextAsk: t.now,
	})
	return err
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
