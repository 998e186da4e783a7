package ledger

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// schemaTransitions reads the list in the trigger payouts_follow_the_rules.
func schemaTransitions(t *testing.T) []string {
	t.Helper()
	script, err := migrations.ReadFile("migrations/0001_book.sql")
	must(t, err)
	_, trigger, found := strings.Cut(string(script), "CREATE TRIGGER payouts_follow_the_rules")
	if !found {
		t.Fatal("the trigger is gone")
	}
	trigger, _, _ = strings.Cut(trigger, "BEGIN")
	list := regexp.MustCompile(`([a-z_]+>[a-z_]+)`).FindAllStringSubmatch(trigger, -1)
	var transitions []string
	for _, match := range list {
		transitions = append(transitions, match[1])
	}
	slices.Sort(transitions)
	return transitions
}

func TestTheSchemaNeverKnowsOtherTransitionsThanTheCode(t *testing.T) {
	t.Parallel()
	var code []string
	for _, transition := range Transitions() {
		code = append(code, string(transition.From)+">"+string(transition.To))
	}
	slices.Sort(code)
	equal(t, "transitions", schemaTransitions(t), code)
}

// TestTheTriggerNeverLetsAnotherTransitionPass probes all hundred pairs in
// the database itself, so that the list above is known to be obeyed.
func TestTheTriggerNeverLetsAnotherTransitionPass(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	d.tampered = true
	p := d.claimed()
	db := raw(t, d.ledger().Path())
	allowed := schemaTransitions(t)
	for _, from := range States() {
		for _, to := range States() {
			if from == to {
				continue
			}
			tx, err := db.Begin()
			must(t, err)
			// A state cannot be forced past the trigger, so it is taken away
			// for the first step and put back for the second.
			_, err = tx.Exec("DROP TRIGGER payouts_follow_the_rules")
			must(t, err)
			_, err = tx.Exec("PRAGMA ignore_check_constraints = 1")
			must(t, err)
			_, err = tx.Exec("UPDATE payouts SET state = ? WHERE id = ?", string(from), p.ID)
			must(t, err)
			_, err = tx.Exec(triggerSQL(t, "payouts_follow_the_rules"))
			must(t, err)
			_, err = tx.Exec("UPDATE payouts SET state = ? WHERE id = ?", string(to), p.ID)
			if passed := err == nil; passed != slices.Contains(allowed, string(from)+">"+string(to)) {
				t.Errorf("%s > %s: passed %v: %v", from, to, passed, err)
			}
			must(t, tx.Rollback())
		}
	}
}

func triggerSQL(t *testing.T, name string) string {
	t.Helper()
	script, err := migrations.ReadFile("migrations/0001_book.sql")
	must(t, err)
	_, rest, _ := strings.Cut(string(script), "CREATE TRIGGER "+name)
	body, _, found := strings.Cut(rest, "END;")
	if !found {
		t.Fatal("no trigger " + name)
	}
	return "CREATE TRIGGER " + name + body + "END"
}

// TestNobodyCanChangeWhatIsPastWithAnotherProgram tries through a connection
// of its own what the triggers and constraints forbid.
func TestNobodyCanChangeWhatIsPastWithAnotherProgram(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b, err := d.Import(t.Context(), d.sheet(), rowsOf(row(2, 10000), invalid(3, "amount: missing"), row(4, 20000), row(5, 30000)))
	must(t, err)
	claimed := d.claim(b, 2)
	d.record(numbered(answer(claimed[0], Paid), "P-1"))
	d.record(numbered(answer(claimed[1], Accepted), "P-2"))
	// A payout that failed, and one that stands in for it and failed, too.
	failed := d.settled(row(2, 30000), NotPaid)
	second := d.settled(inPlaceOf(2, 30000, failed.TradeNo), NotPaid)
	equal(t, "ids", []int64{failed.ID, second.ID, second.BatchID, d.register("other-mx").ID}, []int64{4, 5, 3, 2})
	// One that is in doubt and may be sent once more.
	resent := d.in(InDoubt)
	_, err = d.Resolve(t.Context(), resent.TradeNo, Resend, "maria", "support asked for it")
	must(t, err)
	equal(t, "id", resent.ID, 6)
	d.reported(1)
	insert := "INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at, replaces) VALUES "
	db := raw(t, d.ledger().Path())
	tx, err := db.Begin()
	must(t, err)
	_, err = tx.Exec(insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 5)")
	must(t, err) // what is in order passes
	must(t, tx.Rollback())
	for _, statement := range []string{
		"UPDATE payouts SET replaces = 3 WHERE id = 1",
		"UPDATE payouts SET replaces = 4 WHERE id = 3",
		"UPDATE payouts SET replaces = NULL WHERE id = 5",
		insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 1)", // it is paid
		insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 2)", // it may be paid
		insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 3)", // it is to be paid
		insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 4)", // it is replaced already
		insert + "(4, 1, 9, 'BP9', 1, 1, 1, 1, 9)", // there is none
		insert + "(4, 2, 9, 'BP9', 1, 1, 1, 1, 5)", // it is another merchant's
		insert + "(3, 1, 9, 'BP9', 1, 1, 1, 1, 5)", // it is of the same batch
		insert + "(1, 1, 9, 'BP9', 1, 1, 1, 1, 5)", // it is of a later one
		"INSERT INTO payouts (id, batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at, replaces) VALUES (-1, 4, 1, 9, 'BP9', 1, 1, 1, 1, 5)",
		"UPDATE payouts SET trade_no = 'BPX' WHERE id = 1",
		"UPDATE payouts SET amount_minor = amount_minor + 1 WHERE id = 1",
		"UPDATE payouts SET row = 99 WHERE id = 1",
		"UPDATE payouts SET batch_id = 99 WHERE id = 1",
		"UPDATE payouts SET merchant_id = 99 WHERE id = 1",
		"UPDATE payouts SET id = 99 WHERE id = 1",
		"UPDATE payouts SET platform_trade_no = 'P-9' WHERE id = 1",
		"UPDATE payouts SET platform_trade_no = NULL WHERE id = 1",
		"UPDATE payouts SET platform_trade_no = '' WHERE id = 3",
		"UPDATE payouts SET platform_trade_no = 'P-1' WHERE id = 3",
		"UPDATE sources SET size = 1",
		"DELETE FROM sources",
		"UPDATE source_chunks SET data = x'00'",
		"DELETE FROM source_chunks",
		"INSERT INTO source_chunks VALUES (1, 0, x'00')",             // twice
		"INSERT INTO source_chunks VALUES (1, 1, zeroblob(2000000))", // too long
		"INSERT INTO sources VALUES (99, 'x', 1)",                    // no digest
		"INSERT INTO sources VALUES (99, (SELECT sha256 FROM sources LIMIT 1), 1)",
		"INSERT INTO batches (code, merchant_id, source, source_sha256, worksheet, content, assumed, rows, sum_minor, unreadable, created_at) VALUES ('X', 1, 's', 'x', '', 'c', '[]', 0, 0, 0, 1)", // of a file that is not there
		"DELETE FROM payouts WHERE id = 3",
		"UPDATE payouts SET state = 'failed' WHERE id = 1",                // no such transition
		"UPDATE payouts SET state = 'processing' WHERE id = 1",            // no such transition
		"UPDATE payouts SET state = 'paid' WHERE id = 1",                  // no such state
		"UPDATE payouts SET state = 'submitting' WHERE id = 3",            // never sent: attempts is 0
		"UPDATE payouts SET state = 'succeeded' WHERE id = 2",             // no time of its end
		"UPDATE payouts SET final_at = 0 WHERE id = 1",                    // final without a time
		"UPDATE payouts SET final_at = 1 WHERE id = 2",                    // a time without an end
		"UPDATE payouts SET attempts = 1 WHERE id = 3",                    // sent, but never submitted
		"UPDATE payouts SET attempts = -1 WHERE id = 3",                   //
		"UPDATE payouts SET attempts = 0 WHERE id = 2",                    // answered, but never sent
		"UPDATE payouts SET attempts = 'many' WHERE id = 2",               // STRICT
		"UPDATE payouts SET flagged = 2, known = 2 WHERE id = 2",          //
		"UPDATE instructions SET payee_account = '1' WHERE payout_id = 1", //
		"UPDATE instructions SET fields = '{}' WHERE payout_id = 1",
		"DELETE FROM instructions WHERE payout_id = 1",
		"UPDATE events SET reason = 'x' WHERE seq = 1",
		"DELETE FROM events WHERE seq = 1",
		"UPDATE left_out SET amount_minor = 1",
		"UPDATE left_out SET known = NULL",
		"DELETE FROM left_out",
		"UPDATE report_marks SET at = 1",
		"DELETE FROM report_marks",
		"INSERT INTO report_marks (batch_id, seq, at) VALUES (1, 0, 1)",
		"INSERT INTO report_marks (batch_id, seq, at) SELECT batch_id, seq, 1 FROM report_marks",
		"UPDATE payouts SET resends_to = 2 WHERE id = 1", // it is paid
		"UPDATE payouts SET resends_to = 2 WHERE id = 2", // the gateway knows it
		"UPDATE payouts SET resends_to = 1 WHERE id = 3", // it was never sent
		"UPDATE payouts SET resends_to = 3 WHERE id = 6", // that is two more
		"UPDATE payouts SET resends_to = 0 WHERE id = 6", // it was given
		"UPDATE payouts SET account_key = 5 WHERE id = 3",
		"UPDATE payouts SET name_key = 0 WHERE id = 3",
		"UPDATE batches SET overridden = 1",
		"UPDATE batches SET sum_minor = sum_minor + 1",
		"INSERT INTO left_out (batch_id, row, notes) VALUES (1, 3, '[]')",
		"INSERT INTO left_out (batch_id, row, notes) VALUES (1, 9, 'not json')",
		fmt.Sprintf("INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 9, '%s', 1, 1, 1, 1)", claimed[0].TradeNo),
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 2, 'BP9', 1, 1, 1, 1)",
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 9, 'BP9', 0, 1, 1, 1)",
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 0, 'BP9', 1, 1, 1, 1)",
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 9, '', 1, 1, 1, 1)",
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 9, '" + strings.Repeat("9", 33) + "', 1, 1, 1, 1)",
		"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at, state) VALUES (1, 1, 9, 'BP9', 1, 1, 1, 1, 'succeeded')",
		"INSERT INTO events (seq, at, kind, actor, hash) VALUES (99, 1, 'note', 'x', x'00')",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("passed: %s", statement)
		}
	}
	d.stands(claimed[0], Succeeded)
	d.stands(claimed[1], Processing)
}

// TestNoQueryOfARunReadsTheWholeTable asks SQLite how it would go about the
// statements that run often: an index that a query does not match makes a
// large book slow without a word.
func TestNoQueryOfARunReadsTheWholeTable(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.batch(3)
	select_ := "SELECT " + payoutColumns + payoutTables
	for name, c := range map[string]struct{ text, index string }{
		"claim":          {claimSQL, "INTEGER PRIMARY KEY"},
		"ready to claim": {readySQL, "payouts_ready"},
		"chain":          {chainSQL, "payouts_by_replaced"},
		"whole chain":    {tradedChainSQL, "payouts_by_replaced"},
		"replacement":    {readySQL, "payouts_by_replaced"},
		"update":         {updatePayoutSQL, "INTEGER PRIMARY KEY"},
		"due":            {dueSQL, "payouts_open"},
		"payout":         {select_ + " WHERE p.trade_no = ?", "trade_no="},
		"lines":          {select_ + " WHERE p.batch_id = ? ORDER BY p.row", "batch_id="},
		"watched":        {watchedSQL, "payouts_watched (batch_id=? AND due_at>? AND due_at<?)"},
		"sent since":     {submittedSinceSQL, "payouts_submitted (merchant_id=? AND submitted_at>?)"},
		"watch due":      {outstandingSQL, "payouts_watched"},
		"unsettled":      {unsettledSQL, "payouts_watched"},
		"also open":      {unsettledSQL, "payouts_open"},
		"also sent":      {unsettledSQL, "payouts_submitting"},
		"called off":     {calledOffSQL, "payouts_by_replaced"},
		"moved":          {movedSQL, "events_by_payout (payout_id>? AND payout_id<?)"},
		"numbered":       {rangeSQL, "batch_id="},
		"heard before":   {heardSQL, "events_by_payout"},
		"told before":    {toldBeforeSQL, "events_by_payout"},
		"held since":     {heldAtSQL, "events_by_payout"},
		"stopped":        {stoppedSQL, "events_by_batch"},
		"events":         {"SELECT " + eventColumns + " FROM events WHERE payout_id = ? AND payout_id > 0 ORDER BY seq", "events_by_payout"},
		"batch events":   {"SELECT " + eventColumns + " FROM events WHERE batch_id = ? AND payout_id = 0 ORDER BY seq", "events_by_batch"},
		"suspects":       {suspectsSQL, "payouts_by_account (account_key=? AND amount_minor=? AND rowid>?)"},
		"other name":     {suspectsSQL, "payouts_by_account (account_key=?)"},
		"other account":  {suspectsSQL, "payouts_by_name (name_key=? AND amount_minor=? AND rowid>?)"},
		"same payout":    {samePayoutSQL, "payouts_by_account (account_key=? AND amount_minor=? AND rowid>?)"},
		"last paid":      {lastPaidSQL, "payouts_by_name (name_key=?"},
		"later":          {laterSQL, "payouts_by_account (account_key=?"},
		"history":        {historySQL, "payouts_by_account (account_key=?"},
		"by number":      {tradedSQL, "trade_no="},
		"held":           {heldSQL, "batch_id="},
		"left out":       {leftOutSQL, "trade_no="},
		"summary":        {"SELECT state, count(*), sum(amount_minor) FROM payouts WHERE batch_id = ?1 GROUP BY state", "batch_id="},
		"ready":          {"SELECT count(*) FROM payouts WHERE batch_id = ?1 AND state = 'ready'", "payouts_ready"},
		"open":           {"SELECT count(*) FROM payouts WHERE batch_id = ?1 AND state IN ('in_doubt', 'processing')", "payouts_open"},
		"batch content":  {"SELECT b.id FROM batches b WHERE b.merchant_id = ? AND b.content = ? ORDER BY b.id DESC LIMIT 1", "content="},
		"batch source":   {"SELECT b.id FROM batches b WHERE b.merchant_id = ? AND b.source_sha256 = ? ORDER BY b.id DESC LIMIT 1", "batches_by_source"},
	} {
		// What is read of a subquery that searches is no table.
		plan := regexp.MustCompile(`CO-ROUTINE p\n(SEARCH p .*\n)SCAN p\n`).ReplaceAllString(explain(t, d.ledger(), c.text), "$1")
		if !strings.Contains(plan, c.index) || regexp.MustCompile(`SCAN (p|payouts|events|e|i|instructions)\b`).MatchString(plan) {
			t.Errorf("%s: wants %s:\n%s", name, c.index, plan)
		}
		if (c.text == readySQL || c.text == dueSQL || c.text == watchedSQL) && strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: reads all to give a few:\n%s", name, plan)
		}
	}
}

func explain(t *testing.T, l *Ledger, text string) string {
	t.Helper()
	// Parameters stay unbound: a plan does not need them.
	rows, err := l.writer.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "?"))...)
	must(t, err)
	defer rows.Close() //nolint:errcheck // a test
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	must(t, rows.Err())
	return plan.String()
}

// TestNothingIsPlannedAnew: a parameter for a limit makes SQLite plan a
// statement each time it runs, and a million rows wait for it.
func TestNothingIsPlannedAnew(t *testing.T) {
	t.Parallel()
	for _, text := range []string{suspectsSQL, samePayoutSQL, lastPaidSQL, laterSQL, tradedSQL, tradedChainSQL, chainSQL, historySQL, firstInWindowSQL, readySQL, claimSQL, dueSQL, watchedSQL, movedSQL} {
		if strings.Contains(text, "LIMIT ?") || strings.Contains(text, "OFFSET ?") {
			t.Errorf("planned at every run:\n%s", text)
		}
	}
}
