package audit

import (
	"context"
	"database/sql"
	"fmt"
)

// each calls do for every row of a query.
func each(ctx context.Context, tx *sql.Tx, query string, do func(*sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (a *auditor) readBatches(ctx context.Context, tx *sql.Tx) error {
	const query = `SELECT b.id, b.code, b.source, b.rows, b.sum_minor, m.currency, b.assumed, b.reason
		FROM batches b JOIN merchants m ON m.id = b.merchant_id ORDER BY b.id`
	return each(ctx, tx, query, func(rows *sql.Rows) error {
		var id int64
		var currency, assumed, reason string
		b := &batch{}
		if err := rows.Scan(&id, &b.code, &b.source, &b.rows, &b.sum, &currency, &assumed, &reason); err != nil {
			return err
		}
		b.decimals = decimalsOf(currency)
		b.given = a.sheets[b.source] != nil
		a.batches[id] = b
		a.report.Batches++
		for what, text := range map[string]string{"assumptions": assumed, "reason": reason} {
			a.lookForAnybody("batch "+b.code+" "+what, text)
		}
		return nil
	})
}

func (a *auditor) readPayouts(ctx context.Context, tx *sql.Tx) error {
	const query = `SELECT p.id, p.batch_id, p.row, p.trade_no, coalesce(p.platform_trade_no, ''), p.amount_minor, i.payee_account,
		i.payee_name, p.state, p.reason, p.code, p.message, p.flagged, p.conflict, p.attempts, p.unsent, coalesce(p.replaces, 0)
		FROM payouts p JOIN instructions i ON i.payout_id = p.id ORDER BY p.id`
	return each(ctx, tx, query, func(rows *sql.Rows) error {
		p := &payout{}
		var name, code, message string
		err := rows.Scan(&p.id, &p.batchID, &p.row, &p.number, &p.platform, &p.amount, &p.account,
			&name, &p.state, &p.reason, &code, &message, &p.flagged, &p.conflict, &p.attempts, &p.unsent, &p.replaces)
		if err != nil {
			return err
		}
		a.payouts[p.id], a.byNumber[p.number] = p, p
		a.count(p)
		a.place(p)
		p.personal = append(p.personal, p.account, name)
		for what, text := range map[string]string{"reason": p.reason, "code": code, "message": message} {
			a.lookFor(p, "payout "+p.number+" "+what, text)
		}
		return nil
	})
}

func (a *auditor) count(p *payout) {
	a.report.Payouts++
	a.report.States[p.state]++
	if p.state == stateHeld {
		a.report.Held[p.reason]++
	}
	if p.flagged {
		a.report.Flagged++
	}
	if p.attempts-p.unsent > 1 {
		a.report.Resent++
	}
	if p.replaces != 0 {
		a.report.Replaced++
	}
}

// place finds the row that a payout is, and the debt.
func (a *auditor) place(p *payout) {
	b := a.batches[p.batchID]
	if b == nil {
		a.find("payout "+p.number, "is of no batch")
		return
	}
	b.found.count++
	b.found.sum += p.amount
	if b.given {
		a.holdAgainstRow(p, b)
	} else if p.replaces == 0 {
		a.find("payout "+p.number, "is of batch %s, which is none of the sheets that were given, and stands in for nothing", b.code)
	}
	if p.replaces != 0 {
		a.placeStandIn(p, b)
	}
	if p.label == "" {
		p.label = fmt.Sprintf("payout %s", p.number)
	}
	d := a.debt(p.label)
	d.numbers = append(d.numbers, p.number)
}

// placeStandIn finds the payout that another one stands in for.
func (a *auditor) placeStandIn(p *payout, b *batch) {
	a.standIns[p.batchID] = append(a.standIns[p.batchID], p)
	was := a.payouts[p.replaces]
	if was == nil {
		a.find("payout "+p.number, "stands in for a payout that is not there before it")
		return
	}
	if was.replacedBy != "" {
		a.find("payout "+was.number, "two payouts stand in for it: %s, %s", was.replacedBy, p.number)
	}
	was.replacedBy = p.number
	if p.label != "" && p.label != was.label {
		a.find("payout "+p.number, "stands in for payout %s, which is another debt (%s)", was.number, where(b, p.row))
		return
	}
	p.label = was.label
	if !b.given {
		p.personal = append(p.personal, was.personal...)
		if p.amount != was.amount || p.account != was.account {
			a.find("payout "+p.number, "has another amount or account than payout %s, for which it stands in", was.number)
		}
	}
}

func where(b *batch, row int) string { return fmt.Sprintf("%s row %d", b.source, row) }

// holdAgainstRow holds what is instructed against what was given.
func (a *auditor) holdAgainstRow(p *payout, b *batch) {
	r := a.given[coordinate{b.source, p.row}]
	if r == nil {
		a.find("payout "+p.number, "%s: there is no such row", where(b, p.row))
		return
	}
	p.label, p.personal = r.label(), append(p.personal, r.Personal...)
	if units, err := minor(r.Amount, b.decimals); err != nil || units != p.amount {
		a.find("payout "+p.number, "%s: is to pay another amount than was given", where(b, p.row))
	}
	if r.Account != p.account {
		a.find("payout "+p.number, "%s: is to pay another account than was given", where(b, p.row))
	}
}

// readLeftOut reads the rows that are no payout of their batch.
func (a *auditor) readLeftOut(ctx context.Context, tx *sql.Tx) error {
	const query = "SELECT batch_id, row, amount_minor, coalesce(known, ''), notes FROM left_out ORDER BY batch_id, row"
	return each(ctx, tx, query, func(rows *sql.Rows) error {
		var batchID int64
		var row int
		var amount sql.NullInt64
		var known, notes string
		if err := rows.Scan(&batchID, &row, &amount, &known, &notes); err != nil {
			return err
		}
		b := a.batches[batchID]
		if b == nil {
			a.find(fmt.Sprintf("batch %d row %d", batchID, row), "is of no batch")
			return nil
		}
		b.found.count++
		b.found.sum += amount.Int64
		a.lookForAnybody(where(b, row)+" notes", notes)
		r := a.given[coordinate{b.source, row}]
		if r == nil {
			a.find(where(b, row), "was left out, and there is no such row")
			return nil
		}
		a.leftOut(b, r, amount, known)
		return nil
	})
}

func (a *auditor) leftOut(b *batch, r *Row, amount sql.NullInt64, known string) {
	units, err := minor(r.Amount, b.decimals)
	if readable := err == nil; readable != amount.Valid || readable && units != amount.Int64 {
		a.find(where(b, r.Row), "was left out with another amount than was given")
	}
	if known == "" {
		a.debt(r.label()).leftOut++
		return
	}
	p := a.byNumber[known]
	switch {
	case p == nil:
		a.find(where(b, r.Row), "is said to be payout %s, which is not there", known)
	case r.Debt != "" && p.label != r.Debt:
		a.find(where(b, r.Row), "is said to be payout %s, which is another debt", known)
	case r.Debt == "":
		a.debt(r.label()).leftOut++
	}
}

// tieOut holds each batch against its sheet, by count and by sum.
func (a *auditor) tieOut() {
	given := map[string]map[int]*tally{} // by sheet and decimals
	for _, b := range a.batches {
		if b.found.count != b.rows || b.found.sum != b.sum {
			a.find("batch "+b.code, "says %d rows and %d minor units, and has %d and %d", b.rows, b.sum, b.found.count, b.found.sum)
		}
		if !b.given {
			continue
		}
		if given[b.source] == nil {
			given[b.source] = map[int]*tally{}
		}
		sheet := given[b.source][b.decimals]
		if sheet == nil {
			sheet = a.sumOf(b.source, b.decimals)
			given[b.source][b.decimals] = sheet
		}
		if sheet.count != b.found.count || sheet.sum != b.found.sum {
			a.find("batch "+b.code, "%s was given with %d rows and %d minor units, the ledger accounts for %d and %d",
				b.source, sheet.count, sheet.sum, b.found.count, b.found.sum)
		}
	}
}

func (a *auditor) sumOf(sheet string, decimals int) *tally {
	t := &tally{}
	for i := range a.Given {
		r := &a.Given[i]
		if r.Sheet != sheet {
			continue
		}
		t.count++
		if units, err := minor(r.Amount, decimals); err == nil {
			t.sum += units
		}
	}
	return t
}
