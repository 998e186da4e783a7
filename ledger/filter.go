package ledger

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"iter"
	"strings"
	"time"
	"unicode"
)

// Moment is which of a payout's times a [Filter] looks at.
type Moment string

// The moments of a payout.
const (
	ByCreated   Moment = "created"   // its batch was imported
	BySubmitted Moment = "submitted" // it was last given out to be sent
	ByFinal     Moment = "final"     // it became final
)

// Filter says which part of the book is wanted. What is not set does not
// narrow it; of a list any one will do.
type Filter struct {
	Batches     []string // codes, in any case
	Merchants   []string // names
	TradeNos    []string // ours, in any case, or the gateway's
	States      []State  // of a payout as it stands; of an event the state that it led to
	Codes       []string
	Reasons     []string
	Kinds       []string // of events only
	Actors      []string // of events only
	Flagged     bool
	Unmatched   bool   // lines of statements only: those that are nothing of ours, as far as anybody knows
	AccountEnds string // the last letters and digits of the payee's account; payouts only

	By       Moment    // "": ByCreated; events are looked at by their own time
	From, To time.Time // From ≤ time < To; zero: open
}

// Head is where the history ends: the number of the last event and its hash
// in hex.
func (v View) Head(ctx context.Context) (seq int64, hash string, err error) {
	var head []byte
	if err := v.q.QueryRowContext(ctx, "SELECT seq, hash FROM head").Scan(&seq, &head); err != nil {
		return 0, "", cancelled(ctx, err)
	}
	return seq, hex.EncodeToString(head), nil
}

// SelectPayouts streams the payouts that a filter lets through, batch by batch
// in the order of import and each in sheet order.
func (v View) SelectPayouts(ctx context.Context, f Filter) iter.Seq2[Payout, error] {
	text, args := selectPayoutsSQL(f)
	payouts := query(ctx, v.q, scanPayout, text, args...)
	if f.AccountEnds == "" {
		return payouts
	}
	return func(yield func(Payout, error) bool) {
		for payout, err := range payouts {
			if (err != nil || endsIn(payout.PayeeAccount, f.AccountEnds)) && !yield(payout, err) {
				return
			}
		}
	}
}

func selectPayoutsSQL(f Filter) (text string, args []any) {
	var w where
	w.batches("p.batch_id", f.Batches)
	in(&w, "m.name", f.Merchants)
	in(&w, "p.state", f.States)
	in(&w, "p.code", f.Codes)
	in(&w, "p.reason", f.Reasons)
	w.tradeNos("p.id", f.TradeNos)
	if f.Flagged {
		w.add("p.flagged = 1")
	}
	switch f.By {
	case BySubmitted:
		w.between("p.submitted_at", f.From, f.To)
	case ByFinal:
		w.between("p.final_at", f.From, f.To)
	default:
		w.between("(SELECT b.created_at FROM batches b WHERE b.id = p.batch_id)", f.From, f.To)
	}
	return "SELECT " + payoutColumns + payoutTables + w.text() + " ORDER BY p.batch_id, p.row", w.args
}

// PastEvent is an event with what it is about.
type PastEvent struct {
	Event
	Merchant string // "" of the ledger itself
	Batch    string // code; "" of the ledger itself
	Row      int    // 0: of the batch
	TradeNo  string // "" of the batch

	PayeeName    string // of the payout, to be masked where the evidence repeats it
	PayeeAccount string // unmasked, for the same
}

const pastEventSQL = `SELECT e.seq, e.at, e.batch_id, e.payout_id, e.kind, e.from_state, e.to_state, e.attempt, e.actor, e.reason, e.code,
	e.message, e.platform_trade_no, e.flagged, e.evidence, e.hash, coalesce(m.name, ''), coalesce(b.code, ''),
	coalesce(p.row, 0), coalesce(p.trade_no, ''), coalesce(i.payee_name, ''), coalesce(i.payee_account, '')
	FROM events e
	LEFT JOIN batches b ON b.id = e.batch_id
	LEFT JOIN merchants m ON m.id = b.merchant_id
	LEFT JOIN payouts p ON p.id = e.payout_id
	LEFT JOIN instructions i ON i.payout_id = e.payout_id`

// SelectEvents streams the events that a filter lets through, oldest first.
func (v View) SelectEvents(ctx context.Context, f Filter) iter.Seq2[PastEvent, error] {
	var w where
	w.batches("e.batch_id", f.Batches)
	in(&w, "m.name", f.Merchants)
	in(&w, "e.to_state", f.States)
	in(&w, "e.code", f.Codes)
	in(&w, "e.reason", f.Reasons)
	in(&w, "e.kind", f.Kinds)
	in(&w, "e.actor", f.Actors)
	if len(f.TradeNos) > 0 {
		w.add("e.payout_id > 0") // the index is for these alone
	}
	w.tradeNos("e.payout_id", f.TradeNos)
	if f.Flagged {
		w.add("e.flagged = 1")
	}
	w.between("e.at", f.From, f.To)
	return query(ctx, v.q, scanPastEvent, pastEventSQL+w.text()+" ORDER BY e.seq", w.args...)
}

func scanPastEvent(rows *sql.Rows) (PastEvent, error) {
	var e PastEvent
	var at int64
	err := rows.Scan(&e.Seq, &at, &e.BatchID, &e.PayoutID, &e.Kind, &e.From, &e.To, &e.Attempt, &e.Actor, &e.Reason, &e.Code,
		&e.Message, &e.PlatformTradeNo, &e.Flagged, &e.Evidence, &e.Hash, &e.Merchant, &e.Batch,
		&e.Row, &e.TradeNo, &e.PayeeName, &e.PayeeAccount)
	e.At = fromMillis(at)
	return e, err
}

// SelectBatches lists the batches that a filter lets through, the first one
// first. It looks at batches, merchants and the time of import.
func (v View) SelectBatches(ctx context.Context, f Filter) iter.Seq2[Batch, error] {
	var w where
	w.batches("b.id", f.Batches)
	in(&w, "m.name", f.Merchants)
	w.between("b.created_at", f.From, f.To)
	return query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+w.text()+" ORDER BY b.id", w.args...)
}

// where gathers conditions. Their texts are constants of this package; what
// comes from outside is an argument.
type where struct {
	parts []string
	args  []any
}

func (w *where) text() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

func (w *where) add(condition string, args ...any) {
	w.parts, w.args = append(w.parts, condition), append(w.args, args...)
}

// list is a list as one argument, however long it is.
func list[T ~string](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always can be
	}
	return string(text)
}

func in[T ~string](w *where, column string, values []T) {
	if len(values) > 0 {
		w.add(column+" IN (SELECT value FROM json_each(?))", list(values))
	}
}

func (w *where) batches(column string, codes []string) {
	if len(codes) > 0 {
		w.add(column+" IN (SELECT c.id FROM batches c WHERE c.code IN (SELECT upper(value) FROM json_each(?)))", list(codes))
	}
}

func (w *where) tradeNos(column string, numbers []string) {
	if len(numbers) > 0 {
		text := list(numbers)
		w.add(column+` IN (SELECT n.id FROM payouts n WHERE n.trade_no IN (SELECT upper(value) FROM json_each(?))
			UNION SELECT n.id FROM payouts n WHERE n.platform_trade_no IN (SELECT value FROM json_each(?)))`, text, text)
	}
}

func (w *where) between(column string, from, to time.Time) {
	if !from.IsZero() {
		w.add(column+" >= ?", millis(from))
	}
	if !to.IsZero() {
		w.add(column+" < ? AND "+column+" > 0", millis(to)) // 0 is never
	}
}

// endsIn tells whether an account ends so, as far as letters and digits go.
func endsIn(account, ends string) bool {
	return strings.HasSuffix(telling(account), telling(ends))
}

func telling(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
}

// NoteUnmasked remembers that somebody was given whole account numbers and
// names: who, and by what.
func (l *Ledger) NoteUnmasked(ctx context.Context, actor, what string) error {
	return l.Note(ctx, 0, actor, ReasonUnmasked, what, nil)
}
