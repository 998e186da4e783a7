package ledger

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"
)

// lived is a book in which something of everything has happened, with its
// triggers dropped: what a person with another program could do to it.
func lived(t *testing.T) (*desk, *sql.DB) {
	t.Helper()
	d := setup(t)
	bad := invalid(4, "row 4: amount: unreadable")
	bad.Readable, bad.Amount = true, pesos(5)
	b, err := d.Import(t.Context(), d.sheet(), rowsOf(row(2, 100), row(3, 200), bad, row(5, 300), row(6, 400), row(7, 500)))
	must(t, err)
	claimed := d.claim(b, 4)
	o := numbered(answer(claimed[0], Paid), "P-1")
	o.Code, o.Message = "0000", "success"
	d.record(o)
	d.record(answer(claimed[1], NotPaid))
	d.record(answer(claimed[2], Doubt))
	d.record(answer(claimed[3], Accepted))
	must(t, d.Note(t.Context(), b.ID, "maria", "run ended", "by hand", []byte("{}")))
	d.batch(2)
	d.record(asked(d.reload(claimed[3]), Paid))
	again := row(5, 700)
	again.Overridden = true
	handed := d.sheet()
	handed.Reason = "bonus"
	b, err = d.Import(t.Context(), handed, rowsOf(known(2, 100, claimed[0].TradeNo, "was edited"), suspect(3, 800, "like row 3"), suspect(4, 900, "like row 4"), again))
	must(t, err)
	d.imported(inPlaceOf(2, 600, claimed[1].TradeNo), row(3, 700))
	_, err = d.Release(t.Context(), d.payouts(b)[0].TradeNo, "maria", "both are meant")
	must(t, err)
	// What persons and callbacks say comes last: events 19 to 24.
	resent, said := d.payouts(d.imported(row(2, 900)))[0], claimed[2]
	resent = d.claim(Batch{ID: resent.BatchID}, 1)[0]
	d.record(answer(resent, Doubt))
	d.record(d.called(d.reload(claimed[1]), Paid))
	_, err = d.Resolve(t.Context(), resent.TradeNo, Resend, "maria", "support asked for it")
	must(t, err)
	_, err = d.Resolve(t.Context(), said.TradeNo, SaidPaid, "maria", "the statement has it")
	must(t, err)
	d.reported(1)
	d.isClean()
	d.tampered = true
	db := raw(t, d.ledger().Path())
	for _, name := range []string{
		"events_are_kept", "events_do_not_change", "payouts_are_kept", "payouts_keep_their_number", "payouts_stand_in_for_what_was_called_off",
		"instructions_do_not_change", "instructions_are_kept", "left_out_does_not_change", "left_out_is_kept", "batches_are_kept", "batches_do_not_change", "payouts_follow_the_rules",
		"payouts_are_sent_again_on_a_word", "report_marks_do_not_change", "report_marks_are_kept",
		"sources_do_not_change", "sources_are_kept", "source_chunks_do_not_change", "source_chunks_are_kept", "batches_have_their_source",
	} {
		_, err := db.Exec("DROP TRIGGER " + name)
		must(t, err)
	}
	return d, db
}

// findings tampers in a way and tells what Verify says of it.
func findings(t *testing.T, tamper ...string) (d *desk, what []string, text string) {
	t.Helper()
	d, db := lived(t)
	for _, statement := range append([]string{"PRAGMA ignore_check_constraints = 1"}, tamper...) {
		_, err := db.Exec(statement)
		must(t, err)
	}
	start := time.Now()
	v, err := d.Verify(t.Context())
	must(t, err)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
	for _, f := range v.Findings {
		what = append(what, f.What)
	}
	return d, what, fmt.Sprint(v.Findings)
}

// TestNoByteOfAnEventIsEverChangedUnnoticed changes each column of an event,
// and expects exactly that event among the events that are named.
func TestNoByteOfAnEventIsEverChangedUnnoticed(t *testing.T) {
	t.Parallel()
	const event = 7 // the first answer: paid
	for column, change := range map[string]string{
		"at":         "at + 1",
		"batch_id":   "batch_id + 1",
		"payout_id":  "payout_id + 1",
		"kind":       "'paie'",
		"from_state": "'submittinh'",
		"to_state":   "'succeedee'",
		"attempt":    "attempt + 1",
		"actor":      "'submiu'",
		"reason":     "'token_paie'",
		"code":       "'0001'",
		"message":    "'succesr'",
		"evidence":   "cast('{\"code\":\"0001\"}' AS BLOB)",
		"hash":       "x'00' || substr(hash, 2)",
	} {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			if column == "hash" {
				change = "cast(x'00' || substr(hash, 2) AS BLOB)"
			}
			_, what, text := findings(t, fmt.Sprintf("UPDATE events SET %s = %s WHERE seq = %d", column, change, event))
			var events []string
			for _, name := range what {
				if strings.HasPrefix(name, "event ") {
					events = append(events, name)
				}
			}
			if len(events) != 1 || events[0] != fmt.Sprint("event ", event) {
				t.Errorf("found %s", text)
			}
		})
	}
}

func TestNoTamperingIsEverFoundClean(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		names  string // what must be named
		tamper []string
	}{
		"event numbered anew":   {"event 3", []string{"UPDATE events SET seq = 900 WHERE seq = 3"}},
		"event deleted":         {"event 7", []string{"DELETE FROM events WHERE seq = 7"}},
		"first event deleted":   {"event 1", []string{"DELETE FROM events WHERE seq = 1"}},
		"events closed up":      {"event 7", []string{"DELETE FROM events WHERE seq = 7", "UPDATE events SET seq = seq - 1 WHERE seq > 7"}},
		"events swapped":        {"event 7", []string{"UPDATE events SET seq = 999 WHERE seq = 7", "UPDATE events SET seq = 7 WHERE seq = 8", "UPDATE events SET seq = 8 WHERE seq = 999"}},
		"event doubled":         {"event 25", []string{"INSERT INTO events SELECT (SELECT max(seq) + 1 FROM events), " + strings.TrimPrefix(eventColumns, "seq, ") + " FROM events WHERE seq = 7"}},
		"evidence cut":          {"event 7", []string{"UPDATE events SET evidence = NULL WHERE seq = 7"}},
		"tail cut off":          {"payout", []string{"DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)"}},
		"longer tail cut off":   {"payout", []string{"DELETE FROM events WHERE seq >= 7"}},
		"whole history gone":    {"batch", []string{"DELETE FROM events"}},
		"state changed":         {"payout", []string{"UPDATE payouts SET state = 'succeeded', final_at = 1 WHERE row = 5"}},
		"state taken back":      {"payout", []string{"UPDATE payouts SET state = 'ready', final_at = 0 WHERE row = 2"}},
		"state of no kind":      {"payout", []string{"UPDATE payouts SET state = 'lost' WHERE row = 2"}},
		"attempts changed":      {"payout", []string{"UPDATE payouts SET attempts = 2 WHERE row = 2"}},
		"amount changed":        {"batch", []string{"UPDATE payouts SET amount_minor = amount_minor + 1 WHERE row = 2"}},
		"amounts exchanged":     {"batch", []string{"UPDATE payouts SET amount_minor = CASE row WHEN 2 THEN 200 ELSE 100 END WHERE row IN (2, 3) AND batch_id = 1"}},
		"number changed":        {"batch", []string{"UPDATE payouts SET trade_no = 'BP1' WHERE row = 2 AND batch_id = 1"}},
		"row changed":           {"batch", []string{"UPDATE payouts SET row = 99 WHERE row = 2 AND batch_id = 1"}},
		"payout deleted":        {"batch", []string{"DELETE FROM instructions WHERE payout_id = 5", "DELETE FROM payouts WHERE id = 5"}},
		"payout added":          {"batch", []string{"INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, updated_at) VALUES (1, 1, 50, 'BP50', 1, 1, 1, 1)"}},
		"account changed":       {"batch", []string{"UPDATE instructions SET payee_account = '646180000000000099' WHERE payout_id = 1"}},
		"name changed":          {"batch", []string{"UPDATE instructions SET payee_name = 'somebody else' WHERE payout_id = 1"}},
		"bank changed":          {"batch", []string{"UPDATE instructions SET bank = '002' WHERE payout_id = 1"}},
		"field changed":         {"batch", []string{"UPDATE instructions SET fields = '{\"amount\":\"1\",\"bankCode\":\"647\"}' WHERE payout_id = 1"}},
		"account key changed":   {"batch", []string{"UPDATE payouts SET account_key = account_key + 2 WHERE id = 1"}},
		"name key changed":      {"batch", []string{"UPDATE payouts SET name_key = 0 WHERE id = 1"}},
		"known made invalid":    {"batch", []string{"UPDATE left_out SET known = NULL WHERE batch_id = 3"}},
		"invalid made known":    {"batch", []string{"UPDATE left_out SET known = (SELECT trade_no FROM payouts WHERE id = 1) WHERE batch_id = 1"}},
		"known as another":      {"batch", []string{"UPDATE left_out SET known = (SELECT trade_no FROM payouts WHERE id = 2) WHERE batch_id = 3"}},
		"known as nothing":      {"database", []string{"PRAGMA foreign_keys = 0", "UPDATE left_out SET known = 'BP0' WHERE batch_id = 3"}},
		"known row's amount":    {"batch", []string{"UPDATE left_out SET amount_minor = amount_minor + 1 WHERE batch_id = 3"}},
		"known row unreadable":  {"batch", []string{"UPDATE left_out SET amount_minor = NULL WHERE batch_id = 3"}},
		"known row's notes":     {"batch", []string{"UPDATE left_out SET notes = '[]' WHERE batch_id = 3"}},
		"known row deleted":     {"batch", []string{"DELETE FROM left_out WHERE batch_id = 3"}},
		"stands in no more":     {"batch", []string{"UPDATE payouts SET replaces = NULL WHERE batch_id = 4"}},
		"stands in for other":   {"batch", []string{"UPDATE payouts SET replaces = 1 WHERE batch_id = 4 AND row = 2"}},
		"another stands in":     {"batch", []string{"UPDATE payouts SET replaces = NULL WHERE batch_id = 4 AND row = 2", "UPDATE payouts SET replaces = 2 WHERE batch_id = 4 AND row = 3"}},
		"stands in, invented":   {"batch", []string{"UPDATE payouts SET replaces = 1 WHERE batch_id = 2 AND row = 2"}},
		"stands in for none":    {"database", []string{"PRAGMA foreign_keys = 0", "UPDATE payouts SET replaces = 999 WHERE batch_id = 4 AND row = 2"}},
		"overridden":            {"batch", []string{"UPDATE batches SET overridden = 0 WHERE id = 3"}},
		"the word's reason":     {"event 16", []string{"UPDATE events SET reason = 'because' WHERE message LIKE '%are paid on this word'"}},
		"a hold lifted":         {"payout", []string{"UPDATE payouts SET state = 'ready' WHERE state = 'held'"}},
		"a hold's words":        {"payout", []string{"UPDATE payouts SET message = 'like no row' WHERE state = 'held'"}},
		"a release undone":      {"payout", []string{"UPDATE payouts SET state = 'held' WHERE batch_id = 3 AND row = 3"}},
		"who released":          {"event 18", []string{"UPDATE events SET actor = 'paul' WHERE kind = 'release'"}},
		"invalid row changed":   {"batch", []string{"UPDATE left_out SET amount_minor = 6"}},
		"problem changed":       {"batch", []string{"UPDATE left_out SET notes = '[\"nothing\"]'"}},
		"invalid row deleted":   {"batch", []string{"DELETE FROM left_out"}},
		"rows of batch":         {"batch", []string{"UPDATE batches SET rows = rows + 1 WHERE id = 1"}},
		"sum of batch":          {"batch", []string{"UPDATE batches SET sum_minor = sum_minor + 1 WHERE id = 1"}},
		"unreadable of batch":   {"batch", []string{"UPDATE batches SET unreadable = 7 WHERE id = 1"}},
		"both sides of a sum":   {"batch", []string{"UPDATE batches SET sum_minor = sum_minor + 1 WHERE id = 1", "UPDATE payouts SET amount_minor = amount_minor + 1 WHERE row = 2 AND batch_id = 1"}},
		"source of batch":       {"batch", []string{"UPDATE batches SET source_sha256 = 'x' WHERE id = 1"}},
		"paid, no evidence":     {"payout", []string{"UPDATE payouts SET state = 'succeeded', final_at = 1, attempts = 1, submitted_at = 1 WHERE row = 3 AND batch_id = 2", "INSERT INTO events (seq, at, batch_id, payout_id, kind, to_state, actor, hash) SELECT max(seq) + 1, 1, 2, 7, 'paid', 'succeeded', 'x', zeroblob(32) FROM events"}},
		"a permission invented": {"payout", []string{"UPDATE payouts SET resends_to = 1 WHERE id = 1"}},
		"a permission widened":  {"payout", []string{"UPDATE payouts SET resends_to = 9 WHERE resends_to > 0"}},
		"a permission lost":     {"payout", []string{"UPDATE payouts SET resends_to = 0"}},
		"a word, its evidence":  {"payout", []string{"UPDATE events SET evidence = CAST('{}' AS BLOB) WHERE kind = 'said_paid'"}},
		"a word, by whom":       {"payout", []string{"UPDATE events SET actor = 'paul' WHERE kind = 'said_paid'"}},
		"a word, why":           {"payout", []string{"UPDATE events SET message = 'x' WHERE kind = 'resend'"}},
		"a hint that proves":    {"payout", []string{"UPDATE events SET flagged = 1 WHERE kind = 'hint'", "UPDATE payouts SET flagged = 1 WHERE id = 2"}},
		"a hint that moves":     {"payout", []string{"UPDATE events SET to_state = 'succeeded' WHERE kind = 'hint'", "UPDATE payouts SET state = 'succeeded' WHERE id = 2"}},
		"a step left out":       {"payout", []string{"UPDATE events SET from_state = 'processing' WHERE kind = 'paid' AND payout_id = 1"}},
		"a step that is none":   {"payout", []string{"UPDATE events SET to_state = 'cancelled' WHERE kind = 'not_paid'", "UPDATE payouts SET state = 'cancelled' WHERE id = 2"}},
		"a kind that is none":   {"payout", []string{"UPDATE events SET kind = 'magic' WHERE kind = 'not_paid'"}},
		"an event of nobody":    {"history", []string{"UPDATE events SET payout_id = 999 WHERE kind = 'hint'"}},
		"a mark of nothing":     {"batch", []string{"UPDATE report_marks SET seq = 900"}},
		"another batch's mark":  {"batch", []string{"UPDATE report_marks SET batch_id = 2"}},
		"a source's bytes":      {"source", []string{"UPDATE source_chunks SET data = x'010400fbff786c7378' WHERE source_id = 1"}},
		"a source that is none": {"source", []string{"UPDATE source_chunks SET data = x'00' WHERE source_id = 1"}},
		"a source exchanged":    {"source", []string{"UPDATE source_chunks SET data = (SELECT data FROM source_chunks WHERE source_id = 2) WHERE source_id = 1"}},
		"a source cut":          {"source", []string{"DELETE FROM source_chunks WHERE source_id = 1"}},
		"a source grown":        {"source", []string{"INSERT INTO source_chunks SELECT source_id, 5, data FROM source_chunks WHERE source_id = 1"}},
		"a source's size":       {"source", []string{"UPDATE sources SET size = size + 1 WHERE id = 1"}},
		"a source's digest":     {"source", []string{"UPDATE sources SET sha256 = '" + strings.Repeat("0", 64) + "' WHERE id = 1"}},
		"a source gone":         {"batch", []string{"DELETE FROM source_chunks WHERE source_id = 1", "DELETE FROM sources WHERE id = 1"}},
		"a source of nobody":    {"source", []string{"INSERT INTO sources SELECT 99, '" + strings.Repeat("0", 64) + "', size FROM sources WHERE id = 1", "INSERT INTO source_chunks SELECT 99, n, data FROM source_chunks WHERE source_id = 1"}},
		"instructions missing":  {"batch", []string{"DELETE FROM instructions WHERE payout_id = 1"}},
		"index emptied":         {"database", []string{"PRAGMA writable_schema = 1", "UPDATE sqlite_schema SET sql = 'CREATE INDEX events_by_batch ON events (batch_id, at) WHERE payout_id = 0' WHERE name = 'events_by_batch'"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, what, text := findings(t, c.tamper...)
			for _, named := range what {
				if named == c.names || strings.HasPrefix(named, c.names+" ") {
					return
				}
			}
			t.Errorf("wants %s named: %s", c.names, text)
		})
	}
}

func TestABrokenBookIsNeverTied(t *testing.T) {
	t.Parallel()
	d, db := lived(t)
	_, err := db.Exec("UPDATE payouts SET amount_minor = amount_minor + 1 WHERE id = 1")
	must(t, err)
	s, err := d.Summary(t.Context(), 1)
	must(t, err)
	equal(t, "tied", s.Tied(), false)
}

func TestABookBeyondReadingIsNeverReportedLineByLine(t *testing.T) {
	t.Parallel()
	d, db := lived(t)
	_, err := db.Exec(`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 2 FROM n WHERE i < 5000)
		INSERT INTO events (seq, at, kind, actor, hash) SELECT i, 1, 'note', 'x', zeroblob(32) FROM n`)
	must(t, err)
	v, err := d.Verify(t.Context())
	must(t, err)
	equal(t, "findings", len(v.Findings), maxFindings)
}
