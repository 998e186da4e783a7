package evidence

import (
	"io"
	"time"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/ledger"
)

// addMatches adds what was found of the batch in statements, if anything was.
// Statements themselves are about other batches, too: only their digests are
// there.
func (w *writing) addMatches() error {
	filter := ledger.Filter{Batches: []string{w.summary.Batch.Code}}
	for _, err := range w.v.SelectMatches(w.ctx, filter) {
		if err != nil {
			return err
		}
		w.matches++
	}
	if w.matches == 0 {
		return nil
	}
	return w.add(pack.MatchesName, "which line of which statement is which row, one JSON object a line", func(to io.Writer) error {
		out, statements := newLines(to), map[int64]ledger.Statement{}
		for m, err := range w.v.SelectMatches(w.ctx, filter) {
			if err != nil {
				return err
			}
			statement, known := statements[m.StatementID]
			if !known {
				if statement, err = w.v.Statement(w.ctx, m.StatementID); err != nil {
					return err
				}
				statements[m.StatementID] = statement
			}
			if err := out.write(match(m, statement)); err != nil {
				return err
			}
		}
		return out.buffer.Flush()
	})
}

func match(m ledger.PastMatch, of ledger.Statement) pack.Match {
	return pack.Match{
		Match: m.ID, Standing: string(m.Standing), Form: string(m.Form), Rule: string(m.Rule), Score: m.Score, Note: m.Note,
		Origin: string(m.Origin), Statement: m.Statement, SHA256: of.SHA256, Line: m.Number, Day: m.Day.Format(time.DateOnly), Status: string(m.Status),
		LineAmount: m.LineAmount.Fixed(), Fee: m.Fee.Fixed(), Row: m.Row, TradeNo: m.TradeNo, Event: m.Seq,
	}
}
