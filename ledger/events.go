package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
)

// hashBytes is the length of an event's hash: SHA-256.
const hashBytes = sha256.Size

// eventsAtOnce is how many events one statement inserts; a single row a
// statement spends most of its time on the way to SQLite and back.
const eventsAtOnce = 24

// The kinds of event that no outcome makes.
const (
	kindImported  = "imported"
	kindSubmitted = "submitted"
	kindNote      = "note" // of a batch: a run began, stopped, was overridden

	kindBalance    = "balance"    // of a batch: what its merchant's account held before or after a run
	kindStatement  = "statement"  // of the ledger: a statement was taken in
	kindReconciled = "reconciled" // of the ledger: lines and payouts were matched
	kindMatch      = "match"      // of a payout: a person confirmed or undid a match

	kindAskingAgain = "asking_again" // of a batch: a pass began, all that was sent is asked about anew
	kindAskedAgain  = "asked_again"  // of a batch: the pass ended, with what it found
)

// EventKinds lists the kinds of event that a history may have: those of
// outcomes, and those that no outcome makes.
func EventKinds() []string {
	kinds := []string{kindImported, kindSubmitted, kindNote, kindBalance, kindStatement, kindReconciled, kindMatch}
	for _, kind := range Kinds() {
		kinds = append(kinds, string(kind))
	}
	return kinds
}

const eventColumns = "seq, at, batch_id, payout_id, kind, from_state, to_state, attempt, actor, reason, code, message, platform_trade_no, flagged, evidence, hash"

const eventColumnCount = 16

func insertEventSQL(rows int) string {
	return "INSERT INTO events (" + eventColumns + ") VALUES " + placeholders(rows, eventColumnCount)
}

// append adds an event at the end of the chain.
func (t *tx) append(e Event) {
	t.seq++
	e.Seq, e.At = t.seq, t.now
	e.Hash = e.chain(t.hash)
	t.hash = e.Hash
	t.pending = append(t.pending, e)
}

// eventsHeld is how many events a long write keeps in memory.
const eventsHeld = 20 * eventsAtOnce

// flushMany writes the appended events when there are many.
func (t *tx) flushMany() error {
	if len(t.pending) < eventsHeld {
		return nil
	}
	return t.flush()
}

// flush writes the appended events.
func (t *tx) flush() error {
	for len(t.pending) > 0 {
		n, statement := 1, t.l.stmts.insertEvent
		if len(t.pending) >= eventsAtOnce {
			n, statement = eventsAtOnce, t.l.stmts.insertEvents
		}
		args := make([]any, 0, n*eventColumnCount)
		for _, e := range t.pending[:n] {
			args = append(args, e.Seq, millis(e.At), e.BatchID, e.PayoutID, e.Kind, string(e.From), string(e.To),
				e.Attempt, e.Actor, e.Reason, e.Code, e.Message, e.PlatformTradeNo, e.Flagged, e.Evidence, e.Hash)
		}
		if _, err := t.exec(statement, args...); err != nil {
			return err
		}
		t.pending = t.pending[n:]
	}
	if t.seq == t.began {
		return nil
	}
	_, err := t.exec(t.l.stmts.moveHead, t.seq, t.hash)
	return err
}

// chain is the hash of the event after the one with the hash before. Every
// field is preceded by its length, so that no two events read alike.
func (e Event) chain(before []byte) []byte {
	buffer := make([]byte, 0, 512)
	buffer = append(buffer, before...)
	for _, number := range []int64{e.Seq, millis(e.At), e.BatchID, e.PayoutID, int64(e.Attempt)} {
		buffer = binary.BigEndian.AppendUint64(buffer, uint64(number))
	}
	for _, text := range []string{e.Kind, string(e.From), string(e.To), e.Actor, e.Reason, e.Code, e.Message, e.PlatformTradeNo} {
		buffer = binary.BigEndian.AppendUint32(buffer, uint32(len(text)))
		buffer = append(buffer, text...)
	}
	if e.Flagged {
		buffer = append(buffer, 1)
	} else {
		buffer = append(buffer, 0)
	}
	buffer = binary.BigEndian.AppendUint32(buffer, uint32(len(e.Evidence)))
	buffer = append(buffer, e.Evidence...)
	sum := sha256.Sum256(buffer)
	return sum[:]
}

// Events is the history of a payout, oldest first.
func (v View) Events(ctx context.Context, payoutID int64) iter.Seq2[Event, error] {
	return v.events(ctx, "WHERE payout_id = ? AND payout_id > 0 ORDER BY seq", payoutID)
}

// BatchEvents is what happened to a batch as a whole, oldest first.
func (v View) BatchEvents(ctx context.Context, batchID int64) iter.Seq2[Event, error] {
	return v.events(ctx, "WHERE batch_id = ? AND payout_id = 0 ORDER BY seq", batchID)
}

func (v View) events(ctx context.Context, where string, args ...any) iter.Seq2[Event, error] {
	return query(ctx, v.q, scanEvent, "SELECT "+eventColumns+" FROM events "+where, args...)
}

func scanEvent(rows *sql.Rows) (Event, error) {
	var e Event
	var at int64
	err := rows.Scan(&e.Seq, &at, &e.BatchID, &e.PayoutID, &e.Kind, &e.From, &e.To,
		&e.Attempt, &e.Actor, &e.Reason, &e.Code, &e.Message, &e.PlatformTradeNo, &e.Flagged, &e.Evidence, &e.Hash)
	e.At = fromMillis(at)
	return e, err
}

// Note appends an event about a batch as a whole: who did what and why.
func (l *Ledger) Note(ctx context.Context, batchID int64, actor, reason, message string, evidence []byte) error {
	if actor == "" || reason == "" {
		return errors.New("ledger: a note needs an actor and a reason")
	}
	return l.write(ctx, "note", func(t *tx) error {
		t.append(Event{BatchID: batchID, Kind: kindNote, Actor: actor, Reason: reason, Message: clip(message), Evidence: evidence})
		return nil
	})
}
