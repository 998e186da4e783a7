package ledger

import (
	"context"
	"database/sql"
	"iter"
)

// Link is an event with the hash before it, so that its own can be made anew.
type Link struct {
	Event
	Before  []byte
	TradeNo string // of its payout; "" for one of the batch

	Person Person // whom its payout is to, to be masked where an answer repeats it
}

// Person is what an instruction says of a person.
type Person struct {
	Name, Account string
	Fields        []byte // JSON: every field that was instructed
}

// The first event of a batch is one of its payouts, held at the import, or of
// the batch; its payouts were numbered one after the other.
const firstOfBatchSQL = `SELECT min(
	(SELECT coalesce(min(seq), 9223372036854775807) FROM events WHERE batch_id = ?1 AND payout_id = 0),
	(SELECT coalesce(min(seq), 9223372036854775807) FROM events WHERE payout_id > 0 AND payout_id BETWEEN
		(SELECT id FROM payouts WHERE batch_id = ?1 ORDER BY row LIMIT 1) AND
		(SELECT id FROM payouts WHERE batch_id = ?1 ORDER BY row DESC LIMIT 1)))`

const linksSQL = `SELECT e.seq, e.at, e.batch_id, e.payout_id, e.kind, e.from_state, e.to_state, e.attempt, e.actor, e.reason, e.code,
	e.message, e.platform_trade_no, e.flagged, e.evidence, e.hash,
	coalesce((SELECT b.hash FROM events b WHERE b.seq = e.seq - 1), zeroblob(32)),
	coalesce(p.trade_no, ''), coalesce(i.payee_name, ''), coalesce(i.payee_account, ''), coalesce(i.fields, '')
	FROM events e LEFT JOIN payouts p ON p.id = e.payout_id LEFT JOIN instructions i ON i.payout_id = e.payout_id WHERE e.seq >= ? AND e.batch_id = ? ORDER BY e.seq`

// History is every event of a batch and of its payouts in the order of the
// chain, each with the hash of the event before it, whosever that is.
func (v View) History(ctx context.Context, batchID int64) iter.Seq2[Link, error] {
	return func(yield func(Link, error) bool) {
		var from int64
		if err := v.q.QueryRowContext(ctx, firstOfBatchSQL, batchID).Scan(&from); err != nil {
			yield(Link{}, cancelled(ctx, err))
			return
		}
		query(ctx, v.q, scanLink, linksSQL, from, batchID)(yield)
	}
}

func scanLink(rows *sql.Rows) (Link, error) {
	var l Link
	var at int64
	e := &l.Event
	err := rows.Scan(&e.Seq, &at, &e.BatchID, &e.PayoutID, &e.Kind, &e.From, &e.To, &e.Attempt, &e.Actor, &e.Reason, &e.Code,
		&e.Message, &e.PlatformTradeNo, &e.Flagged, &e.Evidence, &e.Hash, &l.Before, &l.TradeNo,
		&l.Person.Name, &l.Person.Account, &l.Person.Fields)
	e.At = fromMillis(at)
	return l, err
}

// Instruction is what of a payout was fixed at its import and stands in the
// digest that its batch's import event has, besides what [Payout] says.
type Instruction struct {
	Row         int
	Fields      string // JSON, byte for byte
	AccountKey  int64
	NameKey     int64
	Fingerprint []byte
}

// Instructions are those of a batch's payouts in sheet order.
func (v View) Instructions(ctx context.Context, batchID int64) iter.Seq2[Instruction, error] {
	scan := func(rows *sql.Rows) (Instruction, error) {
		var i Instruction
		return i, rows.Scan(&i.Row, &i.Fields, &i.AccountKey, &i.NameKey, &i.Fingerprint)
	}
	return query(ctx, v.q, scan, `SELECT p.row, i.fields, p.account_key, p.name_key, i.fingerprint
		FROM payouts p JOIN instructions i ON i.payout_id = p.id WHERE p.batch_id = ? ORDER BY p.row`, batchID)
}
