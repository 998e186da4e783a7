package audit

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The books of a small world, written by hand: a ledger made with package
// ledger would prove nothing about an auditor that must not depend on it.

const (
	secret = "the-merchants-secret"
	day    = int64(1_795_000_000_000) // Unix milliseconds
)

// tale is what happened to one row, as it is written into the ledger.
type tale struct {
	number   string
	account  string
	amount   int64 // minor units
	batch    int64
	row      int
	replaces int64
	events   []event

	state, reason, platform string
	attempts, unsent        int
	conflict                bool
}

func answer(number, status, amount string) []byte {
	return fmt.Appendf(nil, `HTTP 200`+"\n\n"+`{"code":"0000","msg":"success","data":{"tradeNo":%q,"platFormTradeNo":%q,"orderAmount":%q,"status":%q}}`,
		number, "P-"+number, amount, status)
}

func sent(attempt int64, at int64) event {
	return event{kind: "submitted", from: "ready", to: "submitting", attempt: attempt, actor: "submit", reason: "intent", at: at}
}

func denied(at int64, to string) event {
	return event{kind: "unknown", from: "in_doubt", to: to, actor: "settle", reason: "unknown_to_gateway", at: at}
}

func lost(attempt, at int64) event {
	return event{kind: "doubt", from: "submitting", to: "in_doubt", attempt: attempt, actor: "submit", reason: "timeout", at: at}
}

func paid(number, from, amount string, attempt, at int64) event {
	return event{
		kind: "paid", from: from, to: "succeeded", attempt: attempt, actor: "settle", reason: "paid", code: "0000",
		platformNo: "P-" + number, evidence: answer(number, "0000", amount), at: at,
	}
}

// tales are a sheet of five rows and one of one: paid at once, paid after a
// second attempt, failed, held and never sent, failed and stood in for.
func tales() []tale {
	failed := func(number string) event {
		return event{
			kind: "not_paid", from: "submitting", to: "failed", attempt: 1, actor: "submit", reason: "failed", code: "00029",
			platformNo: "P-" + number, evidence: answer(number, "00029", "300"), at: day + 20,
		}
	}
	return []tale{
		{
			number: "BP1", account: "646180000000000001", amount: 10_000, batch: 1, row: 2,
			events: []event{sent(1, day+10), paid("BP1", "submitting", "100.00", 1, day+20)},
			state:  "succeeded", reason: "paid", platform: "P-BP1", attempts: 1,
		},
		{
			number: "BP2", account: "646180000000000002", amount: 20_000, batch: 1, row: 3,
			events: []event{
				sent(1, day+10), lost(1, day+20), denied(day+1_000, "in_doubt"), denied(day+70_000, "ready"),
				sent(2, day+71_000), paid("BP2", "submitting", "200", 2, day+72_000),
			},
			state: "succeeded", reason: "paid", platform: "P-BP2", attempts: 2,
		},
		{
			number: "BP3", account: "646180000000000003", amount: 30_000, batch: 1, row: 4,
			events: []event{sent(1, day+10), failed("BP3")},
			state:  "failed", reason: "failed", platform: "P-BP3", attempts: 1,
		},
		{
			number: "BP4", account: "646180000000000004", amount: 40_000, batch: 1, row: 5,
			events: []event{{kind: "hold", from: "ready", to: "held", actor: "import", reason: "suspect", message: "like row 2", at: day}},
			state:  "held", reason: "suspect",
		},
		{
			number: "BP5", account: "646180000000000003", amount: 30_000, batch: 2, row: 2, replaces: 3,
			events: []event{sent(1, day+100_000), paid("BP5", "submitting", "300", 1, day+100_020)},
			state:  "succeeded", reason: "paid", platform: "P-BP5", attempts: 1,
		},
	}
}

// good are the other side of the tales: what was given, and the gateway's
// orders.
func good() Books {
	b := Books{Arrived: map[string]int{"BP1": 1, "BP2": 1, "BP3": 1, "BP5": 1}}
	for _, given := range []struct {
		sheet         string
		row           int
		amount        string
		account, debt string
	}{
		{"sheet.csv", 2, "100", "646180000000000001", ""},
		{"sheet.csv", 3, "200", "646180000000000002", ""},
		{"sheet.csv", 4, "300", "646180000000000003", ""},
		{"sheet.csv", 5, "400", "646180000000000004", ""},
		{"sheet.csv", 6, "", "646180000000000005", ""}, // left out
		{"repaired.csv", 2, "300.00", "646180000000000003", "sheet.csv row 4"},
		{"repaired.csv", 3, "100", "646180000000000001", "sheet.csv row 2"}, // known
	} {
		b.Given = append(b.Given, Row{
			Sheet: given.sheet, Row: given.row, Amount: given.amount, Account: given.account, Debt: given.debt,
			Personal: []string{"María Hernández", "5512345678"},
		})
	}
	for number, order := range map[string]Order{
		"BP1": {Amount: "100", Status: "0000"}, "BP2": {Amount: "200", Status: "0000"},
		"BP3": {Amount: "300", Status: "00029"}, "BP5": {Amount: "300", Status: "0000"},
	} {
		order.TradeNo, order.PlatFormTradeNo, order.Nth, order.WasPaid = number, "P-"+number, 1, order.Status == "0000"
		b.Orders = append(b.Orders, order)
	}
	slices.SortFunc(b.Orders, func(x, y Order) int { return strings.Compare(x.TradeNo, y.TradeNo) })
	return b
}

// options are as strict as they can be.
func options() Options {
	return Options{Settled: true, Secret: secret, Resend: &Resend{Denials: 2, Quarantine: time.Minute, Most: 2}}
}

// ledgerOf writes a ledger file by hand.
func ledgerOf(t *testing.T, all []tale) *desk {
	t.Helper()
	d := &desk{T: t, path: filepath.Join(t.TempDir(), "book.db")}
	scripts, err := filepath.Glob("../../ledger/migrations/*.sql")
	d.must(err)
	slices.Sort(scripts)
	d.do(func(db *sql.DB) {
		for _, script := range scripts {
			text, err := os.ReadFile(script)
			d.must(err)
			d.exec(db, string(text))
		}
		d.exec(db, `INSERT INTO merchants (name, area, currency, merchant_no, gateway, created_at) VALUES ('acme', 'MX', 'MXN', '1', 'x', 1)`)
		d.batch(db, 1, "sheet.csv", 5, 100_000)
		d.batch(db, 2, "repaired.csv", 2, 40_000)
		c := &writer{desk: d, db: db, hash: make([]byte, sha256.Size)}
		c.append(event{kind: "imported", to: "ready", batchID: 1, actor: "maria", reason: "sheet imported", evidence: []byte(`{"rows":5}`), at: day})
		for i := range all {
			if all[i].replaces != 0 {
				c.append(event{kind: "imported", to: "ready", batchID: all[i].batch, actor: "maria", reason: "sheet imported", evidence: []byte(`{}`), at: day})
			}
			c.tell(int64(i+1), &all[i])
		}
		d.exec(db, `INSERT INTO left_out (batch_id, row, amount_minor, notes) VALUES (1, 6, NULL, '["amount: not a number"]')`)
		d.exec(db, `INSERT INTO left_out (batch_id, row, amount_minor, known, notes) VALUES (2, 3, 10000, 'BP1', '[]')`)
		d.exec(db, "UPDATE head SET seq = ?, hash = ?", c.seq, c.hash)
	})
	return d
}

// desk is where a test works on a ledger file.
type desk struct {
	*testing.T
	path string
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) do(with func(*sql.DB)) {
	d.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(d.path)+"?_pragma=synchronous(0)&_pragma=journal_mode(MEMORY)")
	d.must(err)
	with(db)
	d.must(db.Close())
}

func (d *desk) exec(db *sql.DB, text string, args ...any) {
	d.Helper()
	_, err := db.Exec(text, args...)
	d.must(err)
}

// tamper changes the file past its triggers.
func (d *desk) tamper(text string) {
	d.Helper()
	d.do(func(db *sql.DB) {
		rows, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
		d.must(err)
		var triggers []string
		for rows.Next() {
			var name string
			d.must(rows.Scan(&name))
			triggers = append(triggers, name)
		}
		d.must(rows.Err())
		d.must(rows.Close())
		for _, name := range triggers {
			d.exec(db, "DROP TRIGGER "+name)
		}
		d.exec(db, "PRAGMA ignore_check_constraints = 1; "+text)
	})
}

func (d *desk) batch(db *sql.DB, id int, source string, rows, total int) {
	d.Helper()
	sum := strings.Repeat("0", 64)
	d.exec(db, "INSERT INTO sources (sha256, size) VALUES (?, 1) ON CONFLICT DO NOTHING", sum)
	d.exec(db, `INSERT INTO batches (id, code, merchant_id, source, source_sha256, worksheet, content, assumed, rows, sum_minor, unreadable, created_at)
		VALUES (?, ?, 1, ?, ?, '', ?, '[]', ?, ?, 0, 1)`, id, fmt.Sprint("MX-", id), source, sum, source, rows, total)
}

// writer writes payouts with their histories.
type writer struct {
	*desk
	db   *sql.DB
	seq  int64
	hash []byte
}

func (c *writer) tell(id int64, p *tale) {
	c.Helper()
	final, submitted := int64(0), int64(0)
	if slices.Contains([]string{"succeeded", "failed", "rejected", "cancelled", "reversed"}, p.state) {
		final = day
	}
	if p.attempts > 0 {
		submitted = day
	}
	flagged := slices.ContainsFunc(p.events, func(e event) bool { return e.flagged })
	c.exec(c.db, `INSERT INTO payouts (id, batch_id, merchant_id, row, trade_no, platform_trade_no, amount_minor, account_key, name_key, replaces,
		state, reason, flagged, conflict, known, attempts, unsent, submitted_at, final_at, updated_at)
		VALUES (?, ?, 1, ?, ?, nullif(?, ''), ?, 1, 1, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		id, p.batch, p.row, p.number, p.platform, p.amount, p.replaces, p.state, p.reason, flagged, p.conflict, p.platform != "",
		p.attempts, p.unsent, submitted, final)
	c.exec(c.db, `INSERT INTO instructions (payout_id, fields, payee_name, payee_account, bank, fingerprint) VALUES (?, '{}', 'María Hernández', ?, '', x'')`,
		id, p.account)
	for _, e := range p.events {
		e.payoutID, e.batchID = id, p.batch
		c.append(e)
	}
}

// append writes an event as the ledger's documentation of its history says.
func (c *writer) append(e event) {
	c.Helper()
	c.seq++
	e.seq = c.seq
	text := slices.Clone(c.hash)
	for _, n := range []int64{e.seq, e.at, e.batchID, e.payoutID, e.attempt} {
		text = binary.BigEndian.AppendUint64(text, uint64(n))
	}
	for _, s := range []string{e.kind, e.from, e.to, e.actor, e.reason, e.code, e.message, e.platformNo} {
		text = append(binary.BigEndian.AppendUint32(text, uint32(len(s))), s...)
	}
	if e.flagged {
		text = append(text, 1)
	} else {
		text = append(text, 0)
	}
	text = append(binary.BigEndian.AppendUint32(text, uint32(len(e.evidence))), e.evidence...)
	sum := sha256.Sum256(text)
	c.hash = sum[:]
	c.exec(c.db, `INSERT INTO events (seq, at, batch_id, payout_id, kind, from_state, to_state, attempt, actor, reason, code, message,
		platform_trade_no, flagged, evidence, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.seq, e.at, e.batchID, e.payoutID, e.kind, e.from, e.to, e.attempt, e.actor, e.reason, e.code, e.message,
		e.platformNo, e.flagged, e.evidence, c.hash)
}
